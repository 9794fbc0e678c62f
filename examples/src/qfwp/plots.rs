//! The pictures of forecasting runs and of comparisons.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use models::forecast::Forecasting;
use models::fwp::Fwp;
use models::sequence::SequenceModel;
use models::train::Trainer;
use ndarray::Array2;
use viz::{
    BarGroup, Bars, Curves, Forecast, HeatMap, Panel, Picture, Scale, Series, Spread, bars, curves, forecast,
    heat_map,
};

use super::compare::Row;
use super::eval::trained;
use super::learner::Report;
use super::settings::RunConfig;
use crate::comparison::{read_table, run_folder};
use crate::error::CliError;
use crate::log::{self, Epoch};
use crate::pictures::write;
use crate::run_dir::RunDir;

/// Draws the pictures of a run again.
///
/// # Errors
/// The folder holds no run, its data have changed, or a picture cannot be drawn or written.
pub fn plot(folder: &Path, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    if crate::comparison::table_file(folder).is_file() {
        return draw_comparison(folder);
    }
    let run = RunDir::open(folder)?;
    let (trainer, config) = trained(&run, quiet)?;
    draw_run(&run, &trainer, &config)
}

/// Draws the pictures of a run; returns where they are.
///
/// # Errors
/// A picture cannot be drawn or written.
pub fn draw_run(
    run: &RunDir,
    trainer: &Trainer<Forecasting>,
    config: &RunConfig,
) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", run.path().display());
    let epochs: Vec<Epoch<Report>> = log::epochs(&run.metrics())?;
    let mut pictures =
        vec![("forecast", prediction(trainer, config, &source)?), ("curves", learning(&epochs, &source)?)];
    let network = trainer.network().valid();
    if let SequenceModel::Fwp(model) = network.model() {
        let (problem, device) = (trainer.problem(), Device::flex());
        let all: Vec<usize> = (0..problem.windows().targets.len()).collect();
        let windows = network.sequence(problem.inputs(&all, &device)); // n t 1
        pictures.push(("fast-weights", fast_weights(model, windows.clone(), &source)?));
        pictures.extend(gates(model, windows, &source)?.map(|picture| ("gates", picture)));
    }
    pictures.iter().map(|(name, picture)| write(&run.plots(), name, picture)).collect()
}

fn prediction(
    trainer: &Trainer<Forecasting>,
    config: &RunConfig,
    source: &str,
) -> Result<Picture, viz::Error> {
    let (problem, windows) = (trainer.problem(), trainer.problem().windows());
    forecast(&Forecast {
        title: format!("{} on {}", config.name, config.task_name()),
        source: source.into(),
        y_label: "value, as scaled".into(),
        truth: windows.targets.clone(),
        predictions: vec![(
            config.name.clone(),
            problem.predictions(&trainer.network().valid(), &Device::flex()),
        )],
        n_train: windows.n_train,
    })
}

fn learning(epochs: &[Epoch<Report>], source: &str) -> Result<Picture, viz::Error> {
    let x: Vec<f64> = epochs.iter().map(|epoch| epoch.epoch as f64).collect();
    let line = |name: &str, value: fn(&Epoch<Report>) -> f64| {
        Series::single(name, x.clone(), epochs.iter().map(value).collect())
    };
    let series = vec![
        line("train, while training", |epoch| epoch.train_loss),
        line("test", |epoch| epoch.test.errors.mse),
    ];
    let panels = vec![error_panel("mean squared error", series)];
    curves(&Curves { title: "Learning".into(), source: source.into(), panels, spread: Spread::MeanInterval })
}

fn error_panel(y_label: &str, series: Vec<Series>) -> Panel {
    Panel {
        title: String::new(),
        x_label: "epoch".into(),
        x_scale: Scale::Linear,
        y_label: y_label.into(),
        y_scale: Scale::Log10,
        series,
    }
}

/// Fast weights at the end of every window; rows that cannot influence the values are marked as dead.
fn fast_weights(model: &Fwp, windows: Tensor<3>, source: &str) -> Result<Picture, viz::Error> {
    let ([n, t, _], p) = (windows.dims(), model.n_fast_weights());
    let theta = model.weights(windows, None).narrow(1, t - 1, 1).reshape([n, p]);
    let theta = theta.transpose().into_data().iter::<f64>().collect(); // p n
    heat_map(&HeatMap {
        title: "Fast weights at the end of every window".into(),
        source: source.into(),
        values: Array2::from_shape_vec((p, n), theta).expect("as many entries as the shape says"),
        row_labels: (0..p).map(|k| format!("θ{k}")).collect(),
        x_label: "window".into(),
        value_label: "angle, rad".into(),
        dead_rows: model.live().into_iter().map(|live| !live).collect(),
    })
}

/// The gates at the last step of every window, where the update rule has gates that move.
fn gates(model: &Fwp, windows: Tensor<3>, source: &str) -> Result<Option<Picture>, viz::Error> {
    let [n, t, _] = windows.dims();
    let [gates, _] = model.program(windows);
    let width = gates.dims()[2];
    let gates: Vec<f64> = gates.narrow(1, t - 1, 1).into_data().iter::<f64>().collect(); // n g
    if gates.iter().all(|gate| *gate == gates[0]) {
        return Ok(None);
    }
    let x = (0..n).map(|k| k as f64).collect();
    let lines = (0..width).map(|j| (0..n).map(|k| gates[k * width + j]).collect()).collect();
    let panel = Panel {
        x_label: "window".into(),
        y_label: "gate at the last step".into(),
        series: vec![Series { label: "gate".into(), x, lines }],
        ..Panel::default()
    };
    let spread = Spread::MedianQuartiles;
    curves(&Curves { title: "Gates".into(), source: source.into(), panels: vec![panel], spread }).map(Some)
}

/// Draws the pictures of a comparison: per task, loss bands and final errors.
///
/// # Errors
/// The table or a run cannot be read, or a picture cannot be drawn or written.
pub fn draw_comparison(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", folder.display());
    let mut by_task = BTreeMap::<String, Vec<Row>>::new();
    for row in read_table::<Row>(folder)? {
        by_task.entry(row.task.clone()).or_default().push(row);
    }
    let mut pictures = Vec::new();
    for (task, rows) in by_task {
        let stem =
            Path::new(&task).file_stem().map_or_else(|| task.clone(), |s| s.to_string_lossy().into_owned());
        let series = rows.iter().map(|row| bands(folder, row)).collect::<Result<_, _>>()?;
        let panels = vec![error_panel("test mean squared error", series)];
        let spread = Spread::MedianQuartiles;
        let title = format!("Learning on {stem}");
        let learning = curves(&Curves { title, source: source.clone(), panels, spread })?;
        let errors = bars(&Bars {
            title: format!("Error on {stem} after training"),
            source: source.clone(),
            value_label: "test mean squared error".into(),
            scale: Scale::Log10,
            groups: rows.iter().flat_map(groups).collect(),
        })?;
        for (name, picture) in [("curves", learning), ("errors", errors)] {
            pictures.push(write(&folder.join("plots"), &format!("{stem}-{name}"), &picture)?);
        }
    }
    Ok(pictures)
}

/// Test error over epochs, a line per seed.
fn bands(folder: &Path, row: &Row) -> Result<Series, CliError> {
    let runs = row.seeds.iter().map(|&seed| RunDir::open(&run_folder(folder, &row.folder, seed)));
    let epochs = runs.map(|run| log::epochs::<Report>(&run?.metrics())).collect::<Result<Vec<_>, _>>()?;
    Ok(Series {
        label: row.model.clone(),
        x: epochs[0].iter().map(|epoch| epoch.epoch as f64).collect(),
        lines: epochs.iter().map(|run| run.iter().map(|epoch| epoch.test.errors.mse).collect()).collect(),
    })
}

/// The runs of a row; the regression beside the first row would be one value, so it is a group of its own.
fn groups(row: &Row) -> Vec<BarGroup> {
    vec![BarGroup { label: row.model.clone(), values: row.mse.clone(), stuck: row.stuck.clone() }]
}
