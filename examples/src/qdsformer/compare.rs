//! `ketwork compare qdsformer`: operators times seeds, and logistic regression on the pixels beside them.
//!
//! Every run has its own folder, `<variant>-<seed>`; a run that is complete is used as it is and one that
//! was interrupted goes on, so the same command can be given again at any time.

use std::path::Path;

use models::classify::Model;

use super::learner::Report;
use super::plots::draw_comparison;
use super::settings::{MODEL, RunConfig};
use super::table::{self, Row};
use super::train::{read_data, train_one};
use crate::args::CompareQdsformer;
use crate::comparison::{existing, run_folder};
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::signal::Stop;

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
    let out = args
        .place
        .out
        .clone()
        .unwrap_or_else(|| Path::new("runs").join(format!("compare-{MODEL}-{}", base.data_name())));
    let variants = variants(&base, args)?;
    let mut missing = Vec::new();
    for (variant, seed) in
        variants.iter().flat_map(|variant| args.seeds.iter().map(move |seed| (variant, *seed)))
    {
        let mut config = variant.config.clone();
        config.train.seed = seed;
        let folder = run_folder(&out, &variant.name, seed);
        if let Some(existing) =
            existing::<_, Report>(&folder, &config, config.train.epochs as u64, args.place.overwrite)?
        {
            missing.push((folder, existing, config));
        }
    }
    if !missing.is_empty() {
        let data = read_data(&base)?;
        for (folder, existing, config) in &missing {
            note(quiet, format_args!("\n{}", folder.display()));
            train_one(folder, *existing, config, &data, quiet, stop)?;
        }
    }
    report(&out, &variants, &args.seeds, quiet)
}

/// The operators, qontot once per circuit depth, and last the linear baseline.
fn variants(base: &RunConfig, args: &CompareQdsformer) -> Result<Vec<Variant>, CliError> {
    let mut variants = Vec::new();
    for name in &args.attention {
        let mut config = base.clone();
        config.set_attention(Some(name), None)?;
        if config.circuit_layers().is_none() || args.circuit_layers.is_empty() {
            variants.push(Variant { name: name.clone(), config });
            continue;
        }
        for &layers in &args.circuit_layers {
            config.set_attention(None, Some(layers))?;
            variants.push(Variant { name: format!("{name}-{layers}"), config: config.clone() });
        }
    }
    let mut linear = base.clone();
    linear.set_attention(Some("softmax"), None)?;
    linear.train.model = Model::Linear;
    variants.push(Variant { name: "linear".to_owned(), config: linear });
    Ok(variants)
}

/// Writes and prints the table; draws the pictures.
fn report(out: &Path, variants: &[Variant], seeds: &[u64], quiet: bool) -> Result<(), CliError> {
    let row = |variant: &Variant| {
        let runs = seeds.iter().map(|seed| RunDir::open(&run_folder(out, &variant.name, *seed)));
        Row::of(&variant.name, &runs.collect::<Result<Vec<_>, _>>()?)
    };
    let rows = variants.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    table::write(out, &rows)?;
    output::text(table::markdown(&rows).trim_end());
    output::pictures(quiet, &draw_comparison(out)?);
    Ok(())
}
