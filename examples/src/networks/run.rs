//! `ketwork run`: a circuit on a simulator: what it measures, and what that took.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use ketwork::circuit::{Circuit, Op, PauliSum, State, ansatz, run as run_circuit};
use ketwork::models::rng::stream;
use ketwork::sim::StateVector;
use ketwork::tensornet::{Mps, Truncation};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::{qasm_file, results};
use crate::args::{Backend, RunArgs};
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;

const COMMAND: &str = "run";
/// Most qubits of a state vector here: 4 GiB.
const MOST_QUBITS: usize = 28;

/// Everything that decides what the command does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    experiment: String,
    circuit: String,
    backend: Backend,
    chi_max: usize,
    cutoff: f64,
    shots: usize,
    observables: Vec<String>,
    seed: u64,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Report {
    n_qubits: usize,
    ops: usize,
    expectations: Vec<(String, f64)>,
    counts: BTreeMap<String, usize>,
    /// Of the chain, if it was one.
    bonds: Vec<usize>,
    entropies: Vec<f64>,
    /// Sum of the discarded weight after each op.
    discarded: Vec<f64>,
    fidelity_estimate: f64,
    /// The infidelity is no larger.
    infidelity_bound: f64,
}

/// Runs, reports and draws.
///
/// # Errors
/// Flags or files are wrong, the state does not fit the memory, or the folder is taken.
pub fn run(args: &RunArgs, quiet: bool) -> Result<(), CliError> {
    let base = RunConfig {
        experiment: COMMAND.into(),
        circuit: "brick-wall:24,8".into(),
        backend: Backend::Mps,
        chi_max: 64,
        cutoff: 1e-12,
        shots: 0,
        observables: Vec::new(),
        seed: 0,
    };
    let mut config = results::over(base, &args.results)?;
    config.circuit = args.circuit.clone().unwrap_or(config.circuit);
    config.backend = args.backend.unwrap_or(config.backend);
    config.chi_max = args.chi_max.unwrap_or(config.chi_max);
    config.cutoff = args.cutoff.unwrap_or(config.cutoff);
    config.shots = args.shots.unwrap_or(config.shots);
    config.seed = args.results.seed.unwrap_or(config.seed);
    if !args.observable.is_empty() {
        config.observables = args.observable.clone();
    }
    let (circuit, params) = read_circuit(&config.circuit, config.seed)?;
    let observables = read_observables(&config.observables, circuit.n_qubits())?;
    let folder = results::begin(&args.results, COMMAND, &config.circuit, config.seed, Vec::new(), &config)?;
    let begun = Instant::now();
    let report = match config.backend {
        Backend::Mps => on_chain(&circuit, &params, &observables, &config)?,
        Backend::StateVector => on_state_vector(&circuit, &params, &observables, &config)?,
    };
    let seconds = begun.elapsed().as_secs_f64();
    results::write_report(&folder, &report)?;
    note(quiet, describe(&report, seconds));
    let pictures = results::write_pictures(&folder, draw(&folder, &report)?, quiet)?;
    output::json(&json!({
        "run": folder.path(), "expectations": report.expectations, "counts": report.counts,
        "largest_bond": report.bonds.iter().max(), "discarded_weight": report.discarded.last(),
        "fidelity_estimate": report.fidelity_estimate, "infidelity_bound": report.infidelity_bound, "seconds": seconds, "pictures": pictures,
    }));
    Ok(())
}

/// Draws the picture of a folder again.
///
/// # Errors
/// It holds no report, or the picture cannot be drawn or written.
pub fn plot(run: &RunDir, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    results::write_pictures(run, draw(run, &results::read_report(run)?)?, quiet)
}

/// A file, or `brick-wall:QUBITS,LAYERS` with random angles.
fn read_circuit(text: &str, seed: u64) -> Result<(Circuit, Vec<f64>), CliError> {
    let Some(sizes) = text.strip_prefix("brick-wall:") else {
        return Ok((qasm_file::read(text.as_ref())?, Vec::new()));
    };
    let wrong = || CliError::Usage(format!("'{text}' is not of the form brick-wall:QUBITS,LAYERS"));
    let (qubits, layers) = sizes.split_once(',').ok_or_else(wrong)?;
    let (qubits, layers) = (qubits.parse().map_err(|_| wrong())?, layers.parse().map_err(|_| wrong())?);
    let circuit = ansatz::brick_wall(qubits, layers).map_err(ketwork::Error::from)?;
    let mut rng = stream(seed, "angles", &[]);
    let params = (0..circuit.n_params()).map(|_| rng.random_range(-3.0..3.0)).collect();
    Ok((circuit, params))
}

/// Observables by their texts, each within the register.
fn read_observables(texts: &[String], n_qubits: usize) -> Result<Vec<(String, PauliSum)>, CliError> {
    let one = |text: &String| {
        let sum: PauliSum = text.parse().map_err(ketwork::Error::from)?;
        match sum.n_qubits() <= n_qubits {
            true => Ok((text.clone(), sum)),
            false => Err(CliError::Usage(format!(
                "the observable {text} acts on {} qubits, but the circuit has {n_qubits}; name others",
                sum.n_qubits()
            ))),
        }
    };
    texts.iter().map(one).collect()
}

/// The expectation of each observable, beside its text.
fn expectations(state: &impl State, observables: &[(String, PauliSum)]) -> Vec<(String, f64)> {
    observables.iter().map(|(text, sum)| (text.clone(), state.expectation(sum))).collect()
}

fn on_chain(
    circuit: &Circuit,
    params: &[f64],
    observables: &[(String, PauliSum)],
    config: &RunConfig,
) -> Result<Report, CliError> {
    if config.chi_max == 0 {
        return Err(ketwork::Error::Setting { name: "chi_max", value: 0.0, range: "1 or more" }.into());
    }
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, ..Truncation::EXACT };
    let mut state = Mps::zero(circuit.n_qubits()).with_truncation(truncation);
    let mut discarded = Vec::with_capacity(circuit.ops().len());
    for op in circuit.ops() {
        match op {
            Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
            Op::Rotation(pauli, angle) => state.apply_rotation(pauli, angle.value(params)),
        }
        discarded.push(state.discarded_weight());
    }
    let shots =
        state.sample(config.shots, &mut stream(config.seed, "shots", &[])).map_err(ketwork::Error::from)?;
    let word = |bits: &Vec<bool>| bits.iter().map(|&bit| if bit { '1' } else { '0' }).collect::<String>();
    Ok(Report {
        n_qubits: circuit.n_qubits(),
        ops: circuit.ops().len(),
        expectations: expectations(&state, observables),
        counts: tally(shots.iter().map(word)),
        bonds: state.bond_dims(),
        entropies: state.entropies(),
        fidelity_estimate: state.fidelity_estimate(),
        infidelity_bound: state.infidelity_bound(),
        discarded,
    })
}

fn on_state_vector(
    circuit: &Circuit,
    params: &[f64],
    observables: &[(String, PauliSum)],
    config: &RunConfig,
) -> Result<Report, CliError> {
    let n_qubits = circuit.n_qubits();
    if n_qubits > MOST_QUBITS {
        return Err(ketwork::Error::Register { n_qubits, limit: MOST_QUBITS }.into());
    }
    let mut state = StateVector::<f64>::zero(n_qubits);
    run_circuit(circuit, params, &mut state);
    let mut rng = stream(config.seed, "shots", &[]);
    // One number from 0 to 1 for each shot, in order, so that one pass over the state finds all outcomes.
    let mut draws: Vec<f64> = (0..config.shots).map(|_| rng.random()).collect();
    draws.sort_unstable_by(f64::total_cmp);
    let (mut waiting, mut sum, mut counts) = (draws.as_slice(), 0.0, BTreeMap::new());
    for (outcome, amp) in state.amps().iter().enumerate() {
        sum += amp.norm_sqr();
        let last = outcome + 1 == state.amps().len();
        let here = if last { waiting.len() } else { waiting.partition_point(|&draw| draw < sum) };
        if here > 0 {
            counts.insert(format!("{outcome:0n_qubits$b}"), here);
        }
        waiting = &waiting[here..];
    }
    Ok(Report {
        n_qubits,
        ops: circuit.ops().len(),
        expectations: expectations(&state, observables),
        counts,
        fidelity_estimate: 1.0,
        ..Report::default()
    })
}

fn tally(words: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    words.fold(BTreeMap::new(), |mut counts, word| {
        *counts.entry(word).or_default() += 1;
        counts
    })
}

fn describe(report: &Report, seconds: f64) -> String {
    let chain = report.bonds.iter().max().map(|chi| {
        let lost = report.discarded.last().copied().unwrap_or(0.0);
        format!(
            ", largest bond {chi}, discarded weight {lost:.2e}, fidelity about {:.6}, off by at most {:.1e}",
            report.fidelity_estimate, report.infidelity_bound
        )
    });
    let expectations = report.expectations.iter().map(|(text, value)| format!("\n<{text}> = {value:.12}"));
    format!(
        "{} qubits, {} operations, {seconds:.2} s{}{}",
        report.n_qubits,
        report.ops,
        chain.unwrap_or_default(),
        expectations.collect::<String>()
    )
}

fn draw(run: &RunDir, report: &Report) -> Result<Vec<(String, Picture)>, CliError> {
    if report.bonds.is_empty() {
        return Ok(Vec::new());
    }
    let counted = |n: usize| (1..=n).map(|k| k as f64).collect::<Vec<_>>();
    let panel = |x: &str, y: &str, scale: Scale, values: Vec<f64>| Panel {
        x_label: x.into(),
        y_label: y.into(),
        y_scale: scale,
        series: vec![Series::single("chain", counted(values.len()), values)],
        ..Panel::default()
    };
    let bonds = report.bonds.iter().map(|&chi| chi as f64).collect();
    let picture = curves(&Curves {
        title: format!("A chain of {} qubits", report.n_qubits),
        source: format!("ketwork plot {}", run.path().display()),
        panels: vec![
            panel("bond", "entanglement entropy (nats)", Scale::Linear, report.entropies.clone()),
            panel("bond", "bond dimension", Scale::Log2, bonds),
            panel("operation", "discarded weight so far", Scale::Log10Floor(1e-16), report.discarded.clone()),
        ],
        ..Curves::default()
    })?;
    Ok(vec![("chain".to_owned(), picture)])
}
