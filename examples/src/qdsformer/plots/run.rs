//! The pictures of one run: images and their attention, curves, distance from doubly stochastic.

use std::path::PathBuf;

use models::classify::Classification;
use models::data::Dataset;
use models::train::Trainer;
use ndarray::{Array4, ArrayView4, Axis, concatenate};
use viz::{
    AttentionMaps, Curves, Gallery, ImageLabel, Panel, Scale, Series, attention_maps, curves, gallery,
};
use viz::{Picture, stochastic_error};

use super::super::learner::{Attention, Report};
use crate::error::CliError;
use crate::log::{self, Epoch};
use crate::pictures::write;
use crate::run_dir::RunDir;

/// How many test images are shown.
const IMAGES: usize = 6;

/// Draws the pictures of a run from its log and its trainer; returns where they are.
///
/// # Errors
/// The log cannot be read, or a picture cannot be drawn or written.
pub fn draw_run(
    run: &RunDir,
    trainer: &Trainer<Classification>,
    data: &Dataset,
) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", run.path().display());
    let epochs: Vec<Epoch<Report>> = log::epochs(&run.metrics())?;
    let chosen = one_per_class(&data.test.labels);
    let mut pictures =
        vec![("curves", learning(&epochs, &source)?), ("images", images(data, &chosen, &source)?)];
    let weights = trainer.weights(&chosen)?;
    if !weights.is_empty() {
        pictures.push(("attention", attention(&weights, data, &chosen, &source)?));
        pictures.push(("stochastic-error", errors(&epochs, &source)?));
    }
    pictures.iter().map(|(name, picture)| write(&run.plots(), name, picture)).collect()
}

/// Loss and accuracy over epochs, in training and on test data.
fn learning(epochs: &[Epoch<Report>], source: &str) -> Result<Picture, viz::Error> {
    let series = |train: fn(&Epoch<Report>) -> f64, test: fn(&Epoch<Report>) -> f64| {
        vec![over_epochs("train", epochs, train), over_epochs("test", epochs, test)]
    };
    let losses = series(|epoch| epoch.train_loss, |epoch| epoch.test.eval.loss);
    let accuracies =
        series(|epoch| epoch.train_accuracy.unwrap_or_default(), |epoch| epoch.test.eval.accuracy);
    let panels = vec![panel("loss, nats", losses), panel("accuracy", accuracies)];
    curves(&Curves { title: "Learning".into(), source: source.into(), panels, ..Curves::default() })
}

/// A chart of `series` over epochs.
pub fn panel(y_label: &str, series: Vec<Series>) -> Panel {
    Panel {
        title: String::new(),
        x_label: "epoch".into(),
        x_scale: Scale::Linear,
        y_label: y_label.into(),
        y_scale: Scale::Linear,
        series,
    }
}

/// Largest distance of row and column sums from one, over epochs.
fn errors(epochs: &[Epoch<Report>], source: &str) -> Result<Picture, viz::Error> {
    let of = |error: fn(Attention) -> f64| {
        move |epoch: &Epoch<Report>| epoch.test.attention().map(error).unwrap_or_default()
    };
    let rows = over_epochs("row sums", epochs, of(|attention| attention.row_error));
    let columns = over_epochs("column sums", epochs, of(|attention| attention.column_error));
    stochastic_error("Distance from doubly stochastic", "epoch", &[rows, columns], source)
}

fn over_epochs(name: &str, epochs: &[Epoch<Report>], value: impl Fn(&Epoch<Report>) -> f64) -> Series {
    let x = epochs.iter().map(|epoch| epoch.epoch as f64).collect();
    Series::single(name, x, epochs.iter().map(value).collect())
}

/// The first test image of every class, up to the number that is shown.
fn one_per_class(labels: &[u8]) -> Vec<usize> {
    let first = |class: u8| labels.iter().position(|label| *label == class);
    (0..=u8::MAX).filter_map(first).take(IMAGES).collect()
}

fn images(data: &Dataset, chosen: &[usize], source: &str) -> Result<Picture, viz::Error> {
    let all = &data.test;
    let shape = (all.n, all.channels, all.height, all.width);
    let pixels = ArrayView4::from_shape(shape, &all.pixels).expect("images are whole"); // n c h w
    let truth = |index: &usize| ImageLabel { truth: class(data, *index), predicted: None };
    let labels: Vec<ImageLabel> = chosen.iter().map(truth).collect();
    let config = Gallery { title: "Test images".into(), source: source.into(), columns: chosen.len() };
    gallery(pixels.select(Axis(0), chosen).view(), &labels, &config)
}

/// One row per image, one column per layer and head.
fn attention(
    layers: &[Array4<f32>],
    data: &Dataset,
    chosen: &[usize],
    source: &str,
) -> Result<Picture, viz::Error> {
    let views: Vec<_> = layers.iter().map(|layer| layer.view()).collect(); // b h t t
    let grid = concatenate(Axis(1), &views).expect("layers share their shape"); // b layers*heads t t
    let heads = layers[0].len_of(Axis(1));
    let name = |column: usize| match heads {
        1 => format!("layer {}", column + 1),
        _ => format!("layer {} head {}", column / heads + 1, column % heads + 1),
    };
    let config = AttentionMaps {
        title: "Attention on test images".into(),
        source: source.into(),
        row_labels: chosen.iter().map(|index| class(data, *index)).collect(),
        column_labels: (0..grid.len_of(Axis(1))).map(name).collect(),
    };
    attention_maps(grid.view(), &config)
}

fn class(data: &Dataset, image: usize) -> String {
    data.class_names[usize::from(data.test.labels[image])].clone()
}
