//! Update rules: how the change `D_t` that the slow programmer asks for meets the fast weights that are there.
//!
//! Every rule is a gate and an update of one recurrence, `theta_t = T(gate_t, theta_(t-1)) + update_t`.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;
use serde::{Deserialize, Serialize};

use super::transition::Transition;
use crate::Error;

/// How changes accumulate in the fast weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum UpdateRule {
    /// `theta + D`. Reference: arXiv:2402.17760.
    Additive,
    /// `D`: no memory.
    Overwrite,
    /// `rate theta + D`.
    Decay {
        /// What stays of the old weights in a step.
        rate: f64,
    },
    /// `g theta + (1 - g) D` with one `g = sigmoid(w r + b)` for all angles: bounded by the largest `|D|`.
    /// Reference: arXiv:2605.06734.
    ScalarGate {
        /// `b` at the start.
        bias: f64,
    },
    /// The same with a gate for every angle.
    VectorGate {
        /// `b` at the start.
        bias: f64,
    },
    /// `m_old theta + m_new D` with factors that further heads of the slow programmer give, near 1 at the start.
    /// The abstracts of arXiv:2606.24933 and arXiv:2607.02363 leave the shape of the factors open.
    SelfModulating {
        /// Which factors there are; the other is 1.
        modulated: Modulated,
        /// Shape of a factor.
        shape: Shape,
        /// What keeps the weights from growing.
        bound: Bound,
    },
    /// `theta (I - beta k k^T) + beta l k^T` with `k = q / |q|`: what is stored under the key `k` moves towards `l`.
    /// Reference: Schlag et al., arXiv:2102.11174.
    Delta,
}

/// Which factors of a self-modulating rule there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modulated {
    /// `m_old`.
    Old,
    /// `m_new`.
    New,
    /// Both.
    Both,
}

/// Shape of a factor of a self-modulating rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// One number.
    Scalar,
    /// The outer product of a number per row and a number per column.
    Outer,
    /// A number per angle.
    Full,
}

/// What keeps the weights of a self-modulating rule from growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Nothing.
    None,
    /// `tanh(m_old) theta`.
    Factor,
    /// `tanh(m_old theta)`.
    State,
}

/// The change a step asks for.
pub(super) struct Change {
    /// `D`, `[b t p]`.
    pub(super) whole: Tensor<3>,
    /// Its factors `l` `[b t rows]` and `q` `[b t columns]`, where it is one outer product.
    pub(super) factors: Option<[Tensor<3>; 2]>,
}

impl UpdateRule {
    /// All rules by name, at their usual settings.
    pub const NAMES: [(&'static str, UpdateRule); 13] = [
        ("additive", Self::Additive),
        ("overwrite", Self::Overwrite),
        ("decay", Self::Decay { rate: 0.9 }),
        ("scalar-gate", Self::ScalarGate { bias: 2.0 }),
        ("vector-gate", Self::VectorGate { bias: 2.0 }),
        ("modulate-old", Self::modulating(Modulated::Old, Shape::Scalar, Bound::None)),
        ("modulate-new", Self::modulating(Modulated::New, Shape::Scalar, Bound::None)),
        ("modulate-both", Self::modulating(Modulated::Both, Shape::Scalar, Bound::None)),
        ("modulate-outer", Self::modulating(Modulated::Both, Shape::Outer, Bound::None)),
        ("modulate-full", Self::modulating(Modulated::Both, Shape::Full, Bound::None)),
        ("bounded", Self::modulating(Modulated::Both, Shape::Scalar, Bound::Factor)),
        ("bounded-state", Self::modulating(Modulated::Both, Shape::Full, Bound::State)),
        ("delta", Self::Delta),
    ];

    const fn modulating(modulated: Modulated, shape: Shape, bound: Bound) -> Self {
        Self::SelfModulating { modulated, shape, bound }
    }

    /// The rule of a name.
    ///
    /// # Errors
    /// There is none; the message suggests the nearest.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        crate::names::find("the update rule", name, &Self::NAMES)
    }

    /// Checks the settings.
    pub(super) fn validate(&self) -> Result<(), Error> {
        let finite = |what: &str, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(Error::invalid(what, value, "finite", "change it")),
        };
        match *self {
            Self::Decay { rate } => finite("update.rate", rate),
            Self::ScalarGate { bias } | Self::VectorGate { bias } => finite("update.bias", bias),
            Self::Additive | Self::Overwrite | Self::SelfModulating { .. } | Self::Delta => Ok(()),
        }
    }

    /// How the recurrence carries `theta` of `columns` columns.
    pub(super) fn transition(&self, columns: usize) -> Transition {
        match self {
            Self::Additive | Self::Overwrite | Self::Decay { .. } | Self::ScalarGate { .. } => {
                Transition::Scalar
            }
            Self::VectorGate { .. } => Transition::Entries,
            Self::SelfModulating { bound: Bound::State, .. } => Transition::Bounded,
            Self::SelfModulating { modulated: Modulated::New, .. }
            | Self::SelfModulating { shape: Shape::Scalar, .. } => Transition::Scalar,
            Self::SelfModulating { .. } => Transition::Entries,
            Self::Delta => Transition::Delta { columns },
        }
    }

    /// Outputs of the heads that control the rule, and their bias at the start.
    pub(super) fn head(&self, rows: usize, columns: usize) -> Option<(usize, f64)> {
        match *self {
            Self::Additive | Self::Overwrite | Self::Decay { .. } => None,
            Self::ScalarGate { bias } => Some((1, bias)),
            Self::VectorGate { bias } => Some((rows * columns, bias)),
            Self::SelfModulating { modulated, shape, bound } => {
                let factors = if modulated == Modulated::Both { 2 } else { 1 };
                // tanh(1.376) = 0.88, the memory of a gate with bias 2.
                let bias = if bound == Bound::Factor { 0.88f64.atanh() } else { 1.0 };
                Some((factors * shape.width(rows, columns), bias))
            }
            Self::Delta => Some((1, 0.0)),
        }
    }

    /// Gates `[b t g]` and updates `[b t p]` of the recurrence, from what the heads `control` `[b t h]` say.
    pub(super) fn gates(
        &self,
        change: Change,
        control: Option<Tensor<3>>,
        rows: usize,
        columns: usize,
    ) -> [Tensor<3>; 2] {
        let [b, t, p] = change.whole.dims();
        let constant = |value: f64, width: usize| {
            let place = (&change.whole.device(), change.whole.dtype());
            Tensor::<3>::full([b, t, width], value, place)
        };
        let control = || control.clone().expect("the rule has a head");
        match *self {
            Self::Additive => [constant(1.0, 1), change.whole],
            Self::Overwrite => [constant(0.0, 1), change.whole],
            Self::Decay { rate } => [constant(rate, 1), change.whole],
            Self::ScalarGate { .. } | Self::VectorGate { .. } => {
                let gate = sigmoid(control());
                let kept = gate.clone().neg() + 1.0;
                [gate, change.whole * kept]
            }
            Self::SelfModulating { modulated, shape, bound } => {
                let factor = |k: usize| shape.factor(control(), k, rows, columns);
                let old = match modulated {
                    Modulated::New => constant(1.0, 1),
                    Modulated::Old | Modulated::Both => factor(0),
                };
                let new = match modulated {
                    Modulated::Old => None,
                    Modulated::New => Some(factor(0)),
                    Modulated::Both => Some(factor(1)),
                };
                let old = match bound {
                    Bound::None => old,
                    Bound::Factor => old.tanh(),
                    Bound::State => old.expand([b, t, p]),
                };
                [old, new.map_or(change.whole.clone(), |new| change.whole.clone() * new)]
            }
            Self::Delta => {
                let [l, q] = change.factors.expect("checked: the change is an outer product");
                let beta = sigmoid(control()); // b t 1
                let norm = (q.clone() * q.clone()).sum_dim(2).add_scalar(1e-12).sqrt(); // b t 1
                let key = q / norm; // b t columns
                let value = l * beta.clone(); // b t rows
                let update = outer(value, key.clone()); // b t p
                [Tensor::cat(vec![key, beta], 2), update]
            }
        }
    }
}

impl Shape {
    /// Numbers that make a factor.
    fn width(self, rows: usize, columns: usize) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Outer => rows + columns,
            Self::Full => rows * columns,
        }
    }

    /// Factor `k`, `[b t 1]` or `[b t p]`, of what the heads say.
    fn factor(self, control: Tensor<3>, k: usize, rows: usize, columns: usize) -> Tensor<3> {
        let width = self.width(rows, columns);
        let own = control.narrow(2, k * width, width);
        match self {
            Self::Scalar | Self::Full => own,
            Self::Outer => outer(own.clone().narrow(2, 0, rows), own.narrow(2, rows, columns)),
        }
    }
}

/// `[b t rows]` and `[b t columns]` to the outer product `[b t rows*columns]`.
pub(super) fn outer(l: Tensor<3>, q: Tensor<3>) -> Tensor<3> {
    let ([b, t, rows], [.., columns]) = (l.dims(), q.dims());
    let product = l.reshape([b, t, rows, 1]) * q.reshape([b, t, 1, columns]); // b t rows columns
    product.reshape([b, t, rows * columns])
}
