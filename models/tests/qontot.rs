//! The quantum operator as burn sees it: stored values, gradients, expressivity and shot noise.

use std::collections::HashSet;

use burn::tensor::{Device, Tensor, TensorData};
use circuit::qontot::Ansatz;
use models::attention::{
    Attention, AttentionConfig, CircuitDiff, Injection, Order, Placement, QontotConfig, Scale, depolarise,
    mean_entropy, sample_weights,
};
use models::rng::stream;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;
use testkit::compare_gradients;

fn config() -> QontotConfig {
    QontotConfig { layers: 2, scale: Scale::Fixed(1.0), ..QontotConfig::default() }
}

fn build(config: &QontotConfig, tokens: usize) -> Attention {
    AttentionConfig::Qontot(config.clone()).build(tokens, 64, 1).expect("a valid configuration")
}

fn scores(values: &[f64], tokens: usize, device: &Device) -> Tensor<4> {
    let shape = [values.len() / (tokens * tokens), 1, tokens, tokens];
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (device, burn::tensor::DType::F64))
}

fn vector(values: &[f64], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), (device, burn::tensor::DType::F64))
}

fn weights(attention: &Attention, m: &[f64], theta: &[f64]) -> Vec<f64> {
    let device = Device::flex();
    attention
        .weights(scores(m, attention.tokens(), &device), vector(theta, &device))
        .into_data()
        .iter::<f64>()
        .collect()
}

/// `Σ cost (.) weights`, and its gradients with respect to scores and theta.
fn pull_back(attention: &Attention, m: &[f64], theta: &[f64], cost: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    let device = Device::flex().autodiff();
    let (m, theta) =
        (scores(m, attention.tokens(), &device).require_grad(), vector(theta, &device).require_grad());
    let cost = scores(cost, attention.tokens(), &device);
    let loss = (attention.weights(m.clone(), theta.clone()) * cost).sum();
    let gradients = loss.backward();
    let list = |data: TensorData| data.iter::<f64>().collect::<Vec<_>>();
    let (d_m, d_theta) = (m.grad(&gradients).expect("tracked"), theta.grad(&gradients).expect("tracked"));
    (loss.into_scalar(), list(d_m.into_data()), list(d_theta.into_data()))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().expect("a number")],
    }
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn golden_values_through_the_tensor_library() {
    let file: Value =
        serde_json::from_str(include_str!("../../sim/tests/golden/qdsformer.json")).expect("valid JSON");
    for case in file["cases"].as_array().expect("a list") {
        let size = |key: &str| case[key].as_u64().expect("a size") as usize;
        let (q, layers, data) = (size("q"), size("L"), size("nd"));
        let config = QontotConfig { layers, auxiliary: Some(q - data), extra: 0, ..config() };
        let t = 1 << data;
        let grid = |f: fn(f64, f64) -> f64| {
            (0..t * t).map(move |k| f((k / t) as f64, (k % t) as f64)).collect::<Vec<_>>()
        };
        let (m, cost) =
            (grid(|i, j| (i - j) / 4.0 + 0.1 * i * j), grid(|i, j| (1.0 + 3.0 * i + 5.0 * j).cos()));
        let theta: Vec<f64> = (0..size("K")).map(|k| (k as f64 + 1.0).sin()).collect();
        let attention = build(&config, t);
        assert_eq!(attention.n_params(), theta.len());
        assert!(largest_difference(&weights(&attention, &m, &theta), &numbers(&case["P"])) < 1e-12);
        let (loss, d_m, d_theta) = pull_back(&attention, &m, &theta, &cost);
        assert!((loss - case["loss"].as_f64().expect("a number")).abs() < 1e-12);
        assert!(largest_difference(&d_m, &numbers(&case["dM"])) < 1e-12);
        assert!(largest_difference(&d_theta, &numbers(&case["dtheta"])) < 1e-12);
    }
}

/// Every switch of the configuration: gradients against central differences.
#[test]
fn gradients_of_every_variant() {
    let base = QontotConfig { layers: 1, extra: 0, ..config() };
    let mut variants: Vec<QontotConfig> =
        Ansatz::ALL.into_iter().map(|ansatz| QontotConfig { ansatz, ..base.clone() }).collect();
    variants.push(QontotConfig { placement: Placement::Interleaved, ..base.clone() });
    variants.push(QontotConfig { injection: Injection::Repeat, ..base.clone() });
    variants.push(QontotConfig { order: Order::ColumnMajor, ..base.clone() });
    variants.push(QontotConfig { bias: true, ..base.clone() });
    variants.push(QontotConfig { diff: CircuitDiff::ParameterShift, bias: true, ..base.clone() });
    variants.push(QontotConfig { scale: Scale::InverseSqrtDim, memory_limit: 0, ..base });
    for config in variants {
        let attention = build(&config, 4);
        let mut draws = stream(3, "variants", &[]);
        let mut normal = |n: usize| (0..n).map(|_| draws.sample(StandardNormal)).collect::<Vec<f64>>();
        let (m, theta, cost) = (normal(32), normal(attention.n_params()), normal(32));
        let (_, d_m, d_theta) = pull_back(&attention, &m, &theta, &cost);
        let loss = |m: &[f64], theta: &[f64]| {
            weights(&attention, m, theta).iter().zip(&cost).map(|(w, c)| w * c).sum::<f64>()
        };
        let want_m = testkit::central_difference(|m| loss(m, &theta), &m, 1e-5);
        let want_theta = testkit::central_difference(|theta| loss(&m, theta), &theta, 1e-5);
        for (got, want) in [(d_m, want_m), (d_theta, want_theta)] {
            compare_gradients(&got, &want, 1e-7).unwrap_or_else(|e| panic!("{config:?}: {e:?}"));
        }
    }
}

#[test]
fn qubits_and_angles_are_the_papers() {
    let qubits = |tokens, extra| 2 * QontotConfig { extra, ..QontotConfig::default() }.register(tokens);
    assert_eq!([qubits(4, 1), qubits(8, 1), qubits(16, 1), qubits(8, 0)], [12, 16, 20, 14]);
    for (tokens, layers, extra, angles) in [(4, 2, 1, 98), (8, 16, 1, 920), (8, 1, 0, 69), (16, 16, 1, 1182)]
    {
        let map = QontotConfig { layers, extra, ..QontotConfig::default() }.map(tokens).expect("valid");
        assert_eq!(map.circuit().n_params(), angles);
    }
    assert!(AttentionConfig::Qontot(config()).build(6, 64, 0).is_err(), "six tokens");
    assert!(
        AttentionConfig::Qontot(QontotConfig { layers: 0, ..config() }).build(8, 64, 0).is_err(),
        "no layers"
    );
    assert!(
        AttentionConfig::Qontot(QontotConfig { auxiliary: Some(20), ..config() }).build(8, 64, 0).is_err(),
        "24 qubits"
    );
}

/// Matrices rounded to three decimals, as a key.
fn rounded(weights: &[f64]) -> Vec<i16> {
    weights.iter().map(|w| (w * 1000.0).round() as i16).collect()
}

/// The 625 matrices of side 4 whose columns are unit vectors with entries 0, 1/2, 1.
fn unit_columns() -> Vec<f64> {
    let columns: [[f64; 4]; 5] =
        [[1., 0., 0., 0.], [0., 1., 0., 0.], [0., 0., 1., 0.], [0., 0., 0., 1.], [0.5; 4]];
    (0..625usize)
        .flat_map(|code| (0..16).map(move |k| columns[code / 5usize.pow(k as u32 % 4) % 5][k / 4]))
        .collect()
}

/// Reference: Born et al., arXiv:2504.16275: 625 of 625; softmax and Sinkhorn reach 621.
#[test]
fn grid_of_unit_columns_is_told_apart() {
    for (layers, want) in [(4, 625), (8, 625)] {
        let attention = build(&QontotConfig { layers, ..config() }, 4);
        let mut draws = stream(0, "grid", &[]);
        let theta: Vec<f64> = (0..attention.n_params()).map(|_| draws.random_range(-1.0..1.0)).collect();
        let all = weights(&attention, &unit_columns(), &theta);
        let distinct: HashSet<_> = all.chunks_exact(16).map(rounded).collect();
        assert_eq!(distinct.len(), want, "{layers} layers");
    }
}

/// Of 4,000 random inputs with entries 0, 1/2, 1, eight circuit layers merge less than one in a thousand.
#[test]
fn random_inputs_are_told_apart() {
    let attention = build(&QontotConfig { layers: 8, ..config() }, 4);
    let mut draws = stream(0, "hypercube", &[]);
    let theta: Vec<f64> = (0..attention.n_params()).map(|_| draws.random_range(-1.0..1.0)).collect();
    let inputs: HashSet<Vec<u8>> =
        (0..4000).map(|_| (0..16).map(|_| draws.random_range(0..3u8)).collect()).collect();
    let m: Vec<f64> = inputs.iter().flatten().map(|&level| f64::from(level) / 2.0).collect();
    let distinct: HashSet<_> = weights(&attention, &m, &theta).chunks_exact(16).map(rounded).collect();
    assert!(distinct.len() as f64 >= 0.999 * inputs.len() as f64, "{} of {}", distinct.len(), inputs.len());
}

/// The default amplitude puts standard normal scores at a row entropy between 1.0 and 1.8 nats at any depth.
#[test]
fn default_amplitude_neither_freezes_nor_scrambles() {
    for layers in [1, 4, 16] {
        let attention = build(&QontotConfig { layers, ..config() }, 8);
        let mut draws = stream(5, "entropy", &[]);
        let m: Vec<f64> = StandardNormal.sample_iter(&mut draws).take(10 * 64).collect();
        let entropy = mean_entropy(&weights(&attention, &m, &attention.initial_params()), 8);
        assert!((1.0..1.8).contains(&entropy), "{layers} layers: {entropy}");
    }
}

/// One layer on 14 qubits: root mean square error `t sqrt((1 - Σp²)/S)` within 3 %, and the order of
/// entries survives 1,000 shots. The law is a mean over 400 estimates: three standard errors are 2.5 %.
#[test]
fn shot_noise_follows_its_law() {
    let attention = build(&QontotConfig { layers: 1, extra: 0, ..config() }, 8);
    let mut draws = stream(2, "shots", &[]);
    let m: Vec<f64> = StandardNormal.sample_iter(&mut draws).take(64).collect();
    let exact = weights(&attention, &m, &attention.initial_params());
    let purity: f64 = exact.iter().map(|w| (w / 8.0).powi(2)).sum();
    for shots in [1_000, 10_000] {
        let runs = 400;
        let mean_square: f64 = (0..runs)
            .map(|_| sample_weights(&exact, 8, shots, &mut draws))
            .map(|estimate| estimate.iter().zip(&exact).map(|(a, b)| (a - b).powi(2)).sum::<f64>())
            .sum::<f64>()
            / f64::from(runs);
        let law = 8.0 * ((1.0 - purity) / shots as f64).sqrt();
        assert!(
            (mean_square.sqrt() / law - 1.0).abs() < 0.03,
            "{shots} shots: {} is not {law}",
            mean_square.sqrt()
        );
    }
    assert!(spearman(&exact, &sample_weights(&exact, 8, 1_000, &mut draws)) > 0.9);
    for lambda in [0.49, 0.69, 0.97] {
        assert!((spearman(&exact, &depolarise(&exact, 8, lambda)) - 1.0).abs() < 1e-12, "order is kept");
    }
}

/// Rank correlation; ties take their mean rank.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let rank = |values: &[f64], x: f64| {
        let below = values.iter().filter(|&&v| v < x).count() as f64;
        below + (values.iter().filter(|&&v| v == x).count() as f64 - 1.0) / 2.0
    };
    let ranks = |values: &[f64]| {
        values.iter().map(|&x| rank(values, x) - (values.len() as f64 - 1.0) / 2.0).collect::<Vec<_>>()
    };
    let (a, b) = (ranks(a), ranks(b));
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}
