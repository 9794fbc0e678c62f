//! The programmer, the recurrence and the fast network as one sequence model.

use std::sync::Arc;

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Tensor, TensorData};

use super::config::{FwpConfig, Input};
use super::fast::FastNet;
use super::programmer::Programmer;
use super::recurrence::{Order, Recurrence};
use super::update::UpdateRule;
use crate::Error;
use crate::bridge::apply;
use crate::init::Draws;
use crate::sequence::{Run, Steps};
use crate::vqc::Gradient;

/// A fast-weight programmer.
#[derive(Module, Debug)]
pub struct Fwp {
    programmer: Programmer,
    input: Option<Linear>,
    fast: FastNet,
    #[module(skip)]
    carry: Carry,
    /// Fast weights before the first step, where they are not zero.
    #[module(skip)]
    start: Option<Vec<f64>>,
}

/// How fast weights go from step to step.
#[derive(Clone, Copy, Debug)]
struct Carry {
    update: UpdateRule,
    order: Order,
}

impl Fwp {
    pub(crate) fn new(
        config: &FwpConfig,
        inputs: usize,
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        let features = match config.input {
            Input::Raw => inputs,
            Input::Linear { features } => features,
        };
        let fast = FastNet::new(&config.fast, features, config.input == Input::Raw, gradient, draws)?;
        let programmer = Programmer::new(config, inputs, fast.programmed(), draws)?;
        let input = match (config.input, config.head_sigma) {
            (Input::Raw, _) => None,
            (Input::Linear { features }, None) => Some(draws.linear(inputs, features)),
            (Input::Linear { features }, Some(sigma)) => {
                Some(draws.linear_normal(inputs, features, sigma, 0.0))
            }
        };
        let carry = Carry { update: config.update, order: config.order };
        let start = config.start.clone();
        let p = fast.programmed().width();
        if let Some(known) = start.as_ref().filter(|s| s.len() != p || s.iter().any(|x| !x.is_finite())) {
            return Err(Error::Invalid {
                what: "the start of the fast weights".into(),
                got: format!("{} values", known.len()),
                expected: format!("{p} finite ones"),
                remedy: "give one per fast weight, or none".into(),
            });
        }
        Ok(Self { programmer, input, fast, carry, start })
    }

    /// Fast weights p.
    pub fn n_fast_weights(&self) -> usize {
        self.fast.programmed().width()
    }

    /// Values of the fast network, m.
    pub fn n_values(&self) -> usize {
        self.fast.n_values()
    }

    /// Which fast weights can influence the values, `[p]`.
    pub fn live(&self) -> Vec<bool> {
        self.fast.live()
    }

    /// Inputs `[b t s]` to the gates `[b t g]` and updates `[b t p]` of the recurrence
    /// `theta_t = T(gate_t, theta_(t-1)) + update_t`.
    pub fn program(&self, x: Tensor<3>) -> [Tensor<3>; 2] {
        self.programmer.forward(x)
    }

    /// Fast weights of all steps `[b t p]` from `start` `[b p]`; where it is absent, from those of the settings, or zero.
    pub fn weights(&self, x: Tensor<3>, start: Option<Tensor<2>>) -> Tensor<3> {
        let start = start.or_else(|| self.known_start(&x));
        let [gates, updates] = self.program(x);
        let [b, t, p] = updates.dims();
        let Some(start) = start else { return apply(&self.recurrence(t, false), gates, updates) };
        // The start is what a step before the first one writes into empty weights.
        let first = Tensor::zeros_like(&gates.clone().narrow(1, 0, 1));
        let gates = Tensor::cat(vec![first, gates], 1);
        let updates = Tensor::cat(vec![start.reshape([b, 1, p]), updates], 1);
        let theta: Tensor<3> = apply(&self.recurrence(t + 1, false), gates, updates);
        theta.narrow(1, 1, t)
    }

    pub(crate) fn run(&self, x: Tensor<3>, memory: Option<Tensor<2>>, steps: Steps) -> Run {
        let [b, t, s] = x.dims();
        let p = self.n_fast_weights();
        if steps == Steps::Last && memory.is_none() && self.start.is_none() {
            let [gates, updates] = self.program(x.clone());
            let theta: Tensor<2> = apply(&self.recurrence(t, true), gates, updates); // b p
            let values = self.values(x.narrow(1, t - 1, 1).reshape([b, s]), theta);
            let m = values.dims()[1];
            return Run { values: values.reshape([b, 1, m]), memory: None };
        }
        let theta = self.weights(x.clone(), memory); // b t p
        let last = theta.clone().narrow(1, t - 1, 1).reshape([b, p]);
        let (x, theta, t) = match steps {
            Steps::All => (x, theta, t),
            Steps::Last => (x.narrow(1, t - 1, 1), theta.narrow(1, t - 1, 1), 1),
        };
        let values = self.values(x.reshape([b * t, s]), theta.reshape([b * t, p]));
        let m = values.dims()[1];
        Run { values: values.reshape([b, t, m]), memory: (steps == Steps::All).then_some(last) }
    }

    /// The start of the settings for a batch like `x` `[b t s]`, as `[b p]`.
    fn known_start(&self, x: &Tensor<3>) -> Option<Tensor<2>> {
        let known = self.start.as_ref()?;
        let data = TensorData::new(known.clone(), [1, known.len()]);
        let row = Tensor::<2>::from_data(data, (&x.device(), x.dtype()));
        Some(row.expand([x.dims()[0], known.len()]))
    }

    pub(crate) fn evaluations(&self) -> u64 {
        self.fast.circuit().map_or(0, |vqc| vqc.evaluations()) + self.programmer.evaluations()
    }

    /// Inputs `[b s]` with fast weights `[b p]` to values `[b m]`.
    fn values(&self, x: Tensor<2>, theta: Tensor<2>) -> Tensor<2> {
        let x = match &self.input {
            Some(map) => map.forward(x),
            None => x,
        };
        self.fast.forward(x, theta)
    }

    fn recurrence(&self, steps: usize, last: bool) -> Arc<Recurrence> {
        let programmed = self.fast.programmed();
        let transition = self.carry.update.transition(programmed.gated()[1]);
        Arc::new(Recurrence { steps, width: programmed.width(), transition, last, order: self.carry.order })
    }
}
