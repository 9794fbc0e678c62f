//! Contraction against the dense reference, and on many qubits against chains.

mod common;

use circuit::hamiltonian::{Lattice, heisenberg};
use circuit::{Circuit, Gate, PauliSum, State, ansatz, run};
use tensornet::contraction::{ContractionConfig, amplitude, expectation};
use tensornet::{Error, Mps};
use testkit::{Dense, Stream, random_circuit};

fn config() -> ContractionConfig {
    ContractionConfig::default()
}

/// Random circuits with wide rotations, literal gates and phases, and every named gate on distant qubits.
fn circuits() -> Vec<(Circuit, Vec<f64>)> {
    let mut all: Vec<_> =
        (0..12).map(|seed| random_circuit(1 + seed % 5, 18, &mut Stream(seed as u64))).collect();
    let mut named = Circuit::new(4).expect("small");
    (0..4).for_each(|q| _ = named.ry(q, 0.3 + q as f64).expect("in range"));
    for (k, gate) in Gate::NAMED.into_iter().enumerate() {
        named.gate(gate.clone(), &[(k + 3) % 4, (k + 1) % 4][..gate.arity()]).expect("in range");
        named.rx(k % 4, 0.2).expect("in range");
    }
    let (source, params) = random_circuit(2, 20, &mut Stream(40));
    let literal = testkit::unitary(&source, &params).try_into().expect("4 x 4");
    named.gate(Gate::Unitary2(Box::new(literal)), &[3, 0]).expect("unitary");
    named.rotation(&[], 0.9).expect("a phase");
    all.push((named, Vec::new()));
    all.push((Circuit::new(3).expect("small"), Vec::new()));
    all
}

#[test]
fn amplitudes_and_expectations_are_those_of_the_dense_reference() {
    for (k, (circuit, params)) in circuits().into_iter().enumerate() {
        let n = circuit.n_qubits();
        let mut dense = Dense::zero(n);
        run(&circuit, &params, &mut dense);
        for (basis, want) in dense.amps().iter().enumerate() {
            let bits: Vec<bool> = (0..n).map(|q| basis >> (n - 1 - q) & 1 == 1).collect();
            let (got, report) = amplitude(&circuit, &params, &bits, &config()).expect("small");
            assert!((got - want).norm() < 1e-13, "circuit {k}, {bits:?}: {got} is not {want}");
            assert_eq!(report.n_qubits, n);
        }
        for seed in 0..4 {
            let sum = common::random_sum(n, 5, &mut Stream(10 * k as u64 + seed));
            let (got, _) = expectation(&circuit, &params, &sum, &config()).expect("small");
            let want = dense.expectation(&sum);
            assert!((got - want).abs() < 1e-12, "circuit {k}, {sum}: {got} is not {want}");
        }
        let nothing = expectation(&circuit, &params, &"0".parse().expect("a sum"), &config()).expect("small");
        assert_eq!(nothing.0, 0.0);
        let constant =
            expectation(&circuit, &params, &"2.5".parse().expect("a sum"), &config()).expect("small");
        assert_eq!((constant.0, constant.1.tensors), (2.5, 0));
    }
}

/// Four sublayers of bricks on 100 qubits.
#[test]
fn a_hundred_qubits_agree_with_a_chain() {
    let circuit = ansatz::brick_wall(100, 2).expect("fits");
    let params: Vec<f64> = Stream(3).take(circuit.n_params()).collect();
    let mut chain = Mps::zero(100);
    run(&circuit, &params, &mut chain);
    for text in ["Z50", "X49*Y50", "Z0", "Y99*X98", "0.5*Z20*X21*Z22 - 1.5*X60"] {
        let sum: PauliSum = text.parse().expect("a sum");
        let (got, report) = expectation(&circuit, &params, &sum, &config()).expect("shallow");
        let want = chain.expectation(&sum);
        assert!((got - want).abs() < 1e-11, "{text}: {got} is not {want}");
        assert!(report.n_qubits <= 12 && report.width <= 14, "{text}: {report:?}");
        assert!(report.bytes < 1 << 24 && report.multiply_adds < 1e7, "{text}: {report:?}");
    }
    let energy = heisenberg(&Lattice::chain(100).expect("fits"), 1.0).expect("finite");
    let (got, _) = expectation(&circuit, &params, &energy, &config()).expect("shallow");
    let want = chain.expectation(&energy);
    assert!((got - want).abs() < 1e-9, "{got} is not {want}");
    let shallow = ansatz::brick_wall(100, 1).expect("fits");
    let params = &params[..shallow.n_params()];
    let mut chain = Mps::zero(100);
    run(&shallow, params, &mut chain);
    let bits: Vec<bool> = Stream(8).take(100).map(|x| x > 0.6).collect();
    let (got, report) = amplitude(&shallow, params, &bits, &config()).expect("shallow");
    let want = chain.amplitude(&bits);
    assert!((got - want).norm() < 1e-10 * want.norm(), "{got} is not {want}: {report:?}");
    assert!(report.width <= 8, "{report:?}");
}

#[test]
fn two_dimensions_and_equal_bits() {
    let lattice = Lattice::new(8, 8, Default::default()).expect("fits");
    let mut circuit = Circuit::new(64).expect("fits");
    (0..64).for_each(|q| _ = circuit.ry(q, 0.1 * (q + 1) as f64).expect("in range"));
    lattice.neighbours().into_iter().for_each(|[a, b]| _ = circuit.rzz(a, b, 0.7).expect("in range"));
    (0..64).for_each(|q| _ = circuit.rx(q, 0.3 + 0.01 * q as f64).expect("in range"));
    let corner = lattice.site(3, 3);
    let sum = common::sum(&vec![(1.0, vec![(corner, circuit::Pauli::Z)])]);
    let (value, report) = expectation(&circuit, &[], &sum, &config()).expect("shallow");
    assert_eq!(report.n_qubits, 5);
    let mut small = Circuit::new(5).expect("small"); // the cone alone: the site and its neighbours
    let members: Vec<usize> = (0..64)
        .filter(|&q| {
            q == corner || lattice.neighbours().iter().any(|p| p.contains(&q) && p.contains(&corner))
        })
        .collect();
    let local = |q: usize| members.iter().position(|&m| m == q).expect("a member");
    members.iter().for_each(|&q| _ = small.ry(local(q), 0.1 * (q + 1) as f64).expect("in range"));
    let others = members.iter().filter(|&&q| q != corner);
    others.for_each(|&q| _ = small.rzz(local(q), local(corner), 0.7).expect("in range"));
    small.rx(local(corner), 0.3 + 0.01 * corner as f64).expect("in range");
    let mut dense = Dense::zero(5);
    run(&small, &[], &mut dense);
    let want = dense.expectation(&PauliSum::z(local(corner)));
    assert!((value - want).abs() < 1e-13, "{value} is not {want}");
    let again = expectation(&circuit, &[], &sum, &config()).expect("shallow");
    assert_eq!((again.0.to_bits(), again.1), (value.to_bits(), report));
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_tried() {
    let deep = ansatz::brick_wall(60, 20).expect("fits");
    let params = vec![0.3; deep.n_params()];
    let z = PauliSum::z(30);
    let Err(Error::Contraction { width, needed, limit }) = expectation(&deep, &params, &z, &config()) else {
        panic!("a contraction of sixty qubits in depth forty")
    };
    assert!(width > 30 && needed > u128::from(limit) && limit == 4 << 30, "{width} {needed} {limit}");
    let small = ansatz::brick_wall(4, 1).expect("small");
    let params = vec![0.3; small.n_params()];
    let tight = ContractionConfig { memory_limit: 100, ..config() };
    let message = amplitude(&small, &params, &[false; 4], &tight).expect_err("tight").to_string();
    assert!(message.contains("the limit is 100") && message.contains("memory_limit"), "{message}");
    let length = |what, got| Error::Length { what, got, expected: 4 };
    assert_eq!(amplitude(&small, &params, &[true; 3], &config()).err(), Some(length("the bit string", 3)));
    let wide: PauliSum = "Z4".parse().expect("a sum");
    assert_eq!(expectation(&small, &params, &wide, &config()).err(), Some(length("the Pauli sum", 5)));
    let short = expectation(&small, &params[1..], &z, &config()).expect_err("short").to_string();
    assert!(short.contains("44 values were given for the 45 parameters"), "{short}");
}
