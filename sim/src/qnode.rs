//! A circuit, where it starts, and what is read out: a differentiable function of its parameters.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use circuit::{Circuit, Diff, Differentiable, Op, State, finite_difference, parameter_shift};
use rayon::prelude::*;

use crate::blocks::Blocks;
use crate::lanes::{self, Cone, Plan};
use crate::tangents::tangents;
use crate::{Error, Readout, Real, StateVector};

/// `params ↦ readout(circuit(params) |initial⟩)`, batch-wise and differentiable.
///
/// ```
/// use circuit::Circuit;
/// use sim::{Diff, QNode, Readout};
///
/// let mut circuit = Circuit::new(1)?;
/// let theta = circuit.param();
/// circuit.rx(0, theta)?;
/// let node: QNode = QNode::new(circuit, Readout::Expectations(vec!["Z0".parse()?]))?.with_diff(Diff::Adjoint);
/// assert!((node.forward(&[0.3])[0] - 0.3f64.cos()).abs() < 1e-15);
/// assert!((node.vjp(&[0.3], &[1.0])[0] + 0.3f64.sin()).abs() < 1e-15);
/// # Ok::<(), sim::Error>(())
/// ```
#[derive(Debug)]
pub struct QNode<T = f64> {
    circuit: Circuit,
    blocks: Blocks,
    initial: StateVector<T>,
    readout: Readout<T>,
    diff: Diff,
    plan: Option<Plan>,
    evaluations: AtomicU64,
}

impl<T: Real> QNode<T> {
    /// Bytes that the states of one evaluation may take unless another limit is given: 16 GiB.
    pub const MEMORY_LIMIT: u128 = 16 << 30;

    /// A node that starts from `|0…0⟩` and is differentiated by the adjoint sweep.
    ///
    /// # Errors
    /// If the readout does not fit the register, or the states exceed [`MEMORY_LIMIT`](Self::MEMORY_LIMIT).
    pub fn new(circuit: Circuit, readout: Readout<T>) -> Result<Self, Error> {
        check_memory::<T>(circuit.n_qubits(), 1, Self::MEMORY_LIMIT)?;
        readout.check(circuit.n_qubits())?;
        let initial = StateVector::zero(circuit.n_qubits());
        let plan = compile(&circuit, &initial, &readout);
        let blocks = Blocks::of(&circuit);
        let (diff, evaluations) = (Diff::default(), AtomicU64::new(0));
        Ok(Self { circuit, blocks, initial, readout, diff, plan, evaluations })
    }

    /// The same with another initial state, of one or several lanes.
    ///
    /// # Errors
    /// If it has another number of qubits, or too many lanes for the memory limit.
    pub fn with_initial(self, initial: StateVector<T>) -> Result<Self, Error> {
        if initial.n_qubits() != self.circuit.n_qubits() {
            return Err(Error::Initial {
                what: "register",
                got: format!("{} qubits", initial.n_qubits()),
                expected: format!("{} qubits, as the circuit", self.circuit.n_qubits()),
            });
        }
        check_memory::<T>(initial.n_qubits(), initial.lanes(), Self::MEMORY_LIMIT)?;
        let plan = compile(&self.circuit, &initial, &self.readout);
        Ok(Self { initial, plan, ..self })
    }

    /// The same, differentiated by another method.
    pub fn with_diff(self, diff: Diff) -> Self {
        Self { diff, ..self }
    }

    /// What is run.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Number of values of one evaluation.
    pub fn n_values(&self) -> usize {
        self.readout.n_values(self.circuit.n_qubits(), self.initial.lanes())
    }

    /// Which parameters can influence the readout: those inside its light cone. The gradient of others is zero.
    pub fn live_params(&self) -> Vec<bool> {
        let support = self.readout.support(self.circuit.n_qubits());
        Cone::new(&self.circuit, support).live_params(self.circuit.n_params())
    }

    /// Circuits run so far; an adjoint sweep counts as one more.
    pub fn evaluations(&self) -> u64 {
        self.evaluations.load(Ordering::Relaxed)
    }

    /// Values at one parameter vector, shape `[n_params]` to `[n_values]`.
    ///
    /// # Panics
    /// If `params` has another length than the circuit's parameters.
    pub fn forward(&self, params: &[f64]) -> Vec<f64> {
        self.readout.values(&self.final_state(params))
    }

    /// `cotangentᵀ · ∂values/∂params` at one parameter vector; shapes `[n_params]`, `[n_values]`.
    ///
    /// # Panics
    /// If a length is wrong.
    pub fn vjp(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
        self.vjp_of(params, cotangent, 0..self.circuit.n_params())
    }

    fn vjp_of(&self, params: &[f64], cotangent: &[f64], wanted: Range<usize>) -> Vec<f64> {
        match self.diff {
            Diff::Adjoint => {
                let ket = self.final_state(params);
                self.pull_back(params, ket, cotangent)
            }
            Diff::ParameterShift => parameter_shift(&self.circuit, cotangent, wanted, |op, radians| {
                self.readout.values(&self.shifted_state(params, op, radians))
            }),
            Diff::FiniteDifference => finite_difference(params, cotangent, |moved| self.forward(moved)),
        }
    }

    /// Values and the gradient of a function of them, whose cotangent `cotangent_of` computes from the values; under
    /// [`Diff::Adjoint`] the circuit runs once for both.
    ///
    /// # Panics
    /// If a length is wrong.
    pub fn forward_and_vjp(
        &self,
        params: &[f64],
        cotangent_of: impl FnOnce(&[f64]) -> Vec<f64>,
    ) -> (Vec<f64>, Vec<f64>) {
        let ket = self.final_state(params);
        let values = self.readout.values(&ket);
        let cotangent = cotangent_of(&values);
        let gradient = match self.diff {
            Diff::Adjoint => self.pull_back(params, ket, &cotangent),
            Diff::ParameterShift | Diff::FiniteDifference => self.vjp(params, &cotangent),
        };
        (values, gradient)
    }

    /// Derivatives of the final state: `∂ψ/∂params[k]` in lane `k`, and `ψ` itself in the last lane.
    ///
    /// Their inner products are the metric of states, `F_kl = Re⟨∂_k ψ|∂_l ψ⟩ - ⟨∂_k ψ|ψ⟩⟨ψ|∂_l ψ⟩`.
    ///
    /// # Errors
    /// If that many lanes exceed the memory limit, or the initial state has several lanes.
    ///
    /// # Panics
    /// If `params` has another length than the circuit's parameters.
    pub fn tangents(&self, params: &[f64]) -> Result<StateVector<T>, Error> {
        assert_eq!(params.len(), self.circuit.n_params(), "one value per parameter of the circuit");
        check_memory::<T>(self.circuit.n_qubits(), params.len() + 1, Self::MEMORY_LIMIT)?;
        if self.initial.lanes() != 1 {
            let got = format!("{} lanes", self.initial.lanes());
            return Err(Error::Initial { what: "shape", got, expected: "one lane".into() });
        }
        self.evaluations.fetch_add(params.len() as u64 + 1, Ordering::Relaxed);
        Ok(tangents(&self.circuit, &self.blocks, params, &self.initial))
    }

    /// [`forward`](Self::forward) for each row of `params`, shape `[batch, n_params]` to `[batch, n_values]`.
    ///
    /// Expectations under [`Diff::Adjoint`], from one initial state and on at most 12 qubits inside their light cone,
    /// are computed for several rows at once, one per lane of a vector. They equal those of rows to rounding, and
    /// their bits depend neither on the other rows nor on the number of threads.
    ///
    /// # Panics
    /// If `params` is not a whole number of rows.
    pub fn forward_batch(&self, params: &[f64]) -> Vec<f64> {
        let rows = self.rows(params);
        if let Some(plan) = self.batch_plan() {
            self.evaluations.fetch_add(rows.len() as u64, Ordering::Relaxed);
            return lanes::forward::<T>(plan, params);
        }
        rows.flat_map_iter(|row| self.forward(row)).collect()
    }

    /// [`vjp`](Self::vjp) for each row, in lanes as [`forward_batch`](Self::forward_batch); shapes `[batch, n_params]`
    /// and `[batch, n_values]`.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn vjp_batch(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
        self.vjp_batch_of(params, cotangent, 0..self.circuit.n_params())
    }

    /// [`vjp_batch`](Self::vjp_batch) where a range of the parameters is `wanted`; entries of others need not be right.
    /// Under [`Diff::ParameterShift`] they take no evaluations.
    ///
    /// # Panics
    /// If the lengths do not fit together.
    pub fn vjp_batch_of(&self, params: &[f64], cotangent: &[f64], wanted: Range<usize>) -> Vec<f64> {
        let rows = self.rows(params);
        assert_eq!(rows.len() * self.n_values(), cotangent.len(), "one cotangent per value");
        if let Some(plan) = self.batch_plan() {
            self.evaluations.fetch_add(2 * rows.len() as u64, Ordering::Relaxed);
            return lanes::vjp::<T>(plan, params, cotangent);
        }
        let rows = rows.zip(cotangent.par_chunks(self.n_values()));
        rows.flat_map_iter(|(p, w)| self.vjp_of(p, w, wanted.clone())).collect()
    }

    fn batch_plan(&self) -> Option<&Plan> {
        self.plan.as_ref().filter(|_| self.diff == Diff::Adjoint)
    }

    fn rows<'a>(&self, params: &'a [f64]) -> rayon::slice::ChunksExact<'a, f64> {
        let n = self.circuit.n_params();
        assert!(n > 0 && params.len().is_multiple_of(n), "{} parameters for rows of {n}", params.len());
        params.par_chunks_exact(n)
    }

    fn final_state(&self, params: &[f64]) -> StateVector<T> {
        assert_eq!(params.len(), self.circuit.n_params(), "one value per parameter of the circuit");
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        let mut ket = self.initial.clone();
        self.blocks.apply(&self.circuit, params, &mut ket);
        ket
    }

    /// The final state with `radians` added to the angle of one op.
    fn shifted_state(&self, params: &[f64], op: usize, radians: f64) -> StateVector<T> {
        assert_eq!(params.len(), self.circuit.n_params(), "one value per parameter of the circuit");
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        let mut ket = self.initial.clone();
        for (position, step) in self.circuit.ops().iter().enumerate() {
            let extra = if position == op { radians } else { 0.0 };
            match step {
                Op::Gate(gate, qubits) => ket.apply_gate(gate, qubits),
                Op::Rotation(pauli, angle) => ket.apply_rotation(pauli, angle.value(params) + extra),
            }
        }
        ket
    }

    /// The reverse sweep from the final state.
    fn pull_back(&self, params: &[f64], ket: StateVector<T>, cotangent: &[f64]) -> Vec<f64> {
        let bra = self.readout.pull_back(&ket, cotangent);
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        self.blocks.sweep(&self.circuit, params, ket, bra)
    }
}

impl<T: Real> Differentiable for QNode<T> {
    fn circuit(&self) -> &Circuit {
        self.circuit()
    }

    fn n_values(&self) -> usize {
        self.n_values()
    }

    fn forward(&self, params: &[f64]) -> Vec<f64> {
        self.forward(params)
    }

    fn vjp(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
        self.vjp(params, cotangent)
    }
}

impl<T: Real> Clone for QNode<T> {
    fn clone(&self) -> Self {
        Self {
            circuit: self.circuit.clone(),
            blocks: self.blocks.clone(),
            initial: self.initial.clone(),
            readout: self.readout.clone(),
            diff: self.diff,
            plan: self.plan.clone(),
            evaluations: AtomicU64::new(self.evaluations()),
        }
    }
}

/// The fast way through a batch, where there is one.
fn compile<T: Real>(circuit: &Circuit, initial: &StateVector<T>, readout: &Readout<T>) -> Option<Plan> {
    match readout {
        Readout::Expectations(observables) => Plan::new(circuit, initial, observables),
        Readout::Probabilities | Readout::Marginal(_) | Readout::Transitions(_) | Readout::Overlap(_) => None,
    }
}

/// Refuses states that, with the initial one, the ket and the bra, would exceed `limit` bytes.
fn check_memory<T>(n_qubits: usize, lanes: usize, limit: u128) -> Result<(), Error> {
    let amplitudes = 1u128.checked_shl(n_qubits as u32).unwrap_or(u128::MAX);
    let needed = amplitudes.saturating_mul(3 * 2 * (lanes * size_of::<T>()) as u128);
    match needed <= limit {
        true => Ok(()),
        false => Err(Error::Memory { n_qubits, lanes, needed, limit }),
    }
}
