//! Circuits from files: what was read passes the checks of the builders.

use serde::Deserialize;

use crate::{Circuit, Error, Op};

/// The fields of a circuit as a file holds them.
#[derive(Deserialize)]
pub(crate) struct Unchecked {
    pub(crate) n_qubits: usize,
    pub(crate) n_params: usize,
    pub(crate) ops: Vec<Op>,
}

impl TryFrom<Unchecked> for Circuit {
    type Error = Error;

    fn try_from(file: Unchecked) -> Result<Self, Error> {
        let mut circuit = Circuit::with_params(file.n_qubits, file.n_params)?;
        for op in file.ops {
            match op {
                Op::Gate(gate, qubits) => circuit.gate(gate, &qubits)?,
                Op::Rotation(string, angle) => circuit.rotation(&string.factors(), angle)?,
            };
        }
        Ok(circuit)
    }
}
