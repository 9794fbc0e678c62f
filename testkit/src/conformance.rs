//! The conformance suite: whatever implements [`State`] agrees with [`Dense`].
//!
//! A state is judged by expectations of Pauli strings, which fix it up to a global phase. Every op starts
//! from a generic state, so that a wrong phase or a wrong target shows.

use circuit::{Circuit, Gate, Pauli, PauliString, PauliSum, State, run};

use crate::{Dense, Stream, random_circuit, unitary};

/// Up to this register every op is judged by all Pauli strings, above it by a sample of them.
const EXHAUSTIVE: usize = 3;
const SAMPLE: usize = 24;
const MAX_QUBITS: usize = 5;

/// Panics unless `S` agrees with [`Dense`] within `tolerance`: every named gate and a literal unitary on
/// all ordered targets, every Pauli rotation, every controlled rotation, sums as observables, and random
/// circuits judged by all Pauli strings, on registers of 0 to 5 qubits.
///
/// # Panics
/// At the first disagreement, naming the op, its targets, the observable and both values.
pub fn check_state<S: State>(tolerance: f64) {
    let constant: PauliSum = [(1.5, PauliString::default())].into_iter().collect();
    assert_close(S::zero(0).expectation(&constant), 1.5, tolerance, || "the empty register".into());
    for n in 1..=MAX_QUBITS {
        let mut suite = Suite::<S>::new(n, tolerance);
        suite.gates();
        suite.rotations();
        suite.controlled_rotations();
        suite.sums();
        suite.random_circuits();
    }
}

/// All `4^n` Pauli strings on `n` qubits, the identity first.
pub fn pauli_strings(n_qubits: usize) -> Vec<PauliString> {
    let factor = |code: usize, q: usize| match code >> (2 * q) & 3 {
        0 => None,
        1 => Some((q, Pauli::X)),
        2 => Some((q, Pauli::Y)),
        _ => Some((q, Pauli::Z)),
    };
    let string = |code| PauliString::new(&(0..n_qubits).filter_map(|q| factor(code, q)).collect::<Vec<_>>());
    (0..1 << (2 * n_qubits)).map(string).collect()
}

struct Suite<S> {
    n: usize,
    tolerance: f64,
    stream: Stream,
    strings: Vec<PauliString>,
    start: (S, Dense),
}

impl<S: State> Suite<S> {
    fn new(n: usize, tolerance: f64) -> Self {
        let mut stream = Stream(n as u64);
        let start = prepare(n, &mut stream);
        let suite = Self { n, tolerance, stream, strings: pauli_strings(n), start };
        suite.compare_all(&S::zero(n), &Dense::zero(n), "the zero state");
        suite.compare_all(&suite.start.0, &suite.start.1, "the starting state");
        suite
    }

    fn gates(&mut self) {
        let literal = |n| {
            let (circuit, params) = random_circuit(n, 12, &mut Stream(n as u64));
            unitary(&circuit, &params)
        };
        let one = Gate::Unitary1(literal(1).try_into().expect("2x2"));
        let two = Gate::Unitary2(Box::new(literal(2).try_into().expect("4x4")));
        for gate in Gate::NAMED.into_iter().chain([one, two]) {
            for targets in ordered_targets(self.n, gate.arity()) {
                self.op(&format!("{} on {targets:?}", gate.name()), |circuit| {
                    circuit.gate(gate.clone(), &targets).expect("targets lie in the register");
                });
            }
        }
    }

    fn rotations(&mut self) {
        for string in pauli_strings(self.n) {
            let theta = self.stream.angle();
            let factors: Vec<_> = (0..self.n).filter_map(|q| string.factor(q).map(|p| (q, p))).collect();
            self.op(&format!("the rotation {string} by {theta}"), |circuit| {
                circuit.rotation(&factors, theta).expect("factors lie in the register");
            });
        }
    }

    fn controlled_rotations(&mut self) {
        for targets in ordered_targets(self.n, 2) {
            for pauli in [Pauli::X, Pauli::Y, Pauli::Z] {
                let theta = self.stream.angle();
                self.op(&format!("controlled {pauli:?} on {targets:?} by {theta}"), |circuit| {
                    circuit
                        .controlled_rotation(targets[0], targets[1], pauli, theta)
                        .expect("in the register");
                });
            }
        }
    }

    fn sums(&mut self) {
        let terms: Vec<_> =
            self.strings.iter().map(|&string| (self.stream.next().unwrap_or(0.0), string)).collect();
        let twice: PauliSum = terms.iter().chain(&terms[..2]).copied().collect();
        for observable in [PauliSum::default(), PauliSum::z(self.n - 1), twice] {
            let (got, want) = (self.start.0.expectation(&observable), self.start.1.expectation(&observable));
            let scale = observable.terms.iter().map(|(c, _)| c.abs()).fold(1.0, |a, b| a + b);
            assert_close(got, want, scale * self.tolerance, || format!("a sum on {} qubits", self.n));
        }
    }

    fn random_circuits(&mut self) {
        for round in 0..6 {
            let (state, reference) = prepare::<S>(self.n, &mut self.stream);
            self.compare_all(&state, &reference, &format!("random circuit {round}"));
        }
    }

    fn op(&mut self, what: &str, build: impl Fn(&mut Circuit)) {
        let mut circuit = Circuit::new(self.n).expect("a small register");
        build(&mut circuit);
        let (mut state, mut reference) = self.start.clone();
        run(&circuit, &[], &mut state);
        run(&circuit, &[], &mut reference);
        if self.n <= EXHAUSTIVE {
            return self.compare_all(&state, &reference, what);
        }
        for _ in 0..SAMPLE {
            let string = self.strings[self.stream.below(self.strings.len())];
            self.compare(&state, &reference, string, what);
        }
    }

    fn compare_all(&self, state: &S, reference: &Dense, what: &str) {
        self.strings.iter().for_each(|&string| self.compare(state, reference, string, what));
    }

    fn compare(&self, state: &S, reference: &Dense, string: PauliString, what: &str) {
        let observable: PauliSum = [(1.0, string)].into_iter().collect();
        let (got, want) = (state.expectation(&observable), reference.expectation(&observable));
        assert_close(got, want, self.tolerance, || format!("{what}, {} qubits, <{string}>", self.n));
    }
}

/// The same random state twice; `4 n + 8` steps entangle every qubit.
fn prepare<S: State>(n: usize, stream: &mut Stream) -> (S, Dense) {
    let (circuit, params) = random_circuit(n, 4 * n + 8, stream);
    let (mut state, mut reference) = (S::zero(n), Dense::zero(n));
    run(&circuit, &params, &mut state);
    run(&circuit, &params, &mut reference);
    (state, reference)
}

fn ordered_targets(n: usize, arity: usize) -> Vec<Vec<usize>> {
    let pairs = || (0..n * n).map(|k| vec![k / n, k % n]).filter(|t| t[0] != t[1]).collect();
    if arity == 1 { (0..n).map(|q| vec![q]).collect() } else { pairs() }
}

fn assert_close(got: f64, want: f64, tolerance: f64, what: impl Fn() -> String) {
    assert!((got - want).abs() <= tolerance, "{}: {got} is not {want}", what());
}
