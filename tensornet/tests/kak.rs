//! Bricks against the dense reference: every two-qubit unitary comes back from its 15 angles.

use circuit::{C64, Gate, Mat4, Matrix, ansatz};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::f64::consts::FRAC_PI_4;
use tensornet::Error;
use tensornet::synthesis::{Synthesis, Topology, brick_angles, brick_matrix, cnot_count, weyl_coordinates};
use testkit::matrix::{dagger, identity, kron, matmul};
use testkit::{Stream, unitary};

/// Haar-random gates on two qubits.
fn haar(count: usize, seed: u64) -> Vec<Mat4> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let drawn = Synthesis::haar(2, &Topology::Staircase, count, &mut rng);
    drawn.gates().map(|gate| gate.matrix).collect()
}

fn mat4(entries: &[C64]) -> Mat4 {
    entries.try_into().expect("16 entries")
}

fn product(a: &Gate, b: &Gate) -> Mat4 {
    mat4(&kron(a.matrix().entries(), b.matrix().entries()))
}

/// `exp(-i (x XX + y YY + z ZZ) / 2)` from the circuit of a brick.
fn pair(x: f64, y: f64, z: f64) -> Mat4 {
    let mut angles = [0.0; 15];
    angles[6..9].copy_from_slice(&[x, y, z]);
    mat4(&unitary(&ansatz::brick_wall(2, 1).expect("two qubits"), &angles))
}

/// Largest difference between the matrices after the best global phase.
fn difference(a: &[C64], b: &[C64]) -> f64 {
    let overlap: C64 = a.iter().zip(b).map(|(x, y)| x.conj() * y).sum();
    let phase = overlap / overlap.norm();
    a.iter().zip(b).map(|(x, y)| (x * phase - y).norm()).fold(0.0, f64::max)
}

fn check(gate: &Mat4, what: &str) {
    let angles = brick_angles(gate).expect("a unitary matrix");
    assert!(difference(&brick_matrix(&angles), gate) < 1e-12, "{what}: {angles:?}");
}

fn one_qubit() -> Vec<Gate> {
    Gate::NAMED.into_iter().filter(|gate| gate.arity() == 1).collect()
}

#[test]
fn the_matrix_of_a_brick_is_that_of_its_circuit() {
    let brick = ansatz::brick_wall(2, 1).expect("two qubits");
    for seed in 0..20 {
        let angles: Vec<f64> = (&mut Stream(seed)).take(15).map(|x| 4.0 * x).collect();
        let ours = brick_matrix(&angles.as_slice().try_into().expect("15 angles"));
        let worst = testkit::matrix::distance(&ours, &unitary(&brick, &angles));
        assert!(worst < 1e-14, "seed {seed}: {worst}");
    }
}

#[test]
fn haar_random_gates_come_back() {
    haar(10_000, 7).iter().enumerate().for_each(|(k, gate)| check(gate, &format!("seed 7, gate {k}")));
}

#[test]
fn degenerate_gates_come_back() {
    for gate in Gate::NAMED.into_iter().filter(|gate| gate.arity() == 2) {
        check(&mat4(gate.matrix().entries()), gate.name());
    }
    for (a, b) in one_qubit().iter().flat_map(|a| one_qubit().into_iter().map(move |b| (a.clone(), b))) {
        check(&product(&a, &b), &format!("{} x {}", a.name(), b.name()));
    }
    check(&mat4(&identity(4)), "identity");
    for i in 0..4 {
        let phases: Mat4 = std::array::from_fn(|k| match (k / 4 == k % 4, k / 4 == i) {
            (true, true) => C64::cis(0.3),
            (true, false) => C64::ONE,
            (false, _) => C64::ZERO,
        });
        check(&phases, &format!("phase on {i}"));
    }
    let steps = [0.0, 0.5, 1.0, 1.5, 2.0].map(|k| k * FRAC_PI_4);
    for (x, y, z) in
        steps.iter().flat_map(|&x| steps.map(|y| (x, y))).flat_map(|(x, y)| steps.map(|z| (x, y, z)))
    {
        check(&pair(x, y, z), &format!("pair {x} {y} {z}"));
    }
}

#[test]
fn nearly_degenerate_gates_come_back() {
    let locals = haar(40, 8).into_iter().map(|u| {
        let angles = brick_angles(&u).expect("a unitary matrix");
        let mut local = angles;
        local[6..9].fill(0.0);
        brick_matrix(&local)
    });
    let locals: Vec<Mat4> = locals.collect();
    let mut stream = Stream(9);
    for exponent in 1..17 {
        let eps = 10f64.powi(-exponent);
        for (at, base) in [0.0, FRAC_PI_4, 2.0 * FRAC_PI_4].into_iter().enumerate() {
            let mut near = || base + eps * stream.next().expect("an endless stream");
            let middle = pair(near(), near(), near());
            let gate = matmul(&locals[exponent as usize], &matmul(&middle, &locals[at + 20]));
            check(&mat4(&gate), &format!("seeds 8, 9, distance 1e-{exponent} from {base}"));
        }
    }
}

#[test]
fn the_identity_has_angles_zero() {
    assert_eq!(brick_angles(&mat4(&identity(4))).expect("unitary"), [0.0; 15]);
}

#[test]
fn known_gates_have_known_coordinates_and_costs() {
    let q = FRAC_PI_4;
    let named = |gate: &Gate| mat4(gate.matrix().entries());
    let sqrt_swap = pair(-q, -q, -q);
    let table = [
        ("identity", mat4(&identity(4)), [0.0; 3], 0),
        ("h x t", product(&Gate::H, &Gate::T), [0.0; 3], 0),
        ("cx", named(&Gate::Cx), [q, 0.0, 0.0], 1),
        ("cy", named(&Gate::Cy), [q, 0.0, 0.0], 1),
        ("cz", named(&Gate::Cz), [q, 0.0, 0.0], 1),
        ("iswap", pair(2.0 * q, 2.0 * q, 0.0), [q, q, 0.0], 2),
        ("partial cz", pair(0.0, 0.3, 0.0), [0.15, 0.0, 0.0], 2),
        ("swap", named(&Gate::Swap), [q, q, q], 3),
        ("root of swap", sqrt_swap, [q / 2.0, q / 2.0, q / 2.0], 3),
        ("its inverse", mat4(&dagger(&sqrt_swap)), [q / 2.0, q / 2.0, -q / 2.0], 3),
        ("generic", pair(-0.6, -1.0, -0.2), [0.5, 0.3, 0.1], 3),
        ("folded", pair(-0.6, -1.0 - 4.0 * q, 0.2), [0.5, 0.3, -0.1], 3),
    ];
    let locals = haar(24, 3).into_iter().map(|u| {
        let mut angles = brick_angles(&u).expect("unitary");
        angles[6..9].fill(0.0);
        brick_matrix(&angles)
    });
    let locals: Vec<Mat4> = locals.collect();
    for (k, (name, gate, coordinates, cnots)) in table.iter().enumerate() {
        let dressed = mat4(&matmul(&locals[2 * k], &matmul(gate, &locals[2 * k + 1])));
        for (dress, matrix) in [("bare", gate), ("dressed", &dressed)] {
            let got = weyl_coordinates(matrix).expect("unitary");
            let worst = got.iter().zip(coordinates).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-12, "{dress} {name}: {got:?} is not {coordinates:?}");
            assert_eq!(cnot_count(matrix).expect("unitary"), *cnots, "{dress} {name}");
        }
    }
}

#[test]
fn a_matrix_that_is_not_unitary_is_refused() {
    let mut broken = mat4(&identity(4));
    broken[5] = C64::from(1.001);
    let text = brick_angles(&broken).expect_err("not unitary").to_string();
    assert!(text.contains("2.0e-3") && text.contains("1e-9"), "{text}");
    broken[5] = C64::from(f64::NAN);
    assert!(matches!(cnot_count(&broken), Err(Error::NotUnitary { .. })));
    assert!(matches!(Gate::Swap.matrix(), Matrix::Two(m) if brick_angles(&m).is_ok()));
}
