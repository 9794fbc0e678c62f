//! One training step of the small vision transformer with softmax attention: forward, backward, Adam.
//!
//! A class token and 7 stripes of 112 pixels, width 128, 2 blocks, one head of 64: the defaults of the training
//! settings. The goal is the share of the peak at which PyTorch runs the same step; `peers/run` compares directly.

use std::sync::Arc;

use benches::{Case, Goal, Suite, peak};
use models::classify::{Classification, TrainConfig};
use models::data::{Dataset, Images};
use models::train::Trainer;
use models::vit::VitConfig;

const SIDE: usize = 28;
const CLASSES: usize = 10;

fn images(n: usize) -> Images {
    let pixels = (0..n * SIDE * SIDE).map(|k| (k * k % 251) as u8).collect();
    let labels = (0..n).map(|k| (k % CLASSES) as u8).collect();
    Images { pixels, labels, n, channels: 1, height: SIDE, width: SIDE }
}

fn trainer(batch: usize) -> Trainer<Classification> {
    let names = (0..CLASSES).map(|class| class.to_string()).collect();
    let data = Dataset::measured("waves".into(), names, images(10 * batch), images(1));
    let config = TrainConfig { batch, epochs: 1 << 30, ..TrainConfig::default() };
    Classification::trainer(config, Arc::new(data)).expect("the defaults fit images of 28 x 28")
}

/// Floating-point operations of a step: two per multiply-add of all matrix products, thrice for the gradients.
fn flop(batch: usize) -> f64 {
    let VitConfig { dim, layers, patch, head_dim, .. } = VitConfig::default();
    let pixels = patch[0] * patch[1];
    let patches = SIDE * SIDE / pixels;
    let tokens = patches + 1;
    let linear = dim * 3 * head_dim + head_dim * dim + 2 * dim * dim;
    let block = tokens * (linear + 2 * tokens * head_dim);
    (6 * batch * (patches * pixels * dim + layers * block + dim * CLASSES)) as f64
}

fn cases<'a>() -> Vec<Case<'a>> {
    let mut cases = peak::cases(&["f32"], &[1, 2]);
    for batch in [100, 64] {
        for threads in [1, 2] {
            let mut trainer = trainer(batch);
            let step = move || {
                trainer.step().expect("numbers stay finite");
            };
            cases.push(
                Case::new(format!("train {batch}"), "f32", threads, step).samples(batch).flop(flop(batch)),
            );
        }
    }
    cases
}

fn main() -> std::io::Result<()> {
    let results = Suite::new("vit_step", cases()).run()?;
    for case in ["train 100", "train 64"] {
        let share = results.share((case, "f32", 1));
        results.goal(Goal::Share(0.4), &format!("of f32 peak on one thread, {case}"), share)?;
        let gain = results.ratio((case, "f32", 1), (case, "f32", 2));
        results.goal(Goal::Faster(1.5), &format!("on two threads, {case}"), gain)?;
    }
    Ok(())
}
