//! `ketwork train qdsformer`: from flags to a trained model and its pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use models::Error;
use models::attention::AttentionConfig;
use models::data::{Dataset, Source, load};
use models::train::{Network, Trainer};
use models::vit::Vit;
use serde_json::json;

use super::learner::Report;
use super::plots::draw_run;
use super::settings::{MODEL, RunConfig};
use crate::args::TrainQdsformer;
use crate::config;
use crate::error::CliError;
use crate::log::Epoch;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::run_dir::{Existing, RunDir, write_atomically};
use crate::session::{self, Surroundings};
use crate::signal::Stop;

/// Trains one run per seed; prints one line of JSON for each.
///
/// # Errors
/// Flags, data or files are wrong, training fails, or a signal interrupts it.
pub fn train(args: &TrainQdsformer, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    for (folder, existing, config) in runs(args)? {
        let (last, pictures) = train_one(&folder, existing, &config, &read_data(&config)?, quiet, stop)?;
        output::json(&json!({ "run": folder, "epoch": last.epoch, "test": last.test, "pictures": pictures }));
    }
    Ok(())
}

/// Trains a run to its end, from wherever it stands, and draws its pictures.
///
/// # Errors
/// The settings do not fit the data, the folder is taken, training fails, or a signal interrupts it.
pub fn train_one(
    folder: &Path,
    existing: Existing,
    config: &RunConfig,
    data: &Arc<Dataset>,
    quiet: bool,
    stop: &Stop,
) -> Result<(Epoch<Report>, Vec<PathBuf>), CliError> {
    let mut trainer = Trainer::new(config.train.clone(), data.clone())?;
    let run = RunDir::claim(folder, existing)?;
    record(&run, existing, config, &trainer, data)?;
    note(quiet, describe(config, &trainer, data));
    let around = Surroundings { quiet, stop, save_seconds: config.save_seconds };
    let last = session::train(&mut trainer, &run, &around)?;
    let pictures = draw_run(&run, &trainer, data)?;
    for picture in &pictures {
        note(quiet, format_args!("picture: {}", picture.display()));
    }
    Ok((last, pictures))
}

/// Reads or draws the images.
///
/// # Errors
/// A file is missing or is not what it should be.
pub fn read_data(config: &RunConfig) -> Result<Arc<Dataset>, CliError> {
    let data = Source::parse(&config.data).and_then(|source| load(&source, config.data_seed));
    data.map(Arc::new).map_err(|error| {
        // A source that is not there is wrong data, not a wrong setting.
        if matches!(error, Error::Invalid { .. }) { CliError::Data(error.to_string()) } else { error.into() }
    })
}

/// Folder and settings of every run the flags ask for.
fn runs(args: &TrainQdsformer) -> Result<Vec<(PathBuf, Existing, RunConfig)>, CliError> {
    let seeds =
        if args.seeds.is_empty() { vec![args.seed] } else { args.seeds.iter().copied().map(Some).collect() };
    let several = seeds.len() > 1;
    let run = |seed: Option<u64>| {
        let wanted = requested(RunConfig::new(&args.settings)?, args, seed)?;
        let folder = match &args.out {
            Some(out) if several => out.join(format!("seed-{}", wanted.train.seed)),
            Some(out) => out.clone(),
            None => wanted.default_folder(),
        };
        let existing = match (args.resume, args.overwrite) {
            // Of several seeds, those after the interrupted one have not begun.
            (true, _) if !several || folder.exists() => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        };
        RunDir::check(&folder, existing)?;
        let config = if existing == Existing::Resume { resumed(&folder, args, seed)? } else { wanted };
        Ok((folder, existing, config))
    };
    seeds.into_iter().map(run).collect()
}

/// `base` with the operator and the seed that the flags name.
fn requested(mut base: RunConfig, args: &TrainQdsformer, seed: Option<u64>) -> Result<RunConfig, CliError> {
    base.set_attention(args.attention.as_deref(), args.circuit_layers)?;
    base.train.seed = seed.unwrap_or(base.train.seed);
    Ok(base)
}

/// The settings of a run that exists, after checking that the flags ask for nothing else.
fn resumed(folder: &Path, args: &TrainQdsformer, seed: Option<u64>) -> Result<RunConfig, CliError> {
    let stored: RunConfig = config::read(&RunDir::open(folder)?.config())?;
    let base = match args.settings.preset {
        Some(_) => RunConfig::new(&args.settings)?,
        None => stored.clone().with(&args.settings)?,
    };
    match config::difference(&stored, &requested(base, args, seed)?) {
        None => Ok(stored),
        Some(difference) => Err(CliError::Usage(format!(
            "--resume goes on with the settings of {}, but the flags ask for others ({difference}); leave them \
             out, or start a new run with another --out",
            folder.display()
        ))),
    }
}

/// Writes settings and manifest of a new run, or checks that the data of an old one are the same.
fn record(
    run: &RunDir,
    existing: Existing,
    config: &RunConfig,
    trainer: &Trainer,
    data: &Dataset,
) -> Result<(), CliError> {
    if existing == Existing::Resume && run.manifest().is_file() {
        return Manifest::read(&run.manifest())?.check_data(&data.sha256);
    }
    write_atomically(&run.config(), config::text(config).as_bytes())?;
    let parameters = [("trained", trainer.n_params()), ("angles", n_angles(trainer))];
    Manifest::new(MODEL, config.train.seed, &config.data, data.sha256.clone(), parameters)
        .write(&run.manifest())
}

/// What is about to be trained, on what.
fn describe(config: &RunConfig, trainer: &Trainer, data: &Dataset) -> String {
    let (train, vit) = (&config.train, &config.train.vit);
    let images = train.subset.unwrap_or(data.train.n);
    let shape = format!("{}x{}x{}", data.train.channels, data.train.height, data.train.width);
    let model = match trainer.network() {
        Network::Linear(_) => "logistic regression on the pixels".to_owned(),
        Network::Vit(network) => {
            let (layers, heads) = (vit.layers, vit.heads);
            format!("{layers} layers of {heads} heads, attention {}", operator(&train.attention, network))
        }
    };
    format!(
        "{MODEL} on {}: {images} training and {} test images of {shape}, {} classes, seed {}\n{model}, {} trained \
         parameters, {} epochs",
        data.name,
        data.test.n,
        data.n_classes,
        train.seed,
        trainer.n_params(),
        train.epochs
    )
}

/// The operator, and its circuit where it has one.
fn operator(attention: &AttentionConfig, network: &Vit) -> String {
    let name = attention.name();
    let AttentionConfig::Qontot(circuit) = attention else { return name.to_owned() };
    let (qubits, layers) = (2 * circuit.register(network.tokens()), circuit.layers);
    format!("{name} ({qubits} qubits, {layers} circuit layers, {} angles)", network.n_angles())
}

fn n_angles(trainer: &Trainer) -> usize {
    match trainer.network() {
        Network::Vit(vit) => vit.n_angles(),
        Network::Linear(_) => 0,
    }
}
