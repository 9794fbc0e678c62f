//! Small unitary matrices: joint diagonalisation, fractional powers, the nearest unitary, completion.
//!
//! Everything is decided by fixed rules, ties by the lowest index, so that equal inputs give equal bits.

use circuit::{C64, Mat4};
use nalgebra::{Matrix3, Matrix4};
use ndarray::{Array2, ArrayView1};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::linalg::{qr, svd};

/// The 4x4 matrices the module computes with.
pub(super) type U4 = Matrix4<C64>;

/// A matrix from row-major entries.
pub(super) fn from_rows(m: &Mat4) -> U4 {
    U4::from_row_slice(m)
}

/// Row-major entries of a matrix.
pub(super) fn to_rows(m: &U4) -> Mat4 {
    std::array::from_fn(|k| m[(k / 4, k % 4)])
}

/// The same matrix with its two qubits listed in the other order.
pub(super) fn exchanged(m: &U4) -> U4 {
    let flip = |k: usize| (k & 1) << 1 | k >> 1;
    U4::from_fn(|i, j| m[(flip(i), flip(j))])
}

/// Largest entry of `|U†U - 1|`; not a number if an entry is none.
pub(super) fn unitarity_error(u: &U4) -> f64 {
    let gram = u.adjoint() * u - U4::identity();
    gram.iter().map(|x| x.norm()).fold(0.0, |worst, x| if x > worst || x.is_nan() { x } else { worst })
}

/// The unitary `X Y†` for `a = X S Y†`, which maximises `|tr(U† a)|`, with a slight pull towards `old`.
///
/// Where `a` has no rank it decides nothing, and the pull picks the unitary nearest to `old` there. Iterated,
/// it does not shift the maximum, and no step loses: `tr(U† a)` cannot fall while `tr(U† old)` is largest
/// at `old`.
pub(super) fn polar(a: &U4, old: &U4) -> U4 {
    let pull = a.norm().max(f64::MIN_POSITIVE) * 1e-6;
    let sum = a + old * C64::from(pull);
    let factors = svd(Array2::from_shape_fn((4, 4), |(i, j)| sum[(i, j)]).view());
    let product = factors.u.dot(&factors.vh);
    U4::from_fn(|i, j| product[[i, j]])
}

/// `V^r` of a unitary matrix, with eigenphases in (-π, π].
pub(super) fn power(v: &U4, r: f64) -> U4 {
    let (real, imaginary) = hermitian_parts(v);
    let basis = joint_eigenbasis(real, imaginary);
    let turned = basis.adjoint() * v * basis;
    let phases = U4::from_diagonal(&turned.diagonal().map(|x| C64::cis(r * x.arg())));
    basis * phases * basis.adjoint()
}

/// `V = A + i B` with Hermitian `A` and `B`, which commute if `V` is unitary.
fn hermitian_parts(v: &U4) -> (U4, U4) {
    let dagger = v.adjoint();
    ((v + dagger) * C64::from(0.5), (v - dagger) * C64::new(0.0, -0.5))
}

/// A unitary matrix whose columns are eigenvectors of two commuting Hermitian matrices; it is real, up to
/// rounding, if they are.
///
/// Jacobi rotations first diagonalise `a` alone, then both: inside a multiplet of `a` the second pass is
/// the ordinary method for `b`, so that degenerate and nearly degenerate spectra are no exception.
///
/// Reference: Cardoso and Souloumiac, SIAM J. Matrix Anal. Appl. 17, 161 (1996).
pub(super) fn joint_eigenbasis(a: U4, b: U4) -> U4 {
    let (mut first, mut basis) = ([a], U4::identity());
    rotate_all(&mut first, &mut basis);
    let mut both = [first[0], basis.adjoint() * b * basis];
    rotate_all(&mut both, &mut basis);
    basis
}

fn rotate_all(set: &mut [U4], basis: &mut U4) {
    const SWEEPS: usize = 60;
    const NEGLIGIBLE: f64 = 1e-32;
    for _ in 0..SWEEPS {
        let mut moved = false;
        for (p, q) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            let off: f64 = set.iter().map(|m| m[(p, q)].norm_sqr() + m[(q, p)].norm_sqr()).sum();
            if off > NEGLIGIBLE {
                moved |= rotate_pair(set, basis, p, q);
            }
        }
        if !moved {
            break;
        }
    }
}

/// The rotation of two basis vectors that moves most weight to the diagonal; false if none does.
fn rotate_pair(set: &mut [U4], basis: &mut U4, p: usize, q: usize) -> bool {
    let gram = set.iter().fold(Matrix3::zeros(), |sum, m| {
        let h = [m[(p, p)].re - m[(q, q)].re, 2.0 * m[(p, q)].re, 2.0 * m[(p, q)].im];
        sum + Matrix3::from_fn(|i, j| h[i] * h[j])
    });
    let eigen = gram.symmetric_eigen();
    let top = eigen.eigenvectors.column(eigen.eigenvalues.imax());
    let [x, y, z] = [0, 1, 2].map(|k| if top[0] < 0.0 { -top[k] } else { top[k] });
    let cos = ((1.0 + x) / 2.0).sqrt();
    let sin = C64::new(y, -z) / (2.0 * cos);
    if sin.norm() < 1e-17 {
        return false;
    }
    let mut turn = U4::identity();
    (turn[(p, p)], turn[(q, q)]) = (C64::from(cos), C64::from(cos));
    (turn[(p, q)], turn[(q, p)]) = (-sin.conj(), sin);
    for m in set {
        let turned = turn.adjoint() * *m * turn;
        *m = (turned + turned.adjoint()) * C64::from(0.5); // rounding must not make real rotations complex
    }
    *basis *= turn;
    true
}

/// Fills the columns that are `None` with an orthonormal basis of the complement of the others.
///
/// Each takes the basis vector with the largest part outside what there is, the lowest one of equals.
///
/// # Panics
/// If there are not as many columns as rows.
pub(super) fn complete(columns: Vec<Option<Vec<C64>>>) -> Array2<C64> {
    let dim = columns.len();
    let mut known: Vec<Vec<C64>> = columns.iter().flatten().cloned().collect();
    assert!(known.iter().all(|column| column.len() == dim), "a square matrix");
    let filled = columns.into_iter().map(|column| {
        column.unwrap_or_else(|| {
            let fresh = largest_outside(dim, &known);
            known.push(fresh.clone());
            fresh
        })
    });
    let filled: Vec<Vec<C64>> = filled.collect();
    Array2::from_shape_fn((dim, dim), |(i, j)| filled[j][i])
}

/// Of all basis vectors the one least in the span of `known`, made orthogonal to it and normalised.
fn largest_outside(dim: usize, known: &[Vec<C64>]) -> Vec<C64> {
    let outside = |k: usize| 1.0 - known.iter().map(|v| v[k].norm_sqr()).sum::<f64>();
    let pick = (1..dim).fold(0, |best, k| if outside(k) > outside(best) + 1e-9 { k } else { best });
    let mut fresh: Vec<C64> = (0..dim).map(|k| C64::from(f64::from(u8::from(k == pick)))).collect();
    for _ in 0..2 {
        for column in known {
            let inside: C64 = column.iter().zip(&fresh).map(|(a, b)| a.conj() * b).sum();
            fresh.iter_mut().zip(column).for_each(|(x, a)| *x -= inside * a);
        }
    }
    let norm = fresh.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
    fresh.iter().map(|x| x / norm).collect()
}

/// The rows of `vh` with every freedom of a singular value decomposition fixed: within a multiplet of
/// `s` the basis is built from the coordinate axes, and every row has a real, positive largest entry.
pub(super) fn canonical_rows(s: &[f64], vh: &Array2<C64>) -> Array2<C64> {
    let same = |i: usize, j: usize| (s[i] - s[j]).abs() <= 1e-8 * s[0].max(f64::MIN_POSITIVE);
    let mut rows = vh.clone();
    let mut start = 0;
    while start < s.len() {
        let end = (start..s.len()).find(|&k| !same(start, k)).unwrap_or(s.len());
        let mut chosen: Vec<Vec<C64>> = Vec::new();
        for k in start..end {
            let span: Vec<ArrayView1<C64>> = (start..end).map(|j| vh.row(j)).collect();
            chosen.push(next_axis(&span, &chosen));
            rows.row_mut(k).iter_mut().zip(&chosen[k - start]).for_each(|(to, &from)| *to = from);
        }
        start = end;
    }
    rows
}

/// The projection of a coordinate axis on the span of `span`, less that of `chosen`: the longest one.
fn next_axis(span: &[ArrayView1<C64>], chosen: &[Vec<C64>]) -> Vec<C64> {
    let length = |k: usize| {
        let all: f64 = span.iter().map(|v| v[k].norm_sqr()).sum();
        all - chosen.iter().map(|v| v[k].norm_sqr()).sum::<f64>()
    };
    let dim = span[0].len();
    let pick = (1..dim).fold(0, |best, k| if length(k) > length(best) + 1e-6 { k } else { best });
    let entry = |i: usize| {
        let all: C64 = span.iter().map(|v| v[i] * v[pick].conj()).sum();
        all - chosen.iter().map(|v| v[i] * v[pick].conj()).sum::<C64>()
    };
    let axis: Vec<C64> = (0..dim).map(entry).collect();
    let norm = axis.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
    axis.iter().map(|x| x / norm).collect()
}

/// A unitary matrix drawn from the Haar measure.
///
/// Reference: Mezzadri, arXiv:math-ph/0609050.
pub(super) fn haar(rng: &mut impl Rng) -> U4 {
    let mut normal = || C64::new(rng.sample(StandardNormal), rng.sample(StandardNormal));
    let (q, r) = qr(Array2::from_shape_simple_fn((4, 4), &mut normal).view());
    U4::from_fn(|i, j| q[[i, j]] * (r[[j, j]] / r[[j, j]].norm()))
}
