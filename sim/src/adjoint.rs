//! Adjoint differentiation: one reverse sweep, two states, any number of parameters.
//!
//! Reference: Jones and Gacon, arXiv:2009.02823.

use circuit::Circuit;

use crate::blocks::Blocks;
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
    ket: StateVector<T>,
    bra: StateVector<T>,
) -> Vec<f64> {
    Blocks::of(circuit).sweep(circuit, params, ket, bra)
}
