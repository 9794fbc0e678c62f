//! The numbers of one evaluation: tangents of at most one, and a Pauli frame that takes the rest.
//!
//! `exp(-iφP)` is `cos φ (1 - i tan φ P)`. So that the tangent never exceeds one, a multiple of π/2 is
//! split off: `exp(-i(π/2)P) = -iP`, a Pauli operator, which moves through the rest of the circuit by
//! flipping signs and in the end only permutes rows. The state in the machine is `F† ψ / Π cos φ`.

use circuit::PauliString;

use super::plan::{Element, Plan};
use super::prune::through_cx;
use crate::kernels::Real;

/// What the passes need to know about one parameter vector.
#[derive(Clone, Debug)]
pub struct Binding<T> {
    /// `tan φ` of each rotation, in the frame.
    pub tangents: Vec<T>,
    /// `cos φ` of each rotation.
    pub cosines: Vec<f64>,
    /// Sign of each rotation's string in the frame.
    pub signs: Vec<f64>,
    /// The frame at the end flips the rows by this mask over the row index.
    pub flip: usize,
}

impl<T: Real> Binding<T> {
    /// Evaluates every angle of `plan` at `params`.
    pub fn new(plan: &Plan, n_qubits: usize, params: &[f64]) -> Self {
        Self::shifted(plan, n_qubits, params, None)
    }

    /// The same with some radians added to the angle of one rotation.
    pub fn shifted(plan: &Plan, n_qubits: usize, params: &[f64], shift: Option<(usize, f64)>) -> Self {
        let n = plan.n_rotations();
        let mut binding = Self {
            tangents: Vec::with_capacity(n),
            cosines: Vec::with_capacity(n),
            signs: Vec::with_capacity(n),
            flip: 0,
        };
        let mut frame = PauliString::default();
        for element in &plan.elements {
            match *element {
                Element::Cx(control, target) => frame = through_cx(frame, control, target),
                Element::Rotation(string, angle) => {
                    let position = binding.tangents.len();
                    let extra = shift.filter(|(k, _)| *k == position).map_or(0.0, |(_, radians)| radians);
                    binding.push(string, angle.value(params) + extra, &mut frame);
                }
            }
        }
        binding.flip = frame.basis_masks(n_qubits).0;
        binding
    }

    fn push(&mut self, string: PauliString, theta: f64, frame: &mut PauliString) {
        use std::f64::consts::FRAC_PI_2;
        let sign = if frame.commutes_with(&string) { 1.0 } else { -1.0 };
        let phi = sign * theta / 2.0;
        let quarters = (phi / FRAC_PI_2).round();
        let tangent = T::from_f64((phi - quarters * FRAC_PI_2).tan());
        if quarters.rem_euclid(2.0) == 1.0 {
            frame.x ^= string.x;
            frame.z ^= string.z;
        }
        self.tangents.push(tangent);
        // From the rounded tangent, so that the product stays unitary in either precision.
        self.cosines.push((1.0 + tangent.to_f64().powi(2)).sqrt().recip());
        self.signs.push(sign);
    }
}
