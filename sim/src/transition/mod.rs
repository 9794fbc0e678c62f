//! Doubly stochastic matrices from circuits, the fast way.
//!
//! A circuit `W` on `q` qubits, `q_d` of which carry data, defines
//! `P_ij = (1/s) Σ_{α,β} |⟨i α|W|j β⟩|²` with `s = 2^(q - q_d)`: each of the `s x s` blocks of a
//! unistochastic matrix is summed. Rows and columns of `P` sum to one. On hardware this is a circuit on
//! `2q` qubits that starts from `q` Bell pairs; here the state of those is the matrix `W` itself, whose
//! columns move through the circuit in panels, one column per vector lane.
//!
//! The gradient is the same reverse sweep as everywhere: `bra = (1/s) G (.) W` for `G = dL/dP`.

mod bind;
mod plan;
mod prune;
mod sweep;

use std::f64::consts::FRAC_PI_2;

use circuit::Circuit;
use rayon::prelude::*;

use self::bind::Binding;
use self::plan::Plan;
use self::sweep::{Backward, Forward, Sample};
use crate::{Error, Real};

/// Circuit angles to a doubly stochastic matrix of transition probabilities, and back.
///
/// ```
/// use circuit::Circuit;
/// use sim::TransitionMap;
///
/// let mut circuit = Circuit::new(2)?;
/// let (a, b) = (circuit.param(), circuit.param());
/// circuit.ry(0, a)?.cx(0, 1)?.rx(1, b)?;
/// let map = TransitionMap::new(&circuit, &[0, 1])?;
/// let weights: Vec<f64> = map.forward(&[0.3, 0.5], 0).weights; // [1, 4, 4]
/// assert!(weights.chunks(4).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-14));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TransitionMap {
    circuit: Circuit,
    plan: Plan,
    label: Vec<usize>,
    tokens: usize,
}

/// What a forward batch yields.
#[derive(Clone, Debug)]
pub struct Transitions<T> {
    /// Matrices, shape `[batch, t, t]`, row-major.
    pub weights: Vec<T>,
    /// Final states for the way back, or empty where they exceeded the memory limit.
    pub kept: Vec<T>,
}

impl TransitionMap {
    /// Most qubits a map may have: the matrix then takes 16 GiB in double precision.
    pub const MAX_QUBITS: usize = 15;

    /// Compiles `circuit`; `data` lists the qubits whose bits label rows and columns, high bit first.
    ///
    /// # Errors
    /// For fewer than two or too many qubits, a data qubit outside the register or given twice, and for
    /// operations other than `CX` and Pauli rotations on one or two qubits.
    pub fn new(circuit: &Circuit, data: &[usize]) -> Result<Self, Error> {
        let n = circuit.n_qubits();
        if !(2..=Self::MAX_QUBITS).contains(&n) {
            return Err(Error::Qubits { n_qubits: n, min: 2, max: Self::MAX_QUBITS });
        }
        for (k, &qubit) in data.iter().enumerate() {
            if qubit >= n || data[..k].contains(&qubit) {
                return Err(Error::DataQubit { qubit, n_qubits: n });
            }
        }
        let mask = data.iter().fold(0, |mask, &qubit| mask | 1 << qubit);
        let bit = |row: usize, qubit: usize| row >> (n - 1 - qubit) & 1;
        let label = (0..1 << n).map(|row| data.iter().fold(0, |acc, &q| acc << 1 | bit(row, q))).collect();
        Ok(Self { circuit: circuit.clone(), plan: Plan::new(circuit, mask)?, label, tokens: 1 << data.len() })
    }

    /// Number of rows of the result, `2^(data qubits)`.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// The circuit that was compiled.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Which parameters cannot change the result, whatever their value; shape `[n_params]`.
    pub fn dead_params(&self) -> Vec<bool> {
        let mut dead = vec![true; self.circuit.n_params()];
        for element in &self.plan.elements {
            if let plan::Element::Rotation(_, circuit::Angle::Param { index, .. }) = *element {
                dead[index] = false;
            }
        }
        dead
    }

    /// Transition probabilities for each row of `params`, shape `[batch, n_params]`.
    ///
    /// Final states are kept for [`vjp`](Self::vjp) if all of them fit into `memory_limit` bytes.
    ///
    /// # Panics
    /// If `params` is not a whole number of rows.
    pub fn forward<T: Real>(&self, params: &[f64], memory_limit: usize) -> Transitions<T> {
        let batch = self.batch(params);
        let size = self.kept_per_sample::<T>();
        let keep = batch.saturating_mul(size).saturating_mul(size_of::<T>()) <= memory_limit;
        let mut weights = vec![T::default(); batch * self.tokens * self.tokens];
        let mut kept = vec![T::default(); if keep { batch * size } else { 0 }];
        let mut rooms: Vec<&mut [T]> = match keep {
            true => kept.chunks_exact_mut(size).collect(),
            false => (0..batch).map(|_| Default::default()).collect(),
        };
        weights
            .par_chunks_exact_mut(self.tokens * self.tokens)
            .zip(params.par_chunks_exact(self.circuit.n_params()))
            .zip(&mut rooms)
            .for_each(|((weights, params), kept)| {
                let binding = Binding::new(&self.plan, self.circuit.n_qubits(), params);
                pulp::Arch::new().dispatch(Forward { sample: self.sample(&binding), weights, kept });
            });
        Transitions { weights, kept }
    }

    /// `cotangentᵀ · ∂weights/∂params` for each row; shapes `[batch, n_params]` and `[batch, t, t]`.
    ///
    /// `kept` is what [`forward`](Self::forward) returned for the same parameters; where it is empty,
    /// the forward sweep is repeated.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn vjp<T: Real>(&self, params: &[f64], kept: &[T], cotangent: &[T]) -> Vec<f64> {
        let (batch, n) = (self.batch(params), self.circuit.n_params());
        let matrix = self.tokens * self.tokens;
        assert_eq!(cotangent.len(), batch * matrix, "one cotangent per weight");
        let size = if kept.is_empty() { 0 } else { kept.len() / batch };
        let mut gradient = vec![0.0; params.len()];
        gradient.par_chunks_exact_mut(n).enumerate().for_each(|(k, gradient)| {
            let binding = Binding::new(&self.plan, self.circuit.n_qubits(), &params[k * n..][..n]);
            let mut by_rotation = vec![0.0; self.plan.n_rotations()];
            pulp::Arch::new().dispatch(Backward {
                sample: self.sample(&binding),
                cotangent: &cotangent[k * matrix..][..matrix],
                kept: &kept[k * size..][..size],
                gradient: &mut by_rotation,
            });
            self.collect(&by_rotation, gradient);
        });
        gradient
    }

    /// The same as [`vjp`](Self::vjp) by the two-term shift rule, `∂P/∂φ = (P(φ + π/2) - P(φ - π/2))/2` for
    /// each rotation: what a quantum computer can do, at [`shift_evaluations`](Self::shift_evaluations)
    /// circuits per sample.
    ///
    /// Reference: Schuld et al., arXiv:1811.11184.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn vjp_by_shift<T: Real>(&self, params: &[f64], cotangent: &[T]) -> Vec<f64> {
        let (batch, n) = (self.batch(params), self.circuit.n_params());
        let matrix = self.tokens * self.tokens;
        assert_eq!(cotangent.len(), batch * matrix, "one cotangent per weight");
        let mut gradient = vec![0.0; params.len()];
        gradient.par_chunks_exact_mut(n).enumerate().for_each(|(k, gradient)| {
            let (params, cotangent) = (&params[k * n..][..n], &cotangent[k * matrix..][..matrix]);
            let value = |rotation: usize, radians: f64| {
                let shift = Some((rotation, radians));
                let binding = Binding::shifted(&self.plan, self.circuit.n_qubits(), params, shift);
                let mut weights = vec![T::default(); matrix];
                let sample = self.sample(&binding);
                pulp::Arch::new().dispatch(Forward { sample, weights: &mut weights, kept: &mut [] });
                weights.iter().zip(cotangent).map(|(w, c)| w.to_f64() * c.to_f64()).sum::<f64>()
            };
            let difference = |r| (value(r, FRAC_PI_2) - value(r, -FRAC_PI_2)) / 2.0;
            let by_rotation: Vec<f64> = (0..self.plan.n_rotations()).map(difference).collect();
            self.collect(&by_rotation, gradient);
        });
        gradient
    }

    /// Circuits that [`vjp_by_shift`](Self::vjp_by_shift) runs per sample.
    pub fn shift_evaluations(&self) -> usize {
        2 * self.plan.n_rotations()
    }

    /// Adds each rotation's derivative to the parameter behind its angle.
    fn collect(&self, by_rotation: &[f64], gradient: &mut [f64]) {
        let angles = self.plan.elements.iter().filter_map(|element| match element {
            plan::Element::Rotation(_, angle) => Some(angle),
            plan::Element::Cx(..) => None,
        });
        for (angle, value) in angles.zip(by_rotation) {
            if let circuit::Angle::Param { index, scale } = *angle {
                gradient[index] += scale * value;
            }
        }
    }

    fn sample<'a, T>(&'a self, binding: &'a Binding<T>) -> Sample<'a, T> {
        Sample { plan: &self.plan, binding, label: &self.label, tokens: self.tokens }
    }

    fn batch(&self, params: &[f64]) -> usize {
        let n = self.circuit.n_params();
        assert!(n > 0 && params.len().is_multiple_of(n), "{} angles for rows of {n}", params.len());
        params.len() / n
    }

    /// Reals in the final panels of one sample; lanes beyond the last column are padding.
    fn kept_per_sample<T: Real>(&self) -> usize {
        let rows = self.label.len();
        2 * rows * rows.next_multiple_of(pulp::Arch::new().dispatch(Lanes::<T>(std::marker::PhantomData)))
    }
}

/// The number of lanes of a vector.
struct Lanes<T>(std::marker::PhantomData<T>);

impl<T: Real> pulp::WithSimd for Lanes<T> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
        size_of::<T::Vector<S>>() / size_of::<T>()
    }
}
