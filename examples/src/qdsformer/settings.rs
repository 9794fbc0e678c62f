//! Settings of a run: preset, then file, then flags; complete in `config.toml`.

use std::path::{Path, PathBuf};

use models::attention::{AttentionConfig, QontotConfig};
use models::classify::TrainConfig;
use models::train::{OptimiserConfig, Schedule};
use models::vit::VitConfig;
use serde::{Deserialize, Serialize};

use crate::args::{Preset, Settings};
use crate::config;
use crate::error::CliError;

/// The name of the model, in commands, files and folders.
pub const MODEL: &str = "qdsformer";

/// Everything that decides what a run does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Always [`MODEL`].
    pub experiment: Experiment,
    /// Where the images come from.
    pub data: String,
    /// Seed of images that are generated; apart from the seed of training, so that seeds share their data.
    pub data_seed: u64,
    /// Seconds between checkpoints within an epoch.
    pub save_seconds: f64,
    /// The model and its training.
    pub train: TrainConfig,
}

/// What a run trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// A vision transformer with an attention operator.
    Qdsformer,
}

impl RunConfig {
    /// The settings of flags over those of a file over those of a preset.
    ///
    /// # Errors
    /// The file cannot be read or has unknown keys.
    pub fn new(settings: &Settings) -> Result<Self, CliError> {
        let preset = settings.preset.unwrap_or(Preset::Quick);
        let from = |data: &str| Self::preset(preset, data).with(settings);
        let config = from(settings.data.as_deref().unwrap_or("glyphs"))?;
        // The file may name data of another shape, which want another preset below it.
        from(&config.data)
    }

    /// These settings with those of file and flags over them.
    ///
    /// # Errors
    /// The file cannot be read or has unknown keys.
    pub fn with(self, settings: &Settings) -> Result<Self, CliError> {
        let mut config = match &settings.config {
            Some(file) => config::over(&self, file)?,
            None => self,
        };
        let set =
            |target: &mut usize, value: Option<u32>| *target = value.map_or(*target, |value| value as usize);
        config.data = settings.data.clone().unwrap_or(config.data);
        config.train.subset = settings.subset.map(|n| n as usize).or(config.train.subset);
        set(&mut config.train.epochs, settings.epochs);
        set(&mut config.train.vit.layers, settings.layers);
        Ok(config)
    }

    fn preset(preset: Preset, data: &str) -> Self {
        let eureka = data.starts_with("eureka:");
        let train = match preset {
            Preset::Quick => quick(if eureka { VitConfig::eureka() } else { VitConfig::default() }),
            Preset::Paper if eureka => {
                with_circuit(TrainConfig::eureka(), QontotConfig { layers: 1, ..paper() })
            }
            Preset::Paper => with_circuit(TrainConfig::default(), paper()),
        };
        let experiment = Experiment::Qdsformer;
        Self { experiment, data: data.to_owned(), data_seed: 0, save_seconds: 30.0, train }
    }

    /// Takes another attention operator and another depth of its circuit, where they are named.
    ///
    /// # Errors
    /// The operator is unknown, or has no circuit.
    pub fn set_attention(&mut self, name: Option<&str>, circuit_layers: Option<u32>) -> Result<(), CliError> {
        let attention = &mut self.train.attention;
        if let Some(name) = name.filter(|name| *name != attention.name()) {
            *attention = AttentionConfig::from_name(name)?;
        }
        let Some(layers) = circuit_layers else { return Ok(()) };
        let AttentionConfig::Qontot(circuit) = attention else {
            return Err(CliError::Usage(format!(
                "--circuit-layers is for the attention qontot, but the attention is {}; leave one out",
                attention.name()
            )));
        };
        circuit.layers = layers as usize;
        Ok(())
    }

    /// Layers of the circuit, where the attention operator has one.
    pub fn circuit_layers(&self) -> Option<usize> {
        if let AttentionConfig::Qontot(circuit) = &self.train.attention { Some(circuit.layers) } else { None }
    }

    /// `runs/<model>-<data>-<attention>-<seed>`.
    pub fn default_folder(&self) -> PathBuf {
        let (attention, seed) = (self.train.attention.name(), self.train.seed);
        Path::new("runs").join(format!("{MODEL}-{}-{attention}-{seed}", self.data_name()))
    }

    /// A word for the data: the last part of their path.
    pub fn data_name(&self) -> String {
        let path = Path::new(self.data.strip_prefix("eureka:").unwrap_or(&self.data));
        let stem = path.canonicalize().ok().and_then(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        let name = stem.unwrap_or_else(|| self.data.replace(['/', '\\', ':'], "-"));
        if self.data.starts_with("eureka:") { format!("eureka-{name}") } else { name }
    }
}

/// A small transformer with a small circuit, few epochs.
fn quick(vit: VitConfig) -> TrainConfig {
    let circuit = QontotConfig { layers: 4, auxiliary: Some(2), extra: 0, ..QontotConfig::default() };
    let train = TrainConfig {
        epochs: 60,
        vit: VitConfig { dim: 64, head_dim: 32, layers: 2, ..vit },
        optimiser: OptimiserConfig { learning_rate: 2e-3, ..OptimiserConfig::default() },
        schedule: Schedule::Cosine { warmup: 0, start: 2e-3, cooldown: 0, floor: 2e-5 },
        ..TrainConfig::default()
    };
    with_circuit(train, circuit)
}

/// The circuit of arXiv:2504.16275: 16 layers, for eight tokens 16 qubits.
fn paper() -> QontotConfig {
    QontotConfig::default()
}

fn with_circuit(train: TrainConfig, circuit: QontotConfig) -> TrainConfig {
    TrainConfig { attention: AttentionConfig::Qontot(circuit), ..train }
}
