//! A brick wall of two-qubit gates on 50 qubits as a matrix product state, on one thread, in double precision.
//!
//! Gate `g` has the fifteen angles `π sin(0.1 (15 g + j + 1))`, so that other tools can build the same circuit; a case is
//! the whole circuit from `|0..0⟩`, every bond cut at the largest, and the sum of all `⟨Z⟩` at its end. The goal is that
//! the largest bond, where it is reached, sets the price: twice the layers beyond saturation cost about twice the time.

use std::f64::consts::PI;

use benches::{Case, Goal, Suite, peak};
use circuit::{Gate, PauliString, State};
use tensornet::synthesis::brick_matrix;
use tensornet::{Mps, Truncation};

const QUBITS: usize = 50;
const CHI: usize = 64;

/// Layers: bonds reach the largest towards the end of the first circuit.
const LAYERS: [usize; 2] = [10, 20];

fn gate(g: usize) -> Gate {
    Gate::Unitary2(Box::new(brick_matrix(&std::array::from_fn(|j| {
        PI * (0.1 * (15 * g + j + 1) as f64).sin()
    }))))
}

/// Every gate and its first qubit.
fn brick_wall(layers: usize) -> Vec<(Gate, usize)> {
    let places = (0..layers).flat_map(|layer| (layer % 2..QUBITS - 1).step_by(2));
    places.enumerate().map(|(g, q)| (gate(g), q)).collect()
}

fn name(layers: usize) -> String {
    format!("n={QUBITS} layers={layers} chi={CHI}")
}

fn case<'a>(layers: usize) -> Case<'a> {
    let gates = brick_wall(layers);
    let truncation = Truncation { chi_max: CHI, cutoff: 1e-12, ..Truncation::EXACT };
    Case::answering(name(layers), "f64", 1, move || {
        let mut state = Mps::zero(QUBITS).with_truncation(truncation);
        gates.iter().for_each(|(gate, q)| state.apply_gate(gate, &[*q, q + 1]));
        let sum = (0..QUBITS).map(|q| (1.0, PauliString::z(q))).collect();
        state.expectation(&sum)
    })
}

fn main() -> std::io::Result<()> {
    let circuits = LAYERS.into_iter().map(case);
    let results =
        Suite::new("mps", peak::cases(&["f64"], &[1]).into_iter().chain(circuits).collect()).run()?;
    let [short, long] = LAYERS.map(name);
    let cost = results.ratio((&long, "f64", 1), (&short, "f64", 1));
    results.goal(Goal::Cost(8.0), &format!("of {short}, {long}"), cost)?;
    Ok(())
}
