//! Runs of ops on one qubit or one pair of qubits, so that a state is passed over once per run, not once per op.
//!
//! A brick of fifteen rotations is one 4×4 matrix on the way forward. On the way back its fifteen gradients follow
//! from one 4×4 matrix of inner products `X = Σ_r |ket_r⟩⟨bra_r|`, `r` over the other qubits: `⟨bra|P|ket⟩ = tr P X`.

use circuit::{Angle, C64, Circuit, Mat4, Op, PauliString, State};

use crate::{Real, StateVector};

/// From this many amplitudes on a pass over the state costs more than the product of two matrices.
const WORTH_FUSING: usize = 128;

/// Ops of a circuit that act on the same qubits with nothing else on these qubits in between.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    /// Ascending.
    pub(crate) qubits: Vec<usize>,
    /// Positions in the circuit, ascending.
    pub(crate) ops: Vec<usize>,
}

/// The ops of a circuit in runs.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    blocks: Vec<Block>,
}

impl Blocks {
    /// Groups the ops of `circuit`: a run on a pair takes in the runs on its single qubits that come just before.
    pub(crate) fn of(circuit: &Circuit) -> Self {
        let mut blocks: Vec<Block> = Vec::new();
        let mut latest: Vec<Option<usize>> = vec![None; circuit.n_qubits()];
        for (position, op) in circuit.ops().iter().enumerate() {
            let mut qubits = op.qubits();
            qubits.sort_unstable();
            let mut before: Vec<usize> = qubits.iter().filter_map(|&q| latest[q]).collect();
            before.dedup();
            let joined = before.first().copied().filter(|&b| {
                before.len() == 1
                    && blocks[b].qubits.len() <= 2
                    && qubits.iter().all(|q| blocks[b].qubits.contains(q))
            });
            if let Some(block) = joined {
                blocks[block].ops.push(position);
                continue;
            }
            let mut ops = Vec::new();
            if qubits.len() == 2 {
                before.retain(|&b| blocks[b].qubits.len() == 1);
                before.iter().for_each(|&b| ops.append(&mut blocks[b].ops));
                ops.sort_unstable();
            }
            ops.push(position);
            qubits.iter().for_each(|&q| latest[q] = Some(blocks.len()));
            blocks.push(Block { qubits, ops });
        }
        blocks.retain(|block| !block.ops.is_empty());
        Self { blocks }
    }

    /// The runs, first to act first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// Applies all ops to `state`.
    pub(crate) fn apply<T: Real>(&self, circuit: &Circuit, params: &[f64], state: &mut StateVector<T>) {
        if !is_worth_fusing(state) {
            return circuit::run(circuit, params, state);
        }
        for block in &self.blocks {
            match block.matrix(circuit, params) {
                Some(matrix) => state.apply_matrix(&matrix, &block.qubits),
                None => block.ops.iter().for_each(|&k| apply_op(&circuit.ops()[k], params, state, false)),
            }
        }
    }

    /// Walks back through the circuit with both states, collecting the gradient of each parameter.
    pub(crate) fn sweep<T: Real>(
        &self,
        circuit: &Circuit,
        params: &[f64],
        mut ket: StateVector<T>,
        mut bra: StateVector<T>,
    ) -> Vec<f64> {
        let mut gradient = vec![0.0; circuit.n_params()];
        if !is_worth_fusing(&ket) {
            let all: Vec<usize> = (0..circuit.ops().len()).collect();
            walk_back(circuit, &all, params, [&mut ket, &mut bra], &mut gradient);
            return gradient;
        }
        for block in self.blocks.iter().rev() {
            match block.matrix(circuit, params) {
                Some(matrix) => {
                    let inner = ket.cross(&bra, &block.qubits);
                    block.pull_back(circuit, params, inner, &mut gradient);
                    let inverse = dagger(&matrix);
                    ket.apply_matrix(&inverse, &block.qubits);
                    bra.apply_matrix(&inverse, &block.qubits);
                }
                None => walk_back(circuit, &block.ops, params, [&mut ket, &mut bra], &mut gradient),
            }
        }
        gradient
    }
}

impl Block {
    /// The product of several ops on a pair; `None` for a run that gains nothing.
    pub(crate) fn matrix(&self, circuit: &Circuit, params: &[f64]) -> Option<Mat4> {
        let fuses = self.qubits.len() == 2 && self.ops.len() > 1;
        fuses.then(|| {
            let factors = self.ops.iter().map(|&k| self.factor(&circuit.ops()[k], params));
            factors.reduce(|product, next| times(&next, &product)).expect("a block has ops")
        })
    }

    /// Adds the gradients of the ops, given `X` of the states behind the last of them.
    fn pull_back(&self, circuit: &Circuit, params: &[f64], mut inner: Mat4, gradient: &mut [f64]) {
        for op in self.ops.iter().rev().map(|&k| &circuit.ops()[k]) {
            if let Op::Rotation(pauli, Angle::Param { index, scale }) = op {
                let (x, z) = self.relabelled(pauli).basis_masks(2);
                let trace: C64 = (0..4).map(|i| PauliString::phase(x, z, i) * inner[i * 4 + (i ^ x)]).sum();
                gradient[*index] += scale * trace.im;
            }
            let factor = self.factor(op, params);
            inner = times(&times(&dagger(&factor), &inner), &factor);
        }
    }

    /// An op as a matrix on the pair, its lower qubit the high bit.
    pub(crate) fn factor(&self, op: &Op, params: &[f64]) -> Mat4 {
        match op {
            Op::Rotation(pauli, angle) => {
                let (sin, cos) = (angle.value(params) / 2.0).sin_cos();
                let (x, z) = self.relabelled(pauli).basis_masks(2);
                let mut matrix = [C64::ZERO; 16];
                for i in 0..4 {
                    matrix[i * 5] += cos;
                    matrix[(i ^ x) * 4 + i] += C64::new(0.0, -sin) * PauliString::phase(x, z, i);
                }
                matrix
            }
            Op::Gate(gate, qubits) => {
                let mut columns = StateVector::<f64>::identity(2);
                let qubits: Vec<usize> = qubits.iter().map(|&q| self.place(q)).collect();
                columns.apply_gate(gate, &qubits);
                columns.amps().try_into().expect("a 4×4 matrix")
            }
        }
    }

    pub(crate) fn relabelled(&self, pauli: &PauliString) -> PauliString {
        pauli.relabel(|q| self.place(q))
    }

    fn place(&self, qubit: usize) -> usize {
        usize::from(qubit != self.qubits[0])
    }
}

fn is_worth_fusing<T: Real>(state: &StateVector<T>) -> bool {
    state.amps().len() >= WORTH_FUSING
}

/// The reverse sweep op by op.
fn walk_back<T: Real>(
    circuit: &Circuit,
    ops: &[usize],
    params: &[f64],
    [ket, bra]: [&mut StateVector<T>; 2],
    gradient: &mut [f64],
) {
    for op in ops.iter().rev().map(|&k| &circuit.ops()[k]) {
        if let Op::Rotation(pauli, Angle::Param { index, scale }) = op {
            gradient[*index] += scale * bra.pauli_inner(pauli, ket).iter().map(|v| v.im).sum::<f64>();
        }
        apply_op(op, params, ket, true);
        apply_op(op, params, bra, true);
    }
}

/// Applies an op, or its inverse.
pub(crate) fn apply_op<T: Real>(op: &Op, params: &[f64], state: &mut StateVector<T>, inverse: bool) {
    match op {
        Op::Gate(gate, qubits) if inverse => state.apply_gate(&gate.dagger(), qubits),
        Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
        Op::Rotation(pauli, angle) if inverse => state.apply_rotation(pauli, -angle.value(params)),
        Op::Rotation(pauli, angle) => state.apply_rotation(pauli, angle.value(params)),
    }
}

/// `a b`.
pub(crate) fn times(a: &Mat4, b: &Mat4) -> Mat4 {
    std::array::from_fn(|k| (0..4).map(|m| a[k / 4 * 4 + m] * b[m * 4 + k % 4]).sum())
}

/// The conjugate transpose.
pub(crate) fn dagger(a: &Mat4) -> Mat4 {
    std::array::from_fn(|k| a[k % 4 * 4 + k / 4].conj())
}

#[cfg(test)]
mod tests {
    use circuit::Gate;

    use super::*;

    fn runs(circuit: &Circuit) -> Vec<(Vec<usize>, Vec<usize>)> {
        Blocks::of(circuit).blocks.into_iter().map(|block| (block.qubits, block.ops)).collect()
    }

    #[test]
    fn runs_end_where_another_qubit_comes_in() -> Result<(), circuit::Error> {
        let mut circuit = Circuit::new(4)?;
        circuit
            .h(0)?
            .h(1)?
            .cx(1, 0)?
            .rz(0, 0.3)?
            .rxx(0, 1, 0.2)?
            .h(2)?
            .cx(1, 2)?
            .rz(0, 0.1)?
            .rzz(0, 1, 0.4)?;
        circuit
            .rotation(&[(0, circuit::Pauli::X), (1, circuit::Pauli::Z), (3, circuit::Pauli::Y)], 0.5)?
            .h(3)?;
        let expected = [
            (vec![0, 1], vec![0, 1, 2, 3, 4, 7]),
            (vec![1, 2], vec![5, 6]),
            (vec![0, 1], vec![8]),
            (vec![0, 1, 3], vec![9]),
            (vec![3], vec![10]),
        ];
        assert_eq!(runs(&circuit), expected);
        Ok(())
    }

    #[test]
    fn every_op_is_in_one_run() {
        let circuit = circuit::ansatz::brick_wall(5, 3).expect("a small register");
        let mut ops: Vec<usize> = runs(&circuit).into_iter().flat_map(|run| run.1).collect();
        assert_eq!(runs(&circuit).len(), 12); // one per brick
        ops.sort_unstable();
        assert_eq!(ops, (0..circuit.ops().len()).collect::<Vec<_>>());
    }

    #[test]
    fn the_inverse_of_the_factors_is_the_conjugate_transpose() {
        let block = Block { qubits: vec![1, 3], ops: vec![0] };
        for op in [
            Op::Gate(Gate::Cy, vec![3, 1]),
            Op::Rotation(PauliString::new(&[(3, circuit::Pauli::Y)]), 0.7.into()),
        ] {
            let matrix = block.factor(&op, &[]);
            let product = times(&dagger(&matrix), &matrix);
            let error =
                (0..16).map(|k| (product[k] - f64::from(u8::from(k % 5 == 0))).norm()).fold(0.0, f64::max);
            assert!(error < 1e-15, "{op:?}: {error}");
        }
    }
}
