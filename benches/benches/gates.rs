//! Single gates, and expectations of a layered circuit with their gradient.
//!
//! `value` is `Σ <Z_i>` after L layers of RY and RZ on every qubit and a ring of CX, at `theta_k = sin(0.1 (k + 1))`;
//! `gradient` is its gradient in all `2 n L` angles. The goals are 1.5 and 2 times the speed of the fastest simulator
//! known for each size, measured on a thread with a double-precision peak of 58 GFLOP/s and scaled to the peak here.

use benches::{Case, Goal, Suite, peak};
use circuit::{Gate, PauliString, PauliSum, State, ansatz};
use sim::{QNode, Readout, StateVector};

/// Peak of the thread on which the others were measured, in GFLOP/s.
const THEIR_PEAK: f64 = 58.0;

/// Qubits, layers, and the best times in milliseconds for value and gradient.
const SIZES: [(usize, usize, f64, f64); 5] = [
    (4, 1, 0.0086, 0.051),
    (4, 10, 0.021, 0.161),
    (10, 1, 0.031, 0.158),
    (10, 10, 0.104, 1.04),
    (16, 1, 2.2, 10.1),
];

fn name(what: &str, qubits: usize, layers: usize) -> String {
    format!("{what} n={qubits} L={layers}")
}

fn node(qubits: usize, layers: usize) -> (QNode, Vec<f64>) {
    let circuit = ansatz::hardware_efficient(qubits, layers).expect("a small register");
    let params = (0..circuit.n_params()).map(|k| (0.1 * (k + 1) as f64).sin()).collect();
    let sum = PauliSum { terms: (0..qubits).map(|q| (1.0, PauliString::z(q))).collect() };
    (QNode::new(circuit, Readout::Expectations(vec![sum])).expect("it fits the register"), params)
}

fn circuits<'a>() -> impl Iterator<Item = Case<'a>> {
    SIZES.into_iter().flat_map(|(qubits, layers, ..)| {
        let (value, params) = node(qubits, layers);
        let (gradient, same) = node(qubits, layers);
        [
            Case::new(name("value", qubits, layers), "f64", 1, move || {
                std::hint::black_box(value.forward(&params));
            }),
            Case::new(name("gradient", qubits, layers), "f64", 1, move || {
                std::hint::black_box(gradient.vjp(&same, &[1.0]));
            }),
        ]
    })
}

/// One gate on every qubit of a state that fits the second-level cache.
fn gates<'a>() -> impl Iterator<Item = Case<'a>> {
    const QUBITS: usize = 14;
    let sweep = |label: &str, apply: fn(&mut StateVector<f64>, usize)| {
        let mut state = StateVector::zero(QUBITS);
        Case::new(format!("{label} n={QUBITS}, per gate"), "f64", 1, move || {
            (0..QUBITS).for_each(|qubit| apply(&mut state, qubit));
        })
        .samples(QUBITS)
    };
    [
        sweep("H", |state, qubit| state.apply_gate(&Gate::H, &[qubit])),
        sweep("CX", |state, qubit| state.apply_gate(&Gate::Cx, &[qubit, (qubit + 1) % QUBITS])),
        sweep("RY", |state, qubit| state.apply_rotation(&rotation("Y", qubit), 0.3)),
        sweep("RZ", |state, qubit| state.apply_rotation(&rotation("Z", qubit), 0.3)),
    ]
    .into_iter()
}

fn rotation(pauli: &str, qubit: usize) -> PauliString {
    format!("{pauli}{qubit}").parse().expect("a Pauli operator")
}

fn main() -> std::io::Result<()> {
    let cases = peak::cases(&["f64"], &[1]).into_iter().chain(gates()).chain(circuits()).collect();
    let results = Suite::new("gates", cases).run()?;
    for (qubits, layers, value, gradient) in SIZES {
        for (what, best, goal) in [("value", value, 1.5), ("gradient", gradient, 2.0)] {
            let case = name(what, qubits, layers);
            let gain = results.against((&case, "f64", 1), 1e-3 * best, THEIR_PEAK);
            results.goal(Goal::Faster(goal), &format!("the best other, {case}"), gain)?;
        }
        let (value, gradient) = (name("value", qubits, layers), name("gradient", qubits, layers));
        let cost = results.ratio((&gradient, "f64", 1), (&value, "f64", 1));
        results.goal(Goal::Cost(4.0), &format!("the value for a gradient, n={qubits} L={layers}"), cost)?;
    }
    Ok(())
}
