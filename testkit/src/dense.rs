//! The reference state: every op becomes a full `2^n x 2^n` matrix, straight from its definition.

use circuit::{C64, Circuit, Gate, Op, PauliString, PauliSum, State};

use crate::matrix::{embed, identity, matmul, matvec, pauli, rotation};

/// A state vector moved by full matrices; slow, and meant for at most six qubits.
///
/// ```
/// use circuit::{Circuit, State, run};
/// use testkit::Dense;
///
/// let mut bell = Circuit::new(2)?;
/// bell.h(0)?.cx(0, 1)?;
/// let mut state = Dense::zero(2);
/// run(&bell, &[], &mut state);
/// assert!((state.expectation(&"X0*X1".parse()?) - 1.0).abs() < 1e-15);
/// # Ok::<(), circuit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dense {
    n_qubits: usize,
    amps: Vec<C64>,
}

impl Dense {
    /// The amplitudes, shape `[2^n]`, qubit 0 as the high bit.
    pub fn amps(&self) -> &[C64] {
        &self.amps
    }
}

impl State for Dense {
    fn zero(n_qubits: usize) -> Self {
        let mut amps = vec![C64::ZERO; 1 << n_qubits];
        amps[0] = C64::ONE;
        Self { n_qubits, amps }
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        self.amps = matvec(&embed(gate.matrix().entries(), qubits, self.n_qubits), &self.amps);
    }

    fn apply_rotation(&mut self, string: &PauliString, theta: f64) {
        self.amps = matvec(&rotation(string, theta, self.n_qubits), &self.amps);
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        let term = |string: &PauliString| -> f64 {
            let image = matvec(&pauli(string, self.n_qubits), &self.amps);
            self.amps.iter().zip(&image).map(|(a, b)| (a.conj() * b).re).sum()
        };
        observable.terms.iter().map(|(c, string)| c * term(string)).sum()
    }
}

/// The unitary of a whole circuit, shape `[2^n, 2^n]`, for `params` of shape `[n_params]`.
///
/// # Panics
/// If `params` is shorter than the parameters the circuit uses.
pub fn unitary(circuit: &Circuit, params: &[f64]) -> Vec<C64> {
    let n = circuit.n_qubits();
    circuit.ops().iter().fold(identity(1 << n), |product, op| {
        let step = match op {
            Op::Gate(gate, qubits) => embed(gate.matrix().entries(), qubits, n),
            Op::Rotation(string, angle) => rotation(string, angle.value(params), n),
        };
        matmul(&step, &product)
    })
}
