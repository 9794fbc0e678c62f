//! The table of a comparison: one row per variant, from the folders of its runs alone.

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::learner::Report;
use crate::comparison::write_table;
use crate::error::CliError;
use crate::log;
use crate::manifest::Manifest;
use crate::run_dir::RunDir;
use crate::session::last_epoch;

/// Writes the table of a comparison, as JSON and as Markdown.
///
/// # Errors
/// The operating system refuses.
pub fn write(folder: &Path, rows: &[Row]) -> Result<(), CliError> {
    write_table(folder, rows, &markdown(rows))
}

/// What the runs of one variant, one per seed, came to after their last epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The operator, or what else tells the variant from others.
    pub variant: String,
    /// Seeds, in the order of `accuracies`.
    pub seeds: Vec<u64>,
    /// Share of test images classified rightly, per seed.
    pub accuracies: Vec<f64>,
    /// Mean over the seeds.
    pub accuracy: f64,
    /// Sample standard deviation over the seeds, from two on.
    pub accuracy_std: Option<f64>,
    /// Trained parameters.
    pub parameters: usize,
    /// Angles of the circuits, trained or not.
    pub angles: usize,
    /// Circuits evaluated in one training.
    pub circuit_evaluations: u64,
    /// Wall time of the steps of an epoch, mean over epochs and seeds.
    pub seconds_per_epoch: f64,
    /// Largest distance of a row sum from one, over layers and seeds; missing without attention.
    pub row_error: Option<f64>,
    /// Largest distance of a column sum from one.
    pub column_error: Option<f64>,
    /// Mean Shannon entropy of a row, in nats.
    pub entropy: Option<f64>,
}

impl Row {
    /// The row of the runs of one variant.
    ///
    /// # Errors
    /// A run cannot be read or is not complete.
    pub fn of(variant: &str, runs: &[RunDir]) -> Result<Self, CliError> {
        let manifests = each(runs, Manifest::read)?;
        let epochs = each(runs, |run| log::epochs::<Report>(&run.metrics()))?;
        let last = each(runs, last_epoch::<Report>)?;
        let attention: Vec<_> = last.iter().filter_map(|epoch| epoch.test.attention()).collect();
        let largest = |values: Vec<f64>| values.into_iter().reduce(f64::max);
        let accuracies: Vec<f64> = last.iter().map(|epoch| epoch.test.eval.accuracy).collect();
        let seconds: Vec<f64> = epochs.iter().flatten().map(|epoch| epoch.seconds).collect();
        let parameter = |name: &str| manifests[0].parameters.get(name).copied().unwrap_or_default();
        Ok(Self {
            variant: variant.to_owned(),
            seeds: manifests.iter().map(|manifest| manifest.seed).collect(),
            accuracy: mean(&accuracies).unwrap_or(f64::NAN),
            accuracy_std: deviation(&accuracies),
            accuracies,
            parameters: parameter("trained"),
            angles: parameter("angles"),
            circuit_evaluations: last[0].test.circuit_evaluations,
            seconds_per_epoch: mean(&seconds).unwrap_or(f64::NAN),
            row_error: largest(attention.iter().map(|a| a.row_error).collect()),
            column_error: largest(attention.iter().map(|a| a.column_error).collect()),
            entropy: mean(&attention.iter().map(|a| a.entropy).collect::<Vec<_>>()),
        })
    }
}

fn each<T>(runs: &[RunDir], value: impl Fn(&RunDir) -> Result<T, CliError>) -> Result<Vec<T>, CliError> {
    runs.iter().map(value).collect()
}

/// The table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| attention | test accuracy, % | parameters | angles | circuit evaluations | s / epoch | row error | column \
         error | entropy, nats |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let spread = row.accuracy_std.map(|std| format!(" ± {:.1}", 100.0 * std)).unwrap_or_default();
        let Row { variant, parameters, angles, circuit_evaluations, .. } = row;
        let accuracy = 100.0 * row.accuracy;
        let [rows, columns] =
            [row.row_error, row.column_error].map(|error| optional(error, |e| format!("{e:.1e}")));
        let (entropy, seconds) = (optional(row.entropy, |e| format!("{e:.2}")), row.seconds_per_epoch);
        let _infallible = writeln!(
            text,
            "| {variant} | {accuracy:.1}{spread} | {parameters} | {angles} | {circuit_evaluations} | {seconds:.3} | \
             {rows} | {columns} | {entropy} |",
        );
    }
    text
}

fn optional(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation, `sqrt(sum (x - mean)^2 / (n - 1))`.
fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_a_sample() {
        for (values, expected_mean, expected_deviation) in [
            (vec![], None, None),
            (vec![3.0], Some(3.0), None),
            (vec![1.0, 3.0], Some(2.0), Some(2.0_f64.sqrt())),
            (vec![2.0, 4.0, 9.0], Some(5.0), Some(13.0_f64.sqrt())),
        ] {
            assert_eq!(
                (mean(&values), deviation(&values)),
                (expected_mean, expected_deviation),
                "{values:?}"
            );
        }
    }
}
