//! Numbers of parameters, windows and circuits, as published.

use models::forecast::{ForecastConfig, Forecasting};
use models::recurrent::{Gates, RecurrentConfig};
use models::sequence::ModelConfig;
use models::series::Task;
use models::train::Trainer;
use models::vqc::{Gradient, Vqc, VqcConfig};

fn trainer(model: ModelConfig, gradient: Gradient) -> Trainer<Forecasting> {
    let config = ForecastConfig { model, gradient, ..ForecastConfig::default() };
    Trainer::new(Forecasting::new(config, Task::Shm.series()).unwrap()).unwrap()
}

fn named(name: &str) -> ModelConfig {
    ModelConfig::from_name(name).unwrap()
}

/// The recurrent model with circuits of another depth.
fn with_layers(model: ModelConfig, layers: usize) -> ModelConfig {
    let ModelConfig::Recurrent(RecurrentConfig { gates: Gates::Circuit { circuit }, .. }) = &model else {
        panic!("{model:?} has no circuits as gates");
    };
    let gates = Gates::Circuit { circuit: VqcConfig { layers, ..circuit.clone() } };
    let ModelConfig::Recurrent(config) = model.clone() else { unreachable!("matched above") };
    ModelConfig::Recurrent(RecurrentConfig { gates, ..config })
}

#[test]
fn models_have_the_published_numbers_of_parameters() {
    let table = [
        ("QFWP", named("qfwp"), 111),
        ("QLSTM of four circuits", named("qlstm"), 126),
        ("the same, two layers", with_layers(named("qlstm"), 2), 54),
        ("QLSTM of six circuits", named("qlstm6"), 149),
        ("the same, four layers", with_layers(named("qlstm6"), 4), 293),
        ("LSTM", named("lstm"), 146),
    ];
    for (name, model, expected) in table {
        assert_eq!(trainer(model, Gradient::Adjoint).n_params(), expected, "{name}");
    }
}

/// One forward circuit and two per angle; a recurrent cell also shifts its hidden inputs from the second step on.
#[test]
fn a_window_takes_the_published_number_of_circuits() {
    for (name, circuits) in [("qfwp", 33), ("gated-qfwp", 33), ("qlstm", 1096), ("qlstm6", 1188), ("lstm", 0)]
    {
        let mut trainer = trainer(named(name), Gradient::ParameterShift);
        trainer.step().unwrap();
        assert_eq!(trainer.circuit_evaluations(), 10 * circuits, "{name}");
    }
}

#[test]
fn ten_of_sixteen_angles_are_live() {
    let vqc = Vqc::new(&VqcConfig::default(), 1, 1, Gradient::Adjoint).unwrap();
    let live: Vec<usize> = (0..16).filter(|&k| vqc.live_weights()[k]).collect();
    assert_eq!(live, [0, 1, 2, 3, 4, 5, 8, 9, 10, 11]);
}

#[test]
fn tasks_have_the_published_numbers_of_windows() {
    for (task, n, train) in [
        (Task::Shm, 235, 157),
        (Task::Bessel, 251, 168),
        (Task::Narma5, 295, 197),
        (Task::Control, 2195, 1470),
    ] {
        let problem = Forecasting::new(ForecastConfig::default(), task.series()).unwrap();
        assert_eq!((problem.windows().targets.len(), problem.windows().n_train), (n, train), "{task:?}");
    }
}
