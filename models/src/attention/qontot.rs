//! Quantum doubly stochastic attention: weights from the transition probabilities of a circuit.
//!
//! The scores m are injected into the angles, `φ = θ (.) tile(m) (+ b)`, and the circuit with these angles
//! yields the matrix. Zero scores give the identity (without a bias): more signal means more mixing.
//!
//! Reference: Born et al., arXiv:2504.16275; Mariella et al., arXiv:2402.14991.

use super::Scale;
use super::config::{at_least, invalid, positive};
use super::operator::Bridged;
use crate::Error;
use crate::bridge::{Differentiable, ForeignOp, Pullback};
use crate::rng::stream;
use circuit::qontot::Ansatz;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sim::{Real, TransitionMap};
use std::sync::Arc;

/// Settings of the quantum operator; the defaults are the paper's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct QontotConfig {
    /// Gates of the two halves of the circuit.
    pub ansatz: Ansatz,
    /// Circuit layers L.
    pub layers: usize,
    /// Auxiliary qubits per register; log2 t + 1 if unset.
    pub auxiliary: Option<usize>,
    /// Further qubits per register, traced out as well: 1 in the paper's training runs, 0 on its hardware.
    pub extra: usize,
    /// Where the data qubits stand among the others.
    pub placement: Placement,
    /// Factor between Q K^T and m.
    pub scale: Scale,
    /// How t*t scores fill the angles.
    pub injection: Injection,
    /// The order in which scores are read.
    pub order: Order,
    /// Whether a bias angle is added to each angle.
    pub bias: bool,
    /// The first bias angles, one per angle, where they are known: the matrix at zero scores. They are trained as any
    /// others; absent, they are drawn. Needs `bias`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_bias: Option<Vec<f64>>,
    /// Initial angles are uniform in +-amplitude; 0.8/sqrt(L) if unset, which puts the row entropy of
    /// standard normal scores near 1.4 nats at any depth.
    pub amplitude: Option<f64>,
    /// How the circuit is differentiated.
    pub diff: CircuitDiff,
    /// Bytes that final states may occupy between forward and backward pass; beyond, they are recomputed.
    pub memory_limit: usize,
}

/// Where the data qubits stand.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Before all others.
    #[default]
    Contiguous,
    /// Spread evenly over the register.
    Interleaved,
}

/// How scores fill the angles when there are more angles than scores.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Injection {
    /// Over and over: angle k takes score k mod t*t.
    #[default]
    Tile,
    /// Each score serves a run of neighbouring angles.
    Repeat,
}

/// The order in which a score matrix is read.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Row after row.
    #[default]
    RowMajor,
    /// Column after column.
    ColumnMajor,
}

/// How the circuit is differentiated.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CircuitDiff {
    /// One reverse sweep.
    #[default]
    Adjoint,
    /// Two circuit evaluations per rotation, as on hardware.
    ParameterShift,
}

impl Default for QontotConfig {
    fn default() -> Self {
        Self {
            ansatz: Ansatz::Parted,
            layers: 16,
            auxiliary: None,
            extra: 1,
            placement: Placement::Contiguous,
            scale: Scale::InverseSqrtDim,
            injection: Injection::Tile,
            order: Order::RowMajor,
            bias: false,
            initial_bias: None,
            amplitude: None,
            diff: CircuitDiff::Adjoint,
            memory_limit: 2 << 30,
        }
    }
}

impl QontotConfig {
    /// Qubits of one of the two registers, for `tokens` tokens.
    ///
    /// ```
    /// use models::attention::QontotConfig;
    /// assert_eq!(2 * QontotConfig::default().register(8), 16);
    /// ```
    pub fn register(&self, tokens: usize) -> usize {
        let data = tokens.ilog2() as usize;
        data + self.auxiliary.unwrap_or(data + 1) + self.extra
    }

    /// The circuit map for `tokens` tokens, by the matrix route.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number of tokens that is not a power of two, or no layers;
    /// [`Error::Simulator`] for a register that is too large.
    pub fn map(&self, tokens: usize) -> Result<TransitionMap, Error> {
        at_least("the number of circuit layers", self.layers, 1)?;
        if !tokens.is_power_of_two() {
            return Err(invalid(
                "the number of tokens",
                tokens.to_string(),
                "a power of two for a circuit".into(),
            ));
        }
        let (q, data) = (self.register(tokens), tokens.ilog2() as usize);
        let place = |k: usize| match self.placement {
            Placement::Contiguous => k,
            Placement::Interleaved => k * q / data,
        };
        let circuit = self.ansatz.matrix_circuit(q, self.layers)?;
        Ok(TransitionMap::new(&circuit, &(0..data).map(place).collect::<Vec<_>>())?)
    }

    pub(super) fn build(&self, tokens: usize, head_dim: usize, seed: u64) -> Result<Bridged<Qontot>, Error> {
        let default = 0.8 / (self.layers as f64).sqrt();
        let amplitude = positive("the amplitude of the initial angles", self.amplitude.unwrap_or(default))?;
        let op = Qontot { map: self.map(tokens)?, config: self.clone() };
        let mut draws = stream(seed, "qontot angles", &[]);
        let mut initial: Vec<f64> =
            (0..op.n_params()).map(|_| draws.random_range(-amplitude..amplitude)).collect();
        if let Some(known) = &self.initial_bias {
            let n = op.n_angles();
            if !self.bias || known.len() != n || known.iter().any(|angle| !angle.is_finite()) {
                let given = format!("{} angles, bias {}", known.len(), self.bias);
                return Err(invalid("the initial bias", given, format!("{n} finite angles, with bias on")));
            }
            initial[n..].copy_from_slice(known);
        }
        Ok(Bridged { op: Arc::new(op), scale: self.scale.factor(head_dim)?, initial })
    }
}

/// The operator bound to a circuit.
#[derive(Debug)]
pub struct Qontot {
    map: TransitionMap,
    config: QontotConfig,
}

impl Qontot {
    /// Angles of the circuit.
    fn n_angles(&self) -> usize {
        self.map.circuit().n_params()
    }

    fn n_params(&self) -> usize {
        self.n_angles() * if self.config.bias { 2 } else { 1 }
    }

    /// Which score angle `k` takes.
    fn source(&self, k: usize) -> usize {
        let t = self.map.tokens();
        let position = match self.config.injection {
            Injection::Tile => k % (t * t),
            Injection::Repeat => k * (t * t) / self.n_angles().max(t * t),
        };
        match self.config.order {
            Order::RowMajor => position,
            Order::ColumnMajor => position % t * t + position / t,
        }
    }

    fn sources(&self) -> Vec<usize> {
        (0..self.n_angles()).map(|k| self.source(k)).collect()
    }

    /// `φ = θ (.) tile(m) + b` for each matrix: [n, n_angles].
    fn angles<T: Real>(&self, scores: &[T], theta: &[T]) -> Vec<f64> {
        let (sources, n) = (self.sources(), self.n_angles());
        let bias = |k: usize| if self.config.bias { theta[n + k].to_f64() } else { 0.0 };
        let matrices = scores.chunks_exact(self.map.tokens().pow(2));
        matrices
            .flat_map(|m| {
                sources.iter().enumerate().map(move |(k, &s)| (k, theta[k].to_f64() * m[s].to_f64()))
            })
            .map(|(k, angle)| angle + bias(k))
            .collect()
    }
}

impl ForeignOp for Qontot {
    fn output_shape(&self, scores: &[usize], _theta: &[usize]) -> Vec<usize> {
        scores.to_vec()
    }
}

impl<T: Real> Differentiable<T> for Qontot {
    /// Final states of the circuit, or nothing where they would not fit.
    type Saved = Vec<T>;

    fn forward(&self, scores: &[T], theta: &[T]) -> (Vec<T>, Vec<T>) {
        let out = self.map.forward(&self.angles(scores, theta), self.config.memory_limit);
        (out.weights, out.kept)
    }

    fn values(&self, scores: &[T], theta: &[T]) -> Vec<T> {
        self.map.forward(&self.angles(scores, theta), 0).weights
    }

    fn vjp(
        &self,
        scores: &[T],
        theta: &[T],
        kept: Vec<T>,
        cotangent: &[T],
        [scores_wanted, theta_wanted]: [bool; 2],
    ) -> Pullback<T> {
        let angles = self.angles(scores, theta);
        let by_angle = match self.config.diff {
            CircuitDiff::Adjoint => self.map.vjp(&angles, &kept, cotangent),
            CircuitDiff::ParameterShift => self.map.vjp_by_shift(&angles, cotangent),
        };
        let (sources, n, matrix) = (self.sources(), self.n_angles(), self.map.tokens().pow(2));
        let mut d_scores = vec![0.0; scores.len()];
        let mut d_theta = vec![0.0; theta.len()];
        let rows =
            by_angle.chunks_exact(n).zip(scores.chunks_exact(matrix)).zip(d_scores.chunks_exact_mut(matrix));
        for ((gradient, m), d_m) in rows {
            for (k, (&g, &s)) in gradient.iter().zip(&sources).enumerate() {
                d_m[s] += g * theta[k].to_f64();
                d_theta[k] += g * m[s].to_f64();
                if self.config.bias {
                    d_theta[n + k] += g;
                }
            }
        }
        let cast = |values: Vec<f64>| values.into_iter().map(T::from_f64).collect();
        [scores_wanted.then(|| cast(d_scores)), theta_wanted.then(|| cast(d_theta))]
    }
}
