//! The conformance suite passes what is right and refuses every injected fault.

use std::panic::catch_unwind;

use circuit::{Gate, Pauli, PauliString, PauliSum, State};
use testkit::{Dense, check_state};

/// What is wrong with a [`Faulty`] state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    RotationSign,
    RotationTwice,
    RotationOnThreeDropsOne,
    DistantRotationLost,
    TargetsSorted,
    GateTwice,
    InverseGate,
    LiteralTransposed,
    YForgetsItsPhase,
    ConstantDropped,
    RepeatedTermDropped,
    StartsInOne,
}

const FAULTS: [Fault; 13] = [
    Fault::None,
    Fault::RotationSign,
    Fault::RotationTwice,
    Fault::RotationOnThreeDropsOne,
    Fault::DistantRotationLost,
    Fault::TargetsSorted,
    Fault::GateTwice,
    Fault::InverseGate,
    Fault::LiteralTransposed,
    Fault::YForgetsItsPhase,
    Fault::ConstantDropped,
    Fault::RepeatedTermDropped,
    Fault::StartsInOne,
];

/// The reference with fault number `K` of the table.
#[derive(Clone)]
struct Faulty<const K: usize>(Dense);

impl<const K: usize> State for Faulty<K> {
    fn zero(n_qubits: usize) -> Self {
        let mut state = Dense::zero(n_qubits);
        if FAULTS[K] == Fault::StartsInOne && n_qubits > 0 {
            state.apply_gate(&Gate::X, &[n_qubits - 1]);
        }
        Self(state)
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        let mut targets = qubits.to_vec();
        let mut gate = gate.clone();
        if FAULTS[K] == Fault::TargetsSorted {
            targets.sort_unstable();
        }
        if FAULTS[K] == Fault::InverseGate && gate != Gate::T {
            gate = gate.dagger();
        }
        if FAULTS[K] == Fault::LiteralTransposed && gate.name() == "unitary" {
            gate = gate.transpose();
        }
        self.0.apply_gate(&gate, &targets);
        if FAULTS[K] == Fault::GateTwice && gate == Gate::Sx {
            self.0.apply_gate(&gate, &targets);
        }
    }

    fn apply_rotation(&mut self, string: &PauliString, theta: f64) {
        let support = string.support();
        let distant = support.windows(2).any(|pair| pair[1] > pair[0] + 3);
        let mut string = *string;
        if FAULTS[K] == Fault::RotationOnThreeDropsOne && support.len() == 3 {
            let kept = |&q: &usize| string.factor(q).map(|p| (q, p));
            string = PauliString::new(&support[..2].iter().filter_map(kept).collect::<Vec<_>>());
        }
        let factor = match FAULTS[K] {
            Fault::RotationSign => -1.0,
            Fault::RotationTwice => 2.0,
            Fault::DistantRotationLost if distant => 0.0,
            _ => 1.0,
        };
        self.0.apply_rotation(&string, factor * theta);
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        let mut seen: Vec<PauliString> = Vec::new();
        let terms = observable.terms.iter().map(|&(c, string)| {
            let ys = string.support().iter().filter(|&&q| string.factor(q) == Some(Pauli::Y)).count();
            let repeated = seen.contains(&string);
            seen.push(string);
            let factor = match FAULTS[K] {
                Fault::ConstantDropped if string == PauliString::default() => 0.0,
                Fault::RepeatedTermDropped if repeated => 0.0,
                Fault::YForgetsItsPhase if ys % 2 == 1 => -1.0,
                _ => 1.0,
            };
            (factor * c, string)
        });
        self.0.expectation(&terms.collect())
    }
}

macro_rules! verdicts {
    ($($k:literal)+) => { [$(catch_unwind(|| check_state::<Faulty<$k>>(1e-12)).is_err()),+] };
}

#[test]
fn every_injected_fault_is_refused_and_only_those() {
    let refused = verdicts!(0 1 2 3 4 5 6 7 8 9 10 11 12);
    for (fault, refused) in FAULTS.into_iter().zip(refused) {
        assert_eq!(refused, fault != Fault::None, "{fault:?}");
    }
}
