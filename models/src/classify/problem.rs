//! Images, a network and cross-entropy as a problem for the trainer.

use std::sync::Arc;

use burn::tensor::Device;

use super::batches::{Batches, shape};
use super::config::{Strategy, TrainConfig};
use super::evaluate::{EvalReport, evaluate, to_f64};
use super::loss::{cross_entropy, hits};
use super::network::Network;
use crate::Error;
use crate::attention::AttentionConfig;
use crate::data::{Dataset, Images};
use crate::rng::stream;
use crate::train::{Batch, Plan, Problem, Renewal, Trainer, angles, fingerprint, one_plus_one, with_angles};
use crate::vit::Pass;

/// A network that learns to name images.
pub struct Classification {
    config: TrainConfig,
    data: Arc<Dataset>,
}

impl Classification {
    /// The problem of `config` on `data`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting out of range, and for images that do not fit together.
    pub fn new(config: TrainConfig, data: Arc<Dataset>) -> Result<Self, Error> {
        config.validate()?;
        usable(&data)?;
        Ok(Self { config, data })
    }

    /// A trainer of [`new`](Self::new).
    ///
    /// # Errors
    /// As [`new`](Self::new), and for settings that do not fit the images.
    pub fn trainer(config: TrainConfig, data: Arc<Dataset>) -> Result<Trainer<Self>, Error> {
        Trainer::new(Self::new(config, data)?)
    }

    /// The images.
    pub fn data(&self) -> &Arc<Dataset> {
        &self.data
    }

    pub(super) fn batches<'a>(&'a self, images: &'a Images, device: &Device) -> Batches<'a> {
        Batches {
            images,
            mean: &self.data.mean,
            std: &self.data.std,
            device: device.clone(),
            dtype: self.config.precision.dtype(),
        }
    }

    /// One circuit for every attention matrix in every forward pass, and two more per angle where the
    /// parameter-shift rule is used; none for operators without a circuit.
    fn count(&self, network: &Network, n: usize, backward: bool) -> u64 {
        if !matches!(self.config.attention, AttentionConfig::Qontot(_)) {
            return 0;
        }
        (n * network.circuits_per_image(&self.config, backward)) as u64
    }
}

impl Problem for Classification {
    type Config = TrainConfig;
    type Network = Network;
    type Report = EvalReport;

    fn config(&self) -> &TrainConfig {
        &self.config
    }

    fn plan(&self) -> Plan {
        self.config.plan()
    }

    fn fingerprint(&self) -> String {
        let Dataset { train, test, mean, std, n_classes, .. } = &*self.data;
        let sizes = [train, test].map(|i| format!(" {} {} {} {}", i.n, i.channels, i.height, i.width));
        let factors: Vec<u8> = mean.iter().chain(std).flat_map(|factor| factor.to_le_bytes()).collect();
        let digest = self.data.fingerprint();
        let [train, test] = &sizes;
        fingerprint(&[
            digest.as_bytes(),
            train.as_bytes(),
            test.as_bytes(),
            &factors,
            &n_classes.to_le_bytes(),
        ])
    }

    fn samples(&self) -> Result<Vec<usize>, Error> {
        let images = &self.data.train;
        images.subset(self.config.subset.unwrap_or(images.n), self.config.seed)
    }

    fn network(&self, device: &Device) -> Result<Network, Error> {
        Network::new(&self.config, shape(&self.data.train), self.data.n_classes, device)
    }

    fn loss(&self, network: &Network, samples: &[usize], step: u64, device: &Device) -> Batch {
        let (pixels, labels) = self.batches(&self.data.train, device).load(samples);
        let drop_path = Some(stream(self.config.seed, "drop-path", &[step]));
        let output = network.forward(pixels, Pass { keep_weights: false, drop_path });
        let loss = cross_entropy(output.logits.clone(), &labels, self.config.label_smoothing);
        let accuracy = hits(&to_f64(output.logits), &labels) as f64 / labels.len() as f64;
        Batch { loss, accuracy: Some(accuracy) }
    }

    fn evaluate(&self, network: &Network, device: &Device) -> (EvalReport, f64) {
        let report = evaluate(network, &self.batches(&self.data.test, device), self.data.n_classes);
        let loss = report.loss;
        (report, loss)
    }

    fn circuits(&self, network: &Network, n: usize) -> u64 {
        self.count(network, n, true)
    }

    /// Runs the gradient-free search on the angles if the strategy wants it after this epoch.
    fn between_epochs(
        &self,
        network: &Network,
        epoch: u64,
        order: &[usize],
        device: &Device,
    ) -> Result<Option<Renewal<Network>>, String> {
        let Strategy::Mixed { every, budget, sigma } = self.config.strategy else { return Ok(None) };
        let start = angles(network);
        if !epoch.is_multiple_of(every as u64) || start.is_empty() {
            return Ok(None);
        }
        let samples = &order[..self.config.batch.min(order.len())];
        let (pixels, labels) = self.batches(&self.data.train, device).load(samples);
        let loss = |theta: &[f64]| -> f64 {
            let logits = with_angles(network.clone(), theta).forward(pixels.clone(), Pass::default()).logits;
            cross_entropy(logits, &labels, self.config.label_smoothing).into_scalar()
        };
        let mut rng = stream(self.config.seed, "search", &[epoch]);
        let (theta, loss) = one_plus_one(start, sigma, budget, &mut rng, loss);
        if !loss.is_finite() {
            return Err("the loss of every candidate of the search on theta".into());
        }
        let circuits = budget as u64 * self.count(network, labels.len(), false);
        Ok(Some(Renewal { network: with_angles(network.clone(), &theta), circuits, forget: false }))
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
        let got = format!("{other:?}");
        return Err(Error::invalid("the size of test images", got, expected, "mend the data"));
    }
    let labels = data.train.labels.iter().chain(&data.test.labels);
    if let Some(label) = labels.max().filter(|&&label| usize::from(label) >= data.n_classes) {
        let expected = format!("below the number of classes, {}", data.n_classes);
        return Err(Error::invalid("a label", label, expected, "mend the data"));
    }
    Ok(())
}
