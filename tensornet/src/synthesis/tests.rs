//! Known states and what circuits of few layers make of them.

mod growth;
mod states;
mod surface;
mod tree;

use circuit::{C64, State};

use super::{PairGate, Protocol, Synthesis, SynthesisConfig, exact_gates, synthesize};
use crate::Mps;
use states::{bars_and_stripes, cluster, ising, random, uniform};

/// Open-chain bonds.
fn chain_bonds(n: usize) -> Vec<(usize, usize)> {
    (1..n).map(|k| (k - 1, k)).collect()
}

fn config(protocol: Protocol, layers: usize) -> SynthesisConfig {
    SynthesisConfig { protocol, layers, ..SynthesisConfig::default() }
}

fn fidelity_of<S: State>(synthesis: &Synthesis, target: &Mps, amps: impl Fn(&S) -> Vec<C64>) -> f64 {
    let mut state = S::zero(target.n_qubits());
    synthesis.apply(&mut state);
    overlap(&amps(&state), &target.amps())
}

/// `|<a|b>|^2` of vectors brought to norm one.
fn overlap(a: &[C64], b: &[C64]) -> f64 {
    let norm = |v: &[C64]| v.iter().map(|x| x.norm_sqr()).sum::<f64>();
    let inner: C64 = a.iter().zip(b).map(|(x, y)| x.conj() * y).sum();
    inner.norm_sqr() / (norm(a) * norm(b))
}

/// States of bond 2 or less on `n` qubits.
fn bond_two(n: usize) -> Vec<(&'static str, Mps)> {
    let all = (1 << n) - 1;
    vec![
        ("cat", uniform(n, |k| k == 0 || k == all)),
        ("w", uniform(n, |k| k.count_ones() == 1)),
        ("cluster", cluster(n)),
        ("plus", uniform(n, |_| true)),
        ("basis", uniform(n, |k| k == all / 3)),
        ("product", random(n, 1, false, 5)),
        ("real", random(n, 2, true, 6)),
        ("complex", random(n, 2, false, 7)),
    ]
}

#[test]
fn bond_two_is_one_exact_layer() {
    for (n, (name, target)) in
        [2, 3, 6, 12].into_iter().flat_map(|n| bond_two(n).into_iter().map(move |t| (n, t)))
    {
        for exact_qubits in [0, 14] {
            let config = SynthesisConfig { exact_qubits, ..config(Protocol::DAll, 1) };
            let (synthesis, report) = synthesize(&target, &config).expect("a fair request");
            assert!((report.fidelity - 1.0).abs() < 1e-12, "{name} on {n}: {}", report.fidelity);
            assert_eq!((report.gates, report.depth, report.parameters), (n - 1, n - 1, 15 * (n - 1)));
            let measured = fidelity_of::<Mps>(&synthesis, &target, Mps::amps);
            assert!((measured - 1.0).abs() < 1e-12, "{name} on {n}: {measured}");
        }
    }
}

#[test]
fn the_circuit_is_the_synthesis() {
    for n in [2, 3, 5] {
        for (name, target) in bond_two(n) {
            let (synthesis, report) =
                synthesize(&target, &SynthesisConfig::default()).expect("a fair request");
            let (circuit, params) = synthesis.circuit().expect("unitary gates");
            let mut dense = testkit::Dense::zero(n);
            circuit::run(&circuit, &params, &mut dense);
            let fidelity = overlap(dense.amps(), &target.amps());
            assert!((fidelity - 1.0).abs() < 1e-12, "{name} on {n}: {fidelity}");
            assert_eq!((params.len(), circuit.n_params()), (report.parameters, report.parameters));
        }
    }
}

#[test]
fn wide_gates_prepare_wide_chains() {
    for (n, chi, width) in
        [(1, 1, 1), (2, 2, 2), (6, 1, 2), (6, 2, 2), (6, 3, 3), (7, 4, 3), (8, 7, 4), (9, 8, 4)]
    {
        let target = random(n, chi, false, (n * chi) as u64);
        let gates = exact_gates(&target).expect("a fair request");
        assert!(gates.iter().all(|gate| gate.width == width), "{n} {chi}");
        assert_eq!(gates.len(), n - width + 1, "{n} {chi}");
        let mut amps = vec![C64::ZERO; 1 << n];
        amps[0] = C64::ONE;
        for gate in &gates {
            let gram = gate.matrix.t().mapv(|x| x.conj()).dot(&gate.matrix);
            let eye = ndarray::Array2::<C64>::eye(1 << width);
            assert!((gram - eye).iter().all(|x| x.norm() < 1e-13), "{n} {chi}: unitary");
            let targets: Vec<usize> = (gate.first..gate.first + width).collect();
            let entries: Vec<C64> = gate.matrix.iter().copied().collect();
            amps = testkit::matrix::matvec(&testkit::matrix::embed(&entries, &targets, n), &amps);
        }
        let fidelity = overlap(&amps, &target.amps());
        assert!((fidelity - 1.0).abs() < 1e-12, "{n} {chi}: {fidelity}");
    }
}

#[test]
fn the_first_analytic_layer_keeps_what_truncation_keeps() {
    let table = [
        ("bars and stripes", bars_and_stripes(4, 3), 8.0 / 11.0, 1e-12),
        ("ising", ising(12), 0.99484, 1e-5),
    ];
    for (name, target, fidelity, tolerance) in table {
        let (synthesis, report) = synthesize(&target, &config(Protocol::DAll, 1)).expect("a fair request");
        assert!((report.fidelity - fidelity).abs() < tolerance, "{name}: {}", report.fidelity);
        // Columns whose fresh input is one play no part: any rotation among them changes nothing.
        let mut turned = synthesis.clone();
        for (k, PairGate { matrix, .. }) in turned.layers[0].iter_mut().enumerate() {
            let (cos, sin) = (C64::from((k as f64).cos()), C64::cis(0.4) * (k as f64).sin());
            for i in 0..4 {
                let [a, b] = [matrix[4 * i + 1], matrix[4 * i + 3]];
                (matrix[4 * i + 1], matrix[4 * i + 3]) = (cos * a - sin.conj() * b, sin * a + cos * b);
            }
        }
        turned.check().expect("unitary gates");
        let measured = fidelity_of::<Mps>(&turned, &target, Mps::amps);
        assert!((measured - report.fidelity).abs() < 1e-12, "{name}: {measured}");
    }
}
