//! The training loop, one batch at a time.

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use super::batches::{Batches, order, shape};
use super::config::{NonFinite, Strategy, TrainConfig};
use super::evaluate::to_f64;
use super::gradients::{clip, sum_of_squares};
use super::loss::{cross_entropy, hits};
use super::parameters::{self, Named, angles, with_angles};
use super::{Network, one_plus_one};
use crate::Error;
use crate::attention::AttentionConfig;
use crate::data::{Dataset, Images};
use crate::rng::stream;
use crate::vit::Pass;

/// A network in training: its parameters, its optimiser and its place in the data.
///
/// ```
/// use models::data::glyphs;
/// use models::train::{TrainConfig, Trainer};
/// use models::vit::VitConfig;
///
/// let vit = VitConfig { dim: 16, layers: 1, ..VitConfig::default() };
/// let config = TrainConfig { vit, epochs: 1, ..TrainConfig::default() };
/// let mut trainer = Trainer::new(config, glyphs(200, 50, 0).into())?;
/// let first = trainer.step()?;
/// let saved = trainer.snapshot()?;
/// let second = trainer.step()?;
/// trainer.restore(&saved)?;
/// assert_eq!(trainer.step()?, second);
/// assert!(second.epoch_done && trainer.finished() && first.loss > 0.0);
/// # Ok::<(), models::Error>(())
/// ```
pub struct Trainer {
    pub(super) config: TrainConfig,
    pub(super) data: Arc<Dataset>,
    pub(super) network: Network,
    pub(super) adam: Adam,
    pub(super) place: Place,
    chosen: Vec<usize>,
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
    /// Mean loss of the batch before the step, in nats.
    pub loss: f64,
    /// Share of the batch that was classified correctly before the step.
    pub accuracy: f64,
    /// The learning rate used.
    pub learning_rate: f64,
    /// Whether this was the last step of its epoch.
    pub epoch_done: bool,
    /// Whether the batch was left out because of a number that is not finite.
    pub skipped: bool,
}

impl Trainer {
    /// A network with initial weights, at the start of the data.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a setting out of range, or settings that do not fit the images.
    pub fn new(config: TrainConfig, data: Arc<Dataset>) -> Result<Self, Error> {
        config.validate()?;
        usable(&data)?;
        let device = Device::flex().autodiff();
        let network = Network::new(&config, shape(&data.train), data.n_classes, &device)?;
        let chosen = data.train.subset(config.subset.unwrap_or(data.train.n), config.seed)?;
        let order = order(&chosen, config.seed, 0);
        let (adam, place) = Default::default();
        Ok(Self { config, data, network, adam, place, chosen, order, device })
    }

    /// Trains on one batch.
    ///
    /// # Errors
    ///
    /// [`Error::NonFinite`] names the first tensor that is not finite. Where it is the loss or a gradient,
    /// the trainer is as before the step, and `non_finite = "skip"` would have gone on; where it is a
    /// parameter, only [`restore`](Self::restore) helps.
    ///
    /// # Panics
    ///
    /// If training is [`finished`](Self::finished).
    pub fn step(&mut self) -> Result<StepReport, Error> {
        assert!(!self.finished(), "step called after the last of {} epochs", self.config.epochs);
        let start = self.place.batch * self.config.batch;
        let indices = &self.order[start..self.order.len().min(start + self.config.batch)];
        let (pixels, labels) = self.batches(&self.data.train, true).load(indices);
        let drop_path = Some(stream(self.config.seed, "drop-path", &[self.place.step]));
        let output = self.network.forward(pixels, Pass { keep_weights: false, drop_path });
        let loss = cross_entropy(output.logits.clone(), &labels, self.config.label_smoothing);
        let value: f64 = loss.clone().into_scalar();
        let accuracy = hits(&to_f64(output.logits), &labels) as f64 / labels.len() as f64;
        let gradients = parameters::gradients(&self.network, loss.backward());
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
            epoch_done: self.advance(labels.len())?,
        })
    }

    /// Whether all epochs are done.
    pub fn finished(&self) -> bool {
        self.place.epoch >= self.config.epochs as u64
    }

    /// Number of trained parameters; angles count where the strategy gives them gradients.
    pub fn n_params(&self) -> usize {
        parameters::n_trained(&self.network)
    }

    /// Circuits evaluated so far in training: one for every attention matrix in every forward pass,
    /// gradient-free searches included, and two more per angle where the parameter-shift rule is used.
    /// Evaluation and pictures do not count; operators without a circuit give zero.
    pub fn circuit_evaluations(&self) -> u64 {
        self.place.circuit_evaluations
    }

    /// Settings of this run.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.chosen.len().div_ceil(self.config.batch)
    }

    fn learning_rate(&self) -> f64 {
        let t = self.place.epoch as f64 + self.place.batch as f64 / self.steps_per_epoch() as f64;
        self.config.schedule.rate(self.config.optimiser.learning_rate, t, self.config.epochs)
    }

    /// Whether the batch must be left out because `loss` or a gradient is not finite.
    fn guard(&self, loss: f64, gradients: &[Named]) -> Result<bool, Error> {
        let broken = if loss.is_finite() {
            let broken = gradients.iter().find(|(_, gradient)| !sum_of_squares(gradient).is_finite());
            broken.map(|(name, _)| format!("the gradient of {name}"))
        } else {
            Some("the loss".to_owned())
        };
        match (broken, self.config.non_finite) {
            (None, _) => Ok(false),
            (Some(_), NonFinite::Skip) => Ok(true),
            (Some(tensor), NonFinite::Abort) => Err(self.non_finite(tensor)),
        }
    }

    pub(super) fn non_finite(&self, tensor: impl Into<String>) -> Error {
        Error::NonFinite {
            tensor: tensor.into(),
            step: self.place.step + 1,
            remedy: "lower optimiser.learning_rate, set clip_norm, or set non_finite = \"skip\"".into(),
        }
    }

    fn update(&mut self, mut gradients: Vec<Named>, rate: f64) -> Result<(), Error> {
        if let Some(limit) = self.config.clip_norm {
            clip(&mut gradients, limit);
        }
        let network = self.network.clone();
        let (network, broken) = self.adam.update(network, gradients, &self.config.optimiser, rate);
        self.network = network;
        broken.map_or(Ok(()), |name| Err(self.non_finite(name)))
    }

    /// Moves on by one batch of `n` images; returns whether that ended an epoch.
    fn advance(&mut self, n: usize) -> Result<bool, Error> {
        self.place.step += 1;
        self.place.batch += 1;
        self.place.circuit_evaluations += self.circuits(n, true);
        if self.place.batch < self.steps_per_epoch() {
            return Ok(false);
        }
        self.place.batch = 0;
        self.place.epoch += 1;
        self.reorder();
        self.search()?;
        Ok(true)
    }

    /// Puts the images in the order of the current epoch.
    pub(super) fn reorder(&mut self) {
        self.order = order(&self.chosen, self.config.seed, self.place.epoch);
    }

    /// Runs the gradient-free search on the angles if the strategy wants it after this epoch.
    fn search(&mut self) -> Result<(), Error> {
        let Strategy::Mixed { every, budget, sigma } = self.config.strategy else { return Ok(()) };
        let start = angles(&self.network);
        if !self.place.epoch.is_multiple_of(every as u64) || start.is_empty() {
            return Ok(());
        }
        let indices = &self.order[..self.config.batch.min(self.order.len())];
        let (pixels, labels) = self.batches(&self.data.train, false).load(indices);
        let loss = |theta: &[f64]| -> f64 {
            let network = with_angles(self.network.valid(), theta);
            let logits = network.forward(pixels.clone(), Pass::default()).logits;
            cross_entropy(logits, &labels, self.config.label_smoothing).into_scalar()
        };
        let mut rng = stream(self.config.seed, "search", &[self.place.epoch]);
        let (theta, loss) = one_plus_one(start, sigma, budget, &mut rng, loss);
        if !loss.is_finite() {
            return Err(self.non_finite("the loss of every candidate of the search on theta"));
        }
        self.place.circuit_evaluations += budget as u64 * self.circuits(labels.len(), false);
        self.network = with_angles(self.network.clone(), &theta);
        Ok(())
    }

    fn circuits(&self, n: usize, backward: bool) -> u64 {
        if !matches!(self.config.attention, AttentionConfig::Qontot(_)) {
            return 0;
        }
        (n * self.network.circuits_per_image(&self.config, backward)) as u64
    }

    pub(super) fn batches<'a>(&'a self, images: &'a Images, autodiff: bool) -> Batches<'a> {
        let device = if autodiff { self.device.clone() } else { self.device.clone().inner() };
        Batches {
            images,
            mean: &self.data.mean,
            std: &self.data.std,
            device,
            dtype: self.config.precision.dtype(),
        }
    }
}

/// Whether there is something to learn from and to judge by, of one size and with known classes.
fn usable(data: &Dataset) -> Result<(), Error> {
    let [train, test] = [data.train.n, data.test.n];
    if train == 0 || test == 0 {
        let got = format!("{train} training and {test} test images");
        return Err(Error::invalid("the data", got, "at least one of each", "choose other data"));
    }
    let [own, other] = [shape(&data.train), shape(&data.test)];
    if own != other {
        let expected = format!("that of the training images, {own:?}");
        return Err(Error::invalid(
            "the size of test images",
            format!("{other:?}"),
            expected,
            "mend the data",
        ));
    }
    let labels = data.train.labels.iter().chain(&data.test.labels);
    if let Some(label) = labels.max().filter(|&&label| usize::from(label) >= data.n_classes) {
        let expected = format!("below the number of classes, {}", data.n_classes);
        return Err(Error::invalid("a label", label, expected, "mend the data"));
    }
    Ok(())
}
