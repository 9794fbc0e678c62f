//! Krylov spaces of a Hermitian operator: its lowest vector, and its exponential.

use circuit::C64;
use faer::Mat;

use crate::blocks::Blocks;
use crate::linalg::hermitian;
use crate::scalar::Scalar;

/// Norms of a new direction below this share of the operator's action end the iteration.
const INVARIANT: f64 = 1e-14;

/// What the search for the lowest vector found.
pub(crate) struct Lowest<T> {
    /// The Ritz value.
    pub(crate) energy: f64,
    /// The Ritz vector, of norm one.
    pub(crate) vector: Blocks<T>,
}

/// The lowest Ritz pair of the Krylov space of `start`, at most `steps` wide; narrower where the residual
/// falls below `tolerance`.
pub(crate) fn lowest<T: Scalar>(
    apply: impl Fn(&Blocks<T>) -> Blocks<T>,
    start: Blocks<T>,
    steps: usize,
    tolerance: f64,
) -> Lowest<T> {
    let (mut found, mut energy) = (Vec::new(), 0.0);
    let (basis, _) = lanczos(apply, start, steps, |values, vectors, norm| {
        let n = values.len();
        energy = values[0];
        found = (0..n).map(|k| T::from_real(vectors[(k, 0)])).collect();
        norm * vectors[(n - 1, 0)].abs() < tolerance
    });
    let vector = combine(&basis, &found);
    let norm = vector.norm();
    Lowest { energy, vector: vector.scaled(1.0 / norm) }
}

/// `exp(factor H) start` from a Krylov space at most `steps` wide; narrower where what the next direction would
/// add falls below `tolerance`. Also says whether it did.
pub(crate) fn exponential<T: Scalar>(
    apply: impl Fn(&Blocks<T>) -> Blocks<T>,
    start: Blocks<T>,
    factor: C64,
    steps: usize,
    tolerance: f64,
) -> (Blocks<T>, bool) {
    let (mut weights, mut converged): (Vec<T>, bool) = (Vec::new(), false);
    let (basis, norm) = lanczos(apply, start, steps, |values, vectors, next| {
        let n = values.len();
        let power: Vec<C64> = values.iter().map(|value| (factor * value).exp()).collect();
        let weight =
            |k: usize| -> C64 { (0..n).map(|j| power[j] * (vectors[(k, j)] * vectors[(0, j)])).sum() };
        let exact: Vec<C64> = (0..n).map(weight).collect();
        let scale = exact.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
        converged = next * factor.norm() * exact[n - 1].norm() < tolerance * scale;
        weights = exact.into_iter().map(T::narrow).collect();
        converged
    });
    (combine(&basis, &weights).scaled(norm), converged || basis.len() < steps)
}

/// Orthonormal basis of the Krylov space, and the norm of `start`. After each direction `done` sees the Ritz
/// values, the Ritz vectors and the norm of what the next direction would be, and may end the iteration.
fn lanczos<T: Scalar>(
    apply: impl Fn(&Blocks<T>) -> Blocks<T>,
    start: Blocks<T>,
    steps: usize,
    mut done: impl FnMut(&[f64], &Mat<f64>, f64) -> bool,
) -> (Vec<Blocks<T>>, f64) {
    let length = start.norm();
    let mut basis = vec![start.scaled(1.0 / length)];
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    loop {
        let k = basis.len() - 1;
        let mut next = apply(&basis[k]);
        let size = next.norm();
        diagonal.push(basis[k].inner(&next).real_part());
        for vector in basis.iter().rev() {
            let share = vector.inner(&next);
            next.add(-share, vector);
        }
        let norm = next.norm();
        let (values, vectors) = ritz(&diagonal, &beside);
        if done(&values, &vectors, norm) || k + 1 == steps || norm <= INVARIANT * size {
            return (basis, length);
        }
        beside.push(norm);
        basis.push(next.scaled(1.0 / norm));
    }
}

/// Eigenvalues and eigenvectors of a symmetric tridiagonal matrix.
fn ritz(diagonal: &[f64], beside: &[f64]) -> (Vec<f64>, Mat<f64>) {
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => diagonal[i],
        1 => beside[i.min(j)],
        _ => 0.0,
    };
    let n = diagonal.len();
    hermitian(Mat::from_fn(n, n, entry).as_ref())
}

fn combine<T: Scalar>(basis: &[Blocks<T>], weights: &[T]) -> Blocks<T> {
    let mut sum = basis[0].clone();
    sum.0.values_mut().for_each(|block| block.fill(T::ZERO));
    basis.iter().zip(weights).for_each(|(vector, &weight)| sum.add(weight, vector));
    sum
}

#[cfg(test)]
mod tests {
    use super::{exponential, lowest};
    use crate::blocks::Blocks;
    use crate::linalg::{add_scaled, hermitian, inner, product};
    use circuit::C64;
    use faer::Mat;
    use testkit::Stream;

    const SIZES: [(usize, u64); 4] = [(1, 1), (2, 2), (7, 3), (30, 4)];

    /// A Hermitian matrix and a vector.
    fn random(n: usize, seed: u64) -> (Mat<C64>, Mat<C64>) {
        let mut stream = Stream(seed);
        let mut entry = || C64::new(stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0));
        let a = Mat::from_fn(n, n, |_, _| entry());
        (&a + a.adjoint(), Mat::from_fn(n, 1, |_, _| entry()))
    }

    fn one(block: Mat<C64>) -> Blocks<C64> {
        Blocks([(0, block)].into())
    }

    fn times(a: &Mat<C64>) -> impl Fn(&Blocks<C64>) -> Blocks<C64> {
        |x| one(product(a.as_ref(), x.0[&0].as_ref()))
    }

    #[test]
    fn the_lowest_pair_of_a_random_hermitian_matrix_is_found() {
        for (n, seed) in SIZES {
            let (a, start) = random(n, seed);
            let found = lowest(times(&a), one(start), n, 1e-13);
            let (values, _) = hermitian(a.as_ref());
            assert!((found.energy - values[0]).abs() < 1e-11, "n = {n}, seed {seed}");
            let vector = &found.vector.0[&0];
            assert!((inner(vector, vector).re - 1.0).abs() < 1e-13, "n = {n}, seed {seed}");
            let mut residual = product(a.as_ref(), vector.as_ref());
            add_scaled(residual.as_mut(), C64::from(-found.energy), vector.as_ref());
            assert!(residual.norm_max() < 1e-7, "n = {n}, seed {seed}");
        }
    }

    #[test]
    fn exponentials_are_their_power_series() {
        for ((n, seed), factor) in
            SIZES.into_iter().flat_map(|x| [(x, C64::new(0.0, -0.3)), (x, C64::from(-0.2))])
        {
            let (a, start) = random(n, seed);
            let (mut series, mut power) = (start.clone(), start.clone());
            for k in 1..80 {
                power = product(a.as_ref(), power.as_ref()) * faer::Scale(factor / f64::from(k));
                add_scaled(series.as_mut(), C64::ONE, power.as_ref());
            }
            let (got, converged) = exponential(times(&a), one(start), factor, 40, 1e-13);
            assert!(converged, "n = {n}, seed {seed}");
            assert!((&series - &got.0[&0]).norm_max() < 1e-10 * series.norm_max(), "n = {n}, seed {seed}");
        }
        let (a, start) = random(30, 4);
        assert!(!exponential(times(&a), one(start), C64::from(-1.0), 3, 1e-13).1);
    }
}
