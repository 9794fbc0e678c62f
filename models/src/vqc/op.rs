//! A circuit as an operator on the bridge: encoding angles and weights to expectation values, for a batch.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use sim::{Diff, QNode, Real};

use crate::bridge::{Differentiable, ForeignOp, Pullback, narrow, wide};

/// How circuits are differentiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gradient {
    /// One reverse sweep.
    #[default]
    Adjoint,
    /// Two circuit evaluations per rotation, as hardware does it.
    ParameterShift,
}

impl Gradient {
    pub(super) fn diff(self) -> Diff {
        match self {
            Self::Adjoint => Diff::Adjoint,
            Self::ParameterShift => Diff::ParameterShift,
        }
    }
}

/// How rows of encoding angles `[b e]` meet rows of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pairing {
    /// Row by row: weights `[b p]`, values `[b m]`.
    Zip,
    /// Every encoding with every set of weights `[g p]`: values `[g b m]`.
    Cross,
}

/// The circuit, and how it is applied.
#[derive(Debug)]
pub(super) struct VqcOp {
    pub(super) node: QNode,
    /// Encoding angles e.
    pub(super) encoding: usize,
    /// Leading encoding angles that are data and need no gradient.
    pub(super) data: usize,
    pub(super) pairing: Pairing,
    /// Circuit evaluations of forward and backward passes: a sweep counts one, a shift two per rotation.
    pub(super) evaluations: AtomicU64,
}

impl VqcOp {
    fn weights(&self) -> usize {
        self.node.circuit().n_params() - self.encoding
    }

    /// Parameters of the circuit, a row per evaluation: `[b e+p]` or `[g*b e+p]`.
    fn rows<T: Real>(&self, encoding: &[T], weights: &[T]) -> Vec<f64> {
        let (e, p) = (self.encoding, self.weights());
        let row = |x: &[T], w: &[T]| x.iter().chain(w).map(|v| v.to_f64()).collect::<Vec<f64>>();
        match self.pairing {
            Pairing::Zip => {
                encoding.chunks_exact(e).zip(weights.chunks_exact(p)).flat_map(|(x, w)| row(x, w)).collect()
            }
            Pairing::Cross => {
                let sets = weights.chunks_exact(p);
                sets.flat_map(|w| encoding.chunks_exact(e).flat_map(move |x| row(x, w))).collect()
            }
        }
    }
}

impl ForeignOp for VqcOp {
    fn output_shape(&self, encoding: &[usize], weights: &[usize]) -> Vec<usize> {
        let (e, p, m) = (self.encoding, self.weights(), self.node.n_values());
        assert_eq!((encoding[1], weights[1]), (e, p), "angles per row of encoding and weights");
        let (b, g) = (encoding[0], weights[0]);
        match self.pairing {
            Pairing::Zip => {
                assert_eq!(b, g, "as many rows of weights as of encoding angles");
                vec![b, m]
            }
            Pairing::Cross => vec![g, b, m],
        }
    }
}

impl<T: Real> Differentiable<T> for VqcOp {
    type Saved = ();

    fn forward(&self, encoding: &[T], weights: &[T]) -> (Vec<T>, ()) {
        let rows = self.rows(encoding, weights);
        let evaluations = rows.len() / self.node.circuit().n_params();
        self.evaluations.fetch_add(evaluations as u64, Ordering::Relaxed);
        (narrow(self.node.forward_batch(&rows)), ())
    }

    fn vjp(
        &self,
        encoding: &[T],
        weights: &[T],
        (): (),
        cotangent: &[T],
        [encoding_wanted, weights_wanted]: [bool; 2],
    ) -> Pullback<T> {
        let (e, p) = (self.encoding, self.weights());
        let first = if encoding_wanted { self.data } else { e };
        let end = if weights_wanted { e + p } else { e };
        let rows = self.rows(encoding, weights);
        let before = self.node.evaluations();
        let gradient = self.node.vjp_batch_of(&rows, &wide(cotangent), first..end); // rows e+p
        self.evaluations.fetch_add(self.node.evaluations() - before, Ordering::Relaxed);
        let (mut d_encoding, mut d_weights) = (vec![0.0; encoding.len()], vec![0.0; weights.len()]);
        for (k, row) in gradient.chunks_exact(e + p).enumerate() {
            let (sample, set) = match self.pairing {
                Pairing::Zip => (k, k),
                Pairing::Cross => (k % (encoding.len() / e), k / (encoding.len() / e)),
            };
            add(&mut d_encoding[sample * e..][..e], &row[..e]);
            add(&mut d_weights[set * p..][..p], &row[e..]);
        }
        [encoding_wanted.then(|| narrow(d_encoding)), weights_wanted.then(|| narrow(d_weights))]
    }
}

fn add(sum: &mut [f64], terms: &[f64]) {
    sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
}
