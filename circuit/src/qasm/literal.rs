//! Literal matrices as rotations, up to a global phase.

use crate::{Angle, C64, Mat2, Mat4, Op, Pauli, PauliString};

/// Moduli below this are zero up to rounding: they have no phase.
const ZERO: f64 = 1e-14;

/// Basis states of two qubits, each one bit away from the one before.
const GRAY: [usize; 4] = [0, 1, 3, 2];

/// `RZ(λ) RY(θ) RZ(φ)`, first to last, that equal a one-qubit unitary.
pub(super) fn on_one(m: &Mat2, qubit: usize) -> Vec<Op> {
    let theta = 2.0 * m[2].norm().atan2(m[0].norm());
    let (phi, lambda) = match (m[0].norm() < ZERO, m[2].norm() < ZERO) {
        (true, _) => ((-m[2] / m[1]).arg(), 0.0),
        (_, true) => (0.0, (m[3] / m[0]).arg()),
        _ => ((m[2] / m[0]).arg(), (-m[1] / m[0]).arg()),
    };
    let turns = [(Pauli::Z, lambda), (Pauli::Y, theta), (Pauli::Z, phi)];
    turns.into_iter().map(|(pauli, angle)| turn(&[(qubit, pauli)], angle)).collect()
}

/// Rotations, first to last, that equal a two-qubit unitary with the first of `qubits` as the high bit.
///
/// Rotations between neighbours in [`GRAY`] make the matrix triangular, hence diagonal; each acts on one qubit for one
/// value of the other. Up to 27 rotations, where an optimal circuit takes 15: fewer need eigenvectors.
pub(super) fn on_two(m: &Mat4, qubits: [usize; 2]) -> Vec<Op> {
    let mut rest = *m;
    let mut undone = Vec::new(); // in the order in which they made the matrix diagonal
    for (j, &column) in GRAY.iter().enumerate() {
        for pair in GRAY[j..].windows(2).rev() {
            undone.push(Plane::clearing(&mut rest, pair[0], pair[1], column));
        }
    }
    let phase = |k: usize| rest[5 * k].arg();
    let sum = |signs: [f64; 4]| (0..4).map(|k| signs[k] * phase(k)).sum::<f64>() / -2.0;
    let [a, b] = qubits.map(|q| (q, Pauli::Z));
    let mut ops = vec![
        turn(&[a], sum([1.0, 1.0, -1.0, -1.0])),
        turn(&[b], sum([1.0, -1.0, 1.0, -1.0])),
        turn(&[a, b], sum([1.0, -1.0, -1.0, 1.0])),
    ];
    for plane in undone.iter().rev() {
        ops.extend(plane.inverse(qubits));
    }
    ops
}

/// `RY(β) RZ(α)` between two basis states that differ in one bit.
struct Plane {
    /// Which of the qubits is turned.
    target: usize,
    /// For which value of the other one.
    value: usize,
    alpha: f64,
    beta: f64,
}

impl Plane {
    /// The rotation that moves the entry of `column` in row `lower` to row `upper`; `m` is turned by it.
    fn clearing(m: &mut Mat4, upper: usize, lower: usize, column: usize) -> Self {
        let (target, value) = if upper ^ lower == 2 { (0, upper & 1) } else { (1, upper >> 1) };
        let (zero, one) = (upper.min(lower), upper.max(lower)); // by the value of the target
        let [x, y] = [m[4 * zero + column], m[4 * one + column]];
        let phase = |v: C64| if v.norm() < ZERO { 0.0 } else { v.arg() };
        let alpha = if x.norm().min(y.norm()) < ZERO { 0.0 } else { phase(x) - phase(y) };
        let beta = match lower == one {
            true => -2.0 * y.norm().atan2(x.norm()),
            false => 2.0 * x.norm().atan2(y.norm()),
        };
        let (sin, cos) = (beta / 2.0).sin_cos();
        let turned = [C64::cis(-alpha / 2.0), C64::cis(alpha / 2.0)];
        for k in 0..4 {
            let [x, y] = [m[4 * zero + k] * turned[0], m[4 * one + k] * turned[1]];
            (m[4 * zero + k], m[4 * one + k]) = (x * cos - y * sin, x * sin + y * cos);
        }
        Self { target, value, alpha, beta }
    }

    /// The inverse as rotations: `R_P(θ/2)` and `R_ZP(±θ/2)` add up for one value of the other qubit.
    fn inverse(&self, qubits: [usize; 2]) -> Vec<Op> {
        let (target, control) = (qubits[self.target], qubits[1 - self.target]);
        let sign = if self.value == 0 { 0.5 } else { -0.5 };
        let turns = [(Pauli::Y, -self.beta), (Pauli::Z, -self.alpha)].into_iter().filter(|(_, t)| *t != 0.0);
        let pair = |(pauli, angle): (Pauli, f64)| {
            let both = [(target, pauli), (control, Pauli::Z)];
            [turn(&both[..1], angle / 2.0), turn(&both, angle * sign)]
        };
        turns.flat_map(pair).collect()
    }
}

fn turn(factors: &[(usize, Pauli)], angle: f64) -> Op {
    Op::Rotation(PauliString::new(factors), Angle::Const(angle))
}
