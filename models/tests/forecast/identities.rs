//! What must hold for every update rule and every model: gradients, orders of time, symmetries, bounds.

use burn::tensor::{DType, Device, Tensor};
use models::fwp::{Encoder, Fast, Fwp, FwpConfig, Generation, Heads, Input, Order, UpdateRule};
use models::init::Init;
use models::sequence::{ModelConfig, SequenceModel, Steps};
use models::vqc::VqcConfig;

use super::support::{assert_close, tensor, tracked, values};

const B: usize = 2;
const T: usize = 5;

fn inputs(features: usize) -> Vec<f64> {
    (0..B * T * features).map(|k| 0.7 * (1.3 * k as f64 + 0.4).sin()).collect()
}

fn small(update: UpdateRule) -> FwpConfig {
    let circuit =
        VqcConfig { qubits: 4, measure: models::vqc::Measure::Z { qubits: Some(2) }, ..VqcConfig::default() };
    FwpConfig { latent: 3, update, fast: Fast::Circuit { circuit }, ..FwpConfig::default() }
}

fn model(config: &FwpConfig, device: &Device) -> SequenceModel {
    let config = ModelConfig::Fwp(config.clone());
    SequenceModel::new(&config, 1, Init::Stream, 3, (device, DType::F64)).unwrap()
}

fn fwp(config: &FwpConfig) -> Fwp {
    match model(config, &Device::flex()) {
        SequenceModel::Fwp(model) => model,
        SequenceModel::Recurrent(_) | SequenceModel::FeedForward(_) => panic!("asked for a programmer"),
    }
}

/// Central differences of a scalar function of the inputs.
fn differences(x: &[f64], loss: impl Fn(Vec<f64>) -> f64) -> Vec<f64> {
    let at = |k: usize, by: f64| {
        let mut x = x.to_vec();
        x[k] += by;
        loss(x)
    };
    (0..x.len()).map(|k| (at(k, 1e-5) - at(k, -1e-5)) / 2e-5).collect()
}

/// A scalar of a run that weighs every value differently.
fn scalar(model: &SequenceModel, x: Tensor<3>, steps: Steps) -> Tensor<1> {
    let values = model.run(x, None, steps).values;
    let shape = values.dims();
    let n: usize = shape.iter().product();
    let place = (&values.device(), values.dtype());
    let weights = (0..n).map(|k| (0.9 * k as f64 + 0.2).cos()).collect::<Vec<f64>>();
    (values * Tensor::from_data(burn::tensor::TensorData::new(weights, shape), place)).sum()
}

fn check_gradient(name: &str, config: &ModelConfig) {
    let place =
        |device: &Device| SequenceModel::new(config, 1, Init::Stream, 3, (device, DType::F64)).unwrap();
    let (model, plain) = (place(&Device::flex().autodiff()), place(&Device::flex()));
    for steps in [Steps::Last, Steps::All] {
        let x = tracked(inputs(1), [B, T, 1]);
        let gradients = scalar(&model, x.clone(), steps).backward();
        let got = x.grad(&gradients).map_or(vec![0.0; B * T], values);
        let loss = |x: Vec<f64>| scalar(&plain, tensor(x, [B, T, 1]), steps).into_scalar();
        assert_close(&got, &differences(&inputs(1), loss), 1e-8, &format!("{name}, {steps:?}"));
    }
}

/// Inputs of circuits count as data in these models, so the path through the encoding is closed with an input map.
#[test]
fn gradients_of_all_update_rules_equal_differences() {
    for (name, update) in UpdateRule::NAMES {
        let config = FwpConfig { input: Input::Linear { features: 2 }, ..small(update) };
        check_gradient(name, &ModelConfig::Fwp(config));
    }
}

#[test]
fn gradients_of_all_parts_equal_differences() {
    let base =
        FwpConfig { input: Input::Linear { features: 2 }, ..small(UpdateRule::ScalarGate { bias: 0.5 }) };
    let observables = |weight, angles| {
        let Fast::Circuit { circuit } = base.fast.clone() else { panic!("the base has a circuit") };
        Fast::Observables { circuit, weight, angles }
    };
    let table = [
        ("tanh", FwpConfig { encoder: Encoder::Tanh, ..base.clone() }),
        ("mlp", FwpConfig { encoder: Encoder::Mlp { hidden: 4 }, ..base.clone() }),
        ("qkan encoder", FwpConfig { encoder: Encoder::Qkan { inner: 2, reps: 2 }, ..base.clone() }),
        ("cp", FwpConfig { heads: Heads::Cp { rank: 2 }, ..base.clone() }),
        ("full", FwpConfig { heads: Heads::Full, ..base.clone() }),
        ("qkan", FwpConfig { fast: Fast::Qkan { outputs: 3, reps: 2 }, ..base.clone() }),
        ("linear", FwpConfig { fast: Fast::Linear { outputs: 3 }, ..base.clone() }),
        ("observables", FwpConfig { fast: observables(2, true), ..base.clone() }),
        ("observables alone", FwpConfig { fast: observables(1, false), ..base.clone() }),
        (
            "quantum-train",
            FwpConfig { generation: Generation::QuantumTrain { layers: 2, hidden: 3 }, ..base.clone() },
        ),
    ];
    for (name, config) in table {
        check_gradient(name, &ModelConfig::Fwp(config));
    }
}

#[test]
fn the_scan_equals_the_sequence() {
    for (name, update) in UpdateRule::NAMES {
        let long: Vec<f64> = (0..150).map(|k| (0.31 * k as f64).sin()).collect();
        let theta = |order| {
            let config = FwpConfig { order, ..small(update) };
            values(fwp(&config).weights(tensor(long.clone(), [1, 150, 1]), None))
        };
        let (sequence, scan) = (theta(Order::Sequential), theta(Order::Scan));
        let scale = sequence.iter().fold(1.0f64, |m, x| m.max(x.abs()));
        for (a, b) in sequence.iter().zip(&scan) {
            assert!((a - b).abs() <= 1e-12 * scale, "{name}: {a} {b}");
        }
    }
}

/// Fast weights are a sum over time weighted by later gates: `theta_T = sum_t (prod_(s>t) gate_s) update_t`.
#[test]
fn gates_weigh_the_past() {
    let x = tensor(inputs(1), [B, T, 1]);
    for (name, update) in [
        ("additive", UpdateRule::Additive),
        ("overwrite", UpdateRule::Overwrite),
        ("decay", UpdateRule::Decay { rate: 0.7 }),
        ("scalar-gate", UpdateRule::ScalarGate { bias: 0.3 }),
    ] {
        let model = fwp(&small(update));
        let [gates, updates] = model.program(x.clone()).map(values);
        let p = model.n_fast_weights();
        let theta = values(model.weights(x.clone(), None));
        for b in 0..B {
            for j in 0..p {
                let weight = |t: usize| (t + 1..T).map(|s| gates[b * T + s]).product::<f64>();
                let sum: f64 = (0..T).map(|t| weight(t) * updates[(b * T + t) * p + j]).sum();
                let got = theta[(b * T + T - 1) * p + j];
                assert!((got - sum).abs() < 1e-13, "{name}: {got} {sum}");
            }
        }
    }
}

/// `|theta| <= max |D|` under a convex gate, where the additive rule has no bound.
#[test]
fn convex_gates_bound_the_fast_weights() {
    let x = || tensor(vec![0.9; 400], [1, 400, 1]);
    let largest = |values: Vec<f64>| values.into_iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let change = largest(values(fwp(&small(UpdateRule::Additive)).program(x())[1].clone()));
    for (update, bounded) in [
        (UpdateRule::Additive, false),
        (UpdateRule::ScalarGate { bias: 2.0 }, true),
        (UpdateRule::VectorGate { bias: 2.0 }, true),
    ] {
        let theta = largest(values(fwp(&small(update)).weights(x(), None)));
        assert_eq!(theta <= change * (1.0 + 1e-12), bounded, "{update:?}: {theta} and {change}");
    }
}

/// A run that is cut in two and carries its memory over is the whole run.
#[test]
fn memory_carries_over() {
    let place = (&Device::flex(), DType::F64);
    let names = UpdateRule::NAMES.map(|(name, update)| (name, ModelConfig::Fwp(small(update))));
    let others = ["qlstm", "qlstm6", "qgru", "qrnn", "lstm", "gru"];
    let others = others.map(|name| (name, ModelConfig::from_name(name).unwrap()));
    for (name, config) in names.into_iter().chain(others) {
        let model = SequenceModel::new(&config, 1, Init::Stream, 1, place).unwrap();
        let x = tensor(inputs(1), [B, T, 1]);
        let whole = model.run(x.clone(), None, Steps::All);
        let first = model.run(x.clone().narrow(1, 0, 2), None, Steps::All);
        let second = model.run(x.clone().narrow(1, 2, T - 2), first.memory, Steps::All);
        let joined = Tensor::cat(vec![first.values, second.values], 1);
        assert_close(&values(joined), &values(whole.values.clone()), 1e-13, name);
        let [carried, at_once] = [second.memory, whole.memory].map(|memory| values(memory.unwrap()));
        assert_close(&carried, &at_once, 1e-13, name);
        let last = model.run(x, None, Steps::Last);
        assert_close(&values(last.values), &values(whole.values.narrow(1, T - 1, 1)), 1e-13, name);
    }
}

/// An additive programmer with affine heads sees the inputs before the last only through their sum and sum of squares.
#[test]
fn additive_programmers_forget_the_order() {
    let run = |update, x: [f64; 4]| {
        let model = model(&FwpConfig { update, ..FwpConfig::default() }, &Device::flex());
        values(model.run(tensor(x.to_vec(), [1, 4, 1]), None, Steps::Last).values)
    };
    let x = [0.1, -0.4, 0.7, 0.2];
    let same = [[0.7, 0.1, -0.4, 0.2], [0.7217229, -0.36986294, 0.04814005, 0.2]];
    for other in same {
        assert_close(&run(UpdateRule::Additive, other), &run(UpdateRule::Additive, x), 1e-7, "additive");
    }
    let gate = UpdateRule::ScalarGate { bias: 2.0 };
    let (a, b) = (run(gate, x), run(gate, same[0]));
    assert!(a.iter().zip(&b).any(|(a, b)| (a - b).abs() > 1e-3), "{a:?} {b:?}");
}

#[test]
fn a_known_start_is_a_memory_of_it() {
    let device = Device::flex();
    for name in ["additive", "scalar-gate", "delta"] {
        let plain = small(UpdateRule::from_name(name).unwrap());
        let width = fwp(&plain).n_fast_weights();
        let known: Vec<f64> = (0..width).map(|k| 0.3 * (k as f64 + 1.0).cos()).collect();
        let from_settings = fwp(&FwpConfig { start: Some(known.clone()), ..plain.clone() });
        let x = tensor::<3>(inputs(1), [B, T, 1]);
        let start = tensor::<2>(known, [1, width]);
        let given = fwp(&plain).weights(x.clone(), Some(start.expand([B, width])));
        let difference: f64 = (from_settings.weights(x, None) - given).abs().max().into_scalar();
        assert!(difference < 1e-15, "{name}: {difference}");
    }
    let wrong = ModelConfig::Fwp(FwpConfig { start: Some(vec![0.0]), ..small(UpdateRule::Additive) });
    let error =
        SequenceModel::new(&wrong, 1, Init::Stream, 3, (&device, DType::F64)).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("start of the fast weights"), "{error}");
}
