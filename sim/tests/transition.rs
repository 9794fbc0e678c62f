//! The matrix route against stored values, the closed form and itself under change of precision.

use circuit::qontot::Ansatz;
use serde_json::Value;
use sim::TransitionMap;

struct Golden {
    map: TransitionMap,
    params: Vec<f64>,
    weights: Vec<f64>,
    cost: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
}

fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(list) => list.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().expect("a number")],
    }
}

fn golden() -> Vec<Golden> {
    let file: Value = serde_json::from_str(include_str!("golden/qdsformer.json")).expect("valid JSON");
    let cases = file["cases"].as_array().expect("a list");
    cases.iter().map(case).collect()
}

fn case(case: &Value) -> Golden {
    let size = |key: &str| case[key].as_u64().expect("a size") as usize;
    let (q, data) = (size("q"), (0..size("nd")).collect::<Vec<_>>());
    let circuit = Ansatz::Parted.matrix_circuit(q, size("L")).expect("a circuit");
    let t = 1 << data.len();
    let entries = || (0..t * t).map(|k| ((k / t) as f64, (k % t) as f64));
    let scores: Vec<f64> = entries().map(|(i, j)| (i - j) / 4.0 + 0.1 * i * j).collect();
    let cost = entries().map(|(i, j)| (1.0 + 3.0 * i + 5.0 * j).cos()).collect();
    let params = (0..size("K")).map(|k| (k as f64 + 1.0).sin() * scores[k % (t * t)]).collect();
    Golden {
        map: TransitionMap::new(&circuit, &data).expect("a map"),
        params,
        weights: numbers(&case["P"]),
        cost,
        loss: case["loss"].as_f64().expect("a number"),
        gradient: numbers(&case["dphi"]),
    }
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn golden_weights_loss_and_gradient() {
    for g in golden() {
        for memory_limit in [0, usize::MAX] {
            let out = g.map.forward::<f64>(&g.params, memory_limit);
            assert!(largest_difference(&out.weights, &g.weights) < 1e-12, "{:?}", out.weights);
            let loss: f64 = out.weights.iter().zip(&g.cost).map(|(w, c)| w * c).sum();
            assert!((loss - g.loss).abs() < 1e-12, "{loss} is not {}", g.loss);
            let gradient = g.map.vjp(&g.params, &out.kept, &g.cost);
            assert!(largest_difference(&gradient, &g.gradient) < 1e-12, "{gradient:?}");
            let shift = g.map.vjp_by_shift(&g.params, &g.cost);
            assert!(largest_difference(&shift, &g.gradient) < 1e-12, "{shift:?}");
        }
    }
}

#[test]
fn single_precision_agrees() {
    for g in golden() {
        let out = g.map.forward::<f32>(&g.params, usize::MAX);
        let weights: Vec<f64> = out.weights.iter().map(|&w| f64::from(w)).collect();
        assert!(largest_difference(&weights, &g.weights) < 1e-6);
        let cost: Vec<f32> = g.cost.iter().map(|&c| c as f32).collect();
        let gradient = g.map.vjp(&g.params, &out.kept, &cost);
        assert!(largest_difference(&gradient, &g.gradient) < 5e-6);
    }
}

/// At one layer on five qubits, four tokens: 23 of 47 angles cannot matter (arXiv:2504.16275 leaves them in).
#[test]
fn dead_parameters_are_recognised() {
    let circuit = Ansatz::Parted.matrix_circuit(5, 1).expect("a circuit");
    let dead = TransitionMap::new(&circuit, &[0, 1]).expect("a map").dead_params();
    assert_eq!(dead.iter().filter(|&&d| d).count(), 23);
}
