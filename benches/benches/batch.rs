//! A batch of one small circuit, every row with angles of its own: rows in lanes against rows on their own.
//!
//! Eight qubits behind H; an encoding `RY(x)` on the first; two layers of CX on (0,1) (2,3) (4,5) (6,7), then on
//! (1,2) (3,4) (5,6), each closed by RY on every qubit; `<Z>` of the first four qubits; 160 rows. The goal is ten
//! times the speed of rows on one thread, forward and for the vector-Jacobian product.

use std::io;

use benches::{Case, Goal, Suite};
use circuit::{Circuit, PauliSum, ansatz};
use models::vqc::VqcConfig;
use sim::{QNode, Readout, Real};

const QUBITS: usize = 8;
const LAYERS: usize = 2;
const MEASURED: usize = 4;
const ROWS: usize = 160;

fn node<T: Real>(circuit: &Circuit, measured: usize) -> QNode<T> {
    let observables = (0..measured).map(PauliSum::z).collect();
    QNode::new(circuit.clone(), Readout::Expectations(observables)).expect("it fits the register")
}

fn angles(rows: usize, n_params: usize) -> Vec<f64> {
    (0..rows * n_params).map(|k| 3.0 * (0.1 * (k + 1) as f64).sin()).collect()
}

/// Forward and vector-Jacobian product of a batch.
fn lanes<'a, T: Real>(
    name: &str,
    precision: &'static str,
    threads: usize,
    circuit: &Circuit,
    measured: usize,
) -> [Case<'a>; 2] {
    let (forward, backward) = (node::<T>(circuit, measured), node::<T>(circuit, measured));
    let params = angles(ROWS, circuit.n_params());
    let (same, cotangent) = (params.clone(), vec![1.0; ROWS * measured]);
    [
        Case::new(format!("{name}, forward"), precision, threads, move || {
            std::hint::black_box(forward.forward_batch(&params));
        })
        .samples(ROWS),
        Case::new(format!("{name}, vjp"), precision, threads, move || {
            std::hint::black_box(backward.vjp_batch(&same, &cotangent));
        })
        .samples(ROWS),
    ]
}

/// The same, row by row.
fn rows<'a>(circuit: &Circuit) -> [Case<'a>; 2] {
    let (forward, backward) = (node::<f64>(circuit, MEASURED), node::<f64>(circuit, MEASURED));
    let p = circuit.n_params();
    let params = angles(ROWS, p);
    let same = params.clone();
    [
        Case::new("rows, forward", "f64", 1, move || {
            for row in params.chunks(p) {
                std::hint::black_box(forward.forward(row));
            }
        })
        .samples(ROWS),
        Case::new("rows, vjp", "f64", 1, move || {
            for row in same.chunks(p) {
                std::hint::black_box(backward.vjp(row, &[1.0; MEASURED]));
            }
        })
        .samples(ROWS),
    ]
}

fn main() -> io::Result<()> {
    let (brick, _) = VqcConfig::default().circuit(1).expect("a small register");
    let layered = ansatz::strongly_entangling(QUBITS, LAYERS).expect("a small register");
    let cases = rows(&brick)
        .into_iter()
        .chain(lanes::<f64>("lanes", "f64", 1, &brick, MEASURED))
        .chain(lanes::<f64>("lanes", "f64", 2, &brick, MEASURED))
        .chain(lanes::<f32>("lanes", "f32", 1, &brick, MEASURED))
        .chain(lanes::<f64>("complex lanes", "f64", 1, &layered, QUBITS))
        .collect();
    let results = Suite::new("batch", cases).run()?;
    for what in ["forward", "vjp"] {
        let (slow, fast) = (format!("rows, {what}"), format!("lanes, {what}"));
        let gain = results.ratio((&slow, "f64", 1), (&fast, "f64", 1));
        results.goal(Goal::Faster(10.0), &format!("rows on their own, {what}"), gain)?;
    }
    Ok(())
}
