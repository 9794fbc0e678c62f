//! Circuits as networks of small tensors whose legs all have dimension two.
//!
//! A two-qubit op that is a sum of two products is two tensors with a leg between them, a rotation about a string a
//! chain of them, so that no tensor is larger than the op is entangling.

use circuit::{C64, Circuit, Gate, Matrix, Op, Pauli, PauliString};
use ndarray::Array2;

use crate::linalg::{Svd, svd};

/// Singular values of an operator below this share of the largest are rounding.
const ROUNDING: f64 = 1e-14;

/// A tensor; the first leg is the high bit of an index.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    pub(super) legs: Vec<usize>,
    pub(super) data: Vec<C64>,
    /// The first qubit it acts on, and its place in time: where it would be drawn.
    pub(super) place: (usize, usize),
}

/// Tensors each of whose legs two of them share, and a number in front.
pub(super) struct Network {
    pub(super) tensors: Vec<Tensor>,
    pub(super) factor: C64,
    /// Qubits that take part.
    pub(super) n_qubits: usize,
    n_legs: usize,
    /// The leg at the end of each qubit, if it takes part.
    ends: Vec<Option<usize>>,
    conjugate: bool,
    time: usize,
}

impl Network {
    fn new(register: usize) -> Self {
        Self {
            tensors: Vec::new(),
            factor: C64::ONE,
            n_qubits: 0,
            n_legs: 0,
            ends: vec![None; register],
            conjugate: false,
            time: 0,
        }
    }

    /// `⟨bits| circuit |0..0⟩`.
    pub(super) fn amplitude(circuit: &Circuit, params: &[f64], bits: &[bool]) -> Self {
        let mut network = Self::new(circuit.n_qubits());
        (0..bits.len()).for_each(|q| network.cap(q, false));
        circuit.ops().iter().for_each(|op| network.op(op, params));
        (0..bits.len()).for_each(|q| network.cap(q, bits[q]));
        network
    }

    /// `⟨0..0| circuit† P circuit |0..0⟩`, of what the string can see: its light cone.
    pub(super) fn expectation(circuit: &Circuit, params: &[f64], string: &PauliString) -> Self {
        let mut network = Self::new(circuit.n_qubits());
        let (ops, cone) = light_cone(circuit, string);
        cone.iter().for_each(|&q| network.cap(q, false));
        ops.iter().for_each(|op| network.op(op, params));
        network.string(string);
        let bra = network.mirrored(&cone, &ops, params);
        network.tensors.extend(bra);
        network.n_qubits = cone.len();
        network.factor = C64::from(network.factor.norm_sqr());
        network
    }

    /// The conjugate of the circuit, on legs of its own from `⟨0..0|` up to the ends of this network.
    fn mirrored(&mut self, cone: &[usize], ops: &[&Op], params: &[f64]) -> Vec<Tensor> {
        let mut bra = Self::new(self.ends.len());
        (bra.n_legs, bra.conjugate) = (self.n_legs, true);
        cone.iter().for_each(|&q| bra.cap(q, false));
        ops.iter().for_each(|op| bra.op(op, params));
        for &q in cone {
            let (Some(ours), Some(theirs)) = (self.ends[q], bra.ends[q]) else { continue };
            let legs = bra.tensors.iter_mut().flat_map(|tensor| &mut tensor.legs);
            legs.filter(|leg| **leg == theirs).for_each(|leg| *leg = ours);
        }
        bra.tensors
    }

    /// The start of a qubit, or its end.
    fn cap(&mut self, qubit: usize, bit: bool) {
        let data = if bit { vec![C64::ZERO, C64::ONE] } else { vec![C64::ONE, C64::ZERO] };
        let leg = match self.ends[qubit] {
            Some(leg) => leg,
            None => {
                self.n_qubits += 1;
                self.leg()
            }
        };
        self.ends[qubit] = Some(leg);
        self.push(vec![leg], data, qubit);
    }

    fn leg(&mut self) -> usize {
        self.n_legs += 1;
        self.n_legs - 1
    }

    fn push(&mut self, legs: Vec<usize>, mut data: Vec<C64>, qubit: usize) {
        if self.conjugate {
            data.iter_mut().for_each(|x| *x = x.conj());
        }
        self.tensors.push(Tensor { legs, data, place: (qubit, self.time) });
    }

    /// The legs before and behind an op on a qubit.
    fn through(&mut self, qubit: usize) -> [usize; 2] {
        let before = self.ends[qubit].expect("the qubit takes part");
        let behind = self.leg();
        self.ends[qubit] = Some(behind);
        [behind, before]
    }

    fn op(&mut self, op: &Op, params: &[f64]) {
        self.time += 1;
        match op {
            Op::Gate(gate, qubits) => self.gate(gate, qubits),
            Op::Rotation(string, angle) => {
                let (sin, cos) = (angle.value(params) / 2.0).sin_cos();
                self.sum(string, [C64::from(cos), C64::new(0.0, -sin)]);
            }
        }
    }

    fn gate(&mut self, gate: &Gate, qubits: &[usize]) {
        match (gate.matrix(), qubits) {
            (Matrix::One(m), &[q]) => {
                let legs = self.through(q).to_vec();
                self.push(legs, m.to_vec(), q);
            }
            (Matrix::Two(m), &[a, b]) => self.pair(&m, a, b),
            (Matrix::One(_) | Matrix::Two(_), _) => unreachable!("a circuit checks the qubits of its gates"),
        }
    }

    /// A two-qubit gate, as one tensor, or as two where two products make it.
    fn pair(&mut self, m: &[C64; 16], a: usize, b: usize) {
        let [[a1, a0], [b1, b0]] = [self.through(a), self.through(b)];
        let entry = |i: usize, j: usize| m[(i >> 1 << 1 | j >> 1) * 4 + ((i & 1) << 1 | j & 1)];
        let Svd { u, s, vh } = svd(Array2::from_shape_fn((4, 4), |(i, j)| entry(i, j)).view()); // [a a*] [b b*]
        if s[2] > ROUNDING * s[0] {
            return self.push(vec![a1, b1, a0, b0], m.to_vec(), a.min(b));
        }
        let bond = self.leg();
        let left = (0..8).map(|k| u[[k / 2, k % 2]] * s[k % 2]).collect();
        let right = (0..8).map(|k| vh[[k / 4, k % 4]]).collect();
        self.push(vec![a1, a0, bond], left, a);
        self.push(vec![bond, b1, b0], right, b);
    }

    /// The string itself.
    fn string(&mut self, string: &PauliString) {
        self.time += 1;
        for (q, pauli) in string.factors() {
            let legs = self.through(q).to_vec();
            self.push(legs, matrix(pauli).to_vec(), q);
        }
    }

    /// `keep + flip P`: on every qubit the identity or the factor, as a leg that runs through all of them says.
    fn sum(&mut self, string: &PauliString, [keep, flip]: [C64; 2]) {
        let factors = string.factors();
        let last = factors.len().wrapping_sub(1);
        let mut incoming = None;
        for (k, (q, pauli)) in factors.iter().enumerate() {
            let scale = if k == 0 { [keep, flip] } else { [C64::ONE; 2] };
            let [one, other] = [[C64::ONE, C64::ZERO, C64::ZERO, C64::ONE], matrix(*pauli)];
            let either = [one.map(|x| x * scale[0]), other.map(|x| x * scale[1])];
            let outgoing = (k < last).then(|| self.leg());
            let [behind, before] = self.through(*q);
            let legs = incoming.into_iter().chain(outgoing).chain([behind, before]).collect();
            self.push(legs, chained(&either, incoming.is_some(), outgoing.is_some()), *q);
            incoming = outgoing;
        }
        if factors.is_empty() {
            self.factor *= keep + flip;
        }
    }
}

/// One of two matrices, by a leg on the left, on the right, on both with equal values, or both added up.
fn chained(either: &[[C64; 4]; 2], left: bool, right: bool) -> Vec<C64> {
    let zero = [C64::ZERO; 4];
    let [one, other] = *either;
    match (left, right) {
        (true, true) => [one, zero, zero, other].concat(),
        (true, false) | (false, true) => [one, other].concat(),
        (false, false) => one.iter().zip(other).map(|(x, y)| x + y).collect(),
    }
}

fn matrix(pauli: Pauli) -> [C64; 4] {
    let [o, l, i] = [C64::ZERO, C64::ONE, C64::I];
    match pauli {
        Pauli::X => [o, l, l, o],
        Pauli::Y => [o, -i, i, o],
        Pauli::Z => [l, o, o, -l],
    }
}

/// The ops that can change the expectation of a string, first to last, and the qubits they and it act on. An op that
/// commutes with all that follows meets its inverse on the other side.
fn light_cone<'a>(circuit: &'a Circuit, string: &PauliString) -> (Vec<&'a Op>, Vec<usize>) {
    let mut seen = string.x | string.z;
    let mut ops: Vec<&Op> = Vec::new();
    for op in circuit.ops().iter().rev() {
        let touched = op.qubits().iter().fold(0_u128, |mask, q| mask | 1 << q);
        if touched & seen != 0 && !slides_off(op, &ops, string) {
            seen |= touched;
            ops.push(op);
        }
    }
    ops.reverse();
    (ops, (0..circuit.n_qubits()).filter(|q| seen >> q & 1 == 1).collect())
}

/// Whether a rotation commutes with all the ops after it and with the string.
fn slides_off(op: &Op, after: &[&Op], string: &PauliString) -> bool {
    let Op::Rotation(generator, _) = op else { return false };
    let commutes = |other: &&Op| match other {
        Op::Rotation(other, _) => generator.commutes_with(other),
        Op::Gate(_, qubits) => qubits.iter().all(|&q| generator.factor(q).is_none()),
    };
    generator.commutes_with(string) && after.iter().all(commutes)
}
