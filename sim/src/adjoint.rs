//! Adjoint differentiation: one reverse sweep, two states, any number of parameters.
//!
//! Reference: Jones and Gacon, arXiv:2009.02823.

use circuit::{Angle, Circuit, Op, State};

use crate::{Real, StateVector};

/// Gradient of `L` with respect to the parameters, shape `[n_params]`.
///
/// `ket` is the final state, `bra` the cotangent with `dL = 2 Re⟨bra|dψ⟩`; both are consumed. With
/// `∂ψ/∂θ = -i/2 P ψ`, a parameter of scale `s` contributes `s Im⟨bra|P|ket⟩` at its op.
///
/// # Panics
/// If `params` has another length than the circuit's parameters, or the states have another shape.
pub fn sweep<T: Real>(
    circuit: &Circuit,
    params: &[f64],
    mut ket: StateVector<T>,
    mut bra: StateVector<T>,
) -> Vec<f64> {
    let mut gradient = vec![0.0; circuit.n_params()];
    for op in circuit.ops().iter().rev() {
        match op {
            Op::Gate(gate, qubits) => {
                let inverse = gate.dagger();
                ket.apply_gate(&inverse, qubits);
                bra.apply_gate(&inverse, qubits);
            }
            Op::Rotation(pauli, angle) => {
                if let Angle::Param { index, scale } = *angle {
                    gradient[index] += scale * bra.pauli_inner(pauli, &ket).iter().map(|v| v.im).sum::<f64>();
                }
                let theta = angle.value(params);
                ket.apply_rotation(pauli, -theta);
                bra.apply_rotation(pauli, -theta);
            }
        }
    }
    gradient
}
