//! Clifford operations leave the circuit: they turn the rotations before them and move to its front.
//!
//! A rotation by a multiple of `π/2` about `Q` maps Pauli strings to signed Pauli strings. So the circuit equals
//! Clifford operations on the initial state, then rotations about the mapped strings. Of these the ones that
//! commute with all that follows, the observables included, are invisible and dropped.

use std::f64::consts::FRAC_PI_2;

use circuit::{Angle, PauliString};

use super::generators::Rotation;

/// A circuit as Clifford operations followed by rotations.
pub struct Split {
    /// Rotations by multiples of `π/2`, first to last.
    pub clifford: Vec<(PauliString, f64)>,
    /// All others, mapped, first to last.
    pub rotations: Vec<Rotation>,
}

impl Split {
    /// Splits `rotations`, which act on `n_qubits` qubits and end in a measurement of `observed`.
    pub fn new(rotations: &[Rotation], n_qubits: usize, observed: impl Iterator<Item = PauliString>) -> Self {
        let mut split = Self { clifford: Vec::new(), rotations: Vec::new() };
        let mut tableau = Tableau::identity(n_qubits);
        let mut span = Span::default();
        observed.for_each(|string| span.insert(string));
        for &(pauli, angle) in rotations.iter().rev() {
            if let Some(quarters) = quarter_turns(angle) {
                tableau.precede(pauli, quarters);
                split.clifford.push((pauli, f64::from(quarters) * FRAC_PI_2));
                continue;
            }
            let (sign, image) = tableau.image(pauli).hermitian();
            if !span.commutes_with(&image) {
                span.insert(image);
                split.rotations.push((image, angle.scaled(sign)));
            }
        }
        split.clifford.reverse();
        split.rotations.reverse();
        split
    }
}

/// The number of quarter turns that a constant angle is, if it is one to the last bit.
fn quarter_turns(angle: Angle) -> Option<u8> {
    match angle {
        Angle::Const(theta) => {
            let turns = (theta / FRAC_PI_2).round();
            (turns * FRAC_PI_2 == theta).then(|| turns.rem_euclid(4.0) as u8)
        }
        Angle::Param { .. } => None,
    }
}

/// `i^power X^x Z^z`.
#[derive(Clone, Copy, Default)]
struct Product {
    power: u32,
    x: u128,
    z: u128,
}

impl Product {
    fn of(string: PauliString) -> Self {
        Self { power: (string.x & string.z).count_ones(), x: string.x, z: string.z }
    }

    fn times(self, other: Self) -> Self {
        let swaps = (self.z & other.x).count_ones();
        Self { power: (self.power + other.power + 2 * swaps) % 4, x: self.x ^ other.x, z: self.z ^ other.z }
    }

    /// The sign and the string that it is, if it is Hermitian.
    fn hermitian(self) -> (f64, PauliString) {
        let y = (self.x & self.z).count_ones();
        let sign = if (self.power + 4 - y % 4).is_multiple_of(4) { 1.0 } else { -1.0 };
        (sign, PauliString { x: self.x, z: self.z })
    }
}

/// What a Clifford operation `C` makes of each Pauli operator: `C P C†`.
struct Tableau {
    x: Vec<Product>,
    z: Vec<Product>,
}

impl Tableau {
    fn identity(n_qubits: usize) -> Self {
        Self {
            x: (0..n_qubits).map(|q| Product { x: 1 << q, ..Product::default() }).collect(),
            z: (0..n_qubits).map(|q| Product { z: 1 << q, ..Product::default() }).collect(),
        }
    }

    fn image(&self, string: PauliString) -> Product {
        let start = Product { power: Product::of(string).power, ..Product::default() };
        let pick = |mask: u128| move |&(q, _): &(usize, &Product)| mask >> q & 1 == 1;
        let xs = self.x.iter().enumerate().filter(pick(string.x));
        let zs = self.z.iter().enumerate().filter(pick(string.z));
        xs.chain(zs).fold(start, |product, (_, image)| product.times(*image))
    }

    /// `C` becomes `C exp(-i k π/4 Q)`: a string `P` that anticommutes with `Q` turns to `(-i Q)^k P` first.
    fn precede(&mut self, q: PauliString, quarters: u8) {
        let turn = {
            let image = self.image(q);
            let minus_i = Product { power: (image.power + 3) % 4, ..image };
            (0..quarters).fold(Product::default(), |turn, _| turn.times(minus_i))
        };
        for (qubit, image) in self.x.iter_mut().enumerate() {
            if q.z >> qubit & 1 == 1 {
                *image = turn.times(*image);
            }
        }
        for (qubit, image) in self.z.iter_mut().enumerate() {
            if q.x >> qubit & 1 == 1 {
                *image = turn.times(*image);
            }
        }
    }
}

/// A basis of the strings seen so far, as bit vectors: what commutes with it commutes with all of them.
#[derive(Default)]
struct Span {
    basis: Vec<PauliString>,
}

impl Span {
    fn insert(&mut self, string: PauliString) {
        let bits = |s: PauliString| (s.x, s.z);
        let rest = self.basis.iter().fold(string, |rest, &b| {
            let sum = PauliString { x: rest.x ^ b.x, z: rest.z ^ b.z };
            if bits(sum) < bits(rest) { sum } else { rest }
        });
        if bits(rest) != (0, 0) {
            self.basis.push(rest);
            self.basis.sort_by_key(|&b| std::cmp::Reverse(bits(b)));
        }
    }

    fn commutes_with(&self, string: &PauliString) -> bool {
        self.basis.iter().all(|b| b.commutes_with(string))
    }
}
