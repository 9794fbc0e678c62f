//! Operators applied to plain arrays in double precision, and matrices to apply them to.

use burn::tensor::{DType, Device, Tensor, TensorData};
use models::attention::{Attention, AttentionConfig};
use models::rng::stream;
use rand_distr::{Distribution, StandardNormal};

pub const HEAD_DIM: usize = 4;
pub const CONTROLS: [&str; 3] = ["uniform", "identity", "random-dsm"];
/// Operators whose rows and columns are exact, each with the error it is allowed at moderate scores.
pub const DOUBLY_STOCHASTIC: [(&str, f64); 7] = [
    ("birkhoff", 1e-12),
    ("qr", 1e-13),
    ("qontot", 1e-12),
    ("orthostochastic", 1e-12),
    ("uniform", 1e-12),
    ("identity", 1e-12),
    ("random-dsm", 1e-12),
];

/// Token counts to try an operator at. A circuit wants a power of two; eight tokens, which take 16 qubits,
/// are tried in `sim/tests/attention_circuits.rs`.
pub fn sizes(name: &str) -> &'static [usize] {
    if name == "qontot" { &[2, 4] } else { &[2, 3, 8, 16] }
}

pub fn build(name: &str, tokens: usize) -> Attention {
    AttentionConfig::from_name(name).unwrap().build(tokens, HEAD_DIM, 1).unwrap()
}

/// An operator from its settings as JSON, for heads of width one: no scaling where the scale is left out.
pub fn from_json(json: &str, tokens: usize) -> Attention {
    serde_json::from_str::<AttentionConfig>(json).unwrap().build(tokens, 1, 1).unwrap()
}

/// `n` matrices [n t t] of independent normal entries of this standard deviation.
pub fn normal(n: usize, tokens: usize, deviation: f64, seed: u64) -> Vec<f64> {
    let rng = stream(seed, "test scores", &[]);
    let draws = StandardNormal.sample_iter(rng).map(|x: f64| deviation * x);
    draws.take(n * tokens * tokens).collect()
}

/// Scores [n t t] as a tensor [n 1 t t].
pub fn scores_on(device: &Device, dtype: DType, scores: &[f64], tokens: usize) -> Tensor<4> {
    let n = scores.len() / (tokens * tokens);
    Tensor::from_data(TensorData::new(scores.to_vec(), [n, 1, tokens, tokens]), (device, dtype))
}

pub fn theta_on(device: &Device, dtype: DType, theta: &[f64]) -> Tensor<1> {
    Tensor::from_data(TensorData::new(theta.to_vec(), [theta.len()]), (device, dtype))
}

pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// Weights [n t t] of scores [n t t] at theta.
pub fn weights_at(attention: &Attention, scores: &[f64], theta: &[f64]) -> Vec<f64> {
    weights_in(DType::F64, attention, scores, theta)
}

/// As [`weights_at`], in this precision.
pub fn weights_in(dtype: DType, attention: &Attention, scores: &[f64], theta: &[f64]) -> Vec<f64> {
    let device = Device::flex();
    let scores = scores_on(&device, dtype, scores, attention.tokens());
    values(attention.weights(scores, theta_on(&device, dtype, theta)))
}

/// Weights [n t t] of scores [n t t] at the initial theta.
pub fn weights(attention: &Attention, scores: &[f64]) -> Vec<f64> {
    weights_at(attention, scores, &attention.initial_params())
}

/// Gradients with respect to scores and theta, where they are connected.
pub type Gradients = (Option<Vec<f64>>, Option<Vec<f64>>);

/// Gradients of sum(cotangent * weights).
pub fn vjp(attention: &Attention, scores: &[f64], theta: &[f64], cotangent: &[f64]) -> Gradients {
    vjp_in(DType::F64, attention, scores, theta, cotangent)
}

/// As [`vjp`], in this precision.
pub fn vjp_in(
    dtype: DType,
    attention: &Attention,
    scores: &[f64],
    theta: &[f64],
    cotangent: &[f64],
) -> Gradients {
    let device = Device::flex().autodiff();
    let t = attention.tokens();
    let scores = scores_on(&device, dtype, scores, t).require_grad();
    let theta = theta_on(&device, dtype, theta).require_grad();
    let weights = attention.weights(scores.clone(), theta.clone());
    let grads = (weights * scores_on(&device, dtype, cotangent, t)).sum().backward();
    (scores.grad(&grads).map(values), theta.grad(&grads).map(values))
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Largest |a - b|.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

pub fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}
