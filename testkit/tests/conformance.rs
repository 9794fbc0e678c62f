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

const fn factor(wrong: bool, value: f64) -> f64 {
    if wrong { value } else { 1.0 }
}

impl<const K: usize> State for Faulty<K> {
    fn zero(n_qubits: usize) -> Self {
        let mut state = Dense::zero(n_qubits);
        if FAULTS[K] == Fault::StartsInOne && n_qubits > 0 {
            state.apply_gate(&Gate::X, &[n_qubits - 1]);
        }
        Self(state)
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        let has = |fault| FAULTS[K] == fault;
        let mut targets = qubits.to_vec();
        let mut gate = gate.clone();
        if has(Fault::TargetsSorted) {
            targets.sort_unstable();
        }
        if has(Fault::InverseGate) && gate != Gate::T {
            gate = gate.dagger();
        }
        if has(Fault::LiteralTransposed) && gate.name() == "unitary" {
            gate = gate.transpose();
        }
        self.0.apply_gate(&gate, &targets);
        if has(Fault::GateTwice) && gate == Gate::Sx {
            self.0.apply_gate(&gate, &targets);
        }
    }

    fn apply_rotation(&mut self, string: &PauliString, theta: f64) {
        let has = |fault| FAULTS[K] == fault;
        let support = string.support();
        let distant = support.windows(2).any(|pair| pair[1] > pair[0] + 3);
        let mut string = *string;
        if has(Fault::RotationOnThreeDropsOne) && support.len() == 3 {
            let kept = |&q: &usize| string.factor(q).map(|p| (q, p));
            string = PauliString::new(&support[..2].iter().filter_map(kept).collect::<Vec<_>>());
        }
        let wrong = factor(has(Fault::RotationSign), -1.0)
            * factor(has(Fault::RotationTwice), 2.0)
            * factor(has(Fault::DistantRotationLost) && distant, 0.0);
        self.0.apply_rotation(&string, wrong * theta);
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        let has = |fault| FAULTS[K] == fault;
        let mut seen: Vec<PauliString> = Vec::new();
        let terms = observable.terms.iter().map(|&(c, string)| {
            let ys = string.support().iter().filter(|&&q| string.factor(q) == Some(Pauli::Y)).count();
            let repeated = seen.contains(&string);
            seen.push(string);
            let wrong = factor(has(Fault::ConstantDropped) && string == PauliString::default(), 0.0)
                * factor(has(Fault::RepeatedTermDropped) && repeated, 0.0)
                * factor(has(Fault::YForgetsItsPhase) && ys % 2 == 1, -1.0);
            (wrong * c, string)
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
