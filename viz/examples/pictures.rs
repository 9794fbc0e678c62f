//! Writes one picture of every kind, with its `.npy` beside it, into the folder given as the argument:
//! `cargo run -p ketwork-viz --example pictures -- FOLDER`. The data is made up, from a fixed seed.

use std::{error::Error, fs, path::PathBuf};

use ndarray::{Array2, Array4, Axis};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use viz::{
    AccuracyByDepth, AttentionMaps, BarGroup, Bars, Baseline, Cell, Curves, Film, Forecast, Frame, Gallery,
    HeatMap, ImageLabel, Panel, Picture, Scale, Series, Spread, accuracy_by_depth, attention_maps, bars,
    curves, film, forecast, gallery, heat_map, stochastic_error,
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
        ("losses", losses(rng)?),
        ("returns", returns(rng)?),
        ("forecast", pendulum(rng)?),
        ("heat-map", angles(rng)?),
        ("bars", models(rng)?),
        ("film", episode()?),
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
    let title = "Fashion-MNIST, 10,000 images, 2 layers".into();
    curves(&Curves { title, source: source(), panels, ..Curves::default() })
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

/// Medians and quartiles of losses that fall over decades; one seed of each model stays behind.
fn losses(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let x: Vec<f64> = (1..=100).map(f64::from).collect();
    let mut model = |label: &str, end: f64| {
        let line = |k: usize, rng: &mut ChaCha8Rng| -> Vec<f64> {
            let end = if k == 0 { 0.05 } else { end * rng.random_range(0.5..2.0) };
            x.iter().map(|x| (end + 0.3 * (-x / 12.0).exp()) * (0.08 * rng.random::<f64>()).exp()).collect()
        };
        Series { label: label.into(), x: x.clone(), lines: (0..7).map(|k| line(k, rng)).collect() }
    };
    let series = vec![model("recurrent circuit", 1e-4), model("LSTM", 8e-4)];
    let (x_label, y_label) = ("epoch".into(), "training loss".into());
    let panel = Panel { x_label, y_label, y_scale: Scale::Log10, series, ..Panel::default() };
    let (title, spread) = ("Damped pendulum, 7 seeds".into(), Spread::MedianQuartiles);
    curves(&Curves { title, source: source(), panels: vec![panel], spread })
}

/// Returns of episodes, already averaged over the last hundred.
fn returns(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let x: Vec<f64> = (0..=120).map(|k| 25.0 * f64::from(k)).collect();
    let mut agent = |label: &str, pace: f64| {
        let line = |rng: &mut ChaCha8Rng| -> Vec<f64> {
            let (turn, swing) = (pace * rng.random_range(0.7..1.4), rng.random_range(0.0..6.0));
            let value =
                |x: &f64| 0.95 / (1.0 + ((turn - x) / 160.0).exp()) + 0.015 * (x / 90.0 + swing).sin();
            x.iter().map(value).collect()
        };
        Series { label: label.into(), x: x.clone(), lines: (0..5).map(|_| line(rng)).collect() }
    };
    let series = vec![agent("quantum fast weights", 900.0), agent("LSTM", 1500.0)];
    let (x_label, y_label) = ("episode".into(), "return, mean of the last 100".into());
    let panel = Panel { x_label, y_label, series, ..Panel::default() };
    let (title, spread) = ("MiniGrid-Empty-5x5".into(), Spread::MedianQuartiles);
    curves(&Curves { title, source: source(), panels: vec![panel], spread })
}

fn pendulum(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let truth: Vec<f64> =
        (0..240).map(f64::from).map(|t| 1.2 * (-t / 160.0).exp() * (0.16 * t).cos()).collect();
    let mut model = |label: &str, error: f64| {
        let phase = rng.random_range(0.0..3.0);
        let off =
            |(t, v): (usize, &f64)| v + error * (1.0 + t as f64 / 160.0) * (0.13 * t as f64 + phase).sin();
        (label.to_string(), truth.iter().enumerate().map(off).collect())
    };
    let predictions = vec![model("recurrent circuit", 0.02), model("LSTM", 0.06)];
    forecast(&Forecast {
        title: "Damped pendulum, one step ahead".into(),
        source: source(),
        y_label: "angular velocity, rad/s".into(),
        truth,
        predictions,
        n_train: 160,
    })
}

/// Angles of three layers of four qubits; those of the last qubit have no influence.
fn angles(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let (layers, qubits) = (3, 4);
    let shapes: Vec<[f64; 3]> = (0..layers * qubits)
        .map(|_| [rng.random_range(-2.5..2.5), rng.random_range(0.02..0.09), rng.random_range(0.0..6.0)])
        .collect();
    let values = Array2::from_shape_fn((layers * qubits, 160), |(row, step)| {
        let [size, pace, phase] = shapes[row];
        let live = if row % qubits == 3 { 0.35 } else { 1.0 };
        live * size * (pace * step as f64 + phase).sin()
    }); // row time
    heat_map(&HeatMap {
        title: "Angles of the fast program along an episode".into(),
        source: source(),
        values,
        row_labels: (0..layers * qubits).map(|r| format!("theta[{}][{}]", r / qubits, r % qubits)).collect(),
        x_label: "time step".into(),
        value_label: "angle, rad".into(),
        dead_rows: (0..layers * qubits).map(|r| r % qubits == 3).collect(),
    })
}

fn models(rng: &mut ChaCha8Rng) -> Result<Picture, viz::Error> {
    let mut group = |label: &str, middle: f64, n_stuck: usize| {
        let value = |run: usize, rng: &mut ChaCha8Rng| {
            let middle = if run < n_stuck { 0.11 } else { middle };
            middle * rng.random_range(-0.7..0.7f64).exp()
        };
        let values = (0..10).map(|run| value(run, rng)).collect();
        BarGroup { label: label.into(), values, stuck: (0..10).map(|run| run < n_stuck).collect() }
    };
    let groups = vec![
        group("recurrent circuit", 4e-4, 0),
        group("fast weights", 9e-4, 1),
        group("LSTM", 2e-3, 0),
        group("QLSTM, 4 qubits", 3e-3, 3),
        group("linear prediction", 2e-2, 0),
    ];
    let (title, value_label) = ("NARMA-5, 10 seeds".into(), "test MSE".into());
    bars(&Bars { title, source: source(), value_label, scale: Scale::Log10, groups })
}

/// A walk around a wall, through a door and past lava.
fn episode() -> Result<Picture, viz::Error> {
    const WORLD: [&[u8; 6]; 6] = [b"######", b"#..#.#", b"#..D.#", b"#L.#.#", b"#..#G#", b"######"];
    let cell = |x: usize, y: usize, seen: usize| match WORLD[y][x] {
        _ if x > seen => Cell::Unseen,
        b'#' => Cell::Wall,
        b'G' => Cell::Goal,
        b'L' => Cell::Lava,
        b'D' => Cell::Door,
        _ => Cell::Empty,
    };
    let walk = [
        (1, 1, 0, "forward"),
        (2, 1, 0, "turn right"),
        (2, 1, 1, "forward"),
        (2, 2, 1, "turn left"),
        (2, 2, 0, "open"),
        (2, 2, 0, "forward"),
        (3, 2, 0, "forward"),
        (4, 2, 0, "turn right"),
        (4, 2, 1, "forward"),
        (4, 3, 1, "forward"),
        (4, 4, 1, "return 0.84"),
    ];
    let frame = |(step, (x, y, direction, action)): (usize, (usize, usize, u8, &str))| {
        let seen = if step < 5 { 3 } else { 5 };
        let cells = (0..36).map(|i| cell(i % 6, i / 6, seen)).collect();
        Frame { width: 6, height: 6, cells, agent: (x, y, direction), caption: format!("{step}: {action}") }
    };
    let frames = walk.into_iter().enumerate().map(frame).collect();
    film(&Film { title: "An episode with a door".into(), source: source(), columns: 0, frames })
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
