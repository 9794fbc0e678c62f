//! One epoch of training on the damped pendulum: 157 windows of four values in batches of ten, RMSprop, f64.
//!
//! Peers are `peers/fwp_jax.py`, the same in JAX with all samples of a batch at once, and `peers/fwp_pennylane.py`, the
//! published way, sample by sample; `peers/run forecast` compares. Goals there are 3x and 100x; here the goal is that
//! a fast-weight programmer, which runs one circuit per window, is quicker than a QLSTM, which runs sixteen.

use std::io;

use benches::{Case, Goal, Suite};
use models::forecast::{ForecastConfig, Forecasting};
use models::sequence::ModelConfig;
use models::series::Task;
use models::train::Trainer;

const MODELS: [&str; 5] = ["qfwp", "gated-qfwp", "qlstm", "lstm", "mlp"];

fn case<'a>(name: &str, threads: usize) -> Case<'a> {
    let model = ModelConfig::from_name(name).expect("a known name");
    let config = ForecastConfig { model, epochs: 1 << 30, ..ForecastConfig::default() };
    let problem = Forecasting::new(config, Task::Shm.series()).expect("the defaults fit the task");
    let mut trainer = Trainer::new(problem).expect("the defaults fit together");
    let samples = trainer.problem().windows().n_train;
    let epoch = move || {
        for _ in 0..trainer.steps_per_epoch() {
            trainer.step().expect("numbers stay finite");
        }
    };
    Case::new(format!("epoch {name}"), "f64", threads, epoch).samples(samples)
}

fn main() -> io::Result<()> {
    let cases = MODELS.iter().flat_map(|name| [1, 2].map(|threads| case(name, threads))).collect();
    let results = Suite::new("forecast", cases).run()?;
    let gain = results.ratio(("epoch qlstm", "f64", 1), ("epoch qfwp", "f64", 1));
    results.goal(Goal::Faster(4.0), "the QLSTM of four circuits", gain)?;
    Ok(())
}
