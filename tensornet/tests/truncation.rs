//! Chains against state vectors: exact where bonds suffice, and where they do not, off by what they say at most.

mod common;

use circuit::{C64, Circuit, Gate, Op, State, run};
use common::vector::Vector;
use tensornet::{Mpo, Mps, PermutedMps, Truncation};
use testkit::{Stream, check_state, random_circuit};

/// A circuit on the vacuum.
fn prepared<S: State>(start: S, circuit: &Circuit, params: &[f64]) -> S {
    let mut state = start;
    run(circuit, params, &mut state);
    state
}

fn infidelity(a: &[C64], b: &[C64]) -> f64 {
    1.0 - common::inner(a, b).norm_sqr()
}

#[test]
fn the_vector_conforms_to_the_reference() {
    check_state::<Vector>(1e-12);
}

/// Random circuits with gates on distant pairs in any order and rotations about strings of any width, at the bond that
/// every state fits, `2^(n/2)`: infidelity to 1e-12, what is measured to 1e-11.
#[test]
#[expect(clippy::print_stdout, reason = "a measurement is reported")]
fn a_chain_of_full_bonds_is_the_state_vector() {
    let (mut worst_state, mut worst_value) = (0.0_f64, 0.0_f64);
    for (n, n_ops, seeds) in [(2, 30, 6), (3, 30, 6), (6, 40, 4), (9, 40, 2), (12, 30, 1), (14, 24, 1)] {
        let chi_max = 1 << (n / 2);
        for seed in 0..seeds {
            let (circuit, params) = random_circuit(n, n_ops, &mut Stream(100 * n as u64 + seed));
            let reference = prepared(Vector::zero(n), &circuit, &params);
            let full = Truncation { chi_max, ..Truncation::EXACT };
            let chain = prepared(Mps::zero(n).with_truncation(full), &circuit, &params);
            let permuted = prepared(PermutedMps::zero(n).with_truncation(full), &circuit, &params);
            assert!(chain.bond_dims().into_iter().all(|chi| chi <= chi_max));
            let mut stream = Stream(seed);
            let sum = common::random_sum(n, 20, &mut stream);
            let [a, b] = <[usize; 2]>::try_from(stream.distinct(2, n)).expect("two qubits");
            let densities = [chain.reduced_density(&[a, b]), permuted.reduced_density(&[a, b])];
            for (state, value, density) in [
                (chain.amps(), chain.expectation(&sum), &densities[0]),
                (permuted.amps(), permuted.expectation(&sum), &densities[1]),
            ] {
                let lost = infidelity(&reference.amps, &state);
                let mut error = (value - reference.expectation(&sum)).abs();
                let density = density.as_ref().expect("two qubits");
                for (i, j) in (0..16).map(|k| (k / 4, k % 4)) {
                    error = error.max((density[[i, j]] - pair_density(&reference, [a, b], i, j)).norm());
                }
                assert!(lost.abs() <= 1e-12, "n = {n}, seed {seed}: {lost}");
                assert!(error <= 1e-11, "n = {n}, seed {seed}, qubits {a} and {b}: {error}");
                (worst_state, worst_value) = (worst_state.max(lost.abs()), worst_value.max(error));
            }
        }
    }
    println!("worst infidelity {worst_state:.1e}, worst value {worst_value:.1e}");
}

/// `⟨i|ρ|j⟩` of an ordered pair.
fn pair_density(state: &Vector, [a, b]: [usize; 2], i: usize, j: usize) -> C64 {
    let place = |q: usize| state.n_qubits - 1 - q;
    let set = |rest: usize, level: usize| rest | (level >> 1) << place(a) | (level & 1) << place(b);
    let others = (0..state.amps.len()).filter(|k| k >> place(a) & 1 == 0 && k >> place(b) & 1 == 0);
    others.map(|rest| state.amps[set(rest, i)] * state.amps[set(rest, j)].conj()).sum()
}

/// Squared Schmidt values, descending, of the cut behind the first `left` qubits, by exact diagonalisation of the
/// reduced density matrix of the smaller side.
fn schmidt_weights(state: &Vector, left: usize) -> Vec<f64> {
    let columns = state.amps.len() >> left;
    let amp = |row: usize, column: usize| state.amps[row * columns + column];
    let (rows, others, first) = match 2 * left <= state.n_qubits {
        true => (1 << left, columns, true),
        false => (columns, 1 << left, false),
    };
    let at = |i: usize, k: usize| if first { amp(i, k) } else { amp(k, i) };
    let entry = |i: usize, j: usize| (0..others).map(|k| at(i, k) * at(j, k).conj()).sum::<C64>();
    let real = |i: usize, j: usize| {
        let z = entry(i % rows, j % rows);
        match (i < rows, j < rows) {
            (true, true) | (false, false) => z.re,
            (true, false) => -z.im,
            (false, true) => z.im,
        }
    };
    let doubled = (0..2 * rows).map(|i| (0..2 * rows).map(|j| real(i, j)).collect()).collect();
    common::eigenvalues(doubled).into_iter().rev().step_by(2).collect()
}

/// A gate on neighbours, its bond cut: what is lost is the weight of the Schmidt values beyond the bond, no more.
#[test]
#[expect(clippy::print_stdout, reason = "a measurement is reported")]
fn a_cut_loses_the_discarded_schmidt_weight() {
    let (mut worst, mut cases) = (0.0_f64, 0);
    for (n, seed) in [(5, 1), (6, 2), (7, 3), (8, 4)] {
        let (circuit, params) = random_circuit(n, 12 * n, &mut Stream(seed));
        let chain = prepared(Mps::zero(n), &circuit, &params);
        let before = prepared(Vector::zero(n), &circuit, &params);
        for (left, gate) in (0..n - 1).flat_map(|left| [Gate::Cx, Gate::Swap].map(|gate| (left, gate))) {
            let pair = if seed % 2 == 0 { [left, left + 1] } else { [left + 1, left] };
            let mut exact = before.clone();
            exact.apply_gate(&gate, &pair);
            let weights = schmidt_weights(&exact, left + 1);
            for chi_max in [1, 2, 3, 5] {
                let rough = Truncation { chi_max, cutoff: 0.0, ..Truncation::EXACT };
                let mut cut = chain.clone().with_truncation(rough);
                let mut permuted = PermutedMps::from(cut.clone());
                cut.apply_gate(&gate, &pair);
                permuted.apply_gate(&gate, &pair);
                let discarded: f64 = weights.iter().skip(chi_max).sum();
                if discarded < 1e-5 {
                    continue;
                }
                let made = |state: &Mps| state.discarded_weight() - chain.discarded_weight();
                for (reported, amps) in [(made(&cut), cut.amps()), (made(permuted.chain()), permuted.amps())]
                {
                    let loss = infidelity(&exact.amps, &amps);
                    let error = (loss / discarded - 1.0).abs().max((reported / discarded - 1.0).abs());
                    let place = format!("n = {n}, seed {seed}, {} on {pair:?}, bond {chi_max}", gate.name());
                    assert!(error <= 1e-8, "{place}: lost {loss}, reported {reported}, Schmidt {discarded}");
                    (worst, cases) = (worst.max(error), cases + 1);
                }
            }
        }
    }
    println!("{cases} cuts, worst deviation of the ratio from one {worst:.1e}");
    assert!(cases > 150, "{cases}");
}

/// A thousand random circuits cut anyhow: the bound holds in all of them, where the estimate does not.
#[test]
#[expect(clippy::print_stdout, reason = "a measurement is reported")]
fn no_state_is_further_off_than_the_bound() {
    let (mut cut, mut tightest, mut beyond_estimate) = (0, (0.0_f64, 0), 0);
    for seed in 0..1000 {
        let mut stream = Stream(seed);
        let n = 4 + stream.below(4);
        let n_ops = 8 + stream.below(24);
        let (circuit, params) = random_circuit(n, n_ops, &mut stream);
        let cutoff = [0.0, 1e-6, 1e-3, 1e-2][stream.below(4)];
        let rough = Truncation { chi_max: 1 + stream.below(8), cutoff, ..Truncation::EXACT };
        let reference = prepared(Vector::zero(n), &circuit, &params);
        let chain = prepared(Mps::zero(n).with_truncation(rough), &circuit, &params);
        let permuted = prepared(PermutedMps::zero(n).with_truncation(rough), &circuit, &params);
        for (state, amps) in [(&chain, chain.amps()), (permuted.chain(), permuted.amps())] {
            let (lost, bound) = (infidelity(&reference.amps, &amps), state.infidelity_bound());
            assert!(lost <= bound + 1e-13, "seed {seed}, {rough:?}: lost {lost}, bound {bound}");
            if state.discarded_weight() > 1e-9 {
                cut += 1;
                tightest = if lost / bound > tightest.0 { (lost / bound, seed) } else { tightest };
                beyond_estimate += usize::from(lost > 1.0 - state.fidelity_estimate() + 1e-12);
            }
        }
    }
    println!(
        "{cut} of 2000 states cut; largest share of the bound {:.4} at seed {}; {beyond_estimate} beyond the estimate",
        tightest.0, tightest.1
    );
    assert!(cut > 1000 && tightest.0 > 0.5 && beyond_estimate > 0, "{cut} {tightest:?} {beyond_estimate}");
}

#[test]
fn ops_one_by_one_are_told_apart_by_their_bounds() {
    let (circuit, params) = random_circuit(6, 40, &mut Stream(5));
    let mut state = Mps::zero(6).with_truncation(Truncation { chi_max: 2, ..Truncation::EXACT });
    assert_eq!(state.infidelity_bound(), 0.0);
    let mut last = 0.0;
    for op in circuit.ops() {
        match op {
            Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
            Op::Rotation(string, angle) => state.apply_rotation(string, angle.value(&params)),
        }
        assert!((last..=1.0).contains(&state.infidelity_bound()), "it never falls");
        last = state.infidelity_bound();
    }
    assert!(last > 0.1, "{last}");
}

/// An operator applied to a state, cut hard on the way: its image is within the bound.
#[test]
#[expect(clippy::print_stdout, reason = "a measurement is reported")]
fn images_under_operators_are_within_their_bound() {
    let mut tightest = 0.0_f64;
    for seed in 0..60 {
        let mut stream = Stream(seed);
        let n = 4 + stream.below(4);
        let sum = common::random_sum(n, 12, &mut stream);
        let state = common::random_state(n, 40, seed);
        let amps = state.amps();
        let matrix = common::dense(&sum, n);
        let image = testkit::matrix::matvec(&matrix, &amps);
        let operator = Mpo::from_sum(&sum, n).expect("terms on the chain");
        for chi_max in [1, 2, 4, 100] {
            let rough = Truncation { chi_max, ..Truncation::EXACT };
            let found = operator.apply(&state, rough).expect("one length");
            let got = found.amps();
            let norms = common::inner(&image, &image).re * common::inner(&got, &got).re;
            let lost = 1.0 - common::inner(&image, &got).norm_sqr() / norms;
            let bound = found.infidelity_bound();
            assert!(lost <= bound + 1e-12, "seed {seed}, bond {chi_max}: {lost}, bound {bound}");
            assert!(chi_max < 100 || bound < 1e-20, "seed {seed}: {bound}");
            tightest = if bound > 1e-9 { tightest.max(lost / bound) } else { tightest };
        }
    }
    println!("largest share of the bound {tightest:.4}");
}
