//! The pictures of a comparison, from the folders of its runs alone.

use std::fs::File;
use std::path::{Path, PathBuf};

use ndarray::{Array4, Axis, s, stack};
use ndarray_npy::ReadNpyExt;
use viz::{
    AccuracyByDepth, AttentionMaps, Baseline, Curves, Series, accuracy_by_depth, attention_maps, curves,
};
use viz::{Picture, stochastic_error};

use super::super::learner::Report;
use super::super::settings::RunConfig;
use super::super::table::Row;
use super::run::panel;
use crate::comparison::{read_table, run_folder};
use crate::config;
use crate::error::CliError;
use crate::log::{self, Epoch};
use crate::pictures::write;
use crate::run_dir::RunDir;

/// How many test images are shown.
const IMAGES: usize = 4;

/// What the pictures need of one row of the table.
struct Variant {
    row: Row,
    config: RunConfig,
    /// Epochs of each seed's run.
    epochs: Vec<Vec<Epoch<Report>>>,
    /// Attention on test images in the run of the first seed, [images layers*heads t t].
    attention: Option<Array4<f64>>,
}

/// Draws the pictures of a comparison; returns where they are.
///
/// # Errors
/// The table or a run cannot be read, or a picture cannot be drawn or written.
pub fn draw_comparison(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", folder.display());
    let variants = read_table::<Row>(folder)?.into_iter().map(|row| Variant::read(folder, row));
    let variants: Vec<Variant> = variants.collect::<Result<_, _>>()?;
    let mut pictures = vec![("curves", learning(&variants, &source)?)];
    let stochastic = variants.iter().filter_map(Variant::errors).collect::<Vec<_>>();
    if !stochastic.is_empty() {
        let title = "Largest distance of a row or column sum from one";
        pictures.push(("stochastic-error", stochastic_error(title, "epoch", &stochastic, &source)?));
    }
    pictures.extend(attention(&variants, &source)?.map(|picture| ("attention", picture)));
    pictures.extend(depth(&variants, &source)?.map(|picture| ("depth", picture)));
    pictures.iter().map(|(name, picture)| write(&folder.join("plots"), name, picture)).collect()
}

impl Variant {
    fn read(folder: &Path, row: Row) -> Result<Self, CliError> {
        let runs = row.seeds.iter().map(|seed| RunDir::open(&run_folder(folder, &row.variant, *seed)));
        let runs: Vec<RunDir> = runs.collect::<Result<_, _>>()?;
        let epochs = runs.iter().map(|run| log::epochs(&run.metrics())).collect::<Result<_, _>>()?;
        let picture = File::open(runs[0].plots().join("attention.npy")).ok();
        let attention = picture.and_then(|file| Array4::read_npy(file).ok());
        Ok(Self { config: config::read(&runs[0].config())?, row, epochs, attention })
    }

    /// A value over epochs, one line per seed.
    fn series(&self, value: impl Fn(&Epoch<Report>) -> f64) -> Series {
        let x = self.epochs[0].iter().map(|epoch| epoch.epoch as f64).collect();
        let lines = self.epochs.iter().map(|epochs| epochs.iter().map(&value).collect()).collect();
        Series { label: self.row.variant.clone(), x, lines }
    }

    fn errors(&self) -> Option<Series> {
        let largest = |epoch: &Epoch<Report>| {
            epoch.test.attention().map(|attention| attention.row_error.max(attention.column_error))
        };
        self.row.row_error.map(|_| self.series(|epoch| largest(epoch).unwrap_or_default()))
    }
}

fn learning(variants: &[Variant], source: &str) -> Result<Picture, viz::Error> {
    let all =
        |value: fn(&Epoch<Report>) -> f64| variants.iter().map(|variant| variant.series(value)).collect();
    let panels = vec![
        panel("test loss, nats", all(|epoch| epoch.test.eval.loss)),
        panel("test accuracy", all(|epoch| epoch.test.eval.accuracy)),
    ];
    curves(&Curves { title: "Learning".into(), source: source.into(), panels, ..Curves::default() })
}

/// One row per operator, one column per test image: the first head of the last layer.
fn attention(variants: &[Variant], source: &str) -> Result<Option<Picture>, viz::Error> {
    let shown: Vec<(&Variant, &Array4<f64>)> =
        variants.iter().filter_map(|variant| Some((variant, variant.attention.as_ref()?))).collect();
    let grids = shown.iter().map(|(variant, weights)| {
        let vit = &variant.config.train.vit;
        weights.slice(s![..IMAGES.min(weights.len_of(Axis(0))), (vit.layers - 1) * vit.heads, .., ..])
    });
    let Ok(grid) = stack(Axis(0), &grids.collect::<Vec<_>>()) else { return Ok(None) }; // operator image t t
    let config = AttentionMaps {
        title: "Attention of the last layer on test images".into(),
        source: source.into(),
        row_labels: shown.iter().map(|(variant, _)| variant.row.variant.clone()).collect(),
        column_labels: (1..=grid.len_of(Axis(1))).map(|image| format!("image {image}")).collect(),
    };
    attention_maps(grid.view(), &config).map(Some)
}

/// Accuracy against circuit layers, where several depths were compared; other operators as lines.
fn depth(variants: &[Variant], source: &str) -> Result<Option<Picture>, viz::Error> {
    let layers = |variant: &&Variant| variant.config.circuit_layers().filter(|_| variant.attention.is_some());
    let (mut circuits, others): (Vec<&Variant>, Vec<&Variant>) =
        variants.iter().partition(|variant| layers(variant).is_some());
    if circuits.len() < 2 {
        return Ok(None);
    }
    circuits.sort_by_key(layers);
    let seeds = 0..circuits[0].row.accuracies.len();
    let series = Series {
        label: "qontot".into(),
        x: circuits.iter().filter_map(layers).map(|layers| layers as f64).collect(),
        lines: seeds
            .map(|seed| circuits.iter().map(|variant| variant.row.accuracies[seed]).collect())
            .collect(),
    };
    let baseline = |variant: &Variant| Baseline {
        label: variant.row.variant.clone(),
        values: variant.row.accuracies.clone(),
    };
    let config = AccuracyByDepth {
        title: "Accuracy and circuit depth".into(),
        source: source.into(),
        y_label: "test accuracy".into(),
        series: vec![series],
        baselines: others.into_iter().map(baseline).collect(),
    };
    accuracy_by_depth(&config).map(Some)
}
