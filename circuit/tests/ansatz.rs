//! Standard circuits: parameter counts, structure, inverses; and the circuits of attention.

use std::f64::consts::{FRAC_PI_2, PI};

use circuit::ansatz::{brick_wall, bricks, euler, hardware_efficient, strongly_entangling};
use circuit::qontot::Ansatz;
use circuit::{C64, Circuit, Error, Gate, Op};
use testkit::matrix::{distance, identity, matmul};
use testkit::{Stream, unitary};

type Build = fn(usize, usize) -> Result<Circuit, Error>;
type Count = fn(usize, usize) -> usize;

/// Name, builder, parameters and two-qubit operations as functions of qubits and layers.
const TABLE: [(&str, Build, Count, Count); 3] = [
    ("hardware efficient", hardware_efficient, |n, l| 2 * n * l, |n, l| ring(n) * l),
    ("strongly entangling", strongly_entangling, |n, l| 3 * n * l, |n, l| ring(n) * l),
    ("brick wall", brick_wall, |n, l| 15 * (n - 1) * l, |n, l| 3 * (n - 1) * l),
];

/// Gates of a ring; one of a single qubit has none, and one of two would undo itself.
const fn ring(n: usize) -> usize {
    match n {
        0 | 1 => 0,
        2 => 1,
        _ => n,
    }
}

fn angles(count: usize, seed: u64) -> Vec<f64> {
    Stream(seed).take(count).map(|x| 3.0 * x).collect()
}

#[test]
fn parameters_and_entanglers_follow_the_formulas() -> Result<(), Error> {
    for (name, build, params, entanglers) in TABLE {
        for (n, layers) in (1..=6).flat_map(|n| (0..4).map(move |layers| (n, layers))) {
            let circuit = build(n, layers)?;
            assert_eq!(circuit.n_params(), params(n, layers), "{name} {n} {layers}");
            assert_eq!(circuit.count(2), entanglers(n, layers), "{name} {n} {layers}");
        }
        assert!(build(129, 1).is_err(), "{name}");
    }
    Ok(())
}

#[test]
fn every_parameter_is_used_once_and_in_order() -> Result<(), Error> {
    for (name, build, ..) in TABLE {
        let circuit = build(4, 2)?;
        let used: Vec<usize> = circuit.ops().iter().filter_map(parameter).collect();
        assert_eq!(used, (0..circuit.n_params()).collect::<Vec<_>>(), "{name}");
    }
    Ok(())
}

fn parameter(op: &Op) -> Option<usize> {
    match op {
        Op::Rotation(_, circuit::Angle::Param { index, .. }) => Some(*index),
        Op::Rotation(_, circuit::Angle::Const(_)) | Op::Gate(..) => None,
    }
}

#[test]
fn the_dagger_is_the_inverse() -> Result<(), Error> {
    for (name, build, ..) in TABLE {
        let circuit = build(3, 2)?;
        let params = angles(circuit.n_params(), 4);
        let product = matmul(&unitary(&circuit.dagger(), &params), &unitary(&circuit, &params));
        assert!(distance(&product, &identity(8)) < 1e-13, "{name}");
    }
    Ok(())
}

#[test]
fn ranges_grow_with_the_layer() -> Result<(), Error> {
    let circuit = strongly_entangling(4, 4)?;
    let pairs: Vec<_> = circuit.ops().iter().filter_map(controlled_x).collect();
    let expected = [1, 2, 3, 1].into_iter().flat_map(|range| (0..4).map(move |q| vec![q, (q + range) % 4]));
    assert_eq!(pairs, expected.collect::<Vec<_>>());
    Ok(())
}

fn controlled_x(op: &Op) -> Option<Vec<usize>> {
    match op {
        Op::Gate(gate, qubits) => (*gate == Gate::Cx).then(|| qubits.clone()),
        Op::Rotation(..) => None,
    }
}

#[test]
fn bricks_cover_every_neighbour_once() {
    let table: [(usize, &[usize]); 6] =
        [(0, &[]), (1, &[]), (2, &[0]), (3, &[0, 1]), (5, &[0, 2, 1, 3]), (6, &[0, 2, 4, 1, 3])];
    for (n, pairs) in table {
        assert_eq!(bricks(n).collect::<Vec<_>>(), pairs, "n = {n}");
    }
}

#[test]
fn euler_rotations_reach_every_gate_up_to_a_phase() -> Result<(), Error> {
    let mut circuit = Circuit::new(1)?;
    euler(&mut circuit, 0)?;
    let table = [(Gate::H, [PI, FRAC_PI_2, 0.0]), (Gate::X, [PI, PI, 0.0]), (Gate::S, [FRAC_PI_2, 0.0, 0.0])];
    for (gate, params) in table {
        let u = unitary(&circuit, &params);
        let matrix = gate.matrix();
        let overlap: C64 = u.iter().zip(matrix.entries()).map(|(a, b)| a.conj() * b).sum();
        assert!((overlap.norm() - 2.0).abs() < 1e-15, "{}", gate.name());
    }
    Ok(())
}

/// Parameters of the attention circuits as functions of qubits per register and layers.
fn attention_params(ansatz: Ansatz, q: usize, layers: usize) -> usize {
    match ansatz {
        Ansatz::Parted | Ansatz::Simple => 3 * q + 8 * layers * (q - 1),
        Ansatz::Centrosymmetric => q + 8 * layers * (q - 1),
        Ansatz::Trotter => 3 * q + 2 * layers * (4 * q - 3),
        Ansatz::TrotterTied => 3 * q + 8 * layers,
    }
}

#[test]
fn attention_circuits_have_the_stated_parameters() -> Result<(), Error> {
    for ansatz in Ansatz::ALL {
        for (q, layers) in [(1, 1), (2, 1), (6, 2), (7, 1), (8, 16), (10, 3)] {
            let expected = attention_params(ansatz, q, layers);
            assert_eq!(ansatz.matrix_circuit(q, layers)?.n_params(), expected, "{ansatz:?} {q} {layers}");
            assert_eq!(ansatz.bell_circuit(q, layers)?.n_params(), expected, "{ansatz:?} {q} {layers}");
        }
        assert!(ansatz.bell_circuit(65, 1).is_err(), "{ansatz:?}");
    }
    assert_eq!(Ansatz::Parted.matrix_circuit(6, 2)?.n_params(), 98);
    Ok(())
}

#[test]
fn measuring_bell_pairs_gives_the_squared_matrix() -> Result<(), Error> {
    for ansatz in Ansatz::ALL {
        for (q, layers) in [(1, 1), (2, 2), (3, 1)] {
            let bell = ansatz.bell_circuit(q, layers)?;
            let params = angles(bell.n_params(), q as u64);
            let (joint, w) = (unitary(&bell, &params), unitary(&ansatz.matrix_circuit(q, layers)?, &params));
            let dim = 1 << q;
            for (a, b) in (0..dim).flat_map(|a| (0..dim).map(move |b| (a, b))) {
                let probability = joint[(a * dim + b) * dim * dim].norm_sqr();
                let expected = w[b * dim + a].norm_sqr() / dim as f64;
                assert!((probability - expected).abs() < 1e-13, "{ansatz:?} {q} {a} {b}");
            }
        }
    }
    Ok(())
}
