//! Problems by name or from a file.

use std::path::Path;

use ketwork::pretrain::Problem;
use sha2::{Digest, Sha256};

use crate::error::CliError;

/// A problem, and the digest of the file it came from.
///
/// # Errors
/// The text names no problem, or the file cannot be read or is none.
pub fn read(text: &str) -> Result<(Problem, Vec<(String, String)>), CliError> {
    let path = Path::new(text);
    if !path.is_file() {
        return Ok((Problem::parse(text)?, Vec::new()));
    }
    let content = std::fs::read_to_string(path).map_err(CliError::io(path))?;
    let digest = Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let problem = match is_json {
        true => Problem::from_molecule(text, &content),
        false => Problem::from_bit_strings(text, &content),
    };
    let named = |error: ketwork::Error| CliError::Data(format!("{text}: {error}"));
    Ok((problem.map_err(named)?, vec![(text.to_owned(), digest)]))
}
