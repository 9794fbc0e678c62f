//! Saving and resuming: bit for bit, and never from the wrong or from broken bytes.

mod train_support;

use std::sync::Arc;

use models::Error;
use models::attention::AttentionConfig;
use models::classify::{Classification, Model, Strategy, TrainConfig};
use models::train::{NonFinite, OptimiserConfig, Precision};
use models::vit::VitConfig;
use train_support::{bars, circuit, run, small};

/// One run per feature that carries state or draws numbers.
fn table() -> Vec<TrainConfig> {
    let vit = VitConfig { drop_path: 0.3, ..small().vit };
    let mixed = Strategy::Mixed { every: 1, budget: 4, sigma: 0.1 };
    let orthostochastic = AttentionConfig::from_name("orthostochastic").unwrap();
    vec![
        TrainConfig { vit, label_smoothing: 0.1, clip_norm: Some(0.5), ..small() },
        TrainConfig { optimiser: OptimiserConfig::adamw(), precision: Precision::F64, ..small() },
        TrainConfig { strategy: mixed, attention: circuit().config, epochs: 2, ..small() },
        TrainConfig { strategy: Strategy::Differentiable, attention: orthostochastic, ..small() },
        TrainConfig { model: Model::Linear, subset: Some(33), ..small() },
    ]
}

#[test]
fn a_resumed_run_ends_in_the_same_bytes() {
    for config in table() {
        let mut whole = Classification::trainer(config.clone(), bars()).unwrap();
        let mut saved = Vec::new();
        while !whole.finished() {
            saved.push(whole.snapshot().unwrap());
            whole.step().unwrap();
        }
        let end = whole.snapshot().unwrap();
        for at in [0, 2, saved.len() / 2, saved.len() - 1] {
            let mut resumed = Classification::trainer(config.clone(), bars()).unwrap();
            resumed.restore(&saved[at]).unwrap();
            assert!(resumed.snapshot().unwrap() == saved[at], "{config:?}: saved again after step {at}");
            run(&mut resumed);
            assert!(resumed.snapshot().unwrap() == end, "{config:?}: resumed after step {at}");
            assert_eq!(resumed.circuit_evaluations(), whole.circuit_evaluations());
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let wide = VitConfig { dim: 128, head_dim: 64, ..small().vit }; // large enough for parallel products
    for config in [TrainConfig { vit: wide, batch: 90, epochs: 2, ..small() }, table().remove(2)] {
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut trainer = Classification::trainer(config.clone(), bars()).unwrap();
                run(&mut trainer);
                (trainer.snapshot().unwrap(), trainer.evaluate().unwrap())
            })
        });
        assert!(one == two, "{config:?}");
    }
}

fn refusal(bytes: &[u8], config: TrainConfig, data: Arc<models::data::Dataset>) -> String {
    let mut trainer = Classification::trainer(config, data).unwrap();
    let before = trainer.snapshot().unwrap();
    let error = trainer.restore(bytes).unwrap_err();
    assert!(matches!(error, Error::Snapshot { .. }), "{error}");
    assert!(trainer.snapshot().unwrap() == before, "a refused snapshot must change nothing: {error}");
    error.to_string()
}

#[test]
fn another_configuration_is_refused_by_name() {
    let bytes = Classification::trainer(small(), bars()).unwrap().snapshot().unwrap();
    let table = [
        ("seed was 0, but is 1", TrainConfig { seed: 1, ..small() }),
        ("vit.dim was 16, but is 24", TrainConfig { vit: VitConfig { dim: 24, ..small().vit }, ..small() }),
        ("attention", TrainConfig { attention: circuit().config, ..small() }),
        ("non_finite was \"abort\"", TrainConfig { non_finite: NonFinite::Skip, ..small() }),
    ];
    for (difference, config) in table {
        let error = refusal(&bytes, config, bars());
        assert!(error.contains(difference), "{difference}: {error}");
    }
}

#[test]
fn other_data_are_refused() {
    let bytes = Classification::trainer(small(), bars()).unwrap().snapshot().unwrap();
    let table: [fn(&mut models::data::Dataset); 4] = [
        |data| data.train.pixels[100] ^= 1,
        |data| data.test.labels.swap(0, 1),
        |data| data.mean[0] += 1e-3,
        |data| data.n_classes += 1,
    ];
    for (k, change) in table.into_iter().enumerate() {
        let mut data = (*bars()).clone();
        change(&mut data);
        let error = refusal(&bytes, small(), Arc::new(data));
        assert!(error.contains("other data"), "{k}: {error}");
    }
}

#[test]
fn broken_bytes_are_refused() {
    let mut trainer = Classification::trainer(TrainConfig { epochs: 1, ..small() }, bars()).unwrap();
    run(&mut trainer);
    let bytes = trainer.snapshot().unwrap();
    let config = trainer.config().clone();
    let mut fresh = Classification::trainer(config.clone(), bars()).unwrap();
    for length in (0..bytes.len()).step_by(997).chain(0..16).chain([bytes.len() - 1]) {
        assert!(matches!(fresh.restore(&bytes[..length]), Err(Error::Snapshot { .. })), "cut at {length}");
    }
    for position in (0..bytes.len()).step_by(499).chain(0..64) {
        let mut spoilt = bytes.clone();
        spoilt[position] ^= 0x10;
        assert!(matches!(fresh.restore(&spoilt), Err(Error::Snapshot { .. })), "byte {position} changed");
    }
    let longer = [bytes.as_slice(), &[0; 8]].concat();
    assert!(fresh.restore(&longer).is_err(), "bytes appended");
    fresh.restore(&bytes).unwrap();
}
