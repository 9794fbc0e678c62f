//! A circuit and its observables, compiled once into passes over real rows.
//!
//! Real and imaginary part are one more bit of the row number, where the circuit needs both: `-i` exchanges them.
//! Then every generator `-i P` is a real exchange of rows with signs, [`Exchange`], and so is every observable.

use circuit::{Angle, C64, Circuit, PauliString, PauliSum, State};

use super::cone::Cone;
use super::frame::Split;
use super::generators::{self, Rotation};
use crate::kernels::plane::Exchange;
use crate::statevector::wide;
use crate::{Real, StateVector};

/// Largest register whose states stay in the second cache; beyond it lanes gain nothing.
pub const MAX_QUBITS: usize = 12;

/// Imaginary parts below this are rounding errors of the fixed part of a circuit.
const ROUNDING: f64 = 1e-12;

/// One turn of the rows, `exp(θ/2 S)`.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The generator `S`.
    pub exchange: Exchange,
    /// The angle `θ`.
    pub angle: Angle,
}

/// One term of an observable.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Which value it belongs to.
    pub value: usize,
    /// Its coefficient.
    pub coefficient: f64,
    /// Its string.
    pub exchange: Exchange,
}

/// What is done to each lane.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Length of a parameter vector.
    pub n_params: usize,
    /// Number of observables.
    pub n_values: usize,
    /// Where every lane starts; a multiple of four rows.
    pub initial: Vec<f64>,
    /// What depends on parameters, and what comes later.
    pub turns: Vec<Turn>,
    /// What is measured.
    pub terms: Vec<Term>,
}

impl Plan {
    /// Compiles `circuit`, unless it has a literal two-qubit unitary, too many qubits inside the light cone, more
    /// than one initial state or nothing to measure.
    pub fn new<T: Real>(
        circuit: &Circuit,
        initial: &StateVector<T>,
        observables: &[PauliSum],
    ) -> Option<Self> {
        if observables.is_empty() {
            return None;
        }
        let strings = || observables.iter().flat_map(|sum| sum.terms.iter().map(|(_, string)| *string));
        let cone = Cone::new(circuit, strings().fold(0, |mask, s| mask | s.x | s.z));
        let register = Register::new(cone.qubits, initial)?;
        let rotations: Vec<Vec<Rotation>> =
            cone.ops.into_iter().map(generators::rotations).collect::<Option<_>>()?;
        let rotations: Vec<Rotation> =
            rotations.concat().into_iter().map(|(p, angle)| (register.local(p), angle)).collect();
        let mut split = Split::new(&rotations, register.n_qubits(), strings().map(|s| register.local(s)));
        let ket = register.start(initial, &mut split);
        let rows = RealRows::new(register.n_qubits(), &ket, &split.rotations);
        let turns = split.rotations.iter().map(|&(string, angle)| rows.turn(string, angle)).collect();
        let term = |(value, coefficient, string): (usize, f64, PauliString)| {
            rows.term(value, coefficient, register.local(string))
        };
        let terms = observables.iter().enumerate();
        let terms = terms.flat_map(|(k, sum)| sum.terms.iter().map(move |&(c, string)| (k, c, string)));
        Some(Self {
            n_params: circuit.n_params(),
            n_values: observables.len(),
            initial: rows.initial(&ket),
            turns,
            terms: terms.filter_map(term).collect(),
        })
    }
}

/// The qubits that are simulated.
struct Register {
    qubits: Vec<usize>,
}

impl Register {
    /// Those in the light cone; all of them where the initial state might entangle them with the rest.
    fn new<T: Real>(cone: u128, initial: &StateVector<T>) -> Option<Self> {
        let separable = *initial == StateVector::zero(initial.n_qubits());
        let kept = (0..initial.n_qubits()).filter(|q| !separable || cone >> q & 1 == 1);
        let register = Self { qubits: kept.collect() };
        (initial.lanes() == 1 && register.n_qubits() <= MAX_QUBITS).then_some(register)
    }

    fn n_qubits(&self) -> usize {
        self.qubits.len()
    }

    /// The string on the simulated qubits.
    fn local(&self, string: PauliString) -> PauliString {
        let gather = |mask: u128| {
            self.qubits.iter().enumerate().fold(0, |local, (k, &q)| local | (mask >> q & 1) << k)
        };
        PauliString { x: gather(string.x), z: gather(string.z) }
    }

    /// The initial state after all that does not depend on parameters; what is applied leaves `split`.
    fn start<T: Real>(&self, initial: &StateVector<T>, split: &mut Split) -> StateVector<f64> {
        let mut ket = StateVector::<f64>::zero(self.n_qubits());
        if self.n_qubits() == initial.n_qubits() {
            let amps = initial.amps().iter().map(|&amp| wide(amp));
            ket.amps_mut().iter_mut().zip(amps).for_each(|(to, from)| *to = from);
        }
        for (string, theta) in &split.clifford {
            ket.apply_rotation(string, *theta);
        }
        let fixed = split.rotations.iter().take_while(|(_, angle)| matches!(angle, Angle::Const(_))).count();
        for (string, angle) in split.rotations.drain(..fixed) {
            ket.apply_rotation(&string, angle.value(&[]));
        }
        let largest = ket
            .amps()
            .iter()
            .fold(C64::ONE * 1e-300, |best, &amp| if amp.norm() > best.norm() { amp } else { best });
        let phase = largest.conj() / largest.norm();
        ket.amps_mut().iter_mut().for_each(|amp| *amp *= phase);
        ket
    }
}

/// How amplitudes are laid out as real rows.
struct RealRows {
    n_qubits: usize,
    /// The bit that tells imaginary from real parts; zero where all amplitudes stay real.
    imaginary: usize,
}

/// Number of factors Y: a string with an even number is a real matrix.
fn n_y(string: PauliString) -> u32 {
    (string.x & string.z).count_ones()
}

impl RealRows {
    fn new(n_qubits: usize, ket: &StateVector<f64>, rotations: &[Rotation]) -> Self {
        let real = ket.amps().iter().all(|amp| amp.im.abs() < ROUNDING)
            && rotations.iter().all(|&(string, _)| !n_y(string).is_multiple_of(2));
        Self { n_qubits, imaginary: if real { 0 } else { 1 << n_qubits } }
    }

    fn initial(&self, ket: &StateVector<f64>) -> Vec<f64> {
        let re = ket.amps().iter().map(|amp| amp.re);
        let im = ket.amps().iter().filter(|_| self.imaginary != 0).map(|amp| amp.im);
        let mut rows: Vec<f64> = re.chain(im).collect();
        rows.resize(rows.len().max(4), 0.0);
        rows
    }

    /// The string, or `-i` times it, as an exchange, where that takes `-i` to exchange the parts.
    fn exchange(&self, string: PauliString, parts: bool) -> Exchange {
        let (x, z) = string.basis_masks(self.n_qubits);
        let parts = if parts { self.imaginary } else { 0 };
        Exchange { x: x | parts, z: z | parts }
    }

    /// `P = i^y X^x Z^z` makes `-i P` equal to `X^x Z^z` for `y = 1` and to `-i X^x Z^z` for `y = 0`; `-i` maps
    /// the real to the negative imaginary part, the exchange of parts to the positive one.
    fn turn(&self, string: PauliString, angle: Angle) -> Turn {
        let sign = [-1.0, 1.0, 1.0, -1.0][n_y(string) as usize % 4];
        let exchange = self.exchange(string, n_y(string).is_multiple_of(2));
        Turn { exchange, angle: angle.scaled(sign) }
    }

    /// Strings with an odd number of factors Y vanish on real states.
    fn term(&self, value: usize, coefficient: f64, string: PauliString) -> Option<Term> {
        let odd = !n_y(string).is_multiple_of(2);
        let sign = [1.0, 1.0, -1.0, -1.0][n_y(string) as usize % 4];
        let visible = !odd || self.imaginary != 0;
        visible.then(|| Term { value, coefficient: sign * coefficient, exchange: self.exchange(string, odd) })
    }
}
