//! `ketwork pretrain`: one circuit from several starts, with what each start knows before.

use std::path::PathBuf;

use ketwork::optimise::Minimiser;
use ketwork::pretrain::{Loss, PretrainConfig, PretrainReport, Start, StartReport, pretrain as run_pipeline};
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::{problem, results};
use crate::args::PretrainArgs;
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;

const COMMAND: &str = "pretrain";
/// Where the distance from the least value is drawn as zero.
const FLOOR: f64 = 1e-8;

/// Everything that decides what the command does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    experiment: String,
    problem: String,
    pipeline: PretrainConfig,
}

/// Trains, reports and draws.
///
/// # Errors
/// Flags, files or settings are wrong, the folder is taken, or a network did not converge.
pub fn pretrain(args: &PretrainArgs, quiet: bool) -> Result<(), CliError> {
    let config = settings(args)?;
    let (problem, digest) = problem::read(&config.problem)?;
    let seed = config.pipeline.seed;
    let run = results::begin(&args.results, COMMAND, &config.problem, seed, digest, &config)?;
    note(
        quiet,
        format_args!(
            "{}: {} qubits, {} starts",
            config.problem,
            problem.n_qubits(),
            config.pipeline.starts.len()
        ),
    );
    let report = run_pipeline(&problem, &config.pipeline)?;
    results::write_report(&run, &report)?;
    report.starts.iter().for_each(|start| note(quiet, describe(start)));
    let pictures = results::write_pictures(&run, draw(&run, &report)?, quiet)?;
    let starts = report.starts.iter().map(|start| {
        json!({
            "start": start.start, "network": start.network.as_ref().map(|network| network.loss),
            "fidelity": start.synthesis.as_ref().map(|synthesis| synthesis.fidelity),
            "first": start.training.history[0], "best": start.training.value, "parameters": start.training.params.len(),
        })
    });
    output::json(&json!({
        "run": run.path(), "loss": report.loss, "starts": starts.collect::<Vec<_>>(), "pictures": pictures,
    }));
    results::settled(
        report.converged(),
        &run,
        "a network did not converge; allow more sweeps in the settings",
    )
}

/// Draws the pictures of a folder again.
///
/// # Errors
/// It holds no report, or a picture cannot be drawn or written.
pub fn plot(run: &RunDir, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    results::write_pictures(run, draw(run, &results::read_report(run)?)?, quiet)
}

fn settings(args: &PretrainArgs) -> Result<RunConfig, CliError> {
    let base = RunConfig {
        experiment: COMMAND.into(),
        problem: "bas:4x3".into(),
        pipeline: PretrainConfig::default(),
    };
    let mut config = results::over(base, &args.results)?;
    let pipeline = &mut config.pipeline;
    config.problem = args.problem.clone().unwrap_or(config.problem);
    if !args.chi.is_empty() {
        pipeline.starts.retain(|start| !matches!(start, Start::Mps { .. }));
        pipeline.starts.extend(args.chi.iter().map(|&chi| Start::Mps { chi }));
    }
    if !args.starts.is_empty() {
        pipeline.starts = args.starts.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    }
    if let Some(name) = &args.optimiser {
        pipeline.training.minimiser = Minimiser::from_name(name)?;
    }
    if let Some(name) = &args.loss {
        pipeline.loss = Some(Loss::from_name(name)?);
    }
    pipeline.layers = args.layers.unwrap_or(pipeline.layers);
    pipeline.extension.sigma = args.sigma.or(pipeline.extension.sigma);
    pipeline.training.iterations = args.iterations.unwrap_or(pipeline.training.iterations);
    pipeline.seed = args.results.seed.unwrap_or(pipeline.seed);
    Ok(config)
}

fn describe(start: &StartReport) -> String {
    let network = start.network.as_ref().map(|network| format!(", network {:.4e}", network.loss));
    let gates = start.synthesis.as_ref().map(|synthesis| format!(", fidelity {:.6}", synthesis.fidelity));
    let poor = if start.poor_hand_over { " (below the fidelity wanted; add layers)" } else { "" };
    format!(
        "{}{}{}{poor}: loss {:.4e} at the hand-over, {:.4e} after {} iterations of {} parameters",
        start.start,
        network.unwrap_or_default(),
        gates.unwrap_or_default(),
        start.training.history[0],
        start.training.value,
        start.training.history.len() - 1,
        start.training.params.len(),
    )
}

fn draw(run: &RunDir, report: &PretrainReport) -> Result<Vec<(String, Picture)>, CliError> {
    let source = format!("ketwork plot {}", run.path().display());
    let lowest = report.starts.iter().map(|start| start.training.value).fold(f64::INFINITY, f64::min);
    let least = report.reference.unwrap_or(lowest).min(lowest);
    let series = report.starts.iter().map(|start| {
        let history = &start.training.history;
        let mut best = f64::INFINITY;
        let so_far = history.iter().map(|&value| {
            best = best.min(value);
            best - least
        });
        Series::single(
            start.start.to_string(),
            (0..history.len()).map(|k| k as f64).collect(),
            so_far.collect(),
        )
    });
    let training = curves(&Curves {
        title: format!("{} from several starts", report.problem),
        source: source.clone(),
        panels: vec![Panel {
            title: String::new(),
            x_label: "iteration".into(),
            y_label: match (report.loss.as_str(), report.reference) {
                ("energy", Some(_)) => "energy above the ground state".into(),
                ("energy", None) => "energy above the lowest reached".into(),
                (name, _) => format!("{name}, best so far"),
            },
            y_scale: Scale::Log10Floor(FLOOR),
            series: series.collect(),
            ..Panel::default()
        }],
        ..Curves::default()
    })?;
    let mut pictures = vec![("training".to_owned(), training)];
    pictures.extend(profiles(report, &source)?.map(|picture| ("profiles".to_owned(), picture)));
    Ok(pictures)
}

/// Bonds and entropies of the networks, and the fidelity of their gates layer by layer.
fn profiles(report: &PretrainReport, source: &str) -> Result<Option<Picture>, viz::Error> {
    let networks = || report.starts.iter().filter_map(|start| Some((start, start.network.as_ref()?)));
    if networks().next().is_none() {
        return Ok(None);
    }
    let bonds = |n: usize| (1..=n).map(|k| k as f64).collect::<Vec<_>>();
    let entropies = networks().map(|(start, network)| {
        Series::single(start.start.to_string(), bonds(network.entropies.len()), network.entropies.clone())
    });
    let dims = networks().map(|(start, network)| {
        let dims = network.bonds.iter().map(|&chi| chi as f64).collect();
        Series::single(start.start.to_string(), bonds(network.bonds.len()), dims)
    });
    let infidelities = report
        .starts
        .iter()
        .filter_map(|start| Some(results::infidelities(&start.start.to_string(), start.synthesis.as_ref()?)));
    let infidelities: Vec<Series> = infidelities.collect();
    let panel = |x: &str, y: &str, series: Vec<Series>| Panel {
        x_label: x.into(),
        y_label: y.into(),
        series,
        ..Panel::default()
    };
    let mut panels = vec![
        panel("bond", "entanglement entropy (nats)", entropies.collect()),
        Panel { y_scale: Scale::Log2, ..panel("bond", "bond dimension", dims.collect()) },
    ];
    if !infidelities.is_empty() {
        let gates = panel("layers of gates", "infidelity with the network", infidelities);
        panels.push(Panel { y_scale: Scale::Log10Floor(1e-13), ..gates });
    }
    let title = format!("Networks for {}", report.problem);
    curves(&Curves { title, source: source.into(), panels, ..Curves::default() }).map(Some)
}
