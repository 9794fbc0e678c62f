//! Products and decompositions of large real matrices. They run on the calling thread, so that results do not depend on
//! the number of threads.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::{solve_in_place, solve_in_place_scratch};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

/// `a b`.
pub(crate) fn product(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut c = Mat::zeros(a.nrows(), b.ncols());
    matmul(c.as_mut(), Accum::Replace, a, b, 1.0, Par::Seq);
    c
}

/// Eigenvalues, ascending, and eigenvectors, as columns, of a symmetric matrix; `None` if they do not converge.
pub(super) fn symmetric(a: MatRef<f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let n = a.nrows();
    let (mut vectors, mut values) = (Mat::zeros(n, n), Diag::zeros(n));
    let need = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(a, values.as_mut(), Some(vectors.as_mut()), Par::Seq, stack, Default::default()).ok()?;
    Some((values.column_vector().iter().copied().collect(), vectors))
}

/// The solution of `a x = b` for a positive definite matrix; `None` if it is not.
pub(super) fn solve_positive(mut a: Mat<f64>, b: &[f64]) -> Option<Vec<f64>> {
    let n = a.nrows();
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default()));
    let stack = MemStack::new(&mut memory);
    cholesky_in_place(a.as_mut(), Default::default(), Par::Seq, stack, Default::default()).ok()?;
    let mut x = Mat::from_fn(n, 1, |k, _| b[k]);
    let mut memory = MemBuffer::new(solve_in_place_scratch::<f64>(n, 1, Par::Seq));
    solve_in_place(a.as_ref(), x.as_mut(), Par::Seq, MemStack::new(&mut memory));
    Some((0..n).map(|k| x[(k, 0)]).collect())
}
