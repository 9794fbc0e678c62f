//! The slow programmer: from the inputs of a step to the change of the fast weights and to what controls it.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::silu;

use super::config::{Encoder, FwpConfig, Heads};
use super::fast::Programmed;
use super::maps::Maps;
use super::update::{Change, UpdateRule, outer};
use crate::Error;
use crate::init::Draws;
use crate::qkan::{Qkan, QubitReadout};

/// Encoder, heads of the change, heads that control the update rule.
#[derive(Module, Debug)]
pub(super) struct Programmer {
    maps: Maps,
    activations: Option<Activations>,
    #[module(skip)]
    plan: Plan,
}

/// A layer of single-qubit activations with its residual: `y_o = sum_i phi_oi(x_i) + w_io silu(x_i)`.
#[derive(Module, Debug)]
struct Activations {
    theta: Param<Tensor<2>>,
    residual: Param<Tensor<2>>,
    #[module(skip)]
    layer: Qkan,
}

/// What the maps are for.
#[derive(Clone, Debug)]
struct Plan {
    encoder: Encoder,
    heads: Heads,
    update: UpdateRule,
    programmed: Programmed,
}

impl Programmer {
    pub(super) fn new(
        config: &FwpConfig,
        inputs: usize,
        programmed: Programmed,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        let FwpConfig { latent, encoder, heads, update, .. } = *config;
        check(config)?;
        let mut maps = match encoder {
            Encoder::Linear | Encoder::Tanh => vec![draws.linear(inputs, latent)],
            Encoder::Mlp { hidden } => vec![draws.linear(inputs, hidden), draws.linear(hidden, latent)],
            Encoder::Qkan { inner, .. } => vec![draws.linear(inputs, inner), draws.linear(inner, latent)],
        };
        let Programmed { rows, columns, extra } = programmed;
        if rows * columns > 0 {
            match heads {
                Heads::Outer => maps.extend([rows, columns].map(|n| head(config, n, draws))),
                Heads::Cp { rank } => {
                    maps.extend([rank * rows, rank * columns].map(|n| head(config, n, draws)))
                }
                Heads::Full => maps.push(head(config, rows * columns, draws)),
            }
        }
        if extra > 0 {
            maps.push(head(config, extra, draws));
        }
        let [rows, columns] = programmed.gated();
        if update == UpdateRule::Delta && extra > 0 {
            let expected = "used with a fast network that is programmed by one outer product";
            return Err(Error::invalid("the update rule", "delta", expected, "choose another rule"));
        }
        if let Some((n, bias)) = update.head(rows, columns) {
            maps.push(draws.linear_with_bias(latent, n, bias));
        }
        let activations = match encoder {
            Encoder::Qkan { inner, reps } => Some(Activations::new(inner, reps, draws)),
            Encoder::Linear | Encoder::Tanh | Encoder::Mlp { .. } => None,
        };
        let maps = Maps::new(maps, config.generation, draws)?;
        Ok(Self { maps, activations, plan: Plan { encoder, heads, update, programmed } })
    }

    /// Inputs `[b t s]` to gates `[b t g]` and updates `[b t p]` of the recurrence.
    pub(super) fn forward(&self, x: Tensor<3>) -> [Tensor<3>; 2] {
        let Programmed { rows, columns, extra } = self.plan.programmed;
        let maps = self.maps.all();
        let mut maps = maps.iter();
        let mut next = |x: &Tensor<3>| maps.next().expect("one map per use").apply(x.clone());
        let features = self.encode(x, &mut next); // b t d
        let mut change = (rows * columns > 0).then(|| self.matrix(&features, &mut next));
        if extra > 0 {
            let more = next(&features); // b t extra
            let whole = match change {
                Some(Change { whole, .. }) => Tensor::cat(vec![whole, more], 2),
                None => more,
            };
            change = Some(Change { whole, factors: None });
        }
        let [rows, columns] = self.plan.programmed.gated();
        let control = self.plan.update.head(rows, columns).map(|_| next(&features)); // b t h
        let change = change.expect("something is programmed");
        self.plan.update.gates(change, control, rows, columns)
    }

    /// Circuits that have generated weights so far.
    pub(super) fn evaluations(&self) -> u64 {
        self.maps.evaluations()
    }

    fn encode(&self, x: Tensor<3>, next: &mut impl FnMut(&Tensor<3>) -> Tensor<3>) -> Tensor<3> {
        let first = next(&x);
        match self.plan.encoder {
            Encoder::Linear => first,
            Encoder::Tanh => first.tanh(),
            Encoder::Mlp { .. } => next(&first.tanh()),
            Encoder::Qkan { .. } => {
                let activations = self.activations.as_ref().expect("this encoder has activations");
                next(&activations.forward(first))
            }
        }
    }

    /// `D`, `[b t rows*columns]`.
    fn matrix(&self, features: &Tensor<3>, next: &mut impl FnMut(&Tensor<3>) -> Tensor<3>) -> Change {
        let Programmed { rows, columns, .. } = self.plan.programmed;
        match self.plan.heads {
            Heads::Full => Change { whole: next(features), factors: None },
            Heads::Outer => {
                let (l, q) = (next(features), next(features)); // b t rows, b t columns
                Change { whole: outer(l.clone(), q.clone()), factors: Some([l, q]) }
            }
            Heads::Cp { rank } => {
                let (l, q) = (next(features), next(features));
                let [b, t, _] = l.dims();
                let l = l.reshape([b * t, rank, rows]).swap_dims(1, 2); // bt rows rank
                let q = q.reshape([b * t, rank, columns]); // bt rank columns
                Change { whole: l.matmul(q).reshape([b, t, rows * columns]), factors: None }
            }
        }
    }
}

impl Activations {
    fn new(inner: usize, reps: usize, draws: &mut Draws) -> Self {
        let layer = Qkan::new(inner, inner, reps, QubitReadout::Modulus);
        let sigma = (2.0 / (2 * inner) as f64).sqrt();
        let residual = draws.param(vec![0.5; inner * inner], [inner, inner]);
        Self { theta: draws.angles(1, layer.n_params(), sigma), residual, layer }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [b, t, inner] = x.dims();
        let x = x.reshape([b * t, inner]);
        let y = self.layer.forward(x.clone(), self.theta.val()) + silu(x).matmul(self.residual.val());
        y.reshape([b, t, inner])
    }
}

fn head(config: &FwpConfig, n: usize, draws: &mut Draws) -> Linear {
    match config.head_sigma {
        Some(sigma) => draws.linear_normal(config.latent, n, sigma, 0.0),
        None => draws.linear(config.latent, n),
    }
}

fn check(config: &FwpConfig) -> Result<(), Error> {
    crate::train::at_least_one("latent", config.latent)?;
    config.update.validate()?;
    match config.encoder {
        Encoder::Mlp { hidden } => crate::train::at_least_one("encoder.hidden", hidden)?,
        Encoder::Qkan { inner, .. } => crate::train::at_least_one("encoder.inner", inner)?,
        Encoder::Linear | Encoder::Tanh => {}
    }
    if let Heads::Cp { rank } = config.heads {
        crate::train::at_least_one("heads.rank", rank)?;
    }
    if config.update == UpdateRule::Delta && config.heads != Heads::Outer {
        let expected = "used with heads of kind outer, whose factors are key and value";
        return Err(Error::invalid("the update rule", "delta", expected, "set heads = { kind = \"outer\" }"));
    }
    Ok(())
}
