//! `ketwork train qdsformer`: from flags to a trained model and its pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use models::Error;
use models::attention::AttentionConfig;
use models::classify::{Classification, Network};
use models::data::{Dataset, Source, load};
use models::train::Trainer;
use models::vit::Vit;
use serde_json::json;

use super::learner::Report;
use super::plots::draw_run;
use super::settings::{MODEL, RunConfig};
use crate::args::TrainQdsformer;
use crate::error::CliError;
use crate::log::Epoch;
use crate::manifest::Manifest;
use crate::networks;
use crate::output::{self, note};
use crate::plan::{Planned, plan};
use crate::run_dir::{Existing, RunDir};
use crate::session::{self, Surroundings};
use crate::signal::Stop;

/// Trains one run per seed; prints one line of JSON for each.
///
/// # Errors
/// Flags, data or files are wrong, training fails, or a signal interrupts it.
pub fn train(args: &TrainQdsformer, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    for Planned { folder, existing, mut config } in
        plan(&args.run, |base, seed| wanted(args, base, seed), RunConfig::default_folder)?
    {
        let data = read_data(&config)?;
        if let Some(start) = args.start.as_ref().filter(|_| existing != Existing::Resume) {
            let trainer = Classification::trainer(config.train.clone(), data.clone())?;
            let Network::Vit(vit) = trainer.network() else {
                unreachable!("this command trains transformers")
            };
            let (tokens, seed) = (vit.tokens(), config.train.seed);
            networks::start_attention(start, &mut config.train.attention, tokens, seed, quiet)?;
        }
        let (last, pictures) = train_one(&folder, existing, &config, &data, quiet, stop)?;
        output::json(&json!({ "run": folder, "epoch": last.epoch, "test": last.test, "pictures": pictures }));
    }
    Ok(())
}

/// The settings that the flags ask for, over those of the run that is to go on where there is one.
fn wanted(
    args: &TrainQdsformer,
    stored: Option<RunConfig>,
    seed: Option<u64>,
) -> Result<RunConfig, CliError> {
    let mut config = match stored {
        Some(stored) if args.settings.preset.is_none() => stored.with(&args.settings)?,
        _ => RunConfig::new(&args.settings)?,
    };
    config.set_attention(args.attention.as_deref(), args.circuit_layers)?;
    config.train.seed = seed.unwrap_or(config.train.seed);
    Ok(config)
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
    let mut trainer = Classification::trainer(config.train.clone(), data.clone())?;
    let run = RunDir::claim(folder, existing)?;
    let parameters = [("trained", trainer.n_params()), ("angles", n_angles(&trainer))];
    let manifest = Manifest::new(MODEL, config.train.seed, &config.data, data.sha256.clone(), parameters);
    manifest.begin(&run, existing, config)?;
    note(quiet, describe(config, &trainer, data));
    let around = Surroundings { quiet, stop, save_seconds: config.save_seconds };
    let last = session::train(&mut trainer, &run, &around)?;
    let pictures = draw_run(&run, &trainer, data)?;
    output::pictures(quiet, &pictures);
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

/// What is about to be trained, on what.
fn describe(config: &RunConfig, trainer: &Trainer<Classification>, data: &Dataset) -> String {
    let (train, vit) = (&config.train, &config.train.vit);
    let images = train.subset.unwrap_or(data.train.n);
    let shape = format!("{}x{}x{}", data.train.channels, data.train.height, data.train.width);
    let model = match trainer.network() {
        Network::Linear(_) => "logistic regression on the pixels".to_owned(),
        Network::Vit(network) => {
            let (layers, heads) = (counted(vit.layers, "layer"), counted(vit.heads, "head"));
            format!("{layers} of {heads}, attention {}", operator(&train.attention, network))
        }
    };
    format!(
        "{MODEL} on {}: {images} training and {} test images of {shape}, {} classes, seed {}\n{model}, {} trained \
         parameters, {}",
        data.name,
        data.test.n,
        data.n_classes,
        train.seed,
        trainer.n_params(),
        counted(train.epochs, "epoch")
    )
}

/// `1 layer`, `2 layers`.
fn counted(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// The operator, and its circuit where it has one.
fn operator(attention: &AttentionConfig, network: &Vit) -> String {
    let name = attention.name();
    let AttentionConfig::Qontot(circuit) = attention else { return name.to_owned() };
    let (qubits, layers) = (2 * circuit.register(network.tokens()), counted(circuit.layers, "circuit layer"));
    format!("{name} ({qubits} qubits, {layers}, {} angles)", network.n_angles())
}

fn n_angles(trainer: &Trainer<Classification>) -> usize {
    match trainer.network() {
        Network::Vit(vit) => vit.n_angles(),
        Network::Linear(_) => 0,
    }
}
