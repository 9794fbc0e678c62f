//! One recurrence for all update rules: `theta_t = T(gate_t, theta_(t-1)) + update_t` from `theta_0 = 0`, with its adjoint.
//!
//! What tells rules apart is the [`Transition`] `T`. Where it is a multiplication entry by entry the steps can be
//! composed, `(a2, b2) o (a1, b1) = (a2 a1, a2 b1 + b2)`, and chunks of time run side by side: the prefix scan.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sim::Real;

use super::transition::Transition;
use crate::bridge::{Differentiable, ForeignOp, Pullback, narrow, wide};

/// Steps that are composed before chunks are joined.
const CHUNK: usize = 32;

/// In which order time is walked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Step by step: least work and memory.
    #[default]
    Sequential,
    /// By prefix scan where the rule allows it: time in parallel, twice the work.
    Scan,
}

/// The recurrence bound to its sizes; gates `[b t g]` and updates `[b t p]` to theta.
#[derive(Debug)]
pub(crate) struct Recurrence {
    /// Steps t.
    pub(crate) steps: usize,
    /// Angles p.
    pub(crate) width: usize,
    /// How theta is carried from step to step.
    pub(crate) transition: Transition,
    /// Whether theta of the last step alone is wanted, `[b p]`, or of all, `[b t p]`.
    pub(crate) last: bool,
    pub(crate) order: Order,
}

impl ForeignOp for Recurrence {
    fn output_shape(&self, gates: &[usize], updates: &[usize]) -> Vec<usize> {
        let (t, p, g) = (self.steps, self.width, self.transition.gate_width(self.width));
        assert_eq!((&gates[1..], &updates[1..]), (&[t, g][..], &[t, p][..]), "gates and updates of {self:?}");
        assert_eq!(gates[0], updates[0], "gates and updates have one batch size");
        if self.last { vec![updates[0], p] } else { updates.to_vec() }
    }
}

impl<T: Real> Differentiable<T> for Recurrence {
    /// Theta of all steps, `[b t p]`, in double precision.
    type Saved = Vec<f64>;

    fn forward(&self, gates: &[T], updates: &[T]) -> (Vec<T>, Vec<f64>) {
        let (gates, updates) = (wide(gates), wide(updates));
        let (t, p) = (self.steps, self.width);
        let g = self.transition.gate_width(p);
        let mut theta = vec![0.0; updates.len()]; // b t p
        for ((gates, updates), theta) in
            gates.chunks_exact(t * g).zip(updates.chunks_exact(t * p)).zip(theta.chunks_exact_mut(t * p))
        {
            match (self.order, self.transition.multiplies()) {
                (Order::Scan, true) => scan(gates, updates, theta, p),
                (Order::Scan | Order::Sequential, _) => self.walk(gates, updates, theta),
            }
        }
        let out = match self.last {
            true => theta.chunks_exact(t * p).flat_map(|row| &row[(t - 1) * p..]).copied().collect(),
            false => theta.clone(),
        };
        (narrow(out), theta)
    }

    fn vjp(
        &self,
        gates: &[T],
        _updates: &[T],
        theta: Vec<f64>,
        cotangent: &[T],
        [gates_wanted, updates_wanted]: [bool; 2],
    ) -> Pullback<T> {
        let (gates, cotangent) = (wide(gates), wide(cotangent));
        let (t, p) = (self.steps, self.width);
        let g = self.transition.gate_width(p);
        let mut d_gates = vec![0.0; gates.len()]; // b t g
        let mut d_updates = vec![0.0; theta.len()]; // b t p
        let rows = d_gates.chunks_exact_mut(t * g).zip(d_updates.chunks_exact_mut(t * p)).enumerate();
        for (b, (d_gates, d_updates)) in rows {
            match self.last {
                true => d_updates[(t - 1) * p..].copy_from_slice(&cotangent[b * p..][..p]),
                false => d_updates.copy_from_slice(&cotangent[b * t * p..][..t * p]),
            }
            self.walk_back(&gates[b * t * g..][..t * g], &theta[b * t * p..][..t * p], d_gates, d_updates);
        }
        [gates_wanted.then(|| narrow(d_gates)), updates_wanted.then(|| narrow(d_updates))]
    }
}

impl Recurrence {
    /// Gates `[t g]` and updates `[t p]` of one sample to theta `[t p]`.
    fn walk(&self, gates: &[f64], updates: &[f64], theta: &mut [f64]) {
        let (p, g) = (self.width, self.transition.gate_width(self.width));
        let mut state = vec![0.0; p];
        for (k, row) in theta.chunks_exact_mut(p).enumerate() {
            self.transition.forward(&gates[k * g..][..g], &mut state);
            state.iter_mut().zip(&updates[k * p..][..p]).for_each(|(s, u)| *s += u);
            row.copy_from_slice(&state);
        }
    }

    /// `d_updates` `[t p]` holds the cotangent of every theta at the start, `G_t`, and the gradient of the updates at the
    /// end: `G_(t-1) += T'(gate_t, theta_(t-1))^T G_t`.
    fn walk_back(&self, gates: &[f64], theta: &[f64], d_gates: &mut [f64], d_updates: &mut [f64]) {
        let (p, g) = (self.width, self.transition.gate_width(self.width));
        let start = vec![0.0; p];
        let mut pulled = vec![0.0; p];
        for k in (0..self.steps).rev() {
            let before = if k == 0 { &start } else { &theta[(k - 1) * p..][..p] };
            pulled.copy_from_slice(&d_updates[k * p..][..p]);
            self.transition.vjp(&gates[k * g..][..g], before, &mut pulled, &mut d_gates[k * g..][..g]);
            if k > 0 {
                d_updates[(k - 1) * p..][..p].iter_mut().zip(&pulled).for_each(|(d, x)| *d += x);
            }
        }
    }
}

/// The prefix scan for gates `[t g]`, g = 1 or p: every chunk from zero together with the product of its gates, then
/// chunk after chunk the state at its start, then every chunk with it.
fn scan(gates: &[f64], updates: &[f64], theta: &mut [f64], p: usize) {
    let t = updates.len() / p;
    let g = gates.len() / t;
    let gate = |k: usize, j: usize| gates[k * g + j % g];
    let mut products = vec![1.0; updates.len()]; // t p
    theta.copy_from_slice(updates);
    theta.par_chunks_mut(CHUNK * p).zip(products.par_chunks_mut(CHUNK * p)).enumerate().for_each(
        |(chunk, (theta, products))| {
            for k in 0..theta.len() / p {
                for j in 0..p {
                    let a = gate(chunk * CHUNK + k, j);
                    let (before, product) = match k {
                        0 => (0.0, 1.0),
                        _ => (theta[(k - 1) * p + j], products[(k - 1) * p + j]),
                    };
                    theta[k * p + j] += a * before;
                    products[k * p + j] = a * product;
                }
            }
        },
    );
    let mut carry = vec![0.0; p];
    for (theta, products) in theta.chunks_mut(CHUNK * p).zip(products.chunks(CHUNK * p)) {
        for (row, product) in theta.chunks_exact_mut(p).zip(products.chunks_exact(p)) {
            row.iter_mut().zip(product).zip(&carry).for_each(|((x, a), c)| *x += a * c);
        }
        carry.copy_from_slice(&theta[theta.len() - p..]);
    }
}
