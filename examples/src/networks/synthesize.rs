//! `ketwork synthesize`: a matrix product state as a shallow circuit, in OpenQASM.

use std::path::{Path, PathBuf};

use ketwork::circuit::{State, qasm, run as run_circuit};
use ketwork::tensornet::Mps;
use ketwork::tensornet::synthesis::{Protocol, SynthesisConfig, SynthesisReport, synthesize as make};
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::{results, state_file};
use crate::args::SynthesizeArgs;
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::{RunDir, write_atomically};

const COMMAND: &str = "synthesize";

/// Everything that decides what the command does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    experiment: String,
    state: PathBuf,
    protocols: Vec<Protocol>,
    synthesis: SynthesisConfig,
}

/// One protocol.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Attempt {
    protocol: Protocol,
    report: SynthesisReport,
}

/// Synthesises, writes the circuit, reports and draws.
///
/// # Errors
/// Flags, files or settings are wrong, or the folder is taken.
pub fn synthesize(args: &SynthesizeArgs, quiet: bool) -> Result<(), CliError> {
    let config = settings(args)?;
    let state = read_state(&config.state)?;
    let subject = config.state.file_stem().and_then(|stem| stem.to_str()).unwrap_or("state");
    let run = results::begin(&args.results, COMMAND, subject, 0, Vec::new(), &config)?;
    let mut attempts = Vec::new();
    let mut best = None;
    for &protocol in &config.protocols {
        let settings = SynthesisConfig { protocol, ..config.synthesis.clone() };
        let (gates, report) = make(&state, &settings).map_err(ketwork::Error::from)?;
        note(quiet, describe(protocol, &report));
        if best.as_ref().is_none_or(|(fidelity, _)| report.fidelity > *fidelity) {
            best = Some((report.fidelity, gates));
        }
        attempts.push(Attempt { protocol, report });
    }
    let (fidelity, gates) = best.ok_or_else(|| CliError::Usage("name at least one --protocol".into()))?;
    let (circuit, params) = gates.circuit().map_err(ketwork::Error::from)?;
    let text =
        qasm::export(&circuit, Some(&params), &qasm::QasmConfig::default()).map_err(ketwork::Error::from)?;
    let file = run.path().join("circuit.qasm");
    write_atomically(&file, text.as_bytes())?;
    results::write_report(&run, &attempts)?;
    let pictures = results::write_pictures(&run, draw(&run, &attempts)?, quiet)?;
    let line = json!({ "run": run.path(), "fidelity": fidelity, "circuit": file, "pictures": pictures });
    output::json(&line);
    Ok(())
}

/// Draws the picture of a folder again.
///
/// # Errors
/// It holds no report, or the picture cannot be drawn or written.
pub fn plot(run: &RunDir, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    results::write_pictures(run, draw(run, &results::read_report::<Vec<Attempt>>(run)?)?, quiet)
}

fn settings(args: &SynthesizeArgs) -> Result<RunConfig, CliError> {
    let base = RunConfig {
        experiment: COMMAND.into(),
        state: args.state.clone(),
        protocols: vec![Protocol::default()],
        synthesis: SynthesisConfig::default(),
    };
    let mut config = results::over(base, &args.results)?;
    if !args.protocol.is_empty() {
        config.protocols = args.protocol.iter().map(|name| protocol(name)).collect::<Result<_, _>>()?;
    }
    let synthesis = &mut config.synthesis;
    synthesis.layers = args.layers.unwrap_or(synthesis.layers);
    synthesis.sweeps = args.sweeps.unwrap_or(synthesis.sweeps);
    synthesis.learning_power = args.learning_power.unwrap_or(synthesis.learning_power);
    Ok(config)
}

fn protocol(name: &str) -> Result<Protocol, CliError> {
    Protocol::ALL.into_iter().find(|protocol| protocol.name() == name).ok_or_else(|| {
        let known = Protocol::ALL.map(Protocol::name).join(", ");
        CliError::Usage(format!("there is no protocol '{name}'; known are {known}"))
    })
}

fn read_state(path: &Path) -> Result<Mps, CliError> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npz") => state_file::read(path),
        Some("qasm") => {
            let circuit = super::qasm_file::read(path)?;
            let mut state = Mps::zero(circuit.n_qubits());
            run_circuit(&circuit, &[], &mut state);
            Ok(state)
        }
        _ => Err(CliError::Usage(format!(
            "{} is neither a .npz file of site tensors nor a .qasm file",
            path.display()
        ))),
    }
}

fn describe(protocol: Protocol, report: &SynthesisReport) -> String {
    format!(
        "{}: fidelity {:.8}, {} gates, {} CNOT, depth {}",
        protocol.name(),
        report.fidelity,
        report.gates,
        report.cnots,
        report.depth
    )
}

fn draw(run: &RunDir, attempts: &[Attempt]) -> Result<Vec<(String, Picture)>, CliError> {
    let series =
        attempts.iter().map(|attempt| results::infidelities(attempt.protocol.name(), &attempt.report));
    let picture = curves(&Curves {
        title: "Infidelity of the circuit by layers".into(),
        source: format!("ketwork plot {}", run.path().display()),
        panels: vec![Panel {
            x_label: "layers of gates".into(),
            y_label: "infidelity with the state".into(),
            y_scale: Scale::Log10Floor(1e-13),
            series: series.collect::<Vec<Series>>(),
            ..Panel::default()
        }],
        ..Curves::default()
    })?;
    Ok(vec![("layers".to_owned(), picture)])
}
