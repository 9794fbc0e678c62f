//! Numbers of ones: random states that have one, ground states that are looked for in all, and operators of bonds so
//! wide that their paths are taken together, all against exact diagonalisation.

mod common;

use circuit::{Pauli, PauliString, PauliSum, State};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tensornet::{DmrgConfig, Mpo, Mps, Sites, dmrg, dmrg_above, ground_ones};
use testkit::Stream;

fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// `XX + YY` on a pair: a one moves from one qubit to the other.
fn hop(a: usize, b: usize) -> PauliSum {
    let pair = |kind| (1.0, PauliString::new(&[(a, kind), (b, kind)]));
    [pair(Pauli::X), pair(Pauli::Y)].into_iter().collect()
}

fn times(a: &PauliSum, b: &PauliSum) -> PauliSum {
    let term = |(x, p): &(f64, PauliString), (y, q): &(f64, PauliString)| {
        (x * y, PauliString { x: p.x ^ q.x, z: p.z ^ q.z })
    };
    a.terms.iter().flat_map(|p| b.terms.iter().map(move |q| term(p, q))).collect()
}

/// Hops, pairs of hops and repulsions between all qubits, and fields, with random coefficients: real, full, wide.
fn molecule(n: usize, seed: u64) -> PauliSum {
    let mut stream = Stream(seed);
    let mut all = PauliSum::default();
    let mut add = |sum: PauliSum| {
        let c = stream.next().unwrap_or(1.0);
        all.terms.extend(sum.terms.into_iter().map(|(x, string)| (c * x, string)));
    };
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    for (k, &(a, b)) in pairs.iter().enumerate() {
        add(hop(a, b));
        add([(2.0, PauliString::new(&[(a, Pauli::Z), (b, Pauli::Z)]))].into_iter().collect());
        for &(c, d) in pairs[k + 1..].iter().filter(|(c, d)| ![a, b].contains(c) && ![a, b].contains(d)) {
            add(times(&hop(a, b), &hop(c, d)));
        }
    }
    (0..n).for_each(|q| add(PauliSum::z(q)));
    all
}

/// Levels of each number of ones, ascending.
fn levels(sum: &PauliSum, n: usize) -> Vec<Vec<f64>> {
    let h = common::dense(sum, n);
    let sector = |ones: u32| {
        let basis: Vec<usize> = (0..1usize << n).filter(|k| k.count_ones() == ones).collect();
        let row = |&i: &usize| basis.iter().map(|&j| h[i << n | j].re).collect();
        common::eigenvalues(basis.iter().map(row).collect())
    };
    (0..=n as u32).map(sector).collect()
}

#[test]
fn random_states_have_the_ones_asked_for() {
    for (n, chi) in [(1, 1), (2, 3), (5, 1), (6, 4), (7, 100)] {
        for ones in 0..=n {
            let state = Mps::random_with_ones(n, ones, chi, &mut generator(3));
            assert!((state.norm() - 1.0).abs() < 1e-12, "{n} qubits, {ones} ones, bond {chi}");
            assert!(state.bond_dims().into_iter().all(|bond| bond <= chi), "{:?}", state.bond_dims());
            let amps = state.amps();
            let other = |k: &usize| k.count_ones() != ones as u32;
            assert!((0..1 << n).filter(other).all(|k| amps[k].norm() < 1e-14), "{n} qubits, {ones} ones");
            if chi == 100 {
                assert!(
                    (0..1 << n).filter(|k| !other(k)).all(|k| amps[k].norm() > 1e-9),
                    "all of {ones} ones"
                );
            }
            let again = Mps::random_with_ones(n, ones, chi, &mut generator(3));
            assert_eq!(state.sites(), again.sites());
        }
    }
    let wide = Mps::random_with_ones(60, 7, 32, &mut generator(1));
    let total: PauliSum = (0..60).map(|q| (1.0, PauliString::z(q))).collect();
    assert!((wide.expectation(&total) - (60.0 - 14.0)).abs() < 1e-10);
    assert_eq!(wide.bond_dims().into_iter().max(), Some(32));
}

#[test]
#[should_panic(expected = "4 ones on 3 qubits")]
fn more_ones_than_qubits_are_refused() {
    Mps::random_with_ones(3, 4, 2, &mut generator(1));
}

#[test]
fn operators_of_wide_bonds_have_their_exact_levels() {
    let n = 8;
    for seed in 0..2 {
        let sum = molecule(n, seed);
        let operator = Mpo::from_sum(&sum, n).expect("terms on the chain");
        assert!(operator.bond_dims()[3] > 24 && operator.conserves_ones(), "{:?}", operator.bond_dims());
        let exact = levels(&sum, n);
        for (ones, sites) in [0, 1, 3, 4, 8]
            .into_iter()
            .flat_map(|ones| [Sites::Two, Sites::One { expansion: 0.1 }].map(|sites| (Some(ones), sites)))
            .chain([(None, Sites::Two)])
        {
            let start = match ones {
                Some(ones) => Mps::random_with_ones(n, ones, 8, &mut generator(seed)),
                None => Mps::random_real(n, 8, &mut generator(seed)),
            };
            let config = DmrgConfig { sites, krylov: 6, max_sweeps: 60, ..DmrgConfig::default() };
            let (state, report) = dmrg(&operator, &start, &config).expect("a sound request");
            let lowest = exact.iter().map(|levels| levels[0]).fold(f64::INFINITY, f64::min);
            let error = report.energy - ones.map_or(lowest, |ones| exact[ones][0]);
            let place = format!("seed {seed}, {ones:?} ones, {sites:?}");
            assert_eq!(report.charge, ones.map(|ones| ones as i64), "{place}");
            assert!(error.abs() < 1e-7 && report.variance.abs() < 1e-6, "{place}: {error}, {report:?}");
            assert!((state.expectation(&sum) - report.energy).abs() < 1e-9, "{place}");
        }
    }
}

#[test]
fn states_above_are_found_whatever_their_ones_unless_these_are_given() {
    let n = 6;
    let sum = molecule(n, 7);
    let operator = Mpo::from_sum(&sum, n).expect("terms on the chain");
    let exact = levels(&sum, n);
    let mut all = exact.concat();
    all.sort_by(f64::total_cmp);
    let config = DmrgConfig { krylov: 8, max_sweeps: 60, penalty: 40.0, ..DmrgConfig::default() };
    for (ones, want) in [(None, &all), (Some(2), &exact[2])] {
        let mut found: Vec<Mps> = Vec::new();
        for (k, level) in want.iter().take(3).enumerate() {
            let start = match ones {
                Some(ones) => Mps::random_with_ones(n, ones, 8, &mut generator(k as u64)),
                None => Mps::random_real(n, 8, &mut generator(k as u64)),
            };
            let (state, report) = dmrg_above(&operator, &start, &found, &config).expect("a sound request");
            assert!((report.energy - level).abs() < 1e-7, "{ones:?}, level {k}: {level}, {report:?}");
            found.push(state);
        }
    }
}

#[test]
fn the_ones_of_the_ground_state_are_found() {
    for (n, seed) in [(2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (6, 6), (7, 7), (8, 8)] {
        let sum = molecule(n, 20 + seed);
        let exact: Vec<f64> = levels(&sum, n).iter().map(|levels| levels[0]).collect();
        let lowest = (0..=n).min_by(|&a, &b| exact[a].total_cmp(&exact[b]));
        let operator = Mpo::from_sum(&sum, n).expect("terms on the chain");
        let found = ground_ones(&operator, 32, &mut generator(seed)).expect("a sound request");
        assert_eq!(found, lowest, "n = {n}, seed {seed}: {exact:?}");
    }
    // Free ones on a chain in a field: every level below zero is filled.
    let n = 24;
    for field in [0.0, 0.35, -0.6, 1.2] {
        let hops = (1..n).flat_map(|q| hop(q - 1, q).terms).map(|(c, string)| (c / 2.0, string));
        let sum: PauliSum = hops.chain((0..n).map(|q| (field, PauliString::z(q)))).collect();
        let level = |j: usize| 2.0 * (std::f64::consts::PI * j as f64 / (n + 1) as f64).cos() - 2.0 * field;
        let filled = (1..=n).filter(|&j| level(j) < 0.0).count();
        let operator = Mpo::from_sum(&sum, n).expect("terms on the chain");
        let found = ground_ones(&operator, 32, &mut generator(2)).expect("a sound request");
        assert_eq!(found, Some(filled), "field {field}");
    }
    let tilted = Mpo::from_terms(&common::ising(4, 1.0), 4).expect("terms on the chain");
    assert_eq!(ground_ones(&tilted, 8, &mut generator(1)), Ok(None));
    let single = Mpo::from_terms(&[(1.0, vec![(0, Pauli::Z)])], 1).expect("terms on the chain");
    assert!(ground_ones(&single, 8, &mut generator(1)).is_err());
}
