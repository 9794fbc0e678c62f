//! Derivatives of the final state itself, one lane per parameter: what the metric of states is made of.

use circuit::{Angle, C64, Circuit, Mat4, Op, PauliString};

use crate::blocks::{Block, Blocks, apply_op, dagger, times};
use crate::statevector::wide;
use crate::{Real, StateVector};

/// `∂ψ/∂params[k]` in lane `k`, and `ψ` itself in the last lane; `initial` has one lane.
pub(crate) fn tangents<T: Real>(
    circuit: &Circuit,
    blocks: &Blocks,
    params: &[f64],
    initial: &StateVector<T>,
) -> StateVector<T> {
    let mut lanes = initial.in_last_lane(circuit.n_params() + 1);
    for block in blocks.iter() {
        match block.matrix(circuit, params) {
            Some(matrix) => {
                add_generators(block, circuit, params, &mut lanes);
                lanes.apply_matrix(&matrix, &block.qubits);
            }
            None => block.ops.iter().map(|&k| &circuit.ops()[k]).for_each(|op| {
                apply_op(op, params, &mut lanes, false);
                if let Op::Rotation(pauli, Angle::Param { index, scale }) = op {
                    add_pauli(pauli, C64::new(0.0, -scale / 2.0), *index, &mut lanes);
                }
            }),
        }
    }
    lanes
}

/// Adds `V† (-i/2 s P) V ψ` for every parameter of a run, `V` the ops up to its own: the run itself comes after.
fn add_generators<T: Real>(block: &Block, circuit: &Circuit, params: &[f64], lanes: &mut StateVector<T>) {
    let mut so_far: Mat4 = std::array::from_fn(|k| C64::from(f64::from(u8::from(k % 5 == 0))));
    for op in block.ops.iter().map(|&k| &circuit.ops()[k]) {
        so_far = times(&block.factor(op, params), &so_far);
        if let Op::Rotation(pauli, Angle::Param { index, scale }) = op {
            let (x, z) = block.relabelled(pauli).basis_masks(2);
            let entry = |k: usize| {
                let (row, column) = (k / 4, k % 4);
                let factor = C64::new(0.0, -scale / 2.0) * PauliString::phase(x, z, column);
                if row == column ^ x { factor } else { C64::ZERO }
            };
            let generator = times(&times(&dagger(&so_far), &std::array::from_fn(entry)), &so_far);
            lanes.add_to_lane(&generator, &block.qubits, *index);
        }
    }
}

/// Adds `factor P` of the last lane to lane `to`.
fn add_pauli<T: Real>(pauli: &PauliString, factor: C64, to: usize, state: &mut StateVector<T>) {
    let (x, z) = pauli.basis_masks(state.n_qubits());
    let lanes = state.lanes();
    for i in 0..1usize << state.n_qubits() {
        let value = factor * PauliString::phase(x, z, i) * wide(state.amps()[i * lanes + lanes - 1]);
        state.add_at((i ^ x) * lanes + to, value);
    }
}

impl<T: Real> StateVector<T> {
    /// A state of one lane as the last of several, the others zero.
    fn in_last_lane(&self, lanes: usize) -> Self {
        let mut wide = Self::basis(self.n_qubits(), &vec![0; lanes]);
        wide.amps_mut().fill(Default::default());
        for (row, amp) in wide.amps_mut().chunks_exact_mut(lanes).zip(self.amps()) {
            row[lanes - 1] = *amp;
        }
        wide
    }

    fn add_at(&mut self, at: usize, value: C64) {
        let amp = &mut self.amps_mut()[at];
        amp.re += T::from_f64(value.re);
        amp.im += T::from_f64(value.im);
    }

    /// Adds a 4×4 matrix on two qubits of the last lane to lane `to`.
    fn add_to_lane(&mut self, matrix: &Mat4, qubits: &[usize], to: usize) {
        let (n, lanes) = (self.n_qubits(), self.lanes());
        let masks = [1usize << (n - 1 - qubits[0]), 1 << (n - 1 - qubits[1])];
        let at = |i: usize, k: usize| i + (k >> 1) * masks[0] + (k & 1) * masks[1];
        for i in (0..1usize << n).filter(|i| i & (masks[0] | masks[1]) == 0) {
            let old: [C64; 4] = std::array::from_fn(|k| wide(self.amps()[at(i, k) * lanes + lanes - 1]));
            for row in 0..4 {
                let value = (0..4).map(|column| matrix[row * 4 + column] * old[column]).sum();
                self.add_at(at(i, row) * lanes + to, value);
            }
        }
    }
}
