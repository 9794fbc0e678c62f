//! Windows of a series, a forecaster and the mean squared error as a problem for the trainer.

use std::fmt;
use std::sync::OnceLock;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::config::ForecastConfig;
use super::forecaster::Forecaster;
use crate::Error;
use crate::series::{Series, Windows};
use crate::train::{Batch, Plan, Problem, Renewal, fingerprint};

/// A network that learns to say how a series goes on.
pub struct Forecasting {
    config: ForecastConfig,
    windows: Windows,
    /// Circuits of a step: for every step, and for every window of it.
    circuits: OnceLock<[u64; 2]>,
}

/// How well a network forecasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForecastReport {
    /// Mean squared error on the test windows, in the scale of the windows.
    pub mse: f64,
    /// Mean squared error on the training windows.
    pub train_mse: f64,
    /// Whether the error on the training windows is above half the variance of their targets.
    pub stuck: bool,
}

impl fmt::Display for ForecastReport {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "mse {:.3e}{}", self.mse, if self.stuck { " (stuck)" } else { "" })
    }
}

impl Forecasting {
    /// The problem of `config` on a series.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a setting out of range, and as [`Windows::cut`].
    pub fn new(config: ForecastConfig, series: Series) -> Result<Self, Error> {
        config.validate()?;
        let windows = Windows::cut(&series, &config.windows)?;
        Ok(Self { config, windows, circuits: OnceLock::new() })
    }

    /// The windows.
    pub fn windows(&self) -> &Windows {
        &self.windows
    }

    /// What a network says of every window, training windows first.
    pub fn predictions(&self, network: &Forecaster, device: &Device) -> Vec<f64> {
        let all: Vec<usize> = (0..self.windows.targets.len()).collect();
        let batches = all.chunks(256).map(|samples| network.forward(self.inputs(samples, device)));
        batches.flat_map(|y| y.into_data().iter::<f64>().collect::<Vec<_>>()).collect()
    }

    /// Windows `[b t]`.
    pub fn inputs(&self, samples: &[usize], device: &Device) -> Tensor<2> {
        let values = samples.iter().flat_map(|&i| self.windows.input(i)).copied().collect();
        let data = TensorData::new(values, [samples.len(), self.windows.length]);
        Tensor::from_data(data, (device, self.config.precision.dtype()))
    }

    fn variance(&self) -> f64 {
        let train = &self.windows.targets[..self.windows.n_train];
        let mean = train.iter().sum::<f64>() / train.len() as f64;
        train.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / train.len() as f64
    }

    /// Mean squared errors on the training and on the test windows.
    fn errors(&self, network: &Forecaster, device: &Device) -> [f64; 2] {
        let predictions = self.predictions(network, device);
        let squares = predictions.iter().zip(&self.windows.targets).map(|(y, target)| (y - target).powi(2));
        let squares: Vec<f64> = squares.collect();
        let (train, test) = squares.split_at(self.windows.n_train);
        [train, test].map(|part| part.iter().sum::<f64>() / part.len() as f64)
    }

    /// Circuits of a step on `n` windows, by counting those of one window and of two.
    fn count(&self, network: &Forecaster, device: &Device) -> [u64; 2] {
        let [one, two] = [1, 2].map(|n| {
            let before = network.model().circuit_evaluations();
            let samples: Vec<usize> = (0..n).collect();
            drop(self.loss(network, &samples, 0, device).loss.backward());
            network.model().circuit_evaluations() - before
        });
        [2 * one - two, two - one]
    }
}

impl Problem for Forecasting {
    type Config = ForecastConfig;
    type Network = Forecaster;
    type Report = ForecastReport;

    fn config(&self) -> &ForecastConfig {
        &self.config
    }

    fn plan(&self) -> Plan {
        self.config.plan()
    }

    fn fingerprint(&self) -> String {
        let bytes = |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let Windows { length, inputs, targets, n_train } = &self.windows;
        fingerprint(&[&bytes(inputs), &bytes(targets), &length.to_le_bytes(), &n_train.to_le_bytes()])
    }

    fn samples(&self) -> Result<Vec<usize>, Error> {
        Ok((0..self.windows.n_train).collect())
    }

    fn network(&self, device: &Device) -> Result<Forecaster, Error> {
        let place = (device, self.config.precision.dtype());
        let network = Forecaster::new(&self.config, self.windows.length, 0, place)?;
        self.circuits.get_or_init(|| self.count(&network, device));
        Ok(network)
    }

    fn loss(&self, network: &Forecaster, samples: &[usize], _step: u64, device: &Device) -> Batch {
        let targets = samples.iter().map(|&i| self.windows.targets[i]).collect();
        let data = TensorData::new(targets, [samples.len()]);
        let targets = Tensor::<1>::from_data(data, (device, self.config.precision.dtype()));
        let residual = network.forward(self.inputs(samples, device)) - targets;
        Batch { loss: (residual.clone() * residual).mean(), accuracy: None }
    }

    fn evaluate(&self, network: &Forecaster, device: &Device) -> (ForecastReport, f64) {
        let [train_mse, mse] = self.errors(network, device);
        let stuck = train_mse > 0.5 * self.variance();
        (ForecastReport { mse, train_mse, stuck }, mse)
    }

    fn circuits(&self, _network: &Forecaster, n: usize) -> u64 {
        let [step, window] = self.circuits.get().copied().unwrap_or_default();
        step + window * n as u64
    }

    /// Draws the weights anew where training is stuck.
    fn between_epochs(
        &self,
        network: &Forecaster,
        epoch: u64,
        _order: &[usize],
        device: &Device,
    ) -> Result<Option<Renewal<Forecaster>>, String> {
        let Some(restart) = self.config.restart else { return Ok(None) };
        if !epoch.is_multiple_of(restart.every as u64) || epoch == self.config.epochs as u64 {
            return Ok(None);
        }
        let [train_mse, _] = self.errors(network, device);
        if train_mse <= restart.share * self.variance() {
            return Ok(None);
        }
        let place = (device, self.config.precision.dtype());
        let network = Forecaster::new(&self.config, self.windows.length, epoch, place);
        Ok(Some(Renewal { network: network.expect("built before"), circuits: 0, forget: true }))
    }
}
