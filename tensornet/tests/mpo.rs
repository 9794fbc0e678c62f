//! Operators as chains: the right operator, at the smallest bonds.

mod common;

use circuit::{C64, Pauli, PauliString, PauliSum, State};
use common::{Terms, chain, dense, heisenberg, inner, ising, lattice, neel, random_state, random_sum, sum};
use tensornet::{Error, Mpo, Mps, TebdConfig, Truncation, tebd};
use testkit::Stream;
use testkit::matrix::{distance, matmul, matvec};

/// The operator multiplied out, `[2^n, 2^n]`.
fn multiplied_out(operator: &Mpo) -> Vec<C64> {
    let mut all = vec![(vec![C64::ONE], 1)]; // for each bond index: matrix and its side
    for q in 0..operator.n_qubits() {
        let site = operator.site(q);
        let (left, right, ..) = site.dim();
        let side = 2 * all[0].1;
        let mut next = vec![(vec![C64::ZERO; side * side], side); right];
        for (a, b) in (0..left).flat_map(|a| (0..right).map(move |b| (a, b))) {
            for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
                let before = all[a].0[i / 2 * (side / 2) + j / 2];
                next[b].0[i * side + j] += before * site[[a, b, i % 2, j % 2]];
            }
        }
        all = next;
    }
    all.swap_remove(0).0
}

#[test]
fn bonds_are_the_smallest_there_are() {
    let row = |r: usize, c: usize| 3 * r + c;
    let snake = |r: usize, c: usize| 3 * r + if r.is_multiple_of(2) { c } else { 2 - c };
    let decaying = |ratio: f64| -> Terms {
        let pairs = (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b)));
        pairs.map(|(a, b)| (ratio.powi((b - a) as i32), vec![(a, Pauli::Z), (b, Pauli::Z)])).collect()
    };
    let mut stream = Stream(5);
    let all_pairs: Terms = (0..8)
        .flat_map(|a| (a + 1..8).map(move |b| (a, b)))
        .map(|(a, b)| (stream.next().unwrap_or(1.0), vec![(a, Pauli::Z), (b, Pauli::Z)]))
        .collect();
    // Two ratios at once: no two rows are proportional, only singular values see the rank.
    let two_ratios: Terms = decaying(0.5).into_iter().chain(decaying(-0.3)).collect();
    // At the ends nothing is finished yet: one less than in the middle.
    let grid = vec![4, 8, 11, 11, 11, 11, 11, 11, 11, 8, 4];
    let ends_at = |end: usize, middle: usize, bonds: usize| {
        (0..bonds).map(|k| if k == 0 || k + 1 == bonds { end } else { middle }).collect::<Vec<_>>()
    };
    let table: [(&str, Terms, usize, Vec<usize>); 11] = [
        ("Ising", ising(9, 0.7), 9, vec![3; 8]),
        ("Heisenberg", heisenberg(&chain(9), 1.0), 9, ends_at(4, 5, 8)),
        ("long chain", heisenberg(&chain(100), 0.25), 100, ends_at(4, 5, 99)),
        ("rows of 3", heisenberg(&lattice(4, 3, row), 1.0), 12, grid.clone()),
        ("snake of 3", heisenberg(&lattice(4, 3, snake), 1.0), 12, grid),
        ("decay", decaying(0.5), 8, ends_at(2, 3, 7)),
        ("two decays", two_ratios, 8, ends_at(2, 4, 7)),
        ("all pairs", all_pairs, 8, vec![2, 4, 5, 6, 5, 4, 2]),
        ("one string", vec![(2.0, vec![(1, Pauli::Y), (4, Pauli::X)])], 6, vec![1; 5]),
        ("constant", vec![(-3.0, vec![])], 4, vec![1; 3]),
        ("nothing", vec![], 4, vec![1; 3]),
    ];
    for (name, terms, n, bonds) in table {
        let operator = Mpo::from_terms(&terms, n).expect("terms on the chain");
        assert_eq!(operator.bond_dims(), bonds, "{name}");
    }
}

#[test]
fn the_chain_multiplied_out_is_the_sum() {
    for (n, n_terms, seed) in [(1, 3, 1), (2, 5, 2), (3, 20, 3), (4, 12, 4), (5, 40, 5), (5, 1, 6), (4, 0, 7)]
    {
        let terms = random_sum(n, n_terms, &mut Stream(seed));
        let operator = Mpo::from_sum(&terms, n).expect("a sum on the chain");
        let error = distance(&multiplied_out(&operator), &dense(&terms, n));
        assert!(error < 1e-12, "n = {n}, seed {seed}: {error:e}");
        let doubled = multiplied_out(&operator.times(&operator).expect("the same length"));
        let square = matmul(&dense(&terms, n), &dense(&terms, n));
        assert!(distance(&doubled, &square) < 1e-11, "n = {n}, seed {seed}");
    }
}

#[test]
fn real_operators_have_real_chains() {
    let real: PauliSum = "0.5*Y0*Y2 + X1 - 2*Z0*X1*Y2*Y3".parse().expect("a sum");
    let complex: PauliSum = "0.5*Y0*Y2 + Y1".parse().expect("a sum");
    for (sum, want) in [(real, true), (complex, false)] {
        assert_eq!(Mpo::from_sum(&sum, 4).expect("it fits").is_real(), want, "{sum}");
    }
}

#[test]
fn expectation_and_variance_are_those_of_the_sum() {
    // Few terms give narrow operators, many give wide ones, whose variance goes another way.
    let narrow = (1..=6).flat_map(|n| (10..13).map(move |seed| (n, 15, seed)));
    for (n, n_terms, seed) in narrow.chain([(6, 400, 13), (7, 300, 14)]) {
        let terms = random_sum(n, n_terms, &mut Stream(seed));
        let state = random_state(n, 40, seed);
        let operator = Mpo::from_sum(&terms, n).expect("a sum on the chain");
        assert!(n_terms == 15 || operator.bond_dims().into_iter().max() > Some(24));
        let mean = operator.expectation(&state).expect("the same length");
        let scale: f64 = terms.terms.iter().map(|(c, _)| c.abs()).sum::<f64>().max(1.0);
        assert!((mean - state.expectation(&terms)).abs() < 1e-12 * scale, "n = {n}, seed {seed}");
        let image = matvec(&dense(&terms, n), &state.amps());
        let variance = inner(&image, &image).re - mean * mean;
        let got = operator.variance(&state).expect("the same length");
        assert!((got - variance).abs() < 1e-12 * scale * scale, "n = {n}, seed {seed}: {got} for {variance}");
    }
}

#[test]
fn an_operator_applied_is_the_matrix_applied() {
    for (n, seed) in (1..=6).flat_map(|n| (20..23).map(move |seed| (n, seed))) {
        let terms = random_sum(n, 15, &mut Stream(seed));
        let state = random_state(n, 40, seed);
        let operator = Mpo::from_sum(&terms, n).expect("a sum on the chain");
        let image = operator.apply(&state, Truncation::EXACT).expect("the same length");
        let want = matvec(&dense(&terms, n), &state.amps());
        let error = distance(&image.amps(), &want);
        assert!(error < 1e-12, "n = {n}, seed {seed}: {error:e}");
    }
}

#[test]
fn an_application_that_is_cut_is_nearly_the_best_cut() {
    let terms = heisenberg(&chain(10), 1.0);
    let config = TebdConfig { time_step: 0.05, steps: 6, ..TebdConfig::default() };
    let (state, _) = tebd(&sum(&terms), &neel(10), &config).expect("a sound request");
    let operator = Mpo::from_terms(&terms, 10).expect("a chain");
    let exact = operator.apply(&state, Truncation::EXACT).expect("the same length");
    for chi_max in [6, 10, 14] {
        let truncation = Truncation { chi_max, cutoff: 0.0, ..Truncation::EXACT };
        let zipped = operator.apply(&state, truncation).expect("the same length");
        let mut best = exact.clone();
        best.compress(truncation);
        assert!(zipped.bond_dims().into_iter().all(|chi| chi <= chi_max));
        let lost = |cut: &Mps| {
            let overlap = exact.overlap(cut).expect("the same length").norm_sqr();
            1.0 - overlap / (exact.norm() * cut.norm()).powi(2)
        };
        let [ours, least] = [lost(&zipped), lost(&best)];
        assert!(ours < 2.0 * least + 1e-12, "chi {chi_max}: lost {ours:e}, by singular values {least:e}");
        assert!(least > 1e-9, "chi {chi_max}: nothing to lose");
    }
}

#[test]
fn requests_without_meaning_are_refused() {
    let two = PauliSum::z(1);
    let length = Error::Length { what: "the Pauli sum", got: 2, expected: 1 };
    assert_eq!(Mpo::from_sum(&two, 1), Err(length));
    assert_eq!(Mpo::from_terms(&[], 0), Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX }));
    let twice = vec![(1.0, vec![(1, Pauli::X), (1, Pauli::Z)])];
    assert_eq!(Mpo::from_terms(&twice, 3), Err(Error::TermQubit { qubit: 1, n_qubits: 3 }));
    assert_eq!(
        Mpo::from_terms(&[(1.0, vec![(3, Pauli::X)])], 3),
        Err(Error::TermQubit { qubit: 3, n_qubits: 3 })
    );
    let infinite = PauliSum { terms: vec![(f64::INFINITY, PauliString::z(0))] };
    let error = Mpo::from_sum(&infinite, 1).expect_err("infinite");
    assert!(matches!(error, Error::NonFinite { .. }), "{error}");
    let operator = Mpo::from_sum(&two, 2).expect("it fits");
    let other = Mps::zero(3);
    assert!(matches!(operator.expectation(&other), Err(Error::Length { .. })));
    assert!(matches!(operator.variance(&other), Err(Error::Length { .. })));
    assert!(matches!(operator.apply(&other, Truncation::EXACT), Err(Error::Length { .. })));
}
