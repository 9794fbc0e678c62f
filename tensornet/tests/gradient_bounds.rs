//! Gradients on chains that are cut: the error against state vectors stays below the bound reported.

mod common;

use circuit::{Circuit, Op, State, ansatz, parameter_shift};
use common::Readout;
use common::vector::Vector;
use tensornet::{Mps, MpsNode, MpsReadout, Truncation};
use testkit::{Stream, random_circuit};

/// Bonds that ket and bra are cut to, ascending; the last suffices on eight qubits.
const BONDS: [usize; 5] = [1, 2, 4, 8, 16];

fn readouts(n: usize, seed: u64) -> Vec<Readout<Vector>> {
    let sums = (0..3).map(|k| common::random_sum(n, 6, &mut Stream(10 * seed + k))).collect();
    let outcomes = (0..1 << n).filter(|k| k % 5 == seed as usize % 5).collect();
    let target = common::random_state(n, 40, seed + 500);
    let known = target.amps();
    common::readouts(sums, outcomes, (target, known), |ket| &ket.amps)
}

/// `cotangentᵀ · ∂measure/∂params` by parameter shift on vectors.
fn exact(
    circuit: &Circuit,
    params: &[f64],
    cotangent: &[f64],
    measure: &dyn Fn(&Vector) -> Vec<f64>,
) -> Vec<f64> {
    parameter_shift(circuit, cotangent, 0..circuit.n_params(), |at, radians| {
        let mut state = Vector::zero(circuit.n_qubits());
        for (position, op) in circuit.ops().iter().enumerate() {
            let more = if position == at { radians } else { 0.0 };
            match op {
                Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
                Op::Rotation(string, angle) => state.apply_rotation(string, angle.value(params) + more),
            }
        }
        measure(&state)
    })
}

/// Random circuits with distant gates, wide strings and shared scaled parameters, and a brick wall.
fn circuits() -> Vec<(String, Circuit, Vec<f64>)> {
    let random = (0..8).map(|seed| {
        let n = 4 + seed as usize % 5;
        let (circuit, params) = random_circuit(n, 24, &mut Stream(900 + seed));
        (format!("random circuit, {n} qubits, seed {}", 900 + seed), circuit, params)
    });
    let bricks = ansatz::brick_wall(6, 2).expect("small");
    let params = Stream(3).take(bricks.n_params()).collect();
    random.chain([("bricks, 6 qubits, seed 3".to_string(), bricks, params)]).collect()
}

/// Errors and bounds of one readout of one circuit, for each of the bonds.
fn errors(
    (name, circuit, params): &(String, Circuit, Vec<f64>),
    seed: u64,
    (kind, readout, measure): &Readout<Vector>,
) -> Vec<(f64, f64)> {
    let cotangent: Vec<f64> = Stream(seed + 40).take(readout.n_values()).collect();
    let want = exact(circuit, params, &cotangent, measure);
    let at = |chi_max: usize| {
        let rough = Truncation { chi_max, ..Truncation::EXACT };
        let node = MpsNode::new(circuit.clone(), readout.clone()).expect("fits").with_truncation(rough);
        let found = node.differentiate(params, |_| cotangent.clone());
        let pairs = found.gradient.iter().zip(&want);
        let error = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let bound = found.report.error_bound;
        assert!(error <= bound + 1e-12, "{name}, {kind}, bond {chi_max}: error {error}, bound {bound}");
        (error, bound)
    };
    BONDS.into_iter().map(at).collect()
}

#[test]
fn the_vector_conforms_to_the_reference() {
    testkit::check_state::<Vector>(1e-12);
}

#[test]
#[expect(clippy::print_stdout, reason = "a measurement is reported")]
fn gradients_are_within_their_bound_and_both_fall_with_the_bond() {
    let mut tightest = (0.0_f64, String::new());
    let mut sums = [[0.0; BONDS.len()]; 2]; // of errors and of bounds
    for (seed, case) in (0..).zip(circuits()) {
        for readout in readouts(case.1.n_qubits(), seed) {
            let found = errors(&case, seed, &readout);
            for (k, (error, bound)) in found.iter().enumerate() {
                (sums[0][k], sums[1][k]) = (sums[0][k] + error, sums[1][k] + bound);
                if *bound > 1e-9 && error / bound > tightest.0 {
                    tightest = (error / bound, format!("{}, {}, bond {}", case.0, readout.0, BONDS[k]));
                }
            }
            let (error, bound) = found[BONDS.len() - 1];
            assert!(error < 1e-11 && bound < 1e-9, "{}, {}: {error} {bound}", case.0, readout.0);
        }
    }
    println!("largest share of the bound {:.4}: {}; errors and bounds {sums:?}", tightest.0, tightest.1);
    for sums in sums {
        assert!(sums.windows(2).all(|pair| pair[1] < pair[0]), "bonds {BONDS:?}: {sums:?}");
    }
    assert!(tightest.0 > 0.01, "a bound far from any error: {tightest:?}");
}

/// Of a past that the node has no part in, nothing is counted.
#[test]
fn cuts_of_the_past_do_not_count() {
    let (circuit, params) = random_circuit(4, 20, &mut Stream(1));
    let mut target = common::random_state(4, 30, 2);
    target.compress(Truncation { chi_max: 1, ..Truncation::EXACT });
    assert!(target.infidelity_bound() > 0.01);
    let target = target.with_truncation(Truncation::EXACT);
    let node = MpsNode::new(circuit, MpsReadout::Overlap(target.clone())).expect("fits");
    let node = node.with_initial(target).expect("fits");
    let report = node.differentiate(&params, |_| vec![1.0]).report;
    assert!(report.error_bound < 1e-10, "{report:?}");
    assert_eq!(Mps::zero(4).infidelity_bound(), 0.0);
}
