//! `ketwork compare qdsformer`: operators times seeds, and logistic regression on the pixels beside them.
//!
//! Every run has its own folder, `<variant>-<seed>`; a run that is complete is used as it is and one that
//! was interrupted goes on, so the same command can be given again at any time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use models::attention::AttentionConfig;
use models::data::Dataset;
use models::train::Model;

use super::learner::Report;
use super::plots;
use super::settings::{MODEL, RunConfig};
use super::table::{Row, markdown};
use super::train::{read_data, train_one};
use crate::args::CompareQdsformer;
use crate::error::CliError;
use crate::log;
use crate::output::{self, note};
use crate::run_dir::{Existing, RunDir, write_atomically};
use crate::signal::Stop;
use crate::config;

/// Settings under a name that tells them from those they are compared with.
struct Variant {
    name: String,
    config: RunConfig,
}

/// Trains what is missing, then prints the table and writes it with the pictures.
///
/// # Errors
/// Flags, data or files are wrong, training fails, or a signal interrupts it.
pub fn compare(args: &CompareQdsformer, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    let base = RunConfig::new(&args.settings)?;
    let out = args.out.clone().unwrap_or_else(|| {
        Path::new("runs").join(format!("compare-{MODEL}-{}", base.data_name()))
    });
    let variants = variants(&base, args)?;
    let mut plan = Vec::new();
    for variant in &variants {
        for &seed in &args.seeds {
            let mut config = variant.config.clone();
            config.train.seed = seed;
            let folder = out.join(format!("{}-{seed}", variant.name));
            plan.push((existing(&folder, &config, args.overwrite)?, folder, config));
        }
    }
    let mut data = None;
    for (existing, folder, config) in &plan {
        if let Some(existing) = existing {
            let data: &Arc<Dataset> = match &data {
                Some(data) => data,
                None => data.insert(read_data(config)?),
            };
            note(quiet, format_args!("run {}", folder.display()));
            train_one(folder, *existing, config, data.clone(), quiet, stop)?;
        }
    }
    let folders: Vec<PathBuf> = plan.into_iter().map(|(_, folder, _)| folder).collect();
    report(&out, &variants, &folders, args.seeds.len(), quiet)
}

/// The operators, qontot once per circuit depth, and last the linear baseline.
fn variants(base: &RunConfig, args: &CompareQdsformer) -> Result<Vec<Variant>, CliError> {
    let mut variants = Vec::new();
    for name in &args.attention {
        let mut config = base.clone();
        config.set_attention(Some(name), None)?;
        match config.train.attention {
            AttentionConfig::Qontot(_) if !args.circuit_layers.is_empty() => {
                for &layers in &args.circuit_layers {
                    config.set_attention(None, Some(layers))?;
                    variants.push(Variant { name: format!("{name}-{layers}"), config: config.clone() });
                }
            }
            #[expect(clippy::wildcard_enum_match_arm, reason = "only one operator has a circuit")]
            _ => variants.push(Variant { name: name.clone(), config }),
        }
    }
    let mut linear = base.clone();
    linear.set_attention(Some("softmax"), None)?;
    linear.train.model = Model::Linear;
    variants.push(Variant { name: "linear".to_owned(), config: linear });
    Ok(variants)
}

/// How to begin a run; `None` where it is complete.
fn existing(folder: &Path, config: &RunConfig, overwrite: bool) -> Result<Option<Existing>, CliError> {
    let Ok(run) = RunDir::open(folder) else {
        RunDir::check(folder, Existing::Refuse)?;
        return Ok(Some(Existing::Refuse));
    };
    let stored: Result<RunConfig, _> = config::read(&run.config());
    let difference = match &stored {
        Ok(stored) => config::difference(stored, config),
        Err(error) => Some(error.to_string()),
    };
    match difference {
        None => {
            let epochs = log::epochs::<Report>(&run.metrics())?;
            let complete = epochs.last().is_some_and(|last| last.epoch == config.train.epochs as u64);
            Ok((!complete).then_some(Existing::Resume))
        }
        Some(_) if overwrite => Ok(Some(Existing::Overwrite)),
        Some(difference) => Err(CliError::Usage(format!(
            "{} holds a run with other settings ({difference}); train it anew with --overwrite, or choose another \
             folder with --out",
            folder.display()
        ))),
    }
}

/// Writes and prints the table; draws the pictures.
fn report(
    out: &Path,
    variants: &[Variant],
    folders: &[PathBuf],
    n_seeds: usize,
    quiet: bool,
) -> Result<(), CliError> {
    let runs = |folders: &[PathBuf]| folders.iter().map(|folder| RunDir::open(folder)).collect::<Result<Vec<_>, _>>();
    let rows = variants.iter().zip(folders.chunks(n_seeds));
    let rows = rows.map(|(variant, folders)| Row::of(&variant.name, &runs(folders)?)).collect::<Result<Vec<_>, _>>()?;
    let json = serde_json::to_string_pretty(&rows).expect("rows are plain data");
    write_atomically(&out.join("table.json"), json.as_bytes())?;
    write_atomically(&out.join("table.md"), markdown(&rows).as_bytes())?;
    output::text(markdown(&rows));
    plots::draw_comparison(out, quiet)?;
    Ok(())
}
