//! The training loop, one batch at a time.

use burn::module::Module;
use burn::tensor::Device;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{
    Batch, Named, NonFinite, Optimiser, Plan, Problem, Renewal, clip, gradients, n_trained, rewrite,
    sum_of_squares, values,
};
use crate::Error;
use crate::rng::stream;

/// A network in training: its parameters, its optimiser and its place in the data.
///
/// ```
/// use models::classify::{Classification, TrainConfig};
/// use models::data::glyphs;
/// use models::train::Trainer;
/// use models::vit::VitConfig;
///
/// let vit = VitConfig { dim: 16, layers: 1, ..VitConfig::default() };
/// let config = TrainConfig { vit, epochs: 1, ..TrainConfig::default() };
/// let mut trainer = Trainer::new(Classification::new(config, glyphs(200, 50, 0).into())?)?;
/// let first = trainer.step()?;
/// let saved = trainer.snapshot()?;
/// let second = trainer.step()?;
/// trainer.restore(&saved)?;
/// assert_eq!(trainer.step()?, second);
/// assert!(second.epoch_done && trainer.finished() && first.loss > 0.0);
/// # Ok::<(), models::Error>(())
/// ```
pub struct Trainer<P: Problem> {
    pub(super) problem: P,
    pub(super) plan: Plan,
    pub(super) network: P::Network,
    pub(super) optimiser: Optimiser,
    pub(super) place: Place,
    samples: Vec<usize>,
    order: Vec<usize>,
    device: Device,
}

/// How far training has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Finished epochs.
    pub(super) epoch: u64,
    /// Finished batches of the current epoch.
    pub(super) batch: usize,
    /// Finished batches in all.
    pub(super) step: u64,
    pub(super) circuit_evaluations: u64,
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The epoch, counted from one.
    pub epoch: usize,
    /// The step, counted from one over all epochs.
    pub step: u64,
    /// Steps in an epoch.
    pub steps_per_epoch: usize,
    /// Mean loss of the batch before the step.
    pub loss: f64,
    /// Share of the batch that was classified correctly before the step, where there are classes.
    pub accuracy: Option<f64>,
    /// The learning rate used.
    pub learning_rate: f64,
    /// Whether this was the last step of its epoch.
    pub epoch_done: bool,
    /// Whether the batch was left out because of a number that is not finite.
    pub skipped: bool,
}

impl<P: Problem> Trainer<P> {
    /// A network with initial weights, at the start of the data.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting out of range, or settings that do not fit the data.
    pub fn new(problem: P) -> Result<Self, Error> {
        let plan = problem.plan();
        plan.validate()?;
        let device = Device::flex().autodiff();
        let network = problem.network(&device)?;
        let samples = problem.samples()?;
        let (optimiser, place, order) = Default::default();
        let mut trainer = Self { problem, plan, network, optimiser, place, samples, order, device };
        trainer.reorder();
        Ok(trainer)
    }

    /// Trains on one batch.
    ///
    /// # Errors
    /// [`Error::NonFinite`] names the first tensor that is not finite. Where it is the loss or a gradient,
    /// the trainer is as before the step, and `non_finite = "skip"` would have gone on; where it is a
    /// parameter, only [`restore`](Self::restore) helps.
    ///
    /// # Panics
    /// If training is [`finished`](Self::finished).
    pub fn step(&mut self) -> Result<StepReport, Error> {
        assert!(!self.finished(), "step called after the last of {} epochs", self.plan.epochs);
        let start = self.place.batch * self.plan.batch;
        let samples = &self.order[start..self.order.len().min(start + self.plan.batch)];
        let n = samples.len();
        let Batch { loss, accuracy } =
            self.problem.loss(&self.network, samples, self.place.step, &self.device);
        let value: f64 = loss.clone().into_scalar();
        let gradients = gradients(&self.network, loss.backward());
        let skipped = self.guard(value, &gradients)?;
        let rate = self.learning_rate();
        if !skipped {
            self.update(gradients, rate)?;
        }
        let [epoch, step] = [self.place.epoch + 1, self.place.step + 1];
        Ok(StepReport {
            epoch: epoch as usize,
            step,
            steps_per_epoch: self.steps_per_epoch(),
            loss: value,
            accuracy,
            learning_rate: rate,
            skipped,
            epoch_done: self.advance(n)?,
        })
    }

    /// Measures the network on the test data.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if the loss is not finite.
    pub fn evaluate(&self) -> Result<P::Report, Error> {
        let (report, loss) = self.problem.evaluate(&self.network.valid(), &self.device.clone().inner());
        if loss.is_finite() { Ok(report) } else { Err(self.non_finite("the loss on the test data")) }
    }

    /// Whether all epochs are done.
    pub fn finished(&self) -> bool {
        self.place.epoch >= self.plan.epochs as u64
    }

    /// Finished epochs.
    pub fn epoch(&self) -> usize {
        self.place.epoch as usize
    }

    /// Number of trained parameters.
    pub fn n_params(&self) -> usize {
        n_trained(&self.network)
    }

    /// Circuits evaluated so far in training, as the problem counts them. Evaluation and pictures do not count.
    pub fn circuit_evaluations(&self) -> u64 {
        self.place.circuit_evaluations
    }

    /// What is trained.
    pub fn problem(&self) -> &P {
        &self.problem
    }

    /// Settings of this run.
    pub fn config(&self) -> &P::Config {
        self.problem.config()
    }

    /// The network as it is now.
    pub fn network(&self) -> &P::Network {
        &self.network
    }

    /// The gradient of the loss of the next batch by name of parameter, before any clipping; changes nothing.
    pub fn next_gradient(&self) -> Vec<(String, Vec<f64>)> {
        let start = self.place.batch * self.plan.batch;
        let samples = &self.order[start..self.order.len().min(start + self.plan.batch)];
        let batch = self.problem.loss(&self.network, samples, self.place.step, &self.device);
        let found = gradients(&self.network, batch.loss.backward()).into_iter();
        found.map(|(name, gradient)| (name, gradient.iter::<f64>().collect())).collect()
    }

    /// Steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.samples.len().div_ceil(self.plan.batch)
    }

    fn learning_rate(&self) -> f64 {
        let t = self.place.epoch as f64 + self.place.batch as f64 / self.steps_per_epoch() as f64;
        self.plan.schedule.rate(self.plan.optimiser.learning_rate, t, self.plan.epochs)
    }

    /// Whether the batch must be left out because `loss` or a gradient is not finite.
    fn guard(&self, loss: f64, gradients: &[Named]) -> Result<bool, Error> {
        let broken = if loss.is_finite() {
            let broken = gradients.iter().find(|(_, gradient)| !sum_of_squares(gradient).is_finite());
            broken.map(|(name, _)| format!("the gradient of {name}"))
        } else {
            Some("the loss".to_owned())
        };
        match (broken, self.plan.non_finite) {
            (None, _) => Ok(false),
            (Some(_), NonFinite::Skip) => Ok(true),
            (Some(tensor), NonFinite::Abort) => Err(self.non_finite(tensor)),
        }
    }

    fn non_finite(&self, tensor: impl Into<String>) -> Error {
        Error::NonFinite {
            tensor: tensor.into(),
            step: self.place.step + 1,
            remedy: "lower optimiser.learning_rate, set clip_norm, or set non_finite = \"skip\"".into(),
        }
    }

    fn update(&mut self, mut gradients: Vec<Named>, rate: f64) -> Result<(), Error> {
        if let Some(limit) = self.plan.clip_norm {
            clip(&mut gradients, limit);
        }
        let network = self.network.clone();
        let (network, broken) = self.optimiser.update(network, gradients, &self.plan.optimiser, rate);
        self.network = network;
        broken.map_or(Ok(()), |name| Err(self.non_finite(name)))
    }

    /// Moves on by one batch of `n` samples; returns whether that ended an epoch.
    fn advance(&mut self, n: usize) -> Result<bool, Error> {
        self.place.step += 1;
        self.place.batch += 1;
        self.place.circuit_evaluations += self.problem.circuits(&self.network, n);
        if self.place.batch < self.steps_per_epoch() {
            return Ok(false);
        }
        self.place.batch = 0;
        self.place.epoch += 1;
        self.reorder();
        let (network, device) = (self.network.valid(), self.device.clone().inner());
        let renewal = self.problem.between_epochs(&network, self.place.epoch, &self.order, &device);
        if let Some(Renewal { network, circuits, forget }) =
            renewal.map_err(|tensor| self.non_finite(tensor))?
        {
            self.place.circuit_evaluations += circuits;
            let mut renewed = values(&network).into_iter();
            self.network = rewrite(self.network.clone(), |_, value| {
                *value = renewed.next().expect("a renewed network has the same parameters").1;
            });
            if forget {
                self.optimiser = Optimiser::default();
            }
        }
        Ok(true)
    }

    /// Puts the samples in the order of the current epoch, which depends on nothing but seed and epoch.
    pub(super) fn reorder(&mut self) {
        self.order.clone_from(&self.samples);
        if self.plan.shuffle {
            self.order.shuffle(&mut stream(self.plan.seed, "order", &[self.place.epoch]));
        }
    }
}
