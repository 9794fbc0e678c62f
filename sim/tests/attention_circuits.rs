//! The circuits of quantum doubly stochastic attention: both routes, all ansaetze, and their known values.

use circuit::Circuit;
use circuit::qontot::Ansatz;
use sim::{Diff, QNode, Readout, StateVector, TransitionMap};
use testkit::{Stream, compare_gradients};

/// Register sizes, layers and data qubits, small enough for the 2q-qubit circuit.
const SIZES: [(usize, usize, &[usize]); 5] =
    [(2, 1, &[0, 1]), (3, 2, &[0, 1]), (4, 1, &[0, 2]), (4, 3, &[1, 3]), (5, 2, &[0, 1, 2])];

fn draws(seed: u64, n: usize, scale: f64) -> Vec<f64> {
    Stream(seed).take(n).map(|x| scale * x).collect()
}

fn map(ansatz: Ansatz, q: usize, layers: usize, data: &[usize]) -> TransitionMap {
    TransitionMap::new(&ansatz.matrix_circuit(q, layers).expect("small"), data).expect("supported")
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

/// `t p(i, j)` from the 2q-qubit circuit: A holds the columns, B the rows.
fn bell_weights(ansatz: Ansatz, q: usize, layers: usize, data: &[usize], params: &[f64]) -> Vec<f64> {
    let circuit = ansatz.bell_circuit(q, layers).expect("small");
    let qubits: Vec<usize> = data.iter().map(|d| q + d).chain(data.iter().copied()).collect();
    let node: QNode = QNode::new(circuit, Readout::Marginal(qubits)).expect("fits");
    let tokens = f64::from(1 << data.len() as u32);
    node.forward(params).into_iter().map(|p| tokens * p).collect()
}

#[test]
fn bell_circuit_equals_matrix_route() {
    for ansatz in Ansatz::ALL {
        for (q, layers, data) in SIZES {
            let map = map(ansatz, q, layers, data);
            let params = draws(7, map.circuit().n_params(), 4.0);
            let weights = map.forward::<f64>(&params, 0).weights;
            let bell = bell_weights(ansatz, q, layers, data, &params);
            let difference = largest_difference(&weights, &bell);
            assert!(difference < 1e-12, "{ansatz:?}, {q} qubits, {layers} layers: {difference}");
        }
    }
}

#[test]
fn gradients_equal_those_of_the_state_vector() {
    for ansatz in Ansatz::ALL {
        for (q, layers, data) in SIZES {
            let map = map(ansatz, q, layers, data);
            let params = draws(3, map.circuit().n_params(), 4.0);
            let cotangent = draws(4, map.tokens().pow(2), 1.0);
            let node: QNode =
                QNode::new(map.circuit().clone(), Readout::Transitions(data.to_vec())).expect("fits");
            let node = node.with_initial(StateVector::identity(q)).expect("fits").with_diff(Diff::Adjoint);
            let want = node.vjp(&params, &cotangent);
            let context = format!("{ansatz:?}, {q} qubits, {layers} layers");
            let kept = map.forward::<f64>(&params, usize::MAX).kept;
            for (method, got) in [
                ("kept", map.vjp(&params, &kept, &cotangent)),
                ("repeated", map.vjp(&params, &[], &cotangent)),
                ("shift", map.vjp_by_shift(&params, &cotangent)),
            ] {
                compare_gradients(&got, &want, 1e-11)
                    .unwrap_or_else(|e| panic!("{context}, {method}: {e:?}"));
            }
        }
    }
}

/// Entries are in [0, 1]; rows and columns sum to one, to 1e-12 (1e-5 in single precision).
#[test]
fn matrices_are_doubly_stochastic() {
    for ansatz in Ansatz::ALL {
        for (q, layers, data) in SIZES.into_iter().chain([(8, 16, &[0, 1, 2][..])]) {
            let map = map(ansatz, q, layers, data);
            let params = draws(1, map.circuit().n_params(), 3.0);
            let double = map.forward::<f64>(&params, 0).weights;
            let single = map.forward::<f32>(&params, 0).weights.into_iter().map(f64::from).collect();
            for (weights, tolerance) in [(double, 1e-12), (single, 1e-5)] {
                let t = map.tokens();
                for k in 0..t {
                    let row: f64 = weights[k * t..][..t].iter().sum();
                    let column: f64 = weights.iter().skip(k).step_by(t).sum();
                    assert!(
                        (row - 1.0).abs() < tolerance && (column - 1.0).abs() < tolerance,
                        "{ansatz:?}: {row}, {column}"
                    );
                }
                assert!(weights.iter().all(|w| (0.0..=1.0 + tolerance).contains(w)));
            }
        }
    }
}

#[test]
fn zero_angles_give_the_identity() {
    for ansatz in Ansatz::ALL {
        for (q, layers, data) in SIZES {
            let map = map(ansatz, q, layers, data);
            let weights = map.forward::<f64>(&vec![0.0; map.circuit().n_params()], 0).weights;
            let t = map.tokens();
            for (k, weight) in weights.iter().enumerate() {
                assert!((weight - f64::from(u8::from(k / t == k % t))).abs() < 1e-14, "{ansatz:?}");
            }
        }
    }
}

#[test]
fn parameter_counts_are_the_papers() {
    for (q, layers, count) in
        [(6, 2, 98), (8, 16, 920), (7, 1, 69), (10, 16, 1182), (8, 1, 80), (8, 32, 1816), (2, 1, 14)]
    {
        for ansatz in [Ansatz::Parted, Ansatz::Simple] {
            assert_eq!(
                ansatz.matrix_circuit(q, layers).expect("small").n_params(),
                count,
                "{q} qubits, {layers} layers"
            );
        }
    }
    let count = |ansatz: Ansatz| ansatz.matrix_circuit(6, 2).expect("small").n_params();
    assert_eq!([Ansatz::Centrosymmetric, Ansatz::Trotter, Ansatz::TrotterTied].map(count), [86, 102, 34]);
}

/// 7 Bell pairs and 12 blocks: the circuit whose transpiled counts the paper reports.
#[test]
fn hardware_circuit_has_nineteen_two_qubit_gates() {
    assert_eq!(Ansatz::Parted.bell_circuit(7, 1).expect("small").count(2), 19);
}

#[test]
fn every_angle_has_period_two_pi() {
    for ansatz in [Ansatz::Parted, Ansatz::Simple, Ansatz::Centrosymmetric] {
        let map = map(ansatz, 4, 2, &[0, 1]);
        let params = draws(2, map.circuit().n_params(), 1.0);
        let want = map.forward::<f64>(&params, 0).weights;
        for k in 0..params.len() {
            let mut moved = params.clone();
            moved[k] += std::f64::consts::TAU;
            assert!(
                largest_difference(&map.forward::<f64>(&moved, 0).weights, &want) < 1e-12,
                "{ansatz:?}, angle {k}"
            );
        }
    }
}

/// `P_(i1 i0),(k1 k0) = A[i1, k1] B[i0, k0 ^ k1]` for one block, with `A` and `B` from cosines.
#[test]
fn one_block_has_a_closed_form() {
    let t = [0.4, 1.3, -0.9, 2.2];
    let mut block = Circuit::new(2).expect("small");
    let angles = t.map(|_| block.param());
    block.cx(0, 1).and_then(|c| c.ry(0, angles[0])).and_then(|c| c.rz(0, angles[1])).expect("in range");
    block.ry(1, angles[2]).and_then(|c| c.rx(1, angles[3])).expect("in range");
    let weights = TransitionMap::new(&block, &[0, 1]).expect("supported").forward::<f64>(&t, 0).weights;
    let (a, b) = ((1.0 + t[0].cos()) / 2.0, (1.0 + t[2].cos() * t[3].cos()) / 2.0);
    let entry = |p: f64, same: bool| if same { p } else { 1.0 - p };
    for (k, weight) in weights.iter().enumerate() {
        let (row, column) = (k / 4, k % 4);
        let want = entry(a, row >> 1 == column >> 1) * entry(b, row & 1 == (column & 1) ^ (column >> 1));
        assert!((weight - want).abs() < 1e-15, "{row}, {column}: {weight} is not {want}");
    }
}

/// `J P J = P` for the reversal `J`, with contiguous data qubits.
#[test]
fn centrosymmetric_matrices_are_centrosymmetric() {
    for (q, layers, data) in [(3, 2, &[0, 1][..]), (6, 4, &[0, 1, 2])] {
        let map = map(Ansatz::Centrosymmetric, q, layers, data);
        let weights = map.forward::<f64>(&draws(9, map.circuit().n_params(), 3.0), 0).weights;
        let reversed: Vec<f64> = weights.iter().rev().copied().collect();
        assert!(largest_difference(&weights, &reversed) < 1e-14);
    }
}

/// The same bits for one thread and for two.
#[test]
fn bits_do_not_depend_on_threads() {
    let map = map(Ansatz::Parted, 5, 3, &[0, 1, 2]);
    let params = draws(6, 9 * map.circuit().n_params(), 1.0);
    let cotangent: Vec<f32> = draws(8, 9 * 64, 1.0).into_iter().map(|x| x as f32).collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let out = map.forward::<f32>(&params, usize::MAX);
            (map.vjp(&params, &out.kept, &cotangent), out.weights)
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn unsupported_requests_are_refused() {
    let mut hadamard = Circuit::new(2).expect("small");
    hadamard.h(0).expect("in range");
    let text = TransitionMap::new(&hadamard, &[0]).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(
        text,
        Err("the matrix route takes CX and Pauli rotations on one or two qubits, not h; use a QNode instead"
            .into())
    );
    let plain = |q| Ansatz::Parted.matrix_circuit(q, 1).expect("fits");
    for (q, data) in [(1, vec![0]), (16, vec![0]), (3, vec![3]), (3, vec![1, 1])] {
        assert!(TransitionMap::new(&plain(q), &data).is_err(), "{q} {data:?}");
    }
}
