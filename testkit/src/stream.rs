//! Seeded numbers and seeded circuits.

use std::f64::consts::{FRAC_PI_2, PI};

use circuit::{Angle, Circuit, Error, Gate, Pauli};

/// A deterministic stream of numbers: SplitMix64 from the given seed; as an iterator, uniform in `[-1, 1)`.
///
/// ```
/// let draw = |seed| testkit::Stream(seed).take(3).collect::<Vec<_>>();
/// assert_eq!(draw(1), draw(1));
/// assert_ne!(draw(1), draw(2));
/// ```
#[derive(Clone, Debug)]
pub struct Stream(pub u64);

impl Stream {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound - 1`.
    ///
    /// # Panics
    /// If `bound` is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    /// An angle, in one draw of four a special one: 0, a multiple of π/2, or tiny.
    pub fn angle(&mut self) -> f64 {
        match self.below(12) {
            0 => 0.0,
            1 => FRAC_PI_2 * (self.below(9) as f64 - 4.0),
            2 => 1e-8,
            _ => PI * (self.uniform() * 2.0),
        }
    }

    /// `count` distinct numbers below `bound`, in random order.
    ///
    /// # Panics
    /// If `count` exceeds `bound`.
    pub fn distinct(&mut self, count: usize, bound: usize) -> Vec<usize> {
        assert!(count <= bound, "{count} distinct numbers below {bound}");
        let mut pool: Vec<usize> = (0..bound).collect();
        (0..count).map(|_| pool.swap_remove(self.below(pool.len()))).collect()
    }

    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

impl Iterator for Stream {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        Some(self.uniform())
    }
}

/// A circuit of `n_ops` random steps with its parameters: named gates on unordered targets, Pauli
/// rotations on any number of qubits, controlled rotations; angles are constants, fresh parameters, or
/// parameters already in use with another scale.
///
/// # Panics
/// If the register is empty.
pub fn random_circuit(n_qubits: usize, n_ops: usize, stream: &mut Stream) -> (Circuit, Vec<f64>) {
    assert!(n_qubits > 0, "a random circuit needs a qubit");
    let mut circuit = Circuit::new(n_qubits).expect("a register for tests is small");
    for _ in 0..n_ops {
        random_op(&mut circuit, stream).expect("targets are drawn within the register");
    }
    let params = (0..circuit.n_params()).map(|_| stream.angle()).collect();
    (circuit, params)
}

fn random_op(circuit: &mut Circuit, stream: &mut Stream) -> Result<(), Error> {
    let n = circuit.n_qubits();
    match stream.below(5) {
        0 | 1 => {
            let usable: Vec<Gate> = Gate::NAMED.into_iter().filter(|gate| gate.arity() <= n).collect();
            let gate = usable[stream.below(usable.len())].clone();
            let targets = stream.distinct(gate.arity(), n);
            circuit.gate(gate, &targets)?;
        }
        2 if n > 1 => {
            let targets = stream.distinct(2, n);
            let (pauli, angle) = (random_pauli(stream), random_angle(circuit, stream));
            circuit.controlled_rotation(targets[0], targets[1], pauli, angle)?;
        }
        _ => {
            let weight = 1 + stream.below(n);
            let targets = stream.distinct(weight, n);
            let factors: Vec<_> = targets.into_iter().map(|q| (q, random_pauli(stream))).collect();
            let angle = random_angle(circuit, stream);
            circuit.rotation(&factors, angle)?;
        }
    }
    Ok(())
}

fn random_pauli(stream: &mut Stream) -> Pauli {
    [Pauli::X, Pauli::Y, Pauli::Z][stream.below(3)]
}

fn random_angle(circuit: &mut Circuit, stream: &mut Stream) -> Angle {
    match stream.below(4) {
        0 => Angle::Const(stream.angle()),
        1 if circuit.n_params() > 0 => {
            Angle::Param { index: stream.below(circuit.n_params()), scale: stream.uniform() * 2.0 }
        }
        _ => circuit.param(),
    }
}
