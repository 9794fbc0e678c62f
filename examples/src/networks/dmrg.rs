//! `ketwork dmrg`: ground states and the states above them.

use std::path::PathBuf;

use ketwork::models::rng::stream;
use ketwork::pretrain::Problem;
use ketwork::tensornet::{Conserve, DmrgConfig, DmrgReport, Mpo, Mps, dmrg_above, ground_ones};
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::{problem, results, state_file};
use crate::args::DmrgArgs;
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;

const COMMAND: &str = "dmrg";

/// Bond of random starts.
const START: usize = 8;

/// Everything that decides what the command does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    experiment: String,
    problem: String,
    states: usize,
    /// The number of ones of all states; where none is given, that of the ground state if only this is asked for.
    #[serde(default)]
    ones: Option<usize>,
    seed: u64,
    dmrg: DmrgConfig,
}

/// One state.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Level {
    report: DmrgReport,
    bonds: Vec<usize>,
    entropies: Vec<f64>,
}

/// All states, from the ground state up.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Report {
    problem: String,
    n_qubits: usize,
    reference: Option<f64>,
    levels: Vec<Level>,
}

/// Finds, reports, writes the states and draws.
///
/// # Errors
/// Flags, files or settings are wrong, the folder is taken, or a state did not converge.
pub fn dmrg(args: &DmrgArgs, quiet: bool) -> Result<(), CliError> {
    let base = RunConfig {
        experiment: COMMAND.into(),
        problem: "heisenberg:32".into(),
        states: 1,
        ones: None,
        seed: 0,
        dmrg: DmrgConfig::default(),
    };
    let mut config = results::over(base, &args.results)?;
    config.problem = args.problem.clone().unwrap_or(config.problem);
    if !args.chi_max.is_empty() {
        config.dmrg.chi_max = args.chi_max.clone();
    }
    config.dmrg.max_sweeps = args.sweeps.unwrap_or(config.dmrg.max_sweeps);
    config.states = args.states.unwrap_or(config.states);
    config.ones = args.ones.or(config.ones);
    config.seed = args.results.seed.unwrap_or(config.seed);
    let (problem, digest) = problem::read(&config.problem)?;
    let Problem::Ground { hamiltonian, n_qubits, reference, .. } = problem else {
        return Err(CliError::Usage(format!(
            "{} is a distribution and has no energy; name a Hamiltonian, or use pretrain",
            config.problem
        )));
    };
    let operator = Mpo::from_sum(&hamiltonian, n_qubits).map_err(ketwork::Error::from)?;
    let ones = ones(&operator, &config)?;
    let run = results::begin(&args.results, COMMAND, &config.problem, config.seed, digest, &config)?;
    let mut states: Vec<Mps> = Vec::new();
    let mut levels = Vec::new();
    for k in 0..config.states {
        let generator = &mut stream(config.seed, "dmrg", &[k as u64]);
        let start = match ones {
            Some(ones) => Mps::random_with_ones(n_qubits, ones, START, generator),
            None => Mps::random_real(n_qubits, START, generator),
        };
        let (state, report) =
            dmrg_above(&operator, &start, &states, &config.dmrg).map_err(ketwork::Error::from)?;
        note(quiet, describe(k, &report));
        state_file::write(&run.path().join(format!("state_{k}.npz")), &state)?;
        levels.push(Level { report, bonds: state.bond_dims(), entropies: state.entropies() });
        states.push(state);
    }
    let report = Report { problem: config.problem, n_qubits, reference, levels };
    results::write_report(&run, &report)?;
    let pictures = results::write_pictures(&run, draw(&run, &report)?, quiet)?;
    let energies: Vec<f64> = report.levels.iter().map(|level| level.report.energy).collect();
    let variances: Vec<f64> = report.levels.iter().map(|level| level.report.variance).collect();
    output::json(&json!({
        "run": run.path(), "energies": energies, "variances": variances, "reference": reference, "pictures": pictures,
    }));
    let settled = report.levels.iter().all(|level| level.report.converged);
    results::settled(settled, &run, "an energy did not settle; allow more --sweeps")
}

/// The number of ones to stay with: the one asked for, or that of the ground state. States above it may have any
/// other, so that where they are wanted and no number is given there is none.
fn ones(operator: &Mpo, config: &RunConfig) -> Result<Option<usize>, CliError> {
    let n_qubits = operator.n_qubits();
    match config.ones {
        Some(ones) if ones > n_qubits => Err(CliError::Usage(format!(
            "--ones {ones} is more than the {n_qubits} qubits of {}; give a number from 0 to {n_qubits}",
            config.problem
        ))),
        Some(ones) if !operator.conserves_ones() => Err(CliError::Usage(format!(
            "{} does not conserve the number of ones, so that --ones {ones} cannot hold; leave it out",
            config.problem
        ))),
        None if config.states == 1 && config.dmrg.conserve == Conserve::Charge => {
            let chi_max = config.dmrg.chi_max.iter().copied().max().unwrap_or(1);
            let generator = &mut stream(config.seed, "dmrg ones", &[]);
            Ok(ground_ones(operator, chi_max, generator).map_err(ketwork::Error::from)?)
        }
        given => Ok(given),
    }
}

/// Draws the picture of a folder again.
///
/// # Errors
/// It holds no report, or the picture cannot be drawn or written.
pub fn plot(run: &RunDir, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    results::write_pictures(run, draw(run, &results::read_report(run)?)?, quiet)
}

fn describe(k: usize, report: &DmrgReport) -> String {
    let end = if report.converged { "settled" } else { "not settled" };
    format!(
        "state {k}: energy {:.10}, variance {:.1e}, bond {}, {end} after {} sweeps; the last discarded {:.1e} in one cut",
        report.energy, report.variance, report.chi, report.sweeps, report.discarded_weight
    )
}

fn draw(run: &RunDir, report: &Report) -> Result<Vec<(String, Picture)>, CliError> {
    let counted = |values: &[f64]| (1..=values.len()).map(|k| k as f64).collect::<Vec<_>>();
    let levels = || report.levels.iter().enumerate().map(|(k, level)| (format!("state {k}"), level));
    let sweeps = levels().map(|(name, level)| {
        let energies = &level.report.energies;
        let distance = energies.iter().map(|energy| (energy - level.report.energy).max(0.0)).collect();
        Series::single(name, counted(energies), distance)
    });
    let entropies = levels()
        .map(|(name, level)| Series::single(name, counted(&level.entropies), level.entropies.clone()));
    let bonds = levels().map(|(name, level)| {
        let bonds: Vec<f64> = level.bonds.iter().map(|&chi| chi as f64).collect();
        Series::single(name, counted(&bonds), bonds)
    });
    let panel = |x: &str, y: &str, series: Vec<Series>| Panel {
        x_label: x.into(),
        y_label: y.into(),
        series,
        ..Panel::default()
    };
    let energy = panel("sweep", "energy above the last", sweeps.collect());
    let picture = curves(&Curves {
        title: format!("{} by sweeps", report.problem),
        source: format!("ketwork plot {}", run.path().display()),
        panels: vec![
            Panel { y_scale: Scale::Log10Floor(1e-13), ..energy },
            panel("bond", "entanglement entropy (nats)", entropies.collect()),
            Panel { y_scale: Scale::Log2, ..panel("bond", "bond dimension", bonds.collect()) },
        ],
        ..Curves::default()
    })?;
    Ok(vec![("sweeps".to_owned(), picture)])
}
