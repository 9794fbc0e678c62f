//! The light cone: operations on qubits that nothing joins to the readout any more cannot change it.

use circuit::{Angle, Circuit, Op};

/// What the readout can see of a circuit.
pub struct Cone<'a> {
    /// Operations inside the cone, first to last.
    pub ops: Vec<&'a Op>,
    /// Mask of the qubits that belong to the cone somewhere; bit `q` is qubit `q`.
    pub qubits: u128,
}

impl<'a> Cone<'a> {
    /// Walks back from `support`, the mask of the qubits that are read out.
    pub fn new(circuit: &'a Circuit, support: u128) -> Self {
        let mut cone = Self { ops: Vec::new(), qubits: support };
        for op in circuit.ops().iter().rev() {
            let touched = op.qubits().iter().fold(0u128, |mask, q| mask | 1 << q);
            if touched & cone.qubits != 0 {
                cone.qubits |= touched;
                cone.ops.push(op);
            }
        }
        cone.ops.reverse();
        cone
    }

    /// Which of `n_params` parameters turn an operation inside the cone.
    pub fn live_params(&self, n_params: usize) -> Vec<bool> {
        let mut live = vec![false; n_params];
        for op in &self.ops {
            if let Op::Rotation(_, Angle::Param { index, .. }) = op {
                live[*index] = true;
            }
        }
        live
    }
}
