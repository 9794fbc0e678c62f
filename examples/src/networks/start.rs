//! `--start mps:CHI` of the training commands: first angles from tensor networks.

use ketwork::start::{AttentionStart, FastStart, attention_bias, fast_weights, neighbourhood};
use models::attention::AttentionConfig;
use models::fwp::Fast;
use models::sequence::ModelConfig;
use models::series::Windows;

use crate::error::CliError;
use crate::output::note;

/// Puts first bias angles into attention over a row of `tokens` tokens: at zero scores every token looks at itself and at
/// its neighbours.
///
/// # Errors
/// The text names no bond, or the attention is no circuit.
pub fn attention(
    text: &str,
    config: &mut AttentionConfig,
    tokens: usize,
    seed: u64,
    quiet: bool,
) -> Result<(), CliError> {
    let chi = bond(text)?;
    let AttentionConfig::Qontot(circuit) = config else {
        let name = config.name();
        return Err(CliError::Usage(format!(
            "--start is for the attention qontot, but it is {name}; leave one out"
        )));
    };
    circuit.bias = true;
    let target = neighbourhood(1, tokens.next_power_of_two(), 1.0);
    let start = AttentionStart { chi, seed, ..Default::default() };
    let (bias, report) = attention_bias(circuit, &target, &start)?;
    note(
        quiet,
        format_args!(
            "start: the network is {:.1e} nats from the map of neighbours, the circuit {:.2e} from the network (before {:.2e})",
            report.network, report.circuit[1], report.circuit[0]
        ),
    );
    circuit.initial_bias = Some(bias);
    Ok(())
}

/// Puts first fast weights into a fast-weight programmer: those of its circuit trained alone.
///
/// # Errors
/// The text names no bond, or the model has no circuit that is programmed.
pub fn programmer(
    text: &str,
    config: &mut ModelConfig,
    windows: &Windows,
    seed: u64,
    quiet: bool,
) -> Result<(), CliError> {
    let chi = bond(text)?;
    let circuit = match config {
        ModelConfig::Fwp(fwp) => match &fwp.fast {
            Fast::Circuit { circuit } => Some((circuit.clone(), &mut fwp.start)),
            Fast::Observables { .. } | Fast::Qkan { .. } | Fast::Linear { .. } => None,
        },
        ModelConfig::Recurrent(_) | ModelConfig::FeedForward(_) => None,
    };
    let Some((circuit, first)) = circuit else {
        return Err(CliError::Usage("--start is for programmers of circuits; leave it out".into()));
    };
    let start = FastStart { chi, seed, ..Default::default() };
    let (weights, report) = fast_weights(&circuit, windows, &start)?;
    note(
        quiet,
        format_args!(
            "start: training error of the circuit alone {:.2e}, before {:.2e}",
            report.error[1], report.error[0]
        ),
    );
    *first = Some(weights);
    Ok(())
}

fn bond(text: &str) -> Result<usize, CliError> {
    let chi = text.strip_prefix("mps:").and_then(|chi| chi.parse().ok()).filter(|&chi: &usize| chi > 0);
    chi.ok_or_else(|| CliError::Usage(format!("--start is {text}; give mps:CHI with a bond of 1 or more")))
}
