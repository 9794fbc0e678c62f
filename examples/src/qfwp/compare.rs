//! `ketwork compare qfwp`: models times tasks times seeds, with what predictions without a network reach beside them.
//!
//! Every run has its own folder, `<task>-<model>-<seed>`; a run that is complete is used as it is and one that
//! was interrupted goes on, so the same command can be given again at any time.

use std::fmt::Write;
use std::path::Path;

use models::series::LinearBaselines;
use serde::{Deserialize, Serialize};
use viz::quartiles;

use super::learner::Report;
use super::plots::draw_comparison;
use super::settings::{MODEL, RunConfig};
use super::train::{baselines, train_one};
use crate::args::CompareQfwp;
use crate::comparison::{existing, run_folder, write_table};
use crate::error::CliError;
use crate::log;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::signal::Stop;

/// One model on one task, over all seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The task.
    pub task: String,
    /// The model; the name before a colon, an update rule behind it.
    pub model: String,
    /// Where its runs are: `<folder>-<seed>`.
    pub folder: String,
    /// Seeds, in the order of `mse`.
    pub seeds: Vec<u64>,
    /// Test error after the last epoch, per seed.
    pub mse: Vec<f64>,
    /// Error on the training windows, per seed.
    pub train_mse: Vec<f64>,
    /// Which runs are stuck.
    pub stuck: Vec<bool>,
    /// Trained parameters.
    pub parameters: usize,
    /// Circuits evaluated in one training.
    pub circuit_evaluations: u64,
    /// Wall time of the steps of one training, mean over the seeds.
    pub seconds: f64,
    /// Test errors of the mean, of the last value and of linear regression on the window.
    pub baselines: [f64; 3],
}

/// Trains what is missing, then prints the table and writes it with the pictures.
///
/// # Errors
/// Flags, data or files are wrong, training fails, or a signal interrupts it.
pub fn compare(args: &CompareQfwp, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    let out = args.place.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("compare-{MODEL}")));
    let mut rows = Vec::new();
    for task in &args.tasks {
        for model in &args.model {
            let mut settings = args.settings.clone();
            settings.task = Some(task.clone());
            let mut config = RunConfig::new(&settings)?;
            let (name, update) = model.split_once(':').map_or((model.as_str(), None), |(m, u)| (m, Some(u)));
            config.set_model(Some(name), update)?;
            let folder = format!("{}-{}", config.task_name(), config.name);
            for &seed in &args.seeds {
                config.train.seed = seed;
                let path = run_folder(&out, &folder, seed);
                let epochs = config.train.epochs as u64;
                if let Some(existing) = existing::<_, Report>(&path, &config, epochs, args.place.overwrite)? {
                    note(quiet, format_args!("\n{}", path.display()));
                    train_one(&path, existing, &config, quiet, stop)?;
                }
            }
            rows.push(Row::of(&out, model, &folder, &config, &args.seeds)?);
        }
    }
    let markdown = markdown(&rows);
    write_table(&out, &rows, &markdown)?;
    output::text(markdown.trim_end());
    output::pictures(quiet, &draw_comparison(&out)?);
    Ok(())
}

impl Row {
    fn of(
        out: &Path,
        model: &str,
        folder: &str,
        config: &RunConfig,
        seeds: &[u64],
    ) -> Result<Self, CliError> {
        let runs = seeds.iter().map(|&seed| RunDir::open(&run_folder(out, folder, seed)));
        let runs = runs.collect::<Result<Vec<_>, _>>()?;
        let epochs = runs.iter().map(|run| log::epochs::<Report>(&run.metrics()));
        let epochs = epochs.collect::<Result<Vec<_>, _>>()?;
        let last: Vec<&Report> =
            epochs.iter().map(|epochs| &epochs.last().expect("a complete run has epochs").test).collect();
        let seconds = epochs.iter().flatten().map(|epoch| epoch.seconds).sum::<f64>() / runs.len() as f64;
        let parameters = Manifest::read(&runs[0])?.parameters.get("trained").copied().unwrap_or_default();
        let LinearBaselines { mean, last_value, regression } = baselines(config)?;
        Ok(Self {
            task: config.task.clone(),
            model: model.to_owned(),
            folder: folder.to_owned(),
            seeds: seeds.to_vec(),
            mse: last.iter().map(|report| report.errors.mse).collect(),
            train_mse: last.iter().map(|report| report.errors.train_mse).collect(),
            stuck: last.iter().map(|report| report.errors.stuck).collect(),
            parameters,
            circuit_evaluations: last[0].circuit_evaluations,
            seconds,
            baselines: [mean, last_value, regression],
        })
    }
}

/// The table in Markdown; after the models of a task, its predictions without a network.
fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| task | model | test MSE, median [quartiles] | train MSE, median | stuck | parameters | circuit evaluations | s \
         |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (k, row) in rows.iter().enumerate() {
        let Row { task, model, parameters, circuit_evaluations, seconds, .. } = row;
        let [test, train] = [&row.mse, &row.train_mse].map(|values| quartiles(values));
        let (Some(test), Some(train)) = (test, train) else { continue };
        let stuck = row.stuck.iter().filter(|stuck| **stuck).count();
        let _infallible = writeln!(
            text,
            "| {task} | {model} | {:.1e} [{:.1e}, {:.1e}] | {:.1e} | {stuck} of {} | {parameters} | \
             {circuit_evaluations} | {seconds:.2} |",
            test.median,
            test.low,
            test.high,
            train.median,
            row.stuck.len()
        );
        if rows.get(k + 1).is_none_or(|next| next.task != *task) {
            for (name, error) in ["mean", "last value", "linear regression"].iter().zip(row.baselines) {
                let _infallible = writeln!(text, "| {task} | {name} | {error:.1e} | | | | 0 | |");
            }
        }
    }
    text
}
