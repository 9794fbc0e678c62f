//! Dense complex matrices from their definitions; square, row-major, as plain vectors.

use circuit::{C64, Pauli, PauliString};

/// The identity, shape `[dim, dim]`.
pub fn identity(dim: usize) -> Vec<C64> {
    (0..dim * dim).map(|k| if k / dim == k % dim { C64::ONE } else { C64::ZERO }).collect()
}

/// `a b`.
///
/// # Panics
/// If the sizes differ or are not squares.
pub fn matmul(a: &[C64], b: &[C64]) -> Vec<C64> {
    let dim = side(a);
    assert_eq!(dim, side(b), "factors of one size");
    let entry = |k: usize| (0..dim).map(|l| a[k / dim * dim + l] * b[l * dim + k % dim]).sum();
    (0..dim * dim).map(entry).collect()
}

/// `m v`.
///
/// # Panics
/// If the sizes differ.
pub fn matvec(m: &[C64], v: &[C64]) -> Vec<C64> {
    assert_eq!(side(m), v.len(), "a matrix and a vector of one size");
    m.chunks_exact(v.len()).map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
}

/// `a ⊗ b`; the indices of `a` are the high bits.
pub fn kron(a: &[C64], b: &[C64]) -> Vec<C64> {
    let (p, q) = (side(a), side(b));
    let dim = p * q;
    let entry = |k: usize| {
        let (row, col) = (k / dim, k % dim);
        a[row / q * p + col / q] * b[row % q * q + col % q]
    };
    (0..dim * dim).map(entry).collect()
}

/// The transpose.
pub fn transpose(m: &[C64]) -> Vec<C64> {
    let dim = side(m);
    (0..dim * dim).map(|k| m[k % dim * dim + k / dim]).collect()
}

/// The conjugate transpose.
pub fn dagger(m: &[C64]) -> Vec<C64> {
    transpose(m).into_iter().map(|v| v.conj()).collect()
}

/// Largest entry of `|a - b|`.
///
/// # Panics
/// If the lengths differ.
pub fn distance(a: &[C64], b: &[C64]) -> f64 {
    assert_eq!(a.len(), b.len(), "arrays of one length");
    a.iter()
        .zip(b)
        .map(|(x, y)| (x - y).norm())
        .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
}

/// The matrix of a Pauli string on `n_qubits` qubits, a Kronecker product with qubit 0 leftmost.
pub fn pauli(string: &PauliString, n_qubits: usize) -> Vec<C64> {
    let [o, l, i] = [C64::ZERO, C64::ONE, C64::I];
    let factor = |q| match string.factor(q) {
        None => [l, o, o, l],
        Some(Pauli::X) => [o, l, l, o],
        Some(Pauli::Y) => [o, -i, i, o],
        Some(Pauli::Z) => [l, o, o, -l],
    };
    (0..n_qubits).fold(vec![l], |product, q| kron(&product, &factor(q)))
}

/// `exp(-i θ/2 P) = cos(θ/2) - i sin(θ/2) P` on `n_qubits` qubits.
pub fn rotation(string: &PauliString, theta: f64, n_qubits: usize) -> Vec<C64> {
    let (sin, cos) = (theta / 2.0).sin_cos();
    let turn = |(p, e): (C64, C64)| e * cos - C64::I * p * sin;
    pauli(string, n_qubits).into_iter().zip(identity(1 << n_qubits)).map(turn).collect()
}

/// A matrix on the listed qubits (the first is the high bit of its index), widened to `n_qubits` qubits.
pub fn embed(m: &[C64], qubits: &[usize], n_qubits: usize) -> Vec<C64> {
    let (dim, sub) = (1 << n_qubits, 1 << qubits.len());
    let bit = |basis: usize, q: usize| basis >> (n_qubits - 1 - q) & 1;
    let local = |basis| qubits.iter().fold(0, |acc, &q| acc << 1 | bit(basis, q));
    let rest_agrees = |i, j| (0..n_qubits).all(|q| qubits.contains(&q) || bit(i, q) == bit(j, q));
    let entry = |k: usize| match rest_agrees(k / dim, k % dim) {
        true => m[local(k / dim) * sub + local(k % dim)],
        false => C64::ZERO,
    };
    (0..dim * dim).map(entry).collect()
}

fn side(m: &[C64]) -> usize {
    let side = m.len().isqrt();
    assert_eq!(side * side, m.len(), "a square matrix");
    side
}
