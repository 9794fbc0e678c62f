//! States with known properties, as chains.

use std::sync::Arc;

use circuit::{C64, State};
use nalgebra::{DMatrix, DVector};
use ndarray::Array3;
use testkit::Stream;

use crate::Mps;
use crate::synthesis::chain::Chain;

/// The chain of the given amplitudes, brought to norm one.
pub fn from_amps(n: usize, amps: &[C64]) -> Mps {
    let norm = amps.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
    let amps: Vec<C64> = amps.iter().map(|x| x / norm).collect();
    from_sites(
        Chain::from_amps(n, &amps).sites.iter().map(|site| Arc::unwrap_or_clone(site.clone())).collect(),
    )
}

/// The chain of the given tensors, whatever its gauge and norm.
pub fn from_sites(sites: Vec<Array3<C64>>) -> Mps {
    let mut mps = Mps::zero(sites.len());
    mps.sites = sites;
    mps
}

/// Equal amplitudes on the basis states `keep` accepts.
pub fn uniform(n: usize, keep: impl Fn(usize) -> bool) -> Mps {
    let amps: Vec<C64> = (0..1 << n).map(|k| C64::from(f64::from(u8::from(keep(k))))).collect();
    from_amps(n, &amps)
}

/// Bars and stripes on `rows x columns` pixels, row by row.
pub fn bars_and_stripes(rows: usize, columns: usize) -> Mps {
    uniform(rows * columns, move |k| {
        let pixel = |r: usize, c: usize| k >> (rows * columns - 1 - r * columns - c) & 1;
        let stripes = (0..rows).all(|r| (0..columns).all(|c| pixel(r, c) == pixel(r, 0)));
        stripes || (0..rows).all(|r| (0..columns).all(|c| pixel(r, c) == pixel(0, c)))
    })
}

/// A random chain with bonds `chi`, or less near the ends, real or complex.
pub fn random(n: usize, chi: usize, real: bool, seed: u64) -> Mps {
    let mut stream = Stream(seed);
    let bond = |k: usize| chi.min(1 << k.min(n - k).min(20));
    let mut entry = || {
        let (re, im) = (stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0));
        C64::new(re, if real { 0.0 } else { im })
    };
    from_sites((0..n).map(|k| Array3::from_shape_simple_fn((bond(k), 2, bond(k + 1)), &mut entry)).collect())
}

/// The cluster state: `H` on all qubits, then `CZ` on neighbours.
pub fn cluster(n: usize) -> Mps {
    let sign = |k: usize| if (k & k >> 1).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
    from_amps(n, &(0..1 << n).map(|k| C64::from(sign(k))).collect::<Vec<_>>())
}

/// Ground state of `-sum ZZ - sum X`, open ends.
pub fn ising(n: usize) -> Mps {
    ground_state(n, |v, k| {
        let parallel = (n - 1) as f64 - 2.0 * f64::from(((k ^ k >> 1) & ((1 << (n - 1)) - 1)).count_ones());
        -parallel * v[k] - (0..n).map(|q| v[k ^ 1 << q]).sum::<f64>()
    })
}

/// Ground state of `sum XX + YY + ZZ` over `bonds`.
pub fn heisenberg(n: usize, bonds: &[(usize, usize)]) -> Mps {
    ground_state(n, |v, k| {
        let bond = |&(a, b): &(usize, usize)| {
            let differ = (k >> a ^ k >> b) & 1 == 1;
            if differ { 2.0 * v[k ^ 1 << a ^ 1 << b] - v[k] } else { v[k] }
        };
        bonds.iter().map(bond).sum()
    })
}

/// The lowest eigenvector of a real symmetric operator, given by the entries of its images, by Lanczos.
fn ground_state(n: usize, image: impl Fn(&[f64], usize) -> f64) -> Mps {
    const STEPS: usize = 90;
    let dim = 1 << n;
    let mut basis = vec![DVector::from_iterator(dim, Stream(1).take(dim)).normalize()];
    let mut projected = DMatrix::zeros(STEPS, STEPS);
    for step in 0..STEPS {
        let from = basis[step].as_slice();
        let mut next = DVector::from_fn(dim, |k, _| image(from, k));
        projected[(step, step)] = next.dot(&basis[step]);
        for _ in 0..2 {
            basis.iter().for_each(|v| next.axpy(-next.dot(v), v, 1.0));
        }
        if step + 1 < STEPS {
            (projected[(step, step + 1)], projected[(step + 1, step)]) = (next.norm(), next.norm());
        }
        basis.push(next.normalize());
    }
    let eigen = projected.symmetric_eigen();
    let weights = eigen.eigenvectors.column(eigen.eigenvalues.imin());
    let ground = basis.iter().zip(weights.iter()).fold(DVector::zeros(dim), |sum, (v, w)| sum + v * *w);
    from_amps(n, &ground.iter().map(|&x| C64::from(x)).collect::<Vec<_>>())
}

/// The spin-1 chain of Affleck, Kennedy, Lieb and Tasaki: spins as symmetric pairs of qubits, singlets
/// between neighbouring pairs, both end qubits in `|0>` before symmetrisation.
pub fn aklt(n_spins: usize, ends: [usize; 2]) -> Mps {
    let n = 2 * n_spins;
    let half = |k: usize| {
        let bit = |q: usize| k >> (n - 1 - q) & 1;
        let singlets = (1..n_spins).map(|s| f64::from(bit(2 * s) as i32 - bit(2 * s - 1) as i32));
        if [bit(0), bit(n - 1)] == ends { singlets.product::<f64>() } else { 0.0 }
    };
    let mut amps: Vec<f64> = (0..1 << n).map(half).collect();
    for spin in 0..n_spins {
        let (a, b) = (n - 1 - 2 * spin, n - 2 - 2 * spin);
        let swapped = |k: usize| if (k >> a ^ k >> b) & 1 == 1 { k ^ 1 << a ^ 1 << b } else { k };
        amps = (0..amps.len()).map(|k| (amps[k] + amps[swapped(k)]) / 2.0).collect();
    }
    from_amps(n, &amps.into_iter().map(C64::from).collect::<Vec<_>>())
}
