//! OpenQASM: circuits as programs that other tools read, and programs of gates as circuits.
//!
//! What comes back from an exported text is the circuit that went out, op by op, with its free parameters; literal
//! matrices come back as rotations. A second export gives the same bytes. `q[k]` is qubit `k`: programs name
//! qubits, not bits of a basis index, so that the order of bits plays no part.
//!
//! ```
//! use circuit::qasm::{QasmConfig, Version, export, import};
//! use circuit::{Circuit, Pauli};
//!
//! let mut circuit = Circuit::new(3)?;
//! let theta = circuit.param();
//! circuit.h(0)?.cx(0, 2)?.rotation(&[(0, Pauli::X), (1, Pauli::Z)], theta.scaled(0.5))?;
//! let text = export(&circuit, None, &QasmConfig::default())?;
//! assert!(text.ends_with("h q[0];\ncx q[0], q[2];\npauli_xz(0.5*theta_0) q[0], q[1];\n"));
//! assert_eq!(import(&text)?.0, circuit);
//! let bound = export(&circuit, Some(&[0.3]), &QasmConfig { version: Version::V2, measure: true })?;
//! let (bell, report) = import(&bound)?;
//! assert_eq!((bell.n_params(), report.measured), (0, 3));
//! # Ok::<(), circuit::Error>(())
//! ```
//!
//! Reference: Cross et al., arXiv:1707.03429 (version 2), arXiv:2104.14722 (version 3).

mod cursor;
mod export;
mod expression;
mod gates;
mod literal;
mod prelude;
mod program;
mod token;

use serde::{Deserialize, Serialize};

use crate::{Circuit, Error};

/// Version of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// OpenQASM 2.0, which has no free parameters and no global phase.
    #[serde(rename = "2.0")]
    V2,
    /// OpenQASM 3.0.
    #[default]
    #[serde(rename = "3.0")]
    V3,
}

/// How a circuit is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QasmConfig {
    /// Version of the language.
    pub version: Version,
    /// Whether all qubits are measured at the end.
    pub measure: bool,
}

/// What a program said beyond its gates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Names of the free parameters, in the order of the parameter vector.
    pub params: Vec<String>,
    /// Registers of qubits and their sizes, first qubit first.
    pub registers: Vec<(String, usize)>,
    /// Qubits measured at the end, which the circuit leaves out.
    pub measured: usize,
    /// Barriers, which the circuit leaves out.
    pub barriers: usize,
}

/// A circuit as an OpenQASM program, with the given values of its parameters, or with free ones, `theta_0` and so on,
/// which version 3 alone has.
///
/// Rotations on several qubits are written with their definition by standard gates. Literal matrices become rotations
/// equal up to a global phase.
///
/// # Errors
/// If there are more or fewer values than parameters, one of them is not finite, or version 2 is to hold free
/// parameters.
pub fn export(circuit: &Circuit, params: Option<&[f64]>, config: &QasmConfig) -> Result<String, Error> {
    export::export(circuit, params, config)
}

/// The circuit of an OpenQASM program of version 2 or 3.
///
/// It may use the gates of `qelib1.inc` and `stdgates.inc`, define gates of its own, and have angles that are linear in
/// `input` parameters; registers are put behind each other in the order of their declaration. Gates that are no op of a
/// circuit come out as several, equal up to a global phase. Barriers and measurements at the end are left out and
/// counted.
///
/// # Errors
/// For whatever else the text holds, with line and column: classical control, measurements or resets between gates,
/// modifiers, subroutines, files to include, mistakes of syntax.
pub fn import(text: &str) -> Result<(Circuit, ImportReport), Error> {
    program::Program::new(text)?.run()
}
