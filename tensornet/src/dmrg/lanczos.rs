//! Lanczos iteration for the lowest eigenvector of a Hermitian operator on matrices.

use faer::Mat;

use crate::environment::accumulate;
use crate::linalg::{hermitian, inner};
use crate::scalar::Scalar;

/// Norms of a new direction below this share of the operator's action end the iteration.
const INVARIANT: f64 = 1e-14;

/// What the iteration found.
pub(super) struct Lowest<T> {
    /// The Ritz value.
    pub(super) energy: f64,
    /// The Ritz vector, of norm one.
    pub(super) vector: Mat<T>,
}

/// The lowest Ritz pair of the Krylov space of `start`, at most `steps` wide; narrower where the residual
/// falls below `tolerance`.
pub(super) fn lowest<T: Scalar>(
    apply: impl Fn(&Mat<T>) -> Mat<T>,
    start: Mat<T>,
    steps: usize,
    tolerance: f64,
) -> Lowest<T> {
    let norm = inner(&start, &start).real_part().sqrt();
    let mut basis = vec![scaled(start, 1.0 / norm)];
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    loop {
        let k = basis.len() - 1;
        let mut next = apply(&basis[k]);
        let size = inner(&next, &next).real_part().sqrt();
        diagonal.push(inner(&basis[k], &next).real_part());
        for vector in basis.iter().rev() {
            let share = inner(vector, &next);
            accumulate(next.as_mut(), -share, vector.as_ref());
        }
        let norm = inner(&next, &next).real_part().sqrt();
        let (energy, weights) = ritz(&diagonal, &beside);
        let residual = norm * weights[k].abs();
        if k + 1 == steps || residual < tolerance || norm <= INVARIANT * size {
            return Lowest { energy, vector: combine(&basis, &weights) };
        }
        beside.push(norm);
        basis.push(scaled(next, 1.0 / norm));
    }
}

/// Lowest eigenvalue and eigenvector of a symmetric tridiagonal matrix.
fn ritz(diagonal: &[f64], beside: &[f64]) -> (f64, Vec<f64>) {
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => diagonal[i],
        1 => beside[i.min(j)],
        _ => 0.0,
    };
    let n = diagonal.len();
    let (values, vectors) = hermitian(Mat::from_fn(n, n, entry).as_ref());
    (values[0], vectors.col(0).iter().copied().collect())
}

fn combine<T: Scalar>(basis: &[Mat<T>], weights: &[f64]) -> Mat<T> {
    let mut sum = Mat::zeros(basis[0].nrows(), basis[0].ncols());
    for (vector, &weight) in basis.iter().zip(weights) {
        accumulate(sum.as_mut(), T::from_real(weight), vector.as_ref());
    }
    let norm = inner(&sum, &sum).real_part().sqrt();
    scaled(sum, 1.0 / norm)
}

fn scaled<T: Scalar>(mut a: Mat<T>, factor: f64) -> Mat<T> {
    let factor = T::from_real(factor);
    a.col_iter_mut().for_each(|column| column.iter_mut().for_each(|x| *x *= factor));
    a
}

#[cfg(test)]
mod tests {
    use super::lowest;
    use crate::linalg::{hermitian, inner, product};
    use circuit::C64;
    use faer::Mat;
    use testkit::Stream;

    #[test]
    fn the_lowest_pair_of_a_random_hermitian_matrix_is_found() {
        for (n, seed) in [(1, 1), (2, 2), (7, 3), (30, 4)] {
            let mut stream = Stream(seed);
            let mut entry = || C64::new(stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0));
            let a = Mat::from_fn(n, n, |_, _| entry());
            let a = &a + a.adjoint();
            let start = Mat::from_fn(n, 1, |_, _| entry());
            let found = lowest(|x| product(a.as_ref(), x.as_ref()), start, n, 1e-13);
            let (values, _) = hermitian(a.as_ref());
            assert!((found.energy - values[0]).abs() < 1e-11, "n = {n}, seed {seed}");
            assert!((inner(&found.vector, &found.vector).re - 1.0).abs() < 1e-13, "n = {n}, seed {seed}");
            let image = product(a.as_ref(), found.vector.as_ref());
            let error = (0..n).map(|i| (image[(i, 0)] - found.vector[(i, 0)] * found.energy).norm());
            assert!(error.fold(0.0, f64::max) < 1e-7, "n = {n}, seed {seed}");
        }
    }
}
