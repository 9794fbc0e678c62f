//! Every gate against its OpenQASM 3 definition.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use circuit::{C64, Gate, Matrix};
use testkit::matrix::{dagger, distance, identity, kron, matmul, transpose};
use testkit::{Stream, random_circuit, unitary};

const ROUNDING: f64 = 1e-15;

/// `U(θ, φ, λ)` times `exp(i γ)`, the one built-in gate of OpenQASM 3.
fn u(theta: f64, phi: f64, lambda: f64, gamma: f64) -> Vec<C64> {
    let phase = |angle: f64| C64::from_polar(1.0, angle);
    let (sin, cos) = (theta / 2.0).sin_cos();
    [phase(0.0) * cos, -phase(lambda) * sin, phase(phi) * sin, phase(phi + lambda) * cos]
        .map(|entry| entry * phase(gamma))
        .to_vec()
}

fn controlled(m: &[C64]) -> Vec<C64> {
    let [o, l] = [C64::ZERO, C64::ONE];
    let idle = kron(&[l, o, o, o], &identity(2));
    let busy = kron(&[o, o, o, l], m);
    idle.iter().zip(busy).map(|(a, b)| a + b).collect()
}

fn definition(gate: &Gate) -> (&'static str, Vec<C64>) {
    let x = || u(PI, 0.0, PI, 0.0);
    let y = || u(PI, FRAC_PI_2, FRAC_PI_2, 0.0);
    let z = || u(0.0, 0.0, PI, 0.0);
    match gate {
        Gate::H => ("h", u(FRAC_PI_2, 0.0, PI, 0.0)),
        Gate::X => ("x", x()),
        Gate::Y => ("y", y()),
        Gate::Z => ("z", z()),
        Gate::S => ("s", u(0.0, 0.0, FRAC_PI_2, 0.0)),
        Gate::Sdg => ("sdg", u(0.0, 0.0, -FRAC_PI_2, 0.0)),
        Gate::T => ("t", u(0.0, 0.0, FRAC_PI_4, 0.0)),
        Gate::Tdg => ("tdg", u(0.0, 0.0, -FRAC_PI_4, 0.0)),
        Gate::Sx => ("sx", u(FRAC_PI_2, -FRAC_PI_2, FRAC_PI_2, FRAC_PI_4)),
        Gate::Sxdg => ("sxdg", u(FRAC_PI_2, FRAC_PI_2, -FRAC_PI_2, -FRAC_PI_4)),
        Gate::Cx => ("cx", controlled(&x())),
        Gate::Cy => ("cy", controlled(&y())),
        Gate::Cz => ("cz", controlled(&z())),
        Gate::Swap => ("swap", exchange()),
        Gate::Unitary1(m) => ("unitary", m.to_vec()),
        Gate::Unitary2(m) => ("unitary", m.to_vec()),
    }
}

/// `|ab⟩ -> |ba⟩` from its truth table.
fn exchange() -> Vec<C64> {
    let mut m = vec![C64::ZERO; 16];
    for (a, b) in [(0b00, 0b00), (0b01, 0b10), (0b10, 0b01), (0b11, 0b11)] {
        m[b * 4 + a] = C64::ONE;
    }
    m
}

/// Every named gate and two literal ones.
fn all() -> Vec<Gate> {
    let literal = |n| {
        let (circuit, params) = random_circuit(n, 15, &mut Stream(8));
        unitary(&circuit, &params)
    };
    let one = Gate::Unitary1(literal(1).try_into().expect("2x2"));
    let two = Gate::Unitary2(Box::new(literal(2).try_into().expect("4x4")));
    Gate::NAMED.into_iter().chain([one, two]).collect()
}

#[test]
fn matrices_and_names_are_those_of_openqasm() {
    for gate in all() {
        let (name, matrix) = definition(&gate);
        assert_eq!(gate.name(), name);
        assert_eq!(gate.matrix().entries().len(), 1 << (2 * gate.arity()), "{name}");
        assert_eq!(matches!(gate.matrix(), Matrix::One(_)), gate.arity() == 1, "{name}");
        assert!(distance(gate.matrix().entries(), &matrix) < ROUNDING, "{name}");
    }
}

#[test]
fn the_table_lists_every_name_once() {
    let mut names: Vec<_> = Gate::NAMED.iter().map(Gate::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Gate::NAMED.len());
}

#[test]
fn daggers_and_transposes_are_those_of_the_matrix() {
    for gate in all() {
        let matrix = gate.matrix();
        let name = gate.name();
        assert!(distance(gate.dagger().matrix().entries(), &dagger(matrix.entries())) < ROUNDING, "{name}");
        assert!(
            distance(gate.transpose().matrix().entries(), &transpose(matrix.entries())) < ROUNDING,
            "{name}"
        );
        assert!(gate.unitarity_error() < 1e-14, "{name}");
        let product = matmul(gate.dagger().matrix().entries(), matrix.entries());
        assert!(distance(&product, &identity(1 << gate.arity())) < 1e-14, "{name}");
    }
}

#[test]
fn the_unitarity_error_sees_every_entry() {
    for gate in all() {
        let Matrix::Two(matrix) = gate.matrix() else { continue };
        for k in 0..16 {
            for change in [C64::from(1e-3), C64::I * 1e-3, C64::from(f64::NAN), C64::from(f64::INFINITY)] {
                let mut wrong = matrix;
                wrong[k] += change;
                let error = Gate::Unitary2(Box::new(wrong)).unitarity_error();
                assert!(error.is_nan() || error > 1e-7, "{}, entry {k} + {change}: {error}", gate.name());
            }
        }
    }
}
