//! The slow reference against facts known without it.

use circuit::{C64, Circuit, Gate, Pauli, PauliString, State, run};
use testkit::matrix::{dagger, distance, embed, identity, kron, matmul, matvec, pauli, rotation, transpose};
use testkit::{Dense, Stream, pauli_strings, random_circuit, unitary};

const ROUNDING: f64 = 1e-13;

/// `exp(m)` by its series; enough terms for entries of order one.
fn series(m: &[C64], dim: usize) -> Vec<C64> {
    let mut term = identity(dim);
    let mut sum = term.clone();
    for k in 1..60 {
        term = matmul(&term, m).into_iter().map(|v| v / f64::from(k)).collect();
        sum.iter_mut().zip(&term).for_each(|(s, t)| *s += t);
    }
    sum
}

#[test]
fn a_rotation_is_the_exponential_of_its_generator() {
    for (string, theta) in pauli_strings(3).into_iter().zip(Stream(1)) {
        let exponent: Vec<_> = pauli(&string, 3).iter().map(|v| C64::new(0.0, -theta / 2.0) * v).collect();
        let error = distance(&rotation(&string, theta, 3), &series(&exponent, 8));
        assert!(error < ROUNDING, "{string}: {error}");
    }
}

#[test]
fn pauli_strings_multiply_as_pauli_operators() {
    for a in pauli_strings(2) {
        for b in pauli_strings(2) {
            let (ab, ba) = (matmul(&pauli(&a, 2), &pauli(&b, 2)), matmul(&pauli(&b, 2), &pauli(&a, 2)));
            assert_eq!(a.commutes_with(&b), distance(&ab, &ba) < ROUNDING, "{a} and {b}");
        }
        assert_eq!(matmul(&pauli(&a, 2), &pauli(&a, 2)), identity(4), "{a} squared");
    }
}

#[test]
fn neighbours_in_order_embed_as_kronecker_products() {
    let m = unitary(&random_circuit(2, 9, &mut Stream(5)).0, &[0.3; 9]);
    let one = identity(2);
    assert_eq!(embed(&m, &[0, 1], 3), kron(&m, &one));
    assert_eq!(embed(&m, &[1, 2], 3), kron(&one, &m));
    let swap = Gate::Swap.matrix();
    let flipped = matmul(&matmul(swap.entries(), &m), swap.entries());
    assert!(distance(&embed(&m, &[1, 0], 2), &flipped) < ROUNDING);
}

#[test]
fn controlled_x_moves_basis_states_by_the_truth_table() {
    for (control, target) in [(0, 2), (2, 0), (1, 0)] {
        let full = embed(Gate::Cx.matrix().entries(), &[control, target], 3);
        for basis in 0..8 {
            let bit = |q: usize| basis >> (2 - q) & 1;
            let image = basis ^ bit(control) << (2 - target);
            assert_eq!(full[image * 8 + basis], C64::ONE, "{control} {target} {basis}");
        }
    }
}

#[test]
fn the_unitary_of_a_circuit_is_unitary_and_moves_the_state() {
    for n in 1..=4 {
        let (circuit, params) = random_circuit(n, 20, &mut Stream(n as u64));
        let u = unitary(&circuit, &params);
        assert!(distance(&matmul(&dagger(&u), &u), &identity(1 << n)) < ROUNDING, "n = {n}");
        let (mut state, zero) = (Dense::zero(n), Dense::zero(n));
        run(&circuit, &params, &mut state);
        assert!(distance(state.amps(), &matvec(&u, zero.amps())) < ROUNDING, "n = {n}");
    }
}

#[test]
fn dagger_and_transpose_are_what_they_say() {
    let m: Vec<C64> = (0..4).map(|k| C64::new(f64::from(k), 1.0)).collect();
    assert_eq!(transpose(&m), [m[0], m[2], m[1], m[3]]);
    assert_eq!(dagger(&m), [m[0].conj(), m[2].conj(), m[1].conj(), m[3].conj()]);
}

#[test]
fn a_distance_to_a_number_that_is_none_is_none() {
    let nan = C64::new(f64::NAN, 0.0);
    assert!(distance(&[nan, C64::ONE], &[C64::ONE, C64::ZERO]).is_nan());
}

#[test]
fn random_circuits_hold_every_kind_of_step() {
    let (circuit, params) = random_circuit(4, 400, &mut Stream(3));
    assert_eq!(circuit.n_params(), params.len());
    assert!((1..=4).all(|arity| circuit.count(arity) > 0));
    let used: Vec<_> = circuit.ops().iter().filter_map(parameter).collect();
    assert!(used.len() > params.len(), "some parameter is shared");
    assert!(used.iter().any(|&(_, scale)| scale == 1.0) && used.iter().any(|&(_, scale)| scale == -0.5));
    assert_eq!(Circuit::new(4).map(|c| c.n_params()), Ok(0));
}

fn parameter(op: &circuit::Op) -> Option<(usize, f64)> {
    match op {
        circuit::Op::Rotation(_, circuit::Angle::Param { index, scale }) => Some((*index, *scale)),
        circuit::Op::Rotation(_, circuit::Angle::Const(_)) | circuit::Op::Gate(..) => None,
    }
}

#[test]
fn the_first_qubit_is_the_high_bit() {
    let mut state = Dense::zero(3);
    state.apply_gate(&Gate::X, &[0]);
    assert_eq!(state.amps()[4], C64::ONE);
    assert_eq!(pauli(&PauliString::new(&[(0, Pauli::Z)]), 2)[5], C64::ONE);
}
