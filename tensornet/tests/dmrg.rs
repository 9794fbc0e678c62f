//! Ground states against closed forms, published energies and exact diagonalisation.

mod common;

use circuit::{Gate, Pauli, PauliSum, State};
use common::{Terms, chain, heisenberg, ising, lattice, neel, random_state, random_sum, sum};
use tensornet::{DmrgConfig, DmrgReport, Error, Mpo, Mps, dmrg, dmrg_above};
use testkit::Stream;

fn solve(terms: &Terms, start: &Mps, config: &DmrgConfig) -> (Mps, DmrgReport) {
    let operator = Mpo::from_terms(terms, start.n_qubits()).expect("terms on the chain");
    dmrg(&operator, start, config).expect("a sound request")
}

/// Eigenvalues, ascending, from the real symmetric matrix `[[Re, -Im], [Im, Re]]`, each of which appears there twice.
fn spectrum(terms: &PauliSum, n: usize) -> Vec<f64> {
    let (h, d) = (common::dense(terms, n), 1 << n);
    let entry = |i: usize, j: usize| {
        let z = h[i % d * d + j % d];
        if (i < d) == (j < d) {
            z.re
        } else if i < d {
            -z.im
        } else {
            z.im
        }
    };
    let a = (0..2 * d).map(|i| (0..2 * d).map(|j| entry(i, j)).collect()).collect();
    common::eigenvalues(a).into_iter().step_by(2).collect()
}

#[test]
fn ising_energies_are_those_of_free_fermions() {
    let critical = |n: usize| 1.0 - 1.0 / (std::f64::consts::PI / (4 * n + 2) as f64).sin();
    let table = [
        (10, 1.0, -12.381489999654754),
        (12, 1.0, -14.925971109908655),
        (16, 1.0, -20.016387900485142),
        (20, 1.0, -25.107797111623785),
        (50, 1.0, -63.30118915542019),
        (100, 1.0, critical(100)),
        (12, 0.5, -11.892044872938797),
        (12, 2.0, -25.39349675473586),
        (100, 0.5, -105.4837699496422),
        (100, 2.0, -212.57731291000837),
    ];
    for (n, field, energy) in table {
        let mut along_field = Mps::zero(n); // even under the flip of all spins, as the ground state is
        (0..n).for_each(|q| along_field.apply_gate(&Gate::H, &[q]));
        let (_, report) = solve(&ising(n, field), &along_field, &DmrgConfig::default());
        assert!((report.energy - energy).abs() < 1e-8, "n = {n}, h = {field}: {report:?}");
        assert!(report.converged && report.variance.abs() < 1e-7, "n = {n}, h = {field}: {report:?}");
    }
}

#[test]
fn heisenberg_energies_are_the_published_ones() {
    let table = [
        (8, -3.374932598687891, 1e-9),
        (10, -4.258035207282876, 1e-9),
        (12, -5.14209063284053, 1e-9),
        (14, -6.02672466186217, 1e-9),
        (16, -6.911737145575092, 1e-8),
        (20, -8.68247333436, 1e-7),
        (50, -21.97211028, 1e-6),
        (100, -44.12773989, 1e-6),
    ];
    for (n, energy, tolerance) in table {
        let (_, report) = solve(&heisenberg(&chain(n), 0.25), &neel(n), &DmrgConfig::default());
        assert!((report.energy - energy).abs() < tolerance, "n = {n}: {report:?}");
        assert!(report.converged && report.energy > energy - 1e-8, "n = {n}: {report:?}");
    }
}

#[test]
fn energies_at_a_fixed_bond_are_variational_and_as_published() {
    let table = [
        (20, 4, -8.6546, 2e-3),
        (20, 8, -8.68202, 1e-5),
        (20, 16, -8.682468, 1e-6),
        (20, 32, -8.68247332, 2e-8),
        (50, 8, -21.966317, 1e-4),
        (50, 32, -21.972106, 2e-6),
    ];
    for (n, chi, energy, tolerance) in table {
        let config = DmrgConfig { chi_max: vec![chi], ..DmrgConfig::default() };
        let (state, report) = solve(&heisenberg(&chain(n), 0.25), &neel(n), &config);
        assert!((report.energy - energy).abs() < tolerance, "n = {n}, chi = {chi}: {report:?}");
        let exact = if n == 20 { -8.68247333437 } else { -21.97211028 };
        assert!(report.energy > exact, "n = {n}, chi = {chi}: below the ground state");
        assert!(report.discarded_weight > 0.0 && report.variance > 1e-9, "chi = {chi}: {report:?}");
        assert!(state.bond_dims().into_iter().all(|bond| bond <= chi));
    }
}

/// Alternating spins on a lattice of which site `(r, c)` is number `order(r, c)`.
fn checkerboard(rows: usize, columns: usize, order: impl Fn(usize, usize) -> usize) -> Vec<bool> {
    let mut bits = vec![false; rows * columns];
    for (r, c) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
        bits[order(r, c)] = (r + c) % 2 == 1;
    }
    bits
}

#[test]
fn two_orders_of_a_lattice_give_one_energy_and_one_gap() {
    let orders: [fn(usize, usize) -> usize; 2] =
        [|r, c| 3 * r + c, |r, c| 3 * r + if r % 2 == 0 { c } else { 2 - c }];
    let config = DmrgConfig { chi_max: vec![16, 64], ..DmrgConfig::default() };
    let energies = orders.map(|order| {
        let terms = heisenberg(&lattice(4, 3, order), 1.0);
        let bits = checkerboard(4, 3, order);
        let (_, report) = solve(&terms, &Mps::basis(&bits), &config);
        assert!((report.energy + 26.76672077).abs() < 1e-8, "{report:?}");
        assert!(report.variance.abs() < 1e-8, "{report:?}");
        let mut magnet = bits; // one spin turned: the lowest level above is a triplet
        magnet[order(0, 1)] = false;
        let (_, above) = solve(&terms, &Mps::basis(&magnet), &config);
        assert_eq!(above.charge, Some(5));
        assert!((above.energy - report.energy - 2.08763225).abs() < 1e-8, "{report:?} {above:?}");
        report.energy
    });
    assert!((energies[0] - energies[1]).abs() < 1e-10, "{energies:?}");
}

#[test]
fn larger_lattices_have_their_published_energies() {
    for (rows, columns, energy) in [(2, 6, -26.4138899), (4, 4, -36.75682826)] {
        let order = |r: usize, c: usize| columns * r + if r.is_multiple_of(2) { c } else { columns - 1 - c };
        let terms = heisenberg(&lattice(rows, columns, order), 1.0);
        let config = DmrgConfig { chi_max: vec![32, 128, 256], ..DmrgConfig::default() };
        let (_, report) = solve(&terms, &Mps::basis(&checkerboard(rows, columns, order)), &config);
        assert!((report.energy - energy).abs() < 1e-6, "{rows} x {columns}: {report:?}");
    }
}

#[test]
fn random_operators_real_and_complex_are_solved() {
    for (n, seed) in [(2, 1), (3, 2), (4, 3), (5, 4), (5, 5)] {
        let terms = random_sum(n, 12, &mut Stream(seed));
        let exact = spectrum(&terms, n)[0];
        let operator = Mpo::from_sum(&terms, n).expect("a sum on the chain");
        let config = DmrgConfig { krylov: 8, ..DmrgConfig::default() };
        let (state, report) = dmrg(&operator, &random_state(n, 30, seed), &config).expect("a sound request");
        assert!((report.energy - exact).abs() < 1e-8, "n = {n}, seed {seed}: {exact}, {report:?}");
        assert!((state.expectation(&terms) - exact).abs() < 1e-8, "n = {n}, seed {seed}");
        assert!(report.variance.abs() < 1e-8, "n = {n}, seed {seed}: {report:?}");
    }
}

#[test]
fn states_above_are_found_one_after_the_other() {
    let mut tilted = ising(6, 1.3); // fields that leave no two levels equal
    tilted.extend((0..6).map(|q| (0.1 * (q + 1) as f64, vec![(q, Pauli::Z)])));
    let exact = spectrum(&sum(&tilted), 6);
    let operator = Mpo::from_terms(&tilted, 6).expect("terms on the chain");
    let config = DmrgConfig { krylov: 6, ..DmrgConfig::default() };
    let mut found: Vec<Mps> = Vec::new();
    for (level, energy) in exact.iter().take(4).enumerate() {
        let start = random_state(6, 60, 7 + level as u64);
        let (state, report) = dmrg_above(&operator, &start, &found, &config).expect("a sound request");
        assert!((report.energy - energy).abs() < 1e-7, "level {level}: {energy}, {report:?}");
        assert!(report.variance.abs() < 1e-7, "level {level}: {report:?}");
        for below in &found {
            assert!(common::inner(&below.amps(), &state.amps()).norm() < 1e-4, "level {level}");
        }
        found.push(state);
    }
}

#[test]
fn the_same_request_gives_the_same_bits() {
    let run = || solve(&heisenberg(&chain(12), 1.0), &neel(12), &DmrgConfig::default());
    let [(a, first), (b, second)] = [run(), run()];
    assert_eq!(first, second);
    assert_eq!(a.sites(), b.sites());
}

#[test]
fn too_few_sweeps_are_reported_as_such() {
    let config = DmrgConfig { max_sweeps: 1, ..DmrgConfig::default() };
    let (_, report) = solve(&heisenberg(&chain(12), 1.0), &neel(12), &config);
    assert!(!report.converged && report.sweeps == 1 && report.energies.len() == 1, "{report:?}");
}

#[test]
fn requests_without_meaning_are_refused() {
    let operator = Mpo::from_terms(&ising(4, 1.0), 4).expect("terms on the chain");
    let try_with = |start: &Mps, config: DmrgConfig| dmrg(&operator, start, &config).map(|_| ());
    let length = Err(Error::Length { what: "the operator", got: 4, expected: 5 });
    assert_eq!(try_with(&neel(5), DmrgConfig::default()), length);
    let plain = DmrgConfig::default;
    let wrong = [
        ("chi_max", DmrgConfig { chi_max: vec![8, 0], ..plain() }),
        ("chi_max", DmrgConfig { chi_max: vec![], ..plain() }),
        ("cutoff", DmrgConfig { cutoff: 1.0, ..plain() }),
        ("max_sweeps", DmrgConfig { max_sweeps: 0, ..plain() }),
        ("krylov", DmrgConfig { krylov: 1, ..plain() }),
        ("energy_tolerance", DmrgConfig { energy_tolerance: f64::NAN, ..plain() }),
        ("krylov_tolerance", DmrgConfig { krylov_tolerance: -1.0, ..plain() }),
        ("penalty", DmrgConfig { penalty: f64::INFINITY, ..plain() }),
    ];
    for (setting, config) in wrong {
        match try_with(&neel(4), config) {
            Err(Error::Setting { name, .. }) => assert_eq!(name, setting),
            other => panic!("{setting}: {other:?}"),
        }
    }
    let single = Mpo::from_terms(&ising(1, 1.0), 1).expect("terms on the chain");
    let short = dmrg(&single, &neel(1), &plain()).map(|_| ());
    assert_eq!(short, Err(Error::Qubits { n_qubits: 1, min: 2, max: usize::MAX }));
}

#[test]
fn settings_are_read_from_text_and_unknown_ones_refused() {
    let config: DmrgConfig =
        serde_json::from_str(r#"{"chi_max": [5], "krylov": 4}"#).expect("known settings");
    assert_eq!(config, DmrgConfig { chi_max: vec![5], krylov: 4, ..DmrgConfig::default() });
    assert!(serde_json::from_str::<DmrgConfig>(r#"{"chi": 5}"#).is_err());
}
