//! Schmidt values and entropies of ground states and of superpositions of bit strings, as published.

mod common;

use circuit::{C64, State};
use common::{Terms, chain, heisenberg, ising, neel};
use tensornet::{BitStrings, DmrgConfig, Mpo, Mps, Truncation, dmrg};

fn ground(terms: &Terms, start: &Mps) -> Mps {
    let operator = Mpo::from_terms(terms, start.n_qubits()).expect("terms on the chain");
    dmrg(&operator, start, &DmrgConfig::default()).expect("a sound request").0
}

fn check(state: &Mps, bond: usize, entropy: f64, values: &[f64]) {
    assert!((state.entropies()[bond] - entropy).abs() < 1e-6, "{:?}", state.entropies());
    let got = state.schmidt_values(bond).expect("a bond");
    values.iter().zip(&got).for_each(|(want, got)| assert!((got - want).abs() < 2e-6, "{got} is not {want}"));
}

/// The superposition of all strings, with the roots of their weights.
fn superposition(data: &BitStrings) -> Mps {
    let mut amps = vec![C64::ZERO; 1 << data.n_qubits()];
    for (row, weight) in data.rows().iter().zip(data.weights()) {
        amps[row.iter().fold(0, |index, &bit| index << 1 | usize::from(bit))] = C64::from(weight.sqrt());
    }
    Mps::from_amps(&amps, Truncation { cutoff: 1e-24, ..Truncation::EXACT }).expect("a power of two")
}

#[test]
fn ground_states_are_entangled_as_published() {
    let heisenberg = ground(&heisenberg(&chain(12), 0.25), &neel(12));
    check(
        &heisenberg,
        5,
        0.53683325,
        &[0.931724, 0.209466, 0.209466, 0.209466, 0.008817, 0.008817, 0.008817],
    );
    let mut along_field = Mps::zero(12);
    (0..12).for_each(|q| along_field.apply_gate(&circuit::Gate::H, &[q]));
    check(&ground(&ising(12, 1.0), &along_field), 5, 0.39651621, &[0.931779, 0.361521, 0.030756, 0.011933]);
}

#[test]
fn images_are_entangled_as_published() {
    let state = superposition(&BitStrings::bars_and_stripes(4, 3).expect("a small image"));
    assert_eq!(state.bond_dims(), [2, 4, 7, 8, 8, 7, 8, 8, 7, 4, 2]);
    let half = [0.6931, 1.1673, 1.0746, 1.5787, 1.5787];
    let entropies = half.iter().chain([&1.0746]).chain(half.iter().rev());
    for (got, want) in state.entropies().iter().zip(entropies) {
        assert!((got - want).abs() < 1e-4, "{got} is not {want}");
    }
}

#[test]
fn strings_of_one_weight_are_entangled_as_published() {
    let table = [(4, 0.867563), (6, 1.018230), (8, 1.138074), (10, 1.235866), (12, 1.318058)];
    for (n, entropy) in table {
        let state = superposition(&BitStrings::cardinality(n, n / 2).expect("few strings"));
        let bonds: Vec<usize> = (1..n).map(|k| k.min(n - k) + 1).collect();
        assert_eq!(state.bond_dims(), bonds);
        check(&state, n / 2 - 1, entropy, &[]);
    }
}
