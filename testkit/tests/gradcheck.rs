//! The gradient check passes exact gradients of circuits and refuses every injected fault.

use circuit::{Angle, Circuit, Op, PauliSum, State, run};
use testkit::{Dense, GradientFault, Stream, compare_gradients, gradcheck, random_circuit};

const TOLERANCE: f64 = 1e-8;

/// A random circuit with shared parameters, where it stands, and what is measured.
struct Case {
    circuit: Circuit,
    params: Vec<f64>,
    observable: PauliSum,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut stream = Stream(seed);
        let (circuit, _) = random_circuit(3, 30, &mut stream);
        let params = stream.take(circuit.n_params()).map(|x| 3.0 * x).collect();
        Self { circuit, params, observable: "0.7*X0*Y1 - 1.1*Z2 + 0.4*Y0*Z1*X2".parse().expect("a sum") }
    }

    fn value(&self, params: &[f64]) -> f64 {
        let mut state = Dense::zero(3);
        run(&self.circuit, params, &mut state);
        state.expectation(&self.observable)
    }

    /// Contribution of each parametrised rotation: `scale/2 (f(angle + π/2) - f(angle - π/2))`.
    fn contributions(&self) -> Vec<(usize, f64)> {
        let ops = self.circuit.ops().iter().enumerate();
        ops.filter_map(|(k, op)| match op {
            Op::Rotation(_, Angle::Param { index, scale }) => {
                let quarter = std::f64::consts::FRAC_PI_2;
                Some((*index, scale / 2.0 * (self.shifted(k, quarter) - self.shifted(k, -quarter))))
            }
            Op::Rotation(_, Angle::Const(_)) | Op::Gate(..) => None,
        })
        .collect()
    }

    fn shifted(&self, position: usize, by: f64) -> f64 {
        let mut state = Dense::zero(3);
        for (k, op) in self.circuit.ops().iter().enumerate() {
            let extra = if k == position { by } else { 0.0 };
            match op {
                Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
                Op::Rotation(string, angle) => {
                    state.apply_rotation(string, angle.value(&self.params) + extra)
                }
            }
        }
        state.expectation(&self.observable)
    }

    fn gradient(&self, contributions: &[(usize, f64)]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.params.len()];
        contributions.iter().for_each(|&(index, term)| gradient[index] += term);
        gradient
    }

    fn check(&self, gradient: &[f64]) -> Result<f64, GradientFault> {
        gradcheck(|params| self.value(params), &self.params, gradient, TOLERANCE)
    }
}

#[test]
fn shift_rule_gradients_pass() {
    for seed in 0..20 {
        let case = Case::new(seed);
        case.check(&case.gradient(&case.contributions())).expect("the shift rule is exact");
    }
}

#[test]
fn every_injected_fault_is_refused() {
    for seed in 0..20 {
        let case = Case::new(seed);
        let terms = case.contributions();
        let exact = case.gradient(&terms);
        let worst =
            (0..exact.len()).max_by(|&a, &b| exact[a].abs().total_cmp(&exact[b].abs())).expect("params");
        let mut lost = terms.clone();
        let largest = (0..terms.len()).max_by(|&a, &b| terms[a].1.abs().total_cmp(&terms[b].1.abs()));
        lost.remove(largest.expect("terms"));
        let mut shuffled = exact.clone();
        shuffled.rotate_left(1);
        let mut one_sign = exact.clone();
        one_sign[worst] = -one_sign[worst];
        let faults = [
            ("every sign", exact.iter().map(|g| -g).collect()),
            ("one sign", one_sign),
            ("the neighbour's index", shuffled),
            ("a factor of two", exact.iter().map(|g| 2.0 * g).collect()),
            ("a dropped term", case.gradient(&lost)),
            ("a constant added", exact.iter().map(|g| g + 1e-6).collect()),
            ("zero everywhere", vec![0.0; exact.len()]),
            ("not a number", exact.iter().map(|_| f64::NAN).collect()),
            ("one entry short", exact[1..].to_vec()),
        ];
        for (what, gradient) in faults {
            assert!(case.check(&gradient).is_err(), "seed {seed}: {what} was accepted");
        }
    }
}

#[test]
fn a_check_of_nothing_is_refused() {
    let flat = gradcheck(|_| 1.0, &[0.3, 0.4], &[0.0, 0.0], TOLERANCE);
    assert!(matches!(flat, Err(GradientFault::Vacuous { .. })), "{flat:?}");
    assert!(compare_gradients(&[], &[], TOLERANCE).is_err());
}

#[test]
fn the_scale_of_the_gradient_does_not_matter() {
    for scale in [1e-2, 1.0, 1e6] {
        let cubic = |x: &[f64]| scale * x[0].powi(3);
        assert!(gradcheck(cubic, &[0.7], &[scale * 3.0 * 0.49], TOLERANCE).is_ok());
        assert!(gradcheck(cubic, &[0.7], &[scale * 3.0 * 0.49 * (1.0 + 1e-6)], TOLERANCE).is_err());
    }
}
