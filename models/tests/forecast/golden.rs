//! Numbers of the released programs, from torch seed 0 on the pendulum.

use models::vqc::{Encoding, Entangler, Gradient, Measure, Rotation, Vqc, VqcConfig};

use super::support::{assert_close, released, tensor, values};

/// Losses of the batches of the first epoch.
const QFWP_BATCHES: [f64; 16] = [
    0.58058918, 0.24173508, 0.27468994, 0.39786761, 0.29419899, 0.14235524, 0.10526801, 0.03456466,
    0.08279012, 0.05960040, 0.06801287, 0.04171435, 0.02633546, 0.02177797, 0.01539403, 0.03143934,
];

/// Epoch, mean training loss, test error after it.
const QFWP_EPOCHS: [(usize, f64, f64); 4] = [
    (1, 0.15114583, 0.01419905),
    (2, 0.08436677, 0.00924931),
    (5, 0.02486252, 0.00497898),
    (10, 0.00652618, 0.00090399),
];
const QLSTM_EPOCHS: [(usize, f64, f64); 3] =
    [(1, 0.20933370, 0.02236308), (2, 0.07546126, 0.01267460), (5, 0.03752431, 0.00755435)];

/// The pendulum of the stored numbers was integrated by a rule whose error reaches 1e-6 at the end of the series, and
/// printed numbers have seven or eight digits.
fn check(name: &str, epochs: &[(usize, f64, f64)]) -> Vec<f64> {
    let mut trainer = released(name);
    let (mut losses, mut first) = (Vec::new(), Vec::new());
    let last = epochs.last().unwrap().0;
    while trainer.epoch() < last {
        let report = trainer.step().unwrap();
        losses.push(report.loss);
        if !report.epoch_done {
            continue;
        }
        let mean = losses.iter().sum::<f64>() / losses.len() as f64;
        if first.is_empty() {
            first.clone_from(&losses);
        }
        losses.clear();
        if let Some(&(epoch, train, test)) = epochs.iter().find(|(epoch, ..)| *epoch == report.epoch) {
            let mse = trainer.evaluate().unwrap().mse;
            let near = |got: f64, want: f64| (got - want).abs() <= 2e-6 * want + 6e-9;
            assert!(near(mean, train), "{name} epoch {epoch}: training loss {mean} is not {train}");
            assert!(near(mse, test), "{name} epoch {epoch}: test error {mse} is not {test}");
        }
    }
    first
}

#[test]
fn qfwp_follows_the_released_program() {
    let first = check("qfwp", &QFWP_EPOCHS);
    for (got, want) in first.iter().zip(QFWP_BATCHES) {
        assert!((got - want).abs() <= 2e-6 * want + 6e-9, "losses of the first epoch: {got} is not {want}");
    }
}

#[test]
fn qlstm_follows_the_released_program() {
    let first = check("qlstm", &QLSTM_EPOCHS);
    assert!((first[0] / 0.8037356663 - 1.0).abs() < 1e-6, "{}", first[0]);
}

#[test]
fn first_predictions_and_gradients_are_the_stored_ones() {
    for (name, prediction) in [("qfwp", -0.7771262452146438), ("qlstm", 0.21305664140027958)] {
        let trainer = released(name);
        let first =
            trainer.problem().predictions(trainer.network(), &burn::tensor::Device::flex().autodiff())[0];
        assert!((first - prediction).abs() < 1e-8, "{name}: {first}");
    }
    let gradient = released("qfwp").next_gradient();
    let find = |end: &str| {
        let found = gradient.iter().find(|(name, _)| name.ends_with(end));
        found
            .unwrap_or_else(|| panic!("{end} in {:?}", gradient.iter().map(|g| &g.0).collect::<Vec<_>>()))
            .1
            .clone()
    };
    let head = [-0.7178348247751165, -0.19479068917487996, 0.0907965443913315, 0.4856933223297899];
    assert_close(&find("head.weight"), &head, 1e-6, "head");
    assert_close(&find("head.bias"), &[0.01886048358120565], 1e-6, "head bias");
    assert_close(&find("direct.1.bias"), &[0.13054748210375614, 0.369692779499], 1e-6, "layer head bias");
    let encoder = [-0.03530981789901034, 0.11933849392257696, 0.17699445907985997, -0.09175891839683166];
    assert_close(&find("direct.0.bias")[..4], &encoder, 1e-6, "encoder bias");
}

#[test]
fn circuits_give_the_stored_expectations() {
    let eight = VqcConfig::default();
    let theta: Vec<f64> = (1..=16).map(|k| 0.1 * k as f64).collect();
    let all = VqcConfig { measure: Measure::Z { qubits: None }, ..eight.clone() };
    let s = 0.3f64.sin();
    let powers = [-s, -s, s.powi(2), -s.powi(3), s.powi(4), -s.powi(3), s.powi(4), -s.powi(3)];
    let six = VqcConfig { qubits: 6, layers: 5, measure: Measure::Z { qubits: Some(5) }, ..eight.clone() };
    let x6 = vec![0.1, -0.2, 0.3, -0.4, 0.5, -0.6];
    let theta6: Vec<f64> = (1..=30).map(|k| 0.05 * k as f64).collect();
    let table = [
        ("eight", eight.clone(), vec![0.5], theta, vec![-0.98460788, -0.66506095, -0.79923100, -0.58008572]),
        ("all encoded", all, vec![0.3; 8], vec![0.0; 16], powers.to_vec()),
        ("one encoded", eight, vec![0.5], vec![0.0; 16], vec![-0.479425538604203, 0.0, 0.0, 0.0]),
        ("six", six, x6, theta6, vec![0.15746629, -0.11981594, 0.10961753, 0.04501594, 0.06249359]),
        (
            "four of 2020",
            four(),
            // Angles (RY, RZ) of the publication are arctangents of the inputs; these inputs would need two
            // numbers per qubit, so the circuit takes the angles as they are.
            vec![0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8],
            weights_of_2020(),
            vec![0.13009760, -0.01432091, -0.01411029, 0.04366602],
        ),
    ];
    for (name, config, x, theta, expected) in table {
        let got = if config.encoding == Encoding::Arctan {
            raw(&config, &[x, theta].concat())
        } else {
            let vqc = Vqc::new(&config, x.len(), x.len(), Gradient::Adjoint).unwrap();
            let n = theta.len();
            let k = x.len();
            values(vqc.each(tensor(x, [1, k]), tensor(theta, [1, n])))
        };
        assert_close(&got, &expected, 6e-9, name);
    }
}

fn four() -> VqcConfig {
    VqcConfig {
        qubits: 4,
        layers: 2,
        encoding: Encoding::Arctan,
        entangler: Entangler::RingSkip,
        rotation: Rotation::Euler,
        hadamard: true,
        measure: Measure::Z { qubits: None },
    }
}

fn weights_of_2020() -> Vec<f64> {
    let weight = |l: usize, i: usize, r: usize| 0.3 * ((1 + l + 2 * i + 3 * r) as f64).sin();
    (0..24).map(|k| weight(k / 12, k / 3 % 4, k % 3)).collect()
}

/// The circuit with all of its parameters given.
fn raw(config: &VqcConfig, params: &[f64]) -> Vec<f64> {
    let (circuit, _) = config.circuit(config.qubits).unwrap();
    let node: sim::QNode =
        sim::QNode::new(circuit, sim::Readout::Expectations(config.observables())).unwrap();
    node.forward(params)
}
