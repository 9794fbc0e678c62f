//! Adjoint sweep, parameter shift and finite differences agree, for every readout and batch size.

use circuit::{Circuit, Pauli, State};
use sim::{Diff, QNode, Readout, Real, StateVector};
use testkit::{Stream, compare_gradients, random_circuit};

/// Shared parameters, scales other than one, strings on one to three qubits.
fn sample_circuit(seed: u64) -> (Circuit, Vec<f64>) {
    circuit_on(3, 24, seed)
}

fn circuit_on(n_qubits: usize, ops: usize, seed: u64) -> (Circuit, Vec<f64>) {
    let (mut circuit, mut params) = random_circuit(n_qubits, ops, &mut Stream(seed));
    let angle = circuit.param();
    params.push(0.7);
    circuit.controlled_rotation(0, 2, Pauli::X, angle).expect("qubits in range");
    circuit.rotation(&[(0, Pauli::X), (1, Pauli::Y), (2, Pauli::Z)], angle.scaled(-1.5)).expect("in range");
    (circuit, params)
}

fn cases<T: Real>() -> Vec<(&'static str, Readout<T>, StateVector<T>)> {
    let sum = |text: &str| text.parse().expect("a Pauli sum");
    let target = {
        let (circuit, params) = sample_circuit(99);
        let mut state = StateVector::<T>::basis(3, &[5]);
        circuit::run(&circuit, &params, &mut state);
        state
    };
    let (one, few, all) =
        (StateVector::basis(3, &[0]), StateVector::basis(3, &[0, 3, 6]), StateVector::identity(3));
    vec![
        (
            "expectations",
            Readout::Expectations(vec![sum("0.5*Z0*Z1 - 1.5*X2"), sum("Y0*Y2 + 0.25")]),
            one.clone(),
        ),
        ("expectations in lanes", Readout::Expectations(vec![sum("Z0"), sum("X0*Z2")]), few.clone()),
        ("probabilities", Readout::Probabilities, one),
        ("probabilities of the unitary", Readout::Probabilities, all.clone()),
        ("marginal", Readout::Marginal(vec![2, 0]), few.clone()),
        ("transitions", Readout::Transitions(vec![0, 2]), all),
        ("overlap", Readout::Overlap(target), few),
    ]
}

fn check<T: Real>(tolerance: f64) {
    for seed in 0..6 {
        let (circuit, params) = sample_circuit(seed);
        for (name, readout, initial) in cases::<T>() {
            let node = |diff| {
                let node = QNode::new(circuit.clone(), readout.clone()).expect("fits");
                node.with_initial(initial.clone()).expect("fits").with_diff(diff)
            };
            let adjoint = node(Diff::Adjoint);
            let cotangent: Vec<f64> = Stream(seed + 50).take(adjoint.n_values()).collect();
            let want = adjoint.vjp(&params, &cotangent);
            let shift = node(Diff::ParameterShift).vjp(&params, &cotangent);
            compare_gradients(&shift, &want, tolerance)
                .unwrap_or_else(|e| panic!("{name}, seed {seed}: {e:?}"));
            if size_of::<T>() == 8 {
                let difference = node(Diff::FiniteDifference).vjp(&params, &cotangent);
                compare_gradients(&difference, &want, 1e-8)
                    .unwrap_or_else(|e| panic!("{name}, seed {seed}: {e:?}"));
            }
        }
    }
}

#[test]
fn three_methods_agree_in_double_precision() {
    check::<f64>(1e-11);
}

#[test]
fn two_methods_agree_in_single_precision() {
    check::<f32>(2e-5);
}

/// On registers as large as this the sweep takes runs of ops at once; values and shifts take them one by one.
fn check_runs<T: Real>(tolerance: f64) {
    const N: usize = 6;
    let sum = |text: &str| text.parse().expect("a Pauli sum");
    for seed in 0..3 {
        let bricks = circuit::ansatz::brick_wall(N, 1).expect("a small register");
        let (circuit, mut params) = circuit_on(N, 40, seed);
        params.extend(Stream(seed + 20).take(bricks.n_params()));
        let circuit = circuit.then(&bricks).expect("one register");
        for (lanes, readout) in [
            (2, Readout::<T>::Expectations(vec![sum("0.5*Z0*Z5 - 1.5*X2*Y3 + X1"), sum("Y0*Y2 + 0.25")])),
            (3, Readout::Probabilities),
            (4, Readout::Marginal(vec![4, 1])),
            (64, Readout::Transitions(vec![0, 3])),
        ] {
            let initial = StateVector::basis(N, &(0..lanes).collect::<Vec<_>>());
            let mut plain = initial.clone();
            circuit::run(&circuit, &params, &mut plain);
            let node = QNode::new(circuit.clone(), readout.clone()).expect("fits");
            let node = node.with_initial(initial).expect("fits");
            let cotangent: Vec<f64> = Stream(seed + 50).take(node.n_values()).collect();
            let (values, gradient) = node.forward_and_vjp(&params, |_| cotangent.clone());
            compare_gradients(&values, &readout.values(&plain), tolerance).expect("the values");
            let shift = node.with_diff(Diff::ParameterShift).vjp(&params, &cotangent);
            compare_gradients(&gradient, &shift, tolerance)
                .unwrap_or_else(|e| panic!("{lanes} lanes, seed {seed}: {e:?}"));
        }
    }
}

#[test]
fn runs_of_ops_are_the_ops() {
    check_runs::<f64>(1e-10);
    check_runs::<f32>(2e-4);
}

#[test]
fn batches_are_rows() {
    let (circuit, params) = sample_circuit(3);
    let readout =
        Readout::<f64>::Expectations(vec!["Z0*X1".parse().expect("a sum"), "Y2".parse().expect("a sum")]);
    let node = QNode::new(circuit, readout).expect("fits");
    for batch in [1, 7, 64] {
        let rows: Vec<f64> =
            (0..batch).flat_map(|b| params.iter().map(move |p| p + 0.1 * b as f64)).collect();
        let cotangent: Vec<f64> = Stream(1).take(2 * batch).collect();
        let (values, gradients) = (node.forward_batch(&rows), node.vjp_batch(&rows, &cotangent));
        for (b, row) in rows.chunks(params.len()).enumerate() {
            let alone = [node.forward(row), node.vjp(row, &cotangent[2 * b..][..2])].concat();
            let inside = [&values[2 * b..][..2], &gradients[b * params.len()..][..params.len()]].concat();
            for (x, y) in inside.iter().zip(&alone) {
                assert!((x - y).abs() < 1e-12, "row {b} of {batch}: {x} and {y}");
            }
        }
    }
}

#[test]
fn sums_are_their_terms_one_by_one() {
    // Four terms that flip nothing and four that flip the same two qubits go by tables, the others one by one.
    let text = "0.5*Z0 - Z1 + 2*Z0*Z2 + 0.25 + X0*X1 - 0.3*Y0*Y1 + 0.7*X0*Y1*Z2 - 1.1*Y0*X1 + 0.9*X2";
    let sum: circuit::PauliSum = text.parse().expect("a Pauli sum");
    let (circuit, params) = sample_circuit(5);
    let mut state = StateVector::<f64>::basis(3, &[0, 6]);
    circuit::run(&circuit, &params, &mut state);
    let single = |term: &(f64, circuit::PauliString)| circuit::PauliSum { terms: vec![*term] };
    let whole = Readout::Expectations(vec![sum.clone()]);
    let values = whole.values(&state);
    let bra = whole.pull_back(&state, &[0.4, -1.3]);
    let mut by_terms = (vec![0.0; 2], vec![circuit::C64::ZERO; bra.amps().len()]);
    for term in &sum.terms {
        let readout = Readout::Expectations(vec![single(term)]);
        let inner = state.pauli_inner(&term.1, &state);
        by_terms.0.iter_mut().zip(inner).for_each(|(value, inner)| *value += term.0 * inner.re);
        let part = readout.pull_back(&state, &[0.4, -1.3]);
        by_terms.1.iter_mut().zip(part.amps()).for_each(|(amp, part)| *amp += part);
    }
    compare_gradients(&values, &by_terms.0, 1e-13).expect("the values");
    let worst = bra.amps().iter().zip(&by_terms.1).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
    assert!(worst < 1e-13, "{worst}");
}

#[test]
fn tangents_are_the_differences_of_states() {
    for (n, ops) in [(3, 24), (6, 30)] {
        let bricks = circuit::ansatz::brick_wall(n, 1).expect("a small register");
        let (circuit, mut params) = circuit_on(n, ops, 11);
        params.extend(Stream(4).take(bricks.n_params()));
        let circuit = circuit.then(&bricks).expect("one register");
        let final_state = |params: &[f64]| {
            let mut state = StateVector::<f64>::zero(n);
            circuit::run(&circuit, params, &mut state);
            state
        };
        let node: QNode = QNode::new(circuit.clone(), Readout::Probabilities).expect("fits");
        let tangents = node.tangents(&params).expect("they fit the memory");
        let lanes = params.len() + 1;
        assert_eq!((tangents.lanes(), node.evaluations()), (lanes, lanes as u64));
        let plain = final_state(&params);
        for (i, amp) in plain.amps().iter().enumerate() {
            assert!((tangents.amps()[i * lanes + lanes - 1] - amp).norm() < 1e-13);
        }
        for k in 0..params.len() {
            let at = |by: f64| {
                let mut moved = params.clone();
                moved[k] += by;
                final_state(&moved)
            };
            let (plus, minus) = (at(1e-5), at(-1e-5));
            for (i, (p, m)) in plus.amps().iter().zip(minus.amps()).enumerate() {
                let difference = (p - m) / 2e-5;
                assert!(
                    (tangents.amps()[i * lanes + k] - difference).norm() < 1e-9,
                    "{n} qubits, parameter {k}"
                );
            }
        }
    }
}

#[test]
fn evaluations_are_counted() {
    let (circuit, params) = sample_circuit(2);
    let rotations = circuit
        .ops()
        .iter()
        .filter(|op| matches!(op, circuit::Op::Rotation(_, circuit::Angle::Param { .. })))
        .count();
    let node: QNode = QNode::new(circuit, Readout::Probabilities).expect("fits");
    node.forward(&params);
    assert_eq!(node.evaluations(), 1);
    node.vjp(&params, &[1.0; 8]);
    assert_eq!(node.evaluations(), 3);
    let node = node.with_diff(Diff::ParameterShift);
    node.vjp(&params, &[1.0; 8]);
    assert_eq!(node.evaluations(), 3 + 2 * rotations as u64);
}

#[test]
fn refusals_name_value_and_limit() {
    let text = |e: sim::Error| e.to_string();
    let wide = Circuit::new(40).expect("fits a mask");
    let refused = QNode::<f64>::new(wide, Readout::Probabilities).map(|_| ()).map_err(text);
    assert_eq!(refused, Err("40 qubits with 1 lanes need 52776558133248 bytes, but the limit is 17179869184; use fewer qubits, fewer lanes or single precision".into()));
    let small = Circuit::new(2).expect("small");
    for readout in [
        Readout::Expectations(vec!["Z2".parse().expect("a sum")]),
        Readout::Marginal(vec![2]),
        Readout::Transitions(vec![1, 1]),
    ] {
        assert!(QNode::<f64>::new(small.clone(), readout).is_err());
    }
    let node: QNode = QNode::new(small, Readout::Probabilities).expect("fits");
    assert!(node.with_initial(StateVector::zero(3)).is_err());
}
