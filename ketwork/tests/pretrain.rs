//! The pipeline end to end: losses against what they say, starts of one size, networks that hand over what they know.

use circuit::{Circuit, ansatz};
use ketwork::circuit;
use ketwork::optimise::{MinimiseConfig, Minimiser, Objective, minimise};
use ketwork::pretrain::{CircuitLoss, ClassicalConfig, Loss, PretrainConfig, Problem, Start, pretrain};
use ketwork::tensornet::BitStrings;

fn losses() -> Vec<(&'static str, Loss)> {
    let named = ["kl", "nll", "mmd"].map(|name| ("bas:2x2", Loss::from_name(name).expect("a loss")));
    named.into_iter().chain([("xxz:4,0.5", Loss::Energy), ("tfim:2x2,0.7", Loss::Energy)]).collect()
}

fn bound(problem: &str, loss: &Loss) -> (CircuitLoss, Vec<f64>) {
    let problem = Problem::parse(problem).expect("a problem");
    let circuit = ansatz::brick_wall(problem.n_qubits(), 2).expect("a small register");
    let params = (0..circuit.n_params()).map(|k| (0.7 * k as f64).sin()).collect();
    (CircuitLoss::new(circuit, &problem, loss).expect("they go together"), params)
}

#[test]
fn gradients_of_losses_are_differences() {
    for (problem, loss) in losses() {
        let (objective, params) = bound(problem, &loss);
        let (value, gradient) = objective.value_and_gradient(&params);
        assert!((value - objective.value(&params)).abs() < 1e-13);
        for k in (0..params.len()).step_by(7) {
            let at = |by: f64| {
                let mut moved = params.clone();
                moved[k] += by;
                objective.value(&moved)
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - gradient[k]).abs() < 1e-8, "{loss:?} {k}: {difference} {}", gradient[k]);
        }
    }
}

#[test]
fn losses_are_their_formulas() {
    // A circuit without entanglement: probabilities are products.
    let mut circuit = Circuit::new(2).expect("two qubits");
    let [a, b] = [circuit.param(), circuit.param()];
    circuit.ry(0, a).expect("in range").ry(1, b).expect("in range");
    let data =
        BitStrings::from_weighted([(vec![false, true], 3.0), (vec![true, true], 1.0)]).expect("two rows");
    let problem = Problem::Generative { name: "two".into(), data };
    let angles = [0.4f64, 1.9];
    let one = angles.map(|t| (t / 2.0).sin().powi(2));
    let q =
        [(1.0 - one[0]) * (1.0 - one[1]), (1.0 - one[0]) * one[1], one[0] * (1.0 - one[1]), one[0] * one[1]];
    let p = [0.0, 0.75, 0.0, 0.25];
    let nll = -(0.75 * q[1].ln() + 0.25 * q[3].ln());
    let entropy = -(0.75f64 * 0.75f64.ln() + 0.25 * 0.25f64.ln());
    let kernel = |x: usize, y: usize| {
        let distance = f64::from(((x ^ y) as u32).count_ones());
        [0.25f64, 1.0, 4.0].map(|sigma| (-distance / (2.0 * sigma)).exp()).iter().sum::<f64>() / 3.0
    };
    let mmd: f64 = (0..4)
        .flat_map(|x| (0..4).map(move |y| (x, y)))
        .map(|(x, y)| (p[x] - q[x]) * kernel(x, y) * (p[y] - q[y]))
        .sum();
    for (name, expected) in [("nll", nll), ("kl", nll - entropy), ("mmd", mmd)] {
        let loss = CircuitLoss::new(circuit.clone(), &problem, &Loss::from_name(name).expect("a loss"))
            .expect("fits");
        assert!((loss.value(&angles) - expected).abs() < 1e-14, "{name}");
    }
}

#[test]
fn the_metric_is_the_curvature_of_infidelity() {
    let (objective, params) = bound("bas:2x2", &Loss::Kl { eps: 1e-12 });
    let metric = objective.metric(&params).expect("states have one");
    let state = |params: &[f64]| {
        let mut state = <ketwork::sim::StateVector as circuit::State>::zero(4);
        circuit::run(objective.node().circuit(), params, &mut state);
        state
    };
    let here = state(&params);
    for k in (0..params.len()).step_by(5) {
        for l in (0..params.len()).step_by(4) {
            // |<ψ(θ)|ψ(θ + d)>|² = 1 - d^T F d + ..
            let drop = |s: f64, t: f64| {
                let mut moved = params.clone();
                moved[k] += s;
                moved[l] += t;
                let there = state(&moved);
                let inner: circuit::C64 =
                    here.amps().iter().zip(there.amps()).map(|(a, b)| a.conj() * b).sum();
                1.0 - inner.norm_sqr()
            };
            let h = 1e-3;
            let mixed = (drop(h, h) - drop(h, -h) - drop(-h, h) + drop(-h, -h)) / (8.0 * h * h);
            assert!((mixed - metric[(k, l)]).abs() < 1e-6, "{k} {l}: {mixed} {}", metric[(k, l)]);
        }
    }
}

#[test]
fn natural_steps_go_further_than_plain_ones() {
    let problem = Problem::parse("tfim:4").expect("a problem");
    let (objective, params) = bound("tfim:4", &Loss::usual(&problem));
    let run = |minimiser| {
        let config = MinimiseConfig { minimiser, iterations: 40, target: None };
        minimise(&objective, params.clone(), &config, 0).expect("fine settings").value
    };
    let ground = -(1.0 / (std::f64::consts::PI / 18.0).sin() - 1.0);
    let (natural, adam) = (run(Minimiser::NATURAL), run(Minimiser::ADAM));
    assert!(natural < adam && natural > ground - 1e-9, "{natural} {adam} {ground}");
}

#[test]
fn starts_have_one_size_and_say_what_they_know() {
    let starts: Vec<Start> = ["haar", "uniform", "near-identity:0.02", "identity-blocks", "mps:2", "mps:4"]
        .into_iter()
        .map(|text| text.parse().expect("a start"))
        .collect();
    for start in &starts {
        assert_eq!(start.to_string().parse::<Start>().expect("its own name"), *start);
    }
    for (problem, exact) in [("bas:3x2", 0.0), ("heisenberg:6", -9.974_308_535_551_7)] {
        let config = PretrainConfig {
            starts: starts.clone(),
            layers: 2,
            training: MinimiseConfig { iterations: 5, ..Default::default() },
            ..Default::default()
        };
        let report = pretrain(&Problem::parse(problem).expect("a problem"), &config).expect("fine settings");
        assert_eq!(report, pretrain(&Problem::parse(problem).expect("a problem"), &config).expect("fine"));
        // Two staircases and one gate on every other pair: 2 (n - 1) + (n - 1)(n - 2)/2.
        assert!(report.starts.iter().all(|s| s.gates == 20 && s.training.params.len() == 300), "{problem}");
        let first = |k: usize| report.starts[k].training.history[0];
        let network = |k: usize| report.starts[k].network.as_ref().expect("a network").loss;
        for k in [4, 5] {
            let gap = (first(k) - network(k)).abs();
            let faithful = report.starts[k].synthesis.as_ref().expect("gates").fidelity > 1.0 - 1e-6;
            assert!(!faithful || gap < 2e-2 * network(k).abs().max(1.0), "{problem}, start {k}: {gap}");
        }
        assert!(network(4) > network(5) && network(5) >= exact - 1e-9, "{problem}");
        assert!(
            first(5) < first(0) && first(5) < first(2),
            "{problem}: the larger network is the best start"
        );
    }
}

#[test]
fn a_circuit_on_a_chain_is_trained_before_it_is_trained() {
    for problem in ["bas:2x2", "heisenberg:4"] {
        let classical = ClassicalConfig { circuit_iterations: Some(60), ..Default::default() };
        let config = PretrainConfig {
            starts: vec![Start::NearIdentity { sigma: 0.01 }, Start::Vtne { chi: 4 }],
            layers: 2,
            classical,
            training: MinimiseConfig { iterations: 3, ..Default::default() },
            ..Default::default()
        };
        let report = pretrain(&Problem::parse(problem).expect("a problem"), &config).expect("fine settings");
        let [plain, trained] = [0, 1].map(|k| report.starts[k].training.history[0]);
        let network = report.starts[1].network.as_ref().expect("a network");
        assert!(trained < plain - 0.5, "{problem}: {plain} {trained}");
        // Bond 4 holds every state of four qubits: chain and state vector agree.
        assert!((network.loss - trained).abs() < 1e-9, "{problem}: {} {trained}", network.loss);
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let texts = [
        ("bas:4", "there is no 'bas' of that form"),
        ("bas4x3", "a colon is missing"),
        ("bas:0x3", "'0' is no whole number above zero"),
        ("cardinality:4,x", "'x' is no number of ones"),
        ("cardinality:4,5", "at most the number of qubits"),
        ("heisenberg:12,1", "of that form"),
        ("ising:3", "of that form"),
        ("tfim:200", "200"),
    ];
    for (text, expected) in texts {
        let error = Problem::parse(text).expect_err("no problem").to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    for text in ["mps", "mps:0", "haar:1", "near-identity:-1", "vtne:x", "best"] {
        assert!(text.parse::<Start>().expect_err("no start").to_string().contains("near-identity[:SIGMA]"));
    }
    let small = Problem::parse("tfim:3").expect("a problem");
    let refused = |problem: &Problem, config: PretrainConfig| {
        pretrain(problem, &config).map(|_| ()).expect_err("cannot be").to_string()
    };
    let plain = PretrainConfig::default;
    assert!(refused(&small, PretrainConfig { layers: 0, ..plain() }).contains("layers is 0"));
    assert!(refused(&small, PretrainConfig { starts: vec![], ..plain() }).contains("number of starts is 0"));
    assert!(refused(&small, PretrainConfig { loss: Loss::from_name("kl").ok(), ..plain() }).contains("'kl'"));
    assert!(refused(&Problem::parse("tfim:40").expect("a problem"), plain()).contains("at most 20"));
    let molecule =
        |text: &str| Problem::from_molecule("m.json", text).map(|_| ()).expect_err("no molecule").to_string();
    assert!(molecule(r#"{"n_qubits": 2, "terms": [["XQ", 1.0]]}"#).contains("letter 'Q'"));
    assert!(molecule(r#"{"n_qubits": 2, "terms": [["XXX", 1.0]]}"#).contains("does not fit 2 qubits"));
    assert!(molecule(r#"{"terms": []}"#).contains("n_qubits"));
}
