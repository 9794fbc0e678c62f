//! Batches of small circuits: every row of parameters is a lane of its own.
//!
//! A [`Plan`] is compiled once per circuit. It keeps what the observables can see ([`cone`]), as rotations about Pauli
//! strings ([`generators`]) without the Clifford gates between them ([`frame`]), over real numbers. A [`sweep`] then
//! runs as many rows at once as a vector has lanes.

mod cone;
mod frame;
mod generators;
mod plan;
mod sweep;

use std::marker::PhantomData;

use pulp::Arch;
use rayon::prelude::*;

pub use cone::Cone;
pub use plan::Plan;

use crate::Real;
use sweep::{Backward, Forward, In};

/// Rows of a task: a few vectors of any instruction set.
const TASK: usize = 16;

/// Values of each row; shapes `[b, n_params]` to `[b, n_values]`.
pub fn forward<T: Real>(plan: &Plan, params: &[f64]) -> Vec<f64> {
    let rows = params.len() / plan.n_params;
    let mut values = vec![0.0; rows * plan.n_values];
    let task = |(params, values)| {
        Arch::new().dispatch(In::<T, _>(Forward { plan, params, values }, PhantomData));
    };
    let (from, to) = (TASK * plan.n_params, TASK * plan.n_values);
    match rows <= TASK {
        true => task((params, &mut values[..])),
        false => params.par_chunks(from).zip(values.par_chunks_mut(to)).for_each(task),
    }
    values
}

/// Vector-Jacobian product of each row; shapes `[b, n_params]` and `[b, n_values]` to `[b, n_params]`.
pub fn vjp<T: Real>(plan: &Plan, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; params.len()];
    let task = |((params, cotangent), gradient)| {
        Arch::new().dispatch(In::<T, _>(Backward { plan, params, cotangent, gradient }, PhantomData));
    };
    let (from, to) = (TASK * plan.n_params, TASK * plan.n_values);
    match params.len() <= from {
        true => task(((params, cotangent), &mut gradient[..])),
        false => {
            let rows = params.par_chunks(from).zip(cotangent.par_chunks(to));
            rows.zip(gradient.par_chunks_mut(from)).for_each(task);
        }
    }
    gradient
}
