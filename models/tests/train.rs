//! Training: learning, strategies, schedules, errors. Saving and resuming are in `train_resume`.

mod train_support;

use std::f64::consts::PI;

use models::Error;
use models::attention::AttentionConfig;
use models::classify::{Classification, Model, Strategy, TrainConfig};
use models::data::glyphs;
use models::train::{NonFinite, OptimiserConfig, Schedule};
use models::vit::{Pooling, VitConfig};
use std::sync::Arc;
use train_support::{bars, circuit, run, small};

fn with_rate(rate: f64, config: TrainConfig) -> TrainConfig {
    TrainConfig { optimiser: OptimiserConfig { learning_rate: rate, ..config.optimiser }, ..config }
}

#[test]
fn transformer_and_baseline_learn_bars() {
    for model in [Model::Vit, Model::Linear] {
        let config = with_rate(5e-3, TrainConfig { model, epochs: 12, ..small() });
        let mut trainer = Classification::trainer(config, bars()).unwrap();
        let before = trainer.evaluate().unwrap();
        run(&mut trainer);
        let after = trainer.evaluate().unwrap();
        assert!(before.accuracy < 0.6 && after.accuracy > 0.9, "{model:?}: {before:?} {after:?}");
        assert!(after.loss < 0.6 * before.loss, "{model:?}: {before:?} {after:?}");
    }
}

#[test]
fn one_batch_can_be_learnt_by_heart() {
    let config = TrainConfig { batch: 20, subset: Some(20), epochs: 120, ..small() };
    let mut trainer = Classification::trainer(with_rate(5e-3, config), bars()).unwrap();
    let loss = run(&mut trainer).last().unwrap().loss;
    assert!(loss < 0.05, "{loss}");
}

/// One narrow layer and few images: enough to be far above chance, a tenth, within seconds.
#[test]
fn glyphs_are_learnt() {
    let vit = VitConfig { dim: 32, head_dim: 16, layers: 1, ..VitConfig::default() };
    let config = TrainConfig { vit, batch: 50, epochs: 14, schedule: Schedule::Constant, ..small() };
    let mut trainer =
        Classification::trainer(with_rate(3e-3, config), Arc::new(glyphs(1000, 200, 0))).unwrap();
    run(&mut trainer);
    let report = trainer.evaluate().unwrap();
    assert!(report.accuracy > 0.6, "{report:?}");
    assert!(report.layers[0].row_error < 1e-5 && report.layers[0].column_error > 1e-3, "{report:?}");
}

#[test]
fn reports_count_epochs_and_steps() {
    let mut trainer = Classification::trainer(TrainConfig { epochs: 2, ..small() }, bars()).unwrap();
    assert_eq!(trainer.steps_per_epoch(), 5); // 90 images in batches of 20: the last has 10
    let reports = run(&mut trainer);
    let seen: Vec<_> = reports.iter().map(|report| (report.epoch, report.step, report.epoch_done)).collect();
    let expected: Vec<_> = (0..10).map(|k| (k as usize / 5 + 1, k + 1, k % 5 == 4)).collect();
    assert_eq!(seen, expected);
}

#[test]
fn schedules_are_their_closed_forms() {
    let step = Schedule::Step { milestones: vec![31, 45], factor: 0.1 };
    let cosine = Schedule::Cosine { warmup: 5, start: 1e-6, cooldown: 10, floor: 1e-5 };
    let half = |progress: f64| 1e-5 + (1e-3 - 1e-5) * (1.0 + (PI * progress).cos()) / 2.0;
    let table = [
        (&Schedule::Constant, 17.3, 1e-3),
        (&step, 30.99, 1e-3),
        (&step, 31.0, 1e-4),
        (&step, 44.9, 1e-4),
        (&step, 49.0, 1e-5),
        (&cosine, 0.0, 1e-6),
        (&cosine, 2.5, (1e-6 + 1e-3) / 2.0),
        (&cosine, 5.0, 1e-3),
        (&cosine, 47.5, half(0.5)),
        (&cosine, 20.0, half(15.0 / 85.0)),
        (&cosine, 90.0, 1e-5),
        (&cosine, 99.9, 1e-5),
    ];
    for (schedule, t, expected) in table {
        let rate = schedule.rate(1e-3, t, 100);
        assert!((rate - expected).abs() < 1e-12, "{schedule:?} at {t}: {rate} instead of {expected}");
    }
}

/// Angles, queries' weights and circuit counts after two epochs, for every strategy.
#[test]
fn strategies_differ_in_what_they_train() {
    let mixed = Strategy::Mixed { every: 2, budget: 5, sigma: 0.1 };
    let forward = 2 * 90 * 4; // epochs, images, layers x heads
    let shifts = 2 * circuit().angles as u64;
    let table = [
        (Strategy::Static, false, true, forward),
        (Strategy::StopGradient, false, false, forward),
        (Strategy::StraightThrough, false, true, forward),
        (Strategy::Differentiable, true, true, forward),
        (Strategy::ParameterShift, true, true, forward * (1 + shifts)),
        (mixed, true, true, forward + 5 * 20 * 4),
    ];
    for (strategy, angles_move, queries_move, circuits) in table {
        let vit = VitConfig { heads: 2, ..small().vit };
        let config = TrainConfig { strategy, vit, attention: circuit().config, epochs: 2, ..small() };
        let mut trainer = Classification::trainer(config, bars()).unwrap();
        let before = train_support::tensors(&trainer);
        run(&mut trainer);
        let after = train_support::tensors(&trainer);
        let moved =
            |part: &str| before.iter().any(|(name, bytes)| name.contains(part) && after[name] != *bytes);
        assert_eq!(moved("param/Vit.theta") || moved("theta"), angles_move, "{strategy:?}: theta");
        assert_eq!(moved("query"), queries_move, "{strategy:?}: queries");
        assert!(moved("value"), "{strategy:?}: values");
        assert_eq!(trainer.circuit_evaluations(), circuits, "{strategy:?}");
    }
}

#[test]
fn shift_rule_and_adjoint_take_the_same_steps() {
    let losses = [Strategy::Differentiable, Strategy::ParameterShift].map(|strategy| {
        let config = TrainConfig { strategy, attention: circuit().config, epochs: 2, ..small() };
        run(&mut Classification::trainer(config, bars()).unwrap()).last().unwrap().loss
    });
    assert!((losses[0] - losses[1]).abs() < 1e-4, "{losses:?}");
}

#[test]
fn a_number_that_is_not_finite_stops_or_is_skipped() {
    let mut broken = (*bars()).clone();
    broken.std = vec![0.0];
    let broken = Arc::new(broken);
    let mut trainer = Classification::trainer(small(), broken.clone()).unwrap();
    let before = trainer.snapshot().unwrap();
    let error = trainer.step().unwrap_err();
    assert!(matches!(&error, Error::NonFinite { tensor, step: 1, .. } if tensor == "the loss"), "{error}");
    assert!(trainer.snapshot().unwrap() == before, "a failed step must change nothing");
    assert!(matches!(trainer.evaluate(), Err(Error::NonFinite { .. })));

    let skip = TrainConfig { non_finite: NonFinite::Skip, epochs: 1, ..small() };
    let mut trainer = Classification::trainer(skip, broken).unwrap();
    let before = train_support::tensors(&trainer);
    assert!(run(&mut trainer).iter().all(|report| report.skipped));
    assert!(train_support::tensors(&trainer) == before);
}

#[test]
fn an_exploding_parameter_is_named() {
    let mut trainer = Classification::trainer(with_rate(1e38, small()), bars()).unwrap();
    let error = (0..3).find_map(|_| trainer.step().err()).unwrap();
    assert!(matches!(&error, Error::NonFinite { .. }), "{error}");
}

#[test]
fn settings_out_of_range_are_named() {
    let named = |name| AttentionConfig::from_name(name).unwrap();
    let decay = OptimiserConfig { weight_decay: -1.0, ..OptimiserConfig::default() };
    let beta = OptimiserConfig { beta2: 1.0, ..OptimiserConfig::default() };
    let long = Schedule::Cosine { warmup: 3, start: 1e-6, cooldown: 1, floor: 1e-5 };
    let table = [
        ("epochs", TrainConfig { epochs: 0, ..small() }),
        ("batch", TrainConfig { batch: 0, ..small() }),
        ("subset", TrainConfig { subset: Some(91), ..small() }),
        ("label_smoothing", TrainConfig { label_smoothing: 1.0, ..small() }),
        ("clip_norm", TrainConfig { clip_norm: Some(f64::NAN), ..small() }),
        (
            "strategy.budget",
            TrainConfig { strategy: Strategy::Mixed { every: 1, budget: 0, sigma: 0.1 }, ..small() },
        ),
        (
            "parameter-shift",
            TrainConfig { strategy: Strategy::ParameterShift, attention: named("qr"), ..small() },
        ),
        ("learning_rate", with_rate(f64::INFINITY, small())),
        ("weight_decay", TrainConfig { optimiser: decay, ..small() }),
        ("beta2", TrainConfig { optimiser: beta, ..small() }),
        ("schedule.warmup", TrainConfig { schedule: long, epochs: 4, ..small() }),
        ("vit.patch", TrainConfig { vit: VitConfig::default(), ..small() }),
    ];
    for (name, config) in table {
        let error = Classification::trainer(config, bars()).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn data_that_do_not_fit_are_refused() {
    type Edit = fn(&mut models::data::Dataset);
    let table: [(&str, Edit); 3] = [
        ("label", |data| data.train.labels[3] = 4),
        ("at least one", |data| data.test.n = 0),
        ("size of test images", |data| (data.test.height, data.test.width) = (4, 16)),
    ];
    for (name, spoil) in table {
        let mut data = (*bars()).clone();
        spoil(&mut data);
        let error = Classification::trainer(small(), Arc::new(data)).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn unknown_settings_are_errors() {
    for text in
        [r#"{"epoch":1}"#, r#"{"vit":{"layer":1}}"#, r#"{"schedule":{"kind":"step","milestone":[1]}}"#]
    {
        assert!(serde_json::from_str::<TrainConfig>(text).is_err(), "{text}");
    }
    for config in [TrainConfig::default(), TrainConfig::eureka(), small()] {
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TrainConfig>(&text).unwrap(), config);
    }
}

#[test]
fn weights_are_given_for_chosen_images() {
    let vit = VitConfig { pooling: Pooling::Mean, heads: 2, ..small().vit };
    let trainer = Classification::trainer(TrainConfig { vit, ..small() }, bars()).unwrap();
    let weights = trainer.weights(&[7, 0, 3]).unwrap();
    assert_eq!(weights.len(), 2);
    let alone = trainer.weights(&[3]).unwrap();
    for (many, one) in weights.iter().zip(&alone) {
        assert_eq!(many.dim(), (3, 2, 4, 4));
        assert!(many.outer_iter().last().unwrap().iter().zip(one).all(|(a, b)| (a - b).abs() < 1e-6));
    }
    assert!(trainer.weights(&[40]).is_err());
}
