//! Operators that treat the matrices of a batch one by one.
//!
//! Such an operator implements [`MatrixOp`] in double precision alone; [`PerMatrix`] runs it over a batch in
//! either precision, in parallel. Batches are cut in chunks of fixed length and partial sums are added in
//! order, so results do not depend on the number of threads.

use crate::bridge::{Differentiable, ForeignOp, Pullback};
use rayon::prelude::*;
use std::fmt::Debug;

const CHUNK: usize = 16; // matrices per task

/// An operator on one matrix, in double precision.
pub trait MatrixOp: Debug + Send + Sync + 'static {
    /// What the forward pass keeps for the backward pass.
    type Saved: Send + Sync + 'static;

    /// Side t of the score matrices.
    fn tokens(&self) -> usize;

    /// Length of theta.
    fn n_params(&self) -> usize {
        0
    }

    /// `scores` `[t t]` and `theta` `[n_params]` to `weights` `[t t]`, which it fills.
    fn forward(&self, scores: &[f64], theta: &[f64], weights: &mut [f64]) -> Self::Saved;

    /// Fills `d_scores` `[t t]` and adds to `d_theta` `[n_params]`, given `cotangent` `[t t]`.
    fn vjp(
        &self,
        inputs: MatrixInputs<'_>,
        saved: &Self::Saved,
        cotangent: &[f64],
        d_scores: &mut [f64],
        d_theta: &mut [f64],
    );
}

/// What the forward pass of a [`MatrixOp`] was given.
#[derive(Debug, Clone, Copy)]
pub struct MatrixInputs<'a> {
    /// One score matrix, `[t t]`.
    pub scores: &'a [f64],
    /// The operator's angles, `[n_params]`.
    pub theta: &'a [f64],
}

/// Runs a [`MatrixOp`] over batches.
#[derive(Debug)]
pub struct PerMatrix<O>(pub O);

impl<O: MatrixOp> ForeignOp for PerMatrix<O> {
    fn output_shape(&self, scores: &[usize], _theta: &[usize]) -> Vec<usize> {
        scores.to_vec()
    }
}

macro_rules! differentiable_per_matrix {
    ($($type:ty),*) => {$(
        impl<O: MatrixOp> Differentiable<$type> for PerMatrix<O> {
            type Saved = Vec<O::Saved>;

            fn forward(&self, scores: &[$type], theta: &[$type]) -> (Vec<$type>, Self::Saved) {
                let (weights, saved) = forward(&self.0, &widen(scores, f64::from), &widen(theta, f64::from));
                (widen(&weights, |x| x as $type), saved)
            }

            fn vjp(
                &self,
                scores: &[$type],
                theta: &[$type],
                saved: Self::Saved,
                cotangent: &[$type],
                [scores_wanted, theta_wanted]: [bool; 2],
            ) -> Pullback<$type> {
                let cotangent = widen(cotangent, f64::from);
                let (d_scores, d_theta) =
                    vjp(&self.0, &widen(scores, f64::from), &widen(theta, f64::from), &saved, &cotangent);
                [
                    scores_wanted.then(|| widen(&d_scores, |x| x as $type)),
                    theta_wanted.then(|| widen(&d_theta, |x| x as $type)),
                ]
            }
        }
    )*};
}
differentiable_per_matrix!(f32, f64);

fn widen<A: Copy, B>(values: &[A], convert: impl Fn(A) -> B) -> Vec<B> {
    values.iter().map(|&value| convert(value)).collect()
}

fn forward<O: MatrixOp>(op: &O, scores: &[f64], theta: &[f64]) -> (Vec<f64>, Vec<O::Saved>) {
    let size = op.tokens().pow(2);
    let mut weights = vec![0.0; scores.len()]; // n t t
    let saved = weights
        .par_chunks_mut(size)
        .zip(scores.par_chunks(size))
        .with_min_len(CHUNK)
        .map(|(weights, scores)| op.forward(scores, theta, weights))
        .collect();
    (weights, saved)
}

fn vjp<O: MatrixOp>(
    op: &O,
    scores: &[f64],
    theta: &[f64],
    saved: &[O::Saved],
    cotangent: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let size = op.tokens().pow(2);
    let mut d_scores = vec![0.0; scores.len()]; // n t t
    let partial: Vec<Vec<f64>> = d_scores
        .par_chunks_mut(CHUNK * size)
        .enumerate()
        .map(|(chunk, d_scores)| {
            let mut d_theta = vec![0.0; theta.len()];
            for (k, d_scores) in d_scores.chunks_mut(size).enumerate() {
                let n = chunk * CHUNK + k;
                let inputs = MatrixInputs { scores: &scores[n * size..][..size], theta };
                op.vjp(inputs, &saved[n], &cotangent[n * size..][..size], d_scores, &mut d_theta);
            }
            d_theta
        })
        .collect();
    (d_scores, sum_in_order(&partial, theta.len()))
}

fn sum_in_order(parts: &[Vec<f64>], len: usize) -> Vec<f64> {
    (0..len).map(|k| parts.iter().map(|part| part[k]).sum()).collect()
}
