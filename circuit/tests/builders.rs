//! Builders and whole-circuit operations against the dense reference.

use circuit::{Angle, C64, Circuit, Error, Gate, Op, Pauli, PauliString};
use testkit::matrix::{dagger, distance, embed, identity, kron, matmul, rotation, transpose};
use testkit::{Stream, random_circuit, unitary};

const ROUNDING: f64 = 1e-13;
const ON_THREE: [(usize, Pauli); 3] = [(2, Pauli::X), (0, Pauli::Y), (1, Pauli::Z)];
const PAULIS: [Pauli; 3] = [Pauli::X, Pauli::Y, Pauli::Z];

type Build1 = fn(&mut Circuit, usize) -> Result<&mut Circuit, Error>;
type Build2 = fn(&mut Circuit, usize, usize) -> Result<&mut Circuit, Error>;
type Rotate1 = fn(&mut Circuit, usize, Angle) -> Result<&mut Circuit, Error>;
type Rotate2 = fn(&mut Circuit, usize, usize, Angle) -> Result<&mut Circuit, Error>;

const ON_ONE: [(Build1, Gate); 7] = [
    (Circuit::h, Gate::H),
    (Circuit::x, Gate::X),
    (Circuit::y, Gate::Y),
    (Circuit::z, Gate::Z),
    (Circuit::s, Gate::S),
    (Circuit::t, Gate::T),
    (Circuit::sx, Gate::Sx),
];
const ON_TWO: [(Build2, Gate); 4] =
    [(Circuit::cx, Gate::Cx), (Circuit::cy, Gate::Cy), (Circuit::cz, Gate::Cz), (Circuit::swap, Gate::Swap)];
const ROTATIONS_ON_ONE: [(Rotate1, Pauli); 3] =
    [(Circuit::rx, Pauli::X), (Circuit::ry, Pauli::Y), (Circuit::rz, Pauli::Z)];
const ROTATIONS_ON_TWO: [(Rotate2, Pauli); 3] =
    [(Circuit::rxx, Pauli::X), (Circuit::ryy, Pauli::Y), (Circuit::rzz, Pauli::Z)];

/// Random circuits on 1 to 4 qubits, with their parameters and the unitary of each.
fn samples() -> impl Iterator<Item = (Circuit, Vec<f64>, Vec<C64>)> {
    (0..24).map(|seed| {
        let (circuit, params) = random_circuit(1 + seed % 4, 25, &mut Stream(seed as u64));
        let u = unitary(&circuit, &params);
        (circuit, params, u)
    })
}

#[test]
fn builders_append_the_gate_they_are_named_after() -> Result<(), Error> {
    for (build, gate) in ON_ONE {
        let mut circuit = Circuit::new(2)?;
        build(&mut circuit, 1)?;
        assert_eq!(circuit.ops(), [Op::Gate(gate, vec![1])]);
    }
    for (build, gate) in ON_TWO {
        let mut circuit = Circuit::new(3)?;
        build(&mut circuit, 2, 0)?;
        assert_eq!(circuit.ops(), [Op::Gate(gate, vec![2, 0])]);
    }
    for (build, pauli) in ROTATIONS_ON_ONE {
        let mut circuit = Circuit::new(2)?;
        build(&mut circuit, 1, 0.3.into())?;
        assert_eq!(circuit.ops(), [Op::Rotation(PauliString::new(&[(1, pauli)]), Angle::Const(0.3))]);
    }
    for (build, pauli) in ROTATIONS_ON_TWO {
        let mut circuit = Circuit::new(3)?;
        let theta = circuit.param();
        build(&mut circuit, 2, 0, theta)?;
        assert_eq!(circuit.ops(), [Op::Rotation(PauliString::new(&[(2, pauli), (0, pauli)]), theta)]);
    }
    Ok(())
}

#[test]
fn a_controlled_rotation_is_the_identity_or_the_rotation() -> Result<(), Error> {
    for pauli in PAULIS {
        for (control, target) in [(0, 1), (1, 0), (2, 0)] {
            let mut circuit = Circuit::new(3)?;
            let theta = circuit.param();
            circuit.controlled_rotation(control, target, pauli, theta.scaled(2.0))?;
            let turn = rotation(&PauliString::new(&[(0, pauli)]), 1.6, 1);
            let [off, on] = [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]].map(|m| m.map(C64::from));
            let blocks = kron(&off, &identity(2)).into_iter().zip(kron(&on, &turn));
            let definition: Vec<_> = blocks.map(|(a, b)| a + b).collect();
            let want = embed(&definition, &[control, target], 3);
            assert!(distance(&unitary(&circuit, &[0.8]), &want) < ROUNDING, "{pauli:?} {control} {target}");
        }
    }
    Ok(())
}

#[test]
fn dagger_and_transpose_are_those_of_the_unitary() {
    for (circuit, params, u) in samples() {
        assert!(distance(&unitary(&circuit.dagger(), &params), &dagger(&u)) < ROUNDING);
        assert!(distance(&unitary(&circuit.transpose(), &params), &transpose(&u)) < ROUNDING);
        assert_eq!(circuit.dagger().n_params(), params.len());
        assert!(
            distance(&unitary(&circuit.transpose().dagger().transpose().dagger(), &params), &u) < ROUNDING
        );
    }
}

#[test]
fn then_multiplies_unitaries_over_joined_parameters() -> Result<(), Error> {
    for seed in 0..12 {
        let mut stream = Stream(seed);
        let (first, mut params) = random_circuit(3, 12, &mut stream);
        let (second, more) = random_circuit(3, 12, &mut stream);
        let want = matmul(&unitary(&second, &more), &unitary(&first, &params));
        let joined = first.then(&second)?;
        params.extend(more);
        assert_eq!(joined.n_params(), params.len());
        assert!(distance(&unitary(&joined, &params), &want) < ROUNDING, "seed {seed}");
    }
    Ok(())
}

#[test]
fn embed_moves_the_unitary_to_other_qubits() -> Result<(), Error> {
    for (circuit, params, u) in samples().filter(|(circuit, ..)| circuit.n_qubits() < 4) {
        for first in 0..=4 - circuit.n_qubits() {
            let wide = circuit.embed(4, first)?;
            let targets: Vec<usize> = (first..first + circuit.n_qubits()).collect();
            assert_eq!((wide.n_qubits(), wide.n_params()), (4, params.len()));
            assert!(distance(&unitary(&wide, &params), &embed(&u, &targets, 4)) < ROUNDING, "{targets:?}");
        }
    }
    Ok(())
}

#[test]
fn counts_and_depth_follow_the_ops() -> Result<(), Error> {
    type Fill = fn(&mut Circuit) -> Result<(), Error>;
    let table: [(&str, Fill, [usize; 3], usize); 6] = [
        ("nothing", |_| Ok(()), [0, 0, 0], 0),
        ("side by side", |c| c.h(0)?.h(1)?.h(2).map(drop), [3, 0, 0], 1),
        ("on one qubit", |c| c.h(0)?.s(0)?.rz(0, 0.1).map(drop), [3, 0, 0], 3),
        ("a ladder", |c| c.cx(0, 1)?.cx(1, 2)?.h(0).map(drop), [1, 2, 0], 2),
        ("a controlled rotation", |c| c.controlled_rotation(0, 2, Pauli::X, 0.2).map(drop), [1, 1, 0], 2),
        ("a wide rotation", |c| c.h(0)?.rotation(&ON_THREE, 0.2)?.h(1).map(drop), [2, 0, 1], 3),
    ];
    for (what, fill, counts, depth) in table {
        let mut circuit = Circuit::new(3)?;
        fill(&mut circuit)?;
        assert_eq!([1, 2, 3].map(|arity| circuit.count(arity)), counts, "{what}");
        assert_eq!(circuit.depth(), depth, "{what}");
    }
    Ok(())
}

#[test]
fn parameters_are_counted_once_and_shared_at_will() -> Result<(), Error> {
    let mut circuit = Circuit::new(2)?;
    let (a, b) = (circuit.param(), circuit.param());
    circuit.rx(0, a)?.rx(1, a.scaled(-0.5))?.ry(0, b)?.ry(1, 0.25)?;
    assert_eq!(circuit.n_params(), 2);
    let angles = circuit.ops().iter().filter_map(|op| match op {
        Op::Rotation(_, angle) => Some(angle.value(&[3.0, 5.0])),
        Op::Gate(..) => None,
    });
    assert_eq!(angles.collect::<Vec<_>>(), [3.0, -1.5, 5.0, 0.25]);
    assert_eq!(Angle::from(0.5).scaled(4.0), Angle::Const(2.0));
    Ok(())
}

#[test]
fn circuits_survive_json() {
    for (circuit, ..) in samples() {
        let text = serde_json::to_string(&circuit).expect("plain data");
        assert_eq!(serde_json::from_str::<Circuit>(&text).expect("own text"), circuit);
    }
}
