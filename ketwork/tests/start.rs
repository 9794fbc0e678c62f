//! Starts from networks: the maps and errors they promise are those the models then have.

use ketwork::models::attention::{AttentionConfig, QontotConfig};
use ketwork::models::series::{Task, WindowConfig};
use ketwork::models::vqc::VqcConfig;
use ketwork::optimise::MinimiseConfig;
use ketwork::sim::{QNode, Readout};
use ketwork::start::{AttentionStart, FastStart, attention_bias, fast_weights, neighbourhood};

#[test]
fn attention_begins_near_the_map_it_was_given() {
    let target = neighbourhood(2, 2, 0.6);
    let config = QontotConfig { layers: 2, extra: 0, bias: true, ..Default::default() };
    let start = AttentionStart {
        training: MinimiseConfig { iterations: 80, ..Default::default() },
        ..Default::default()
    };
    let (bias, report) = attention_bias(&config, &target, &start).expect("fine settings");
    assert!(report.network < 1e-4 && report.circuit[1] < 0.2 * report.circuit[0], "{report:?}");
    // The matrix of the operator at zero scores, by the other simulator and the other route.
    let map = config.map(4).expect("a small register").forward::<f64>(&bias, 0).weights;
    let worst = map.iter().zip(target.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let identity = (1.0 - target[[0, 0]]).max(target[[0, 1]]);
    assert!(worst < 0.05 && worst < 0.3 * identity, "{worst} {identity}");
    let operator = AttentionConfig::Qontot(QontotConfig { initial_bias: Some(bias), ..config });
    assert!(format!("{operator:?}").contains("initial_bias"));
}

#[test]
fn fast_weights_begin_where_the_circuit_alone_is_best() {
    let windows =
        Task::from_name("shm").expect("a task").windows(&WindowConfig::default()).expect("long enough");
    let config = VqcConfig::default();
    let start =
        FastStart { training: MinimiseConfig { iterations: 6, ..Default::default() }, ..Default::default() };
    let (angles, report) = fast_weights(&config, &windows, &start).expect("fine settings");
    assert!(report.error[1] < report.error[0], "{report:?}");
    // The same error from the state vector: the chain of bond 4 is close.
    let (circuit, _) = config.circuit(1).expect("a small circuit");
    let node: QNode = QNode::new(circuit, Readout::Expectations(config.observables())).expect("fits");
    let rows = (0..windows.n_train).map(|i| {
        let x = windows.input(i)[windows.length - 1];
        node.forward(&[config.encoding.of(x), angles.clone()].concat())
    });
    let rows: Vec<Vec<f64>> = rows.collect();
    let m = rows[0].len();
    let design = nalgebra::DMatrix::from_fn(rows.len(), m + 1, |i, k| if k < m { rows[i][k] } else { 1.0 });
    let targets = nalgebra::DVector::from_vec(windows.targets[..windows.n_train].to_vec());
    let map = design.clone().svd(true, true).solve(&targets, 1e-6).expect("a solution");
    let error = (&design * map - &targets).norm_squared() / rows.len() as f64;
    assert!((error - report.error[1]).abs() < 0.2 * report.error[1], "{error} {report:?}");
}

#[test]
fn maps_that_are_none_are_refused() {
    let refused = |rows, columns| {
        let target = neighbourhood(rows, columns, 1.0);
        let config = QontotConfig { bias: true, ..Default::default() };
        attention_bias(&config, &target, &AttentionStart::default())
            .map(|_| ())
            .expect_err("cannot be")
            .to_string()
    };
    assert!(refused(1, 3).contains("power of two"));
    assert!(refused(1, 1).contains("power of two"));
}
