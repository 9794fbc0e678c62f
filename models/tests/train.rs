//! Training: learning, resuming, refusing.

use std::sync::Arc;

use models::data::{Dataset, Images};
use models::rng::stream;
use models::train::{Schedule, TrainConfig, Trainer};
use models::vit::VitConfig;
use rand::RngExt;

/// Images of 8 x 8 pixels: class `k` has noise everywhere and two bright rows at `2 k`.
fn images(n: usize, purpose: &str) -> Images {
    let mut rng = stream(1, purpose, &[]);
    let labels: Vec<u8> = (0..n).map(|i| (i % 4) as u8).collect();
    let pixels = labels.iter().flat_map(|&label| {
        let bright = move |row: usize| row / 2 == usize::from(label);
        (0..64).map(|i| rng.random_range(0..80) + if bright(i / 8) { 100 } else { 0 }).collect::<Vec<u8>>()
    });
    Images { pixels: pixels.collect(), n, channels: 1, height: 8, width: 8, labels }
}

fn dataset() -> Arc<Dataset> {
    let names = ["a", "b", "c", "d"].map(String::from).to_vec();
    Arc::new(Dataset::measured("bars".into(), names, images(90, "train"), images(40, "test")))
}

fn config() -> TrainConfig {
    let vit = VitConfig { patch: [2, 8], dim: 16, layers: 2, head_dim: 8, ..VitConfig::default() };
    TrainConfig { vit, batch: 20, epochs: 4, schedule: Schedule::Constant, ..TrainConfig::default() }
}

#[test]
fn a_small_transformer_learns() {
    let mut config = config();
    config.optimiser.learning_rate = 3e-3;
    let mut trainer = Trainer::new(config, dataset()).unwrap();
    let before = trainer.evaluate().unwrap();
    while !trainer.finished() {
        trainer.step().unwrap();
    }
    let after = trainer.evaluate().unwrap();
    assert!(after.accuracy > 0.9 && after.loss < 0.6 * before.loss, "{before:?} {after:?}");
}

#[test]
fn resuming_is_exact() {
    let mut whole = Trainer::new(config(), dataset()).unwrap();
    let mut at = Vec::new();
    while !whole.finished() {
        at.push(whole.snapshot().unwrap());
        whole.step().unwrap();
    }
    for bytes in at {
        let mut resumed = Trainer::new(config(), dataset()).unwrap();
        resumed.restore(&bytes).unwrap();
        assert!(resumed.snapshot().unwrap() == bytes);
        while !resumed.finished() {
            resumed.step().unwrap();
        }
        assert!(resumed.snapshot().unwrap() == whole.snapshot().unwrap());
    }
}
