//! Circuits from OpenQASM files.

use std::path::Path;

use ketwork::circuit::{Circuit, qasm};

use crate::error::CliError;

/// The circuit of a file; it may have no free parameters.
///
/// # Errors
/// The file cannot be read, is no OpenQASM that a circuit can hold, or leaves parameters free.
pub fn read(path: &Path) -> Result<Circuit, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::io(path))?;
    let wrong = |why: String| CliError::Data(format!("{}: {why}", path.display()));
    let (circuit, report) = qasm::import(&text).map_err(|error| wrong(error.to_string()))?;
    match report.params.is_empty() {
        true => Ok(circuit),
        false => {
            Err(wrong(format!("the parameters {} are free; give them values", report.params.join(", "))))
        }
    }
}
