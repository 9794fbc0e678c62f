//! Blocks by charge against dense tensors and closed forms; single sites against pairs.

mod common;

use circuit::{Pauli, PauliSum, State};
use common::{Terms, chain, heisenberg, ising, neel, random_state};
use tensornet::{Conserve, DmrgConfig, DmrgReport, Mpo, Mps, Sites, dmrg, dmrg_above};

fn solve(terms: &Terms, start: &Mps, config: &DmrgConfig) -> (Mps, DmrgReport) {
    let operator = Mpo::from_terms(terms, start.n_qubits()).expect("terms on the chain");
    dmrg(&operator, start, config).expect("a sound request")
}

fn dense() -> DmrgConfig {
    DmrgConfig { conserve: Conserve::Nothing, ..DmrgConfig::default() }
}

fn single() -> DmrgConfig {
    DmrgConfig { sites: Sites::One { expansion: 0.1 }, ..DmrgConfig::default() }
}

/// `Σ (XX + YY) / 2 + anisotropy ZZ` on a chain, and a field `Σ h Z`.
fn xxz(n: usize, anisotropy: f64, field: f64) -> Terms {
    let bond = |(a, b)| {
        let pair = |c: f64, kind| (c, vec![(a, kind), (b, kind)]);
        [pair(0.5, Pauli::X), pair(0.5, Pauli::Y), pair(anisotropy, Pauli::Z)]
    };
    let fields = (0..n).map(|q| (field, vec![(q, Pauli::Z)]));
    chain(n).into_iter().flat_map(bond).chain(fields).collect()
}

fn ones(n: usize, k: usize) -> Mps {
    Mps::basis(&(0..n).map(|q| (q * k + k) / n > q * k / n).collect::<Vec<_>>())
}

/// Energies of single ones in the chain without anisotropy; ones exclude each other and are free otherwise.
fn levels(n: usize) -> Vec<f64> {
    let level = |j: usize| 2.0 * (std::f64::consts::PI * j as f64 / (n + 1) as f64).cos();
    (1..=n).rev().map(level).collect()
}

#[test]
fn blocks_give_what_dense_tensors_give() {
    let table = [heisenberg(&chain(12), 0.25), xxz(12, 0.4, 0.0), xxz(12, 0.8, 0.05), xxz(12, 0.0, 0.1)];
    for (k, terms) in table.iter().enumerate() {
        let (a, first) = solve(terms, &neel(12), &dense());
        let (b, second) = solve(terms, &neel(12), &DmrgConfig::default());
        assert_eq!((first.charge, second.charge), (None, Some(6)), "model {k}");
        assert!((first.energy - second.energy).abs() < 1e-10, "model {k}: {first:?} {second:?}");
        assert!(first.converged && second.converged && second.variance.abs() < 1e-8, "model {k}: {second:?}");
        let overlap = a.overlap(&b).expect("one length").norm();
        assert!((overlap - 1.0).abs() < 1e-8, "model {k}: {overlap}");
        assert!((b.norm() - 1.0).abs() < 1e-12, "model {k}");
        for (basis, amp) in b.amps().iter().enumerate().filter(|(basis, _)| basis.count_ones() != 6) {
            assert_eq!(amp.norm(), 0.0, "model {k}, basis {basis:b}");
        }
    }
}

#[test]
fn every_charge_has_its_own_ground_state() {
    let (n, field) = (11, 0.35);
    let levels = levels(n);
    for k in 0..=n {
        let exact = levels[..k].iter().sum::<f64>() + field * (n as f64 - 2.0 * k as f64);
        for config in [DmrgConfig::default(), single()] {
            let (state, report) = solve(&xxz(n, 0.0, field), &ones(n, k), &config);
            assert_eq!(report.charge, Some(k as i64));
            assert!(
                (report.energy - exact).abs() < 1e-8,
                "{k} ones, {:?}: {exact}, {report:?}",
                config.sites
            );
            let total: PauliSum = (0..n).map(|q| (1.0, circuit::PauliString::z(q))).collect();
            assert!((state.expectation(&total) - (n as f64 - 2.0 * k as f64)).abs() < 1e-10, "{k} ones");
        }
    }
}

#[test]
fn single_sites_end_where_pairs_end() {
    for conserve in [Conserve::Nothing, Conserve::Charge] {
        for (terms, start) in [
            (heisenberg(&chain(16), 0.25), neel(16)),
            (ising(16, 1.0), Mps::zero(16)),
            (xxz(14, 0.5, 0.1), neel(14)),
        ] {
            let (_, pairs) = solve(&terms, &start, &DmrgConfig { conserve, ..DmrgConfig::default() });
            let (state, report) = solve(&terms, &start, &DmrgConfig { conserve, ..single() });
            assert!((report.energy - pairs.energy).abs() < 1e-8, "{pairs:?} {report:?}");
            assert!(report.converged && report.variance.abs() < 1e-7, "{report:?}");
            assert!(state.bond_dims().into_iter().all(|chi| chi <= 64));
        }
    }
    let stuck = DmrgConfig { sites: Sites::One { expansion: 0.0 }, ..DmrgConfig::default() };
    let (state, _) = solve(&heisenberg(&chain(8), 0.25), &neel(8), &stuck);
    assert!(state.bond_dims().into_iter().all(|chi| chi == 1), "without expansion no bond grows");
}

#[test]
fn single_sites_are_variational_at_a_small_bond() {
    let exact = -8.68247333436;
    let (_, pairs) =
        solve(&heisenberg(&chain(20), 0.25), &neel(20), &DmrgConfig { chi_max: vec![8], ..dense() });
    let (_, report) =
        solve(&heisenberg(&chain(20), 0.25), &neel(20), &DmrgConfig { chi_max: vec![8], ..single() });
    assert!(report.energy > exact && report.energy < pairs.energy + 1e-5, "{pairs:?} {report:?}");
}

#[test]
fn without_a_charge_nothing_is_conserved() {
    for (terms, start) in [(ising(8, 1.0), neel(8)), (heisenberg(&chain(8), 1.0), random_state(8, 60, 1))] {
        let (a, first) = solve(&terms, &start, &dense());
        let (b, second) = solve(&terms, &start, &DmrgConfig::default());
        assert_eq!(second.charge, None);
        assert_eq!(first, second);
        assert_eq!(a.sites(), b.sites());
    }
}

#[test]
fn a_result_is_a_start_again() {
    let terms = heisenberg(&chain(14), 0.25);
    for config in [dense(), DmrgConfig::default(), single()] {
        let (state, first) = solve(&terms, &neel(14), &config);
        let (_, again) = solve(&terms, &state, &DmrgConfig { chi_max: vec![64], ..DmrgConfig::default() });
        assert_eq!(again.charge, Some(7), "{:?}", config.conserve);
        assert!(again.sweeps <= 2 && (again.energy - first.energy).abs() < 1e-9, "{first:?} {again:?}");
    }
}

#[test]
fn states_above_are_found_within_a_charge() {
    let operator = Mpo::from_terms(&xxz(8, 0.0, 0.15), 8).expect("terms on the chain");
    let levels = levels(8);
    let ground: f64 = levels[..4].iter().sum();
    for sites in [Sites::Two, Sites::One { expansion: 0.1 }] {
        let config = DmrgConfig { sites, krylov: 6, ..DmrgConfig::default() };
        let (lowest, first) = dmrg(&operator, &neel(8), &config).expect("a sound request");
        assert!((first.energy - ground).abs() < 1e-9, "{sites:?}: {first:?}");
        let elsewhere = dmrg(&operator, &ones(8, 3), &config).expect("a sound request").0;
        let start = Mps::basis(&[true, true, false, true, false, false, true, false]);
        let below = [elsewhere, lowest];
        let (next, second) = dmrg_above(&operator, &start, &below, &config).expect("a sound request");
        let exact = ground - levels[3] + levels[4];
        assert!((second.energy - exact).abs() < 1e-8, "{sites:?}: {exact}, {second:?}");
        assert_eq!(second.charge, Some(4));
        assert!(below.iter().all(|other| other.overlap(&next).expect("one length").norm() < 1e-4));
    }
}
