//! What the training tests share: easy images, small settings, a small circuit.

#![allow(dead_code, reason = "each test program uses a part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use models::attention::{AttentionConfig, QontotConfig};
use models::classify::{Classification, TrainConfig};
use models::data::{Dataset, Images};
use models::rng::stream;
use models::train::{Schedule, StepReport, Trainer};
use models::vit::VitConfig;
use rand::RngExt;
use safetensors::SafeTensors;

/// Images of 8 x 8 pixels in four classes: noise everywhere, and two brighter rows that tell the class.
fn images(n: usize, purpose: &str) -> Images {
    let mut rng = stream(1, purpose, &[]);
    let labels: Vec<u8> = (0..n).map(|i| (i % 4) as u8).collect();
    let mut pixels = Vec::new();
    for &label in &labels {
        let bright = |i: usize| if i / 16 == usize::from(label) { 100 } else { 0 };
        pixels.extend((0..64).map(|i| rng.random_range(0..80_u8) + bright(i)));
    }
    Images { pixels, n, channels: 1, height: 8, width: 8, labels }
}

/// 90 training and 40 test images.
pub fn bars() -> Arc<Dataset> {
    let names = ["first", "second", "third", "fourth"].map(String::from).to_vec();
    Arc::new(Dataset::measured("bars".into(), names, images(90, "train"), images(40, "test")))
}

/// Two narrow layers, batches of 20, a constant rate.
pub fn small() -> TrainConfig {
    let vit = VitConfig { patch: [2, 8], dim: 16, layers: 2, head_dim: 8, ..VitConfig::default() };
    TrainConfig { vit, batch: 20, epochs: 4, schedule: Schedule::Constant, ..TrainConfig::default() }
}

/// A circuit and its number of angles.
pub struct Circuit {
    pub config: AttentionConfig,
    pub angles: usize,
}

/// One layer on three or four qubits per register, so that tests are quick.
pub fn circuit() -> Circuit {
    let qontot = QontotConfig { layers: 1, auxiliary: Some(0), extra: 0, ..QontotConfig::default() };
    let angles = qontot.map(8).unwrap().circuit().n_params();
    Circuit { config: AttentionConfig::Qontot(qontot), angles }
}

/// Trains to the end.
pub fn run(trainer: &mut Trainer<Classification>) -> Vec<StepReport> {
    let mut reports = Vec::new();
    while !trainer.finished() {
        reports.push(trainer.step().unwrap());
    }
    reports
}

/// The parameters' bytes by name.
pub fn tensors(trainer: &Trainer<Classification>) -> BTreeMap<String, Vec<u8>> {
    let bytes = trainer.snapshot().unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let parameters = file.iter().filter(|(name, _)| name.starts_with("param/"));
    parameters.map(|(name, view)| (name.to_owned(), view.data().to_vec())).collect()
}
