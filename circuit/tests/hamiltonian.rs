//! Hamiltonians: their terms and known ground energies.

use std::f64::consts::PI;

use circuit::hamiltonian::{Lattice, Order, heisenberg, j1_j2, tfim, xxz};
use circuit::{C64, Error, PauliSum};
use testkit::matrix::{identity, matmul, pauli};

/// Lowest eigenvalue: powers of `shift - H` by repeated squaring tend to the projector on its eigenvectors.
fn ground_energy(sum: &PauliSum, n: usize) -> f64 {
    let shift: f64 = sum.terms.iter().map(|(c, _)| c.abs()).sum();
    let mut h = vec![C64::ZERO; 1 << (2 * n)];
    for (c, string) in &sum.terms {
        h.iter_mut().zip(pauli(string, n)).for_each(|(x, y)| *x += y * c);
    }
    let trace = |m: &[C64]| m.iter().step_by((1 << n) + 1).sum::<C64>();
    let mut power: Vec<C64> = identity(1 << n).iter().zip(&h).map(|(one, x)| one * shift - x).collect();
    for _ in 0..14 {
        let norm = trace(&power);
        power.iter_mut().for_each(|x| *x /= norm);
        power = matmul(&power, &power);
    }
    (trace(&matmul(&h, &power)) / trace(&power)).re
}

/// `-Σ ZZ - Σ X` on a chain, as a closed sum over free fermions.
fn critical_ising(n: usize) -> f64 {
    1.0 - 1.0 / (PI / (2.0 * (2 * n + 1) as f64)).sin()
}

/// `Σ XX + YY` as free fermions: the negative ones of `4 cos(k π / (n + 1))`.
fn free_fermions(n: usize) -> f64 {
    (1..=n).map(|k| 4.0 * (k as f64 * PI / (n + 1) as f64).cos()).filter(|e| *e < 0.0).sum()
}

#[test]
fn ground_energies_are_the_known_ones() -> Result<(), Error> {
    let chain = |n| Lattice::chain(n);
    let square = Lattice::new(2, 2, Order::RowMajor)?;
    let (root, two_by_three) = (3f64.sqrt(), |order| Lattice::new(2, 3, order));
    let table = [
        ("critical Ising, 2", tfim(&chain(2)?, 1.0, 1.0)?, 2, critical_ising(2)),
        ("critical Ising, 6", tfim(&chain(6)?, 1.0, 1.0)?, 6, critical_ising(6)),
        ("Ising without field", tfim(&chain(5)?, 2.0, 0.0)?, 5, -8.0),
        ("Ising without coupling", tfim(&square, 0.0, 0.5)?, 4, -2.0),
        ("Ising, two sites", tfim(&chain(2)?, 0.7, 0.4)?, 2, -(0.49f64 + 4.0 * 0.16).sqrt()),
        ("Heisenberg, 2", heisenberg(&chain(2)?, 1.0)?, 2, -3.0),
        ("Heisenberg, 3", heisenberg(&chain(3)?, 1.0)?, 3, -4.0),
        ("Heisenberg, 4", heisenberg(&chain(4)?, 0.5)?, 4, -(3.0 + 2.0 * root) / 2.0),
        ("Heisenberg, 6", heisenberg(&chain(6)?, 1.0)?, 6, -9.97430853554),
        ("ferromagnet", heisenberg(&chain(4)?, -1.0)?, 4, -3.0),
        ("Heisenberg, ring of four", heisenberg(&square, 1.0)?, 4, -8.0),
        ("anisotropic pair", xxz(&chain(2)?, 2.0, 0.3)?, 2, -2.0 * 2.3),
        ("free fermions, 5", xxz(&chain(5)?, 1.0, 0.0)?, 5, free_fermions(5)),
        ("free fermions, 6", xxz(&chain(6)?, 1.0, 0.0)?, 6, free_fermions(6)),
        ("dimers, 4", j1_j2(&chain(4)?, 1.0, 0.5)?, 4, -6.0),
        ("dimers, 6", j1_j2(&chain(6)?, 2.0, 1.0)?, 6, -18.0),
        ("dimers in a column", j1_j2(&Lattice::new(4, 1, Order::RowMajor)?, 1.0, 0.5)?, 4, -6.0),
        ("four sites, all coupled", j1_j2(&square, 1.0, 1.0)?, 4, -6.0),
    ];
    for (name, sum, n, energy) in table {
        let found = ground_energy(&sum, n);
        assert!((found - energy).abs() < 1e-9, "{name}: {found} is not {energy}");
    }
    let [row, snake] = [Order::RowMajor, Order::Snake].map(two_by_three);
    let [row, snake] = [heisenberg(&row?, 1.0)?, heisenberg(&snake?, 1.0)?];
    assert_ne!(row, snake);
    assert!((ground_energy(&row, 6) - ground_energy(&snake, 6)).abs() < 1e-9);
    Ok(())
}

#[test]
fn bonds_are_those_of_the_lattice() -> Result<(), Error> {
    let lattice = Lattice::new(3, 2, Order::Snake)?; // 0 1 / 3 2 / 4 5
    assert_eq!(lattice.neighbours(), [[0, 1], [0, 3], [1, 2], [2, 3], [2, 5], [3, 4], [4, 5]]);
    assert_eq!(lattice.second_neighbours(), [[0, 2], [1, 3], [2, 4], [3, 5]]);
    let lattice = Lattice::new(3, 2, Order::RowMajor)?; // 0 1 / 2 3 / 4 5
    assert_eq!(lattice.neighbours(), [[0, 1], [0, 2], [1, 3], [2, 3], [2, 4], [3, 5], [4, 5]]);
    assert_eq!(lattice.second_neighbours(), [[0, 3], [1, 2], [2, 5], [3, 4]]);
    assert_eq!(Lattice::chain(4)?.neighbours(), [[0, 1], [1, 2], [2, 3]]);
    assert_eq!(Lattice::chain(4)?.second_neighbours(), [[0, 2], [1, 3]]);
    for (rows, columns, count) in [(0, 5, 0), (1, 1, 0), (4, 3, 17), (10, 10, 180), (1, 128, 127)] {
        for order in [Order::RowMajor, Order::Snake] {
            let lattice = Lattice::new(rows, columns, order)?;
            let sum = heisenberg(&lattice, 1.0)?;
            assert_eq!(
                (lattice.neighbours().len(), sum.terms.len()),
                (count, 3 * count),
                "{rows} x {columns}"
            );
            assert!(sum.n_qubits() <= lattice.n_qubits());
        }
    }
    Ok(())
}

#[test]
fn what_has_no_meaning_is_refused() -> Result<(), Error> {
    assert_eq!(Lattice::chain(129), Err(Error::TooManyQubits { n_qubits: 129, limit: 128 }));
    assert!(Lattice::new(usize::MAX, 3, Order::Snake).is_err());
    let chain = Lattice::chain(3)?;
    let nan = f64::NAN;
    for refused in
        [tfim(&chain, 1.0, nan), xxz(&chain, nan, 0.0), xxz(&chain, 1.0, nan), j1_j2(&chain, 1.0, nan)]
    {
        assert!(matches!(refused, Err(Error::NonFinite { what: "a coefficient", .. })));
    }
    Ok(())
}
