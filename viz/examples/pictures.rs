//! Writes one picture of every kind, with its `.npy` beside it, into the folder given as the argument:
//! `cargo run -p ketwork-viz --example pictures -- FOLDER`. The data is made up, from a fixed seed.

use std::{error::Error, fs, path::PathBuf};

use ndarray::{Array2, Array4, Axis};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use viz::{
    AccuracyByDepth, AttentionMaps, Baseline, Curves, Gallery, ImageLabel, Panel, Picture, Series,
    accuracy_by_depth, attention_maps, curves, gallery, stochastic_error,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: pictures FOLDER")?);
    fs::create_dir_all(&folder)?;
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for (name, picture) in [
        ("attention", attention(rng, 2, 4, 8)?),
        ("attention-large", attention(rng, 8, 8, 16)?),
        ("attention-small", attention(rng, 1, 1, 1)?),
        ("operators", operators(rng)?),
        ("training", training(rng)?),
        ("certificate", certificate(rng)?),
        ("depth", depth(rng)?),
        ("gallery", images(rng, 1)?),
        ("gallery-colour", images(rng, 3)?),
    ] {
        fs::write(folder.join(format!("{name}.svg")), &picture.svg)?;
        fs::write(folder.join(format!("{name}.npy")), picture.npy()?)?;
    }
    Ok(())
}

fn source() -> String {
    "cargo run -p ketwork-viz --example pictures".into()
}

/// Positive scores around the diagonal.
fn scores(rng: &mut ChaCha8Rng, t: usize) -> Array2<f64> {
    let width = rng.random_range(1.0..4.0);
    Array2::from_shape_fn((t, t), |(i, j)| {
        (2.0 * rng.random::<f64>() - (i as f64 - j as f64).abs() / width).exp()
    })
}

/// Alternate row and column normalisation; half an iteration is a softmax.
fn normalised(mut weights: Array2<f64>, halves: usize) -> Array2<f64> {
    for half in 0..halves {
        let axis = Axis((half + 1) % 2);
        let sums = weights.sum_axis(axis).insert_axis(axis);
        weights /= &sums;
    }
    weights
}

fn attention(rng: &mut ChaCha8Rng, layers: usize, heads: usize, t: usize) -> Result<Picture, viz::Error> {
    let mut weights = Array4::zeros((layers, heads, t, t)); // layers heads t t
    for mut layer in weights.outer_iter_mut() {
        for mut head in layer.outer_iter_mut() {
            head.assign(&normalised(scores(rng, t), 60));
        }
    }
    let title = "QontOT attention on test image 17, epoch 12".into();
    attention_maps(weights.view(), &AttentionMaps { title, source: source(), ..AttentionMaps::default() })
}

fn operators(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let names = ["softmax", "norm-softmax-sigma", "sinkhorn", "uniform"];
    let halves = [1, 1, 21, 1];
    let mut weights = Array4::zeros((names.len(), 2, 8, 8)); // operators samples t t
    for (k, mut operator) in weights.outer_iter_mut().enumerate() {
        for mut sample in operator.outer_iter_mut() {
            let scores = if names[k] == "uniform" { Array2::ones((8, 8)) } else { scores(rng, 8) };
            sample.assign(&normalised(scores, halves[k]));
        }
    }
    let row_labels = names.map(String::from).to_vec();
    let column_labels = vec!["sneaker".into(), "ankle boot".into()];
    let title = "Four operators on two images, layer 1".into();
    attention_maps(weights.view(), &AttentionMaps { title, source: source(), row_labels, column_labels })
}

/// Curves that approach `end` from `start`, one per seed.
fn approach(rng: &mut ChaCha8Rng, label: &str, (start, end): (f64, f64), seeds: usize) -> Series {
    let x: Vec<f64> = (1..=40).map(f64::from).collect();
    let noise = 0.06 * (start - end).abs();
    let line = |rng: &mut ChaCha8Rng| {
        let (end, pace) = (end + noise * rng.random_range(-0.5..0.5), rng.random_range(6.0..9.0));
        let value = |x: &f64| end + (start - end) * (-x / pace).exp() + noise * rng.random_range(-0.5..0.5);
        x.iter().map(value).collect()
    };
    let lines = (0..seeds).map(|_| line(rng)).collect();
    Series { label: label.into(), x, lines }
}

fn training(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let operators =
        [("softmax", 0.46, 0.842, 5), ("qr", 0.43, 0.853, 5), ("qontot, 16 layers", 0.38, 0.871, 3)];
    let panel = |title: &str, y_label: &str, series| Panel {
        title: title.into(),
        x_label: "epoch".into(),
        y_label: y_label.into(),
        series,
        ..Panel::default()
    };
    let loss = operators.map(|(name, loss, _, seeds)| approach(rng, name, (2.1, loss), seeds)).to_vec();
    let accuracy = operators.map(|(name, _, end, seeds)| approach(rng, name, (0.3, end), seeds)).to_vec();
    let panels = vec![panel("Training", "loss", loss), panel("Test", "accuracy", accuracy)];
    curves(&Curves { title: "Fashion-MNIST, 10,000 images, 2 layers".into(), source: source(), panels })
}

fn certificate(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let x: Vec<f64> = (0..=30).map(f64::from).collect();
    let scales = [("softmax, layer 1", 0.7), ("sinkhorn, layer 1", 3e-4), ("sinkhorn, layer 2", 2e-3)];
    let mut series: Vec<Series> = scales
        .map(|(name, scale)| {
            let y = x.iter().map(|_| scale * rng.random_range(0.6..1.6)).collect();
            Series::single(name, x.clone(), y)
        })
        .to_vec();
    let exact = |rng: &mut ChaCha8Rng| f64::from(rng.random_range(0..4u32)) * f64::EPSILON / 2.0;
    series.push(Series::single("qontot, layer 1", x.clone(), x.iter().map(|_| exact(rng)).collect()));
    stochastic_error("How doubly stochastic the attention is", "epoch", &series, &source())
}

fn depth(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let x = vec![1.0, 2.0, 4.0, 8.0, 16.0];
    let line = |rng: &mut ChaCha8Rng, top: f64| -> Vec<f64> {
        x.iter().map(|d: &f64| top - 0.05 / d.sqrt() + rng.random_range(-0.006..0.006)).collect()
    };
    let mut circuit = |label: &str, top: f64, seeds: usize| Series {
        label: label.into(),
        x: x.clone(),
        lines: (0..seeds).map(|_| line(rng, top)).collect(),
    };
    let series = vec![circuit("parted", 0.884, 6), circuit("trotter", 0.874, 3)];
    let baselines = vec![
        Baseline { label: "softmax".into(), values: vec![0.842, 0.846, 0.839] },
        Baseline { label: "qr".into(), values: vec![0.861, 0.855, 0.859] },
    ];
    let title = "MNIST, one transformer layer".into();
    accuracy_by_depth(&AccuracyByDepth {
        title,
        source: source(),
        y_label: "test accuracy".into(),
        series,
        baselines,
    })
}

fn images(rng: &mut ChaCha8Rng, channels: usize) -> Result<Picture, viz::Error> {
    let names = ["T-shirt/top", "Trouser", "Pullover", "Ankle boot"];
    let n = 12;
    let shift: Vec<f64> = (0..n * channels).map(|_| rng.random_range(8.0..20.0)).collect();
    let pixels = Array4::from_shape_fn((n, channels, 28, 28), |(i, c, y, x)| {
        let centre = shift[i * channels + c];
        let distance = (x as f64 - centre).hypot(y as f64 - 28.0 + centre);
        (255.0 * (-((distance - 7.0) / 3.0).powi(2)).exp()) as u8
    }); // n c h w
    let label = |i: usize| ImageLabel {
        truth: names[i % 4].into(),
        predicted: Some(names[if i % 5 == 3 { 1 } else { i % 4 }].into()),
    };
    let labels: Vec<ImageLabel> = (0..n).map(label).collect();
    gallery(pixels.view(), &labels, &Gallery { title: "Test images".into(), source: source(), columns: 0 })
}
