//! Every operation as a product of Pauli rotations, up to a global phase that no expectation sees.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use circuit::{Angle, Gate, Mat2, Op, Pauli, PauliString};

/// `exp(-i θ/2 P)`.
pub type Rotation = (PauliString, Angle);

/// The rotations that make up `op`, first to last; none for a literal two-qubit unitary.
pub fn rotations(op: &Op) -> Option<Vec<Rotation>> {
    match op {
        Op::Rotation(pauli, angle) => Some(vec![(*pauli, *angle)]),
        Op::Gate(gate, qubits) => {
            let constant = |(factors, theta): Term| (PauliString::new(&factors), Angle::Const(theta));
            gate_terms(gate, qubits).map(|terms| terms.into_iter().map(constant).collect())
        }
    }
}

type Term = (Vec<(usize, Pauli)>, f64);

fn gate_terms(gate: &Gate, qubits: &[usize]) -> Option<Vec<Term>> {
    use Pauli::{X, Y, Z};
    let one = |pauli, theta| (vec![(qubits[0], pauli)], theta);
    Some(match gate {
        Gate::H => vec![one(Y, FRAC_PI_2), one(X, PI)],
        Gate::X => vec![one(X, PI)],
        Gate::Y => vec![one(Y, PI)],
        Gate::Z => vec![one(Z, PI)],
        Gate::S => vec![one(Z, FRAC_PI_2)],
        Gate::Sdg => vec![one(Z, -FRAC_PI_2)],
        Gate::T => vec![one(Z, FRAC_PI_4)],
        Gate::Tdg => vec![one(Z, -FRAC_PI_4)],
        Gate::Sx => vec![one(X, FRAC_PI_2)],
        Gate::Sxdg => vec![one(X, -FRAC_PI_2)],
        Gate::Cx => controlled(qubits, X),
        Gate::Cy => controlled(qubits, Y),
        Gate::Cz => controlled(qubits, Z),
        Gate::Swap => [X, Y, Z].map(|p| (qubits.iter().map(|&q| (q, p)).collect(), -FRAC_PI_2)).into(),
        Gate::Unitary1(m) => {
            let [a, b, c] = euler(m);
            vec![one(Z, c), one(Y, b), one(Z, a)]
        }
        Gate::Unitary2(_) => return None,
    })
}

/// `exp(i π/4 (1 - Z)(1 - P))`, a controlled Pauli operator.
fn controlled(qubits: &[usize], pauli: Pauli) -> Vec<Term> {
    let (control, target) = ((qubits[0], Pauli::Z), (qubits[1], pauli));
    vec![(vec![control], FRAC_PI_2), (vec![target], FRAC_PI_2), (vec![control, target], -FRAC_PI_2)]
}

/// Angles `[a, b, c]` with `m = RZ(a) RY(b) RZ(c)` up to a phase.
///
/// The phase of the larger entry of the first column is the reliable one: it fixes `a + c` or `a - c`.
fn euler(m: &Mat2) -> [f64; 3] {
    let a = (m[2] * m[0].conj()).arg();
    let c = match m[0].norm_sqr() > m[2].norm_sqr() {
        true => (m[3] * m[0].conj()).arg() - a,
        false => a - (-m[2] * m[1].conj()).arg(),
    };
    [a, 2.0 * m[2].norm().atan2(m[0].norm()), c]
}
