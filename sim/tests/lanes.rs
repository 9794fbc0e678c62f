//! Batches run in lanes: every circuit, readout and batch size against rows that run on their own.

use circuit::{Angle, Circuit, Error, Gate, Pauli, PauliSum, State, ansatz};
use sim::{Diff, QNode, Readout, Real, StateVector};
use testkit::{Stream, random_circuit};

const BATCHES: [usize; 5] = [1, 7, 8, 17, 100];

/// Layers of CX on pairs (0,1), (2,3), .. then (1,2), .. and RY on every qubit, behind H and an encoding.
fn brick(n_qubits: usize, layers: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    let x = circuit.param();
    for q in 0..n_qubits {
        circuit.h(q)?;
    }
    circuit.ry(0, x)?;
    for _ in 0..layers {
        for a in ansatz::bricks(n_qubits) {
            circuit.cx(a, a + 1)?;
        }
        for q in 0..n_qubits {
            let theta = circuit.param();
            circuit.ry(q, theta)?;
        }
    }
    Ok(circuit)
}

/// Controlled rotations about every axis.
fn controlled(n_qubits: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for (k, pauli) in [Pauli::X, Pauli::Y, Pauli::Z, Pauli::Y].into_iter().enumerate() {
        for q in 0..n_qubits {
            let angle = circuit.param();
            circuit.sx(q)?.controlled_rotation(q, (q + 1 + k % (n_qubits - 1)) % n_qubits, pauli, angle)?;
        }
    }
    Ok(circuit)
}

/// Shared parameters with scales, constant angles, every named gate and a literal one.
fn mixed(n_qubits: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    let (a, b) = (circuit.param(), circuit.param());
    circuit.h(0)?.t(0)?.ry(1, 0.3)?.rx(n_qubits - 1, a)?;
    for (k, gate) in Gate::NAMED.into_iter().enumerate() {
        let qubits: Vec<usize> = (0..gate.arity()).map(|j| (k + j) % n_qubits).collect();
        circuit.gate(gate, &qubits)?;
        circuit.rotation(
            &[(k % n_qubits, Pauli::X), ((k + 1) % n_qubits, Pauli::Y)],
            a.scaled(0.5 - k as f64),
        )?;
        circuit.rz((k + 2) % n_qubits, b.scaled(-1.5))?.ry(k % n_qubits, 0.1 * k as f64)?;
    }
    let mut fixed = StateVector::<f64>::identity(1);
    for (pauli, theta) in [("Z0", 0.4), ("Y0", 2.5), ("Z0", -1.1)] {
        fixed.apply_rotation(&pauli.parse()?, theta);
    }
    let literal: Vec<_> = fixed.amps().to_vec();
    circuit.gate(Gate::Unitary1([literal[0], literal[1], literal[2], literal[3]]), &[1])?;
    circuit.rotation(&[(0, Pauli::Y), (1, Pauli::Z), (2, Pauli::Y)], a.scaled(-1.0))?;
    Ok(circuit)
}

/// A literal two-qubit gate, which batches run the old way.
fn literal(n_qubits: usize) -> Result<Circuit, Error> {
    let mut circuit = ansatz::hardware_efficient(n_qubits, 1)?;
    let matrix = std::array::from_fn(|k| if k % 5 == 0 { circuit::C64::I } else { circuit::C64::ZERO });
    circuit.gate(Gate::Unitary2(Box::new(matrix)), &[0, 1])?;
    Ok(circuit)
}

fn circuits() -> Result<Vec<(&'static str, Circuit)>, Error> {
    Ok(vec![
        ("brick", brick(5, 2)?),
        ("wide brick", brick(8, 1)?),
        ("hardware efficient", ansatz::hardware_efficient(4, 2)?),
        ("strongly entangling", ansatz::strongly_entangling(4, 2)?),
        ("brick wall", ansatz::brick_wall(4, 1)?),
        ("controlled", controlled(3)?),
        ("mixed", mixed(3)?),
        ("literal", literal(3)?),
        ("one qubit", ansatz::hardware_efficient(1, 2)?),
        ("random", random_circuit(3, 40, &mut Stream(11)).0),
        ("another random", random_circuit(4, 60, &mut Stream(12)).0),
    ])
}

fn readouts(n_qubits: usize) -> Vec<(&'static str, Vec<PauliSum>)> {
    let parse =
        |texts: &[&str]| texts.iter().map(|t| t.parse().expect("a Pauli sum")).collect::<Vec<PauliSum>>();
    let mut all = vec![
        ("one Z", parse(&["Z0"])),
        ("every Z", (0..n_qubits).map(PauliSum::z).collect()),
        ("X and Y", parse(&["X0", "Y0"])),
        ("constant", parse(&["2", "0", "0.5*Z0 + 1"])),
    ];
    if n_qubits > 2 {
        all.push(("products", parse(&["Z0*Z1", "Z0*Z1*Z2", "X1*X2", "Y0*Y2", "X0*Y1", "Y0*Z1"])));
        all.push(("sums", parse(&["0.5*Z0*Z1 - 1.5*X2 + 0.25", "Y0*Y2 + -2*X0*Y1*Z2 + Z1"])));
    }
    all
}

fn batch(rows: usize, n_params: usize, seed: u64) -> Vec<f64> {
    Stream(seed).take(rows * n_params).map(|v| 4.0 * v).collect()
}

fn close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (k, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * w.abs().max(1.0), "{what}: entry {k} is {g}, not {w}");
    }
}

/// A batch against rows; rows are differentiated by parameter shift in double precision.
fn check<T: Real>(initial: impl Fn(usize) -> StateVector<T>, value_tolerance: f64, gradient_tolerance: f64) {
    for (circuit_name, circuit) in circuits().expect("circuits") {
        let (n, p) = (circuit.n_qubits(), circuit.n_params());
        for (readout_name, sums) in readouts(n) {
            let node = QNode::new(circuit.clone(), Readout::<T>::Expectations(sums.clone())).expect("fits");
            let node = node.with_initial(initial(n)).expect("fits");
            let shift = node.clone().with_diff(Diff::ParameterShift);
            for rows in BATCHES {
                let what = format!("{circuit_name}, {readout_name}, {rows} rows");
                let params = batch(rows, p, 1);
                let cotangent = batch(rows, sums.len(), 2);
                let values: Vec<f64> = params.chunks(p).flat_map(|row| node.forward(row)).collect();
                close(&node.forward_batch(&params), &values, value_tolerance, &what);
                let pairs = params.chunks(p).zip(cotangent.chunks(sums.len()));
                let gradient: Vec<f64> = pairs.flat_map(|(row, w)| shift.vjp(row, w)).collect();
                close(&node.vjp_batch(&params, &cotangent), &gradient, gradient_tolerance, &what);
            }
        }
    }
}

#[test]
fn batches_equal_rows_and_parameter_shift() {
    check::<f64>(StateVector::zero, 1e-12, 1e-10);
}

#[test]
fn batches_equal_rows_in_single_precision() {
    check::<f32>(StateVector::zero, 1e-4, 1e-3);
}

#[test]
fn other_initial_states_are_where_batches_start() {
    let entangled = |n: usize| {
        let (circuit, params) = random_circuit(n, 12, &mut Stream(5));
        let mut state = StateVector::basis(n, &[1]);
        circuit::run(&circuit, &params, &mut state);
        state
    };
    check::<f64>(entangled, 1e-12, 1e-10);
    check::<f64>(|n| StateVector::basis(n, &[(1 << n) - 1]), 1e-12, 1e-10);
}

#[test]
fn golden_values_of_the_brick_circuit() {
    let circuit = brick(8, 2).expect("a circuit");
    let node: QNode =
        QNode::new(circuit, Readout::Expectations((0..4).map(PauliSum::z).collect())).expect("fits");
    let mut params = vec![0.5];
    params.extend((1..=16).map(|k| 0.1 * f64::from(k)));
    let want = [-0.984_607_88, -0.665_060_95, -0.799_231_00, -0.580_085_72];
    close(&node.forward_batch(&params), &want, 1e-8, "brick");
    let live: Vec<usize> = (0..17).filter(|&k| node.live_params()[k]).collect();
    assert_eq!(live, [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12]);
}

#[test]
fn parameters_outside_the_light_cone_have_gradient_zero() {
    for (name, circuit) in circuits().expect("circuits") {
        let (n, p) = (circuit.n_qubits(), circuit.n_params());
        for (readout, sums) in readouts(n) {
            let cotangent = batch(9, sums.len(), 3);
            let node: QNode = QNode::new(circuit.clone(), Readout::Expectations(sums)).expect("fits");
            let (live, params) = (node.live_params(), batch(9, p, 4));
            for row in node.vjp_batch(&params, &cotangent).chunks(p) {
                for (k, value) in row.iter().enumerate().filter(|(k, _)| !live[*k]) {
                    assert_eq!(*value, 0.0, "{name}, {readout}: parameter {k}");
                }
            }
        }
    }
    let unused: QNode = {
        let mut circuit = Circuit::new(3).expect("small");
        let (a, b) = (circuit.param(), circuit.param());
        circuit.ry(0, a).and_then(|c| c.cx(0, 1)).and_then(|c| c.ry(2, b)).expect("in range");
        QNode::new(circuit, Readout::Expectations(vec![PauliSum::z(1)])).expect("fits")
    };
    assert_eq!(unused.live_params(), [true, false]);
    assert_eq!(unused.vjp_batch(&[0.3, 0.4, 0.5, 0.6], &[1.0, 1.0])[1], 0.0);
    let all: QNode = QNode::new(unused.circuit().clone(), Readout::Probabilities).expect("fits");
    assert_eq!(all.live_params(), [true, true]);
}

#[test]
fn bits_depend_neither_on_threads_nor_on_neighbours() {
    let circuit = ansatz::strongly_entangling(5, 2).expect("a circuit");
    let p = circuit.n_params();
    let node: QNode =
        QNode::new(circuit, Readout::Expectations((0..5).map(PauliSum::z).collect())).expect("fits");
    let (params, cotangent) = (batch(100, p, 6), batch(100, 5, 7));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| (node.forward_batch(&params), node.vjp_batch(&params, &cotangent)))
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one, two);
    for (k, row) in params.chunks(p).enumerate() {
        assert_eq!(node.forward_batch(row), one.0[5 * k..][..5], "row {k}");
        assert_eq!(node.vjp_batch(row, &cotangent[5 * k..][..5]), one.1[p * k..][..p], "row {k}");
    }
}

#[test]
fn extreme_angles_are_angles() {
    let mut circuit = Circuit::new(1).expect("small");
    let theta = circuit.param();
    circuit.ry(0, theta).expect("in range");
    let node: QNode = QNode::new(circuit, Readout::Expectations(vec![PauliSum::z(0)])).expect("fits");
    let angles = [0.0, -0.0, 1e-300, 1e-8, 3.2, -3.2, 6.3, 1e3, -1e6, 9.9e8, 1.1e9, 1e15, -1e300];
    let want = angles.map(f64::cos);
    let slopes = angles.map(|a| -a.sin());
    close(&node.forward_batch(&angles), &want, 1e-15, "values");
    close(&node.vjp_batch(&angles, &[1.0; 13]), &slopes, 1e-15, "gradients");
    assert!(node.forward_batch(&[f64::NAN, 1.0])[0].is_nan());
    assert!(node.forward_batch(&[f64::INFINITY, 1.0])[0].is_nan());
    close(&node.forward_batch(&[f64::NAN, 1.0])[1..], &[1.0f64.cos()], 1e-15, "the neighbour of no number");
}

#[test]
fn batches_are_counted_as_rows() {
    let circuit = brick(3, 1).expect("a circuit");
    let p = circuit.n_params();
    let node: QNode = QNode::new(circuit, Readout::Expectations(vec![PauliSum::z(0)])).expect("fits");
    node.forward_batch(&batch(7, p, 8));
    assert_eq!(node.evaluations(), 7);
    node.vjp_batch(&batch(7, p, 8), &[1.0; 7]);
    assert_eq!(node.evaluations(), 21);
    let shifted = node.with_diff(Diff::ParameterShift);
    let before = shifted.evaluations();
    shifted.vjp_batch(&batch(1, p, 8), &[1.0]);
    assert_eq!(shifted.evaluations() - before, 2 * p as u64);
}

#[test]
fn a_shared_angle_is_one_parameter() {
    let mut circuit = Circuit::new(2).expect("small");
    let theta = circuit.param();
    circuit.ry(0, theta).and_then(|c| c.ry(1, theta.scaled(2.0))).expect("in range");
    circuit.ry(0, Angle::Const(0.2)).expect("in range");
    let node: QNode =
        QNode::new(circuit, Readout::Expectations(vec!["Z0*Z1".parse().expect("a sum")])).expect("fits");
    let params: Vec<f64> = (0..20).map(|k| 0.3 * f64::from(k) - 2.0).collect();
    let values: Vec<f64> = params.iter().map(|t| (t + 0.2).cos() * (2.0 * t).cos()).collect();
    let slope = |t: &f64| -(t + 0.2).sin() * (2.0 * t).cos() - 2.0 * (t + 0.2).cos() * (2.0 * t).sin();
    close(&node.forward_batch(&params), &values, 1e-14, "values");
    close(
        &node.vjp_batch(&params, &[1.0; 20]),
        &params.iter().map(slope).collect::<Vec<_>>(),
        1e-13,
        "slopes",
    );
}
