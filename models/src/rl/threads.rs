//! A3C as it was meant: a thread for every worker, and updates in whatever order they come.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use burn::module::Module;
use burn::tensor::Device;

use super::a3c;
use super::agent::Agent;
use super::config::{Algorithm, RlConfig};
use super::episode::Episode;
use super::shared::Shared;
use super::worker::Worker;
use crate::Error;

/// Trains with one thread per worker and hands every finished episode to `report`, in the order in which they end.
///
/// Workers act and compute gradients side by side and change the shared agent one at a time, so that results differ from
/// run to run; [`Training`](super::Training) is the mode that can be repeated. Returns the agent.
///
/// # Errors
/// As [`Training`](super::Training), and for another algorithm than A3C.
///
/// # Panics
/// If a worker panics.
pub fn train_in_threads(config: &RlConfig, report: impl Fn(Episode) + Sync) -> Result<Agent, Error> {
    config.validate()?;
    if config.algorithm != Algorithm::A3c {
        let expected = "a3c where workers have threads";
        return Err(Error::invalid(
            "the algorithm",
            format!("{:?}", config.algorithm),
            expected,
            "train without threads",
        ));
    }
    let device = Device::flex().autodiff();
    let shared = Mutex::new(Shared::new(config, &device)?);
    let (episodes, start) = (AtomicU64::new(0), shared.lock().expect(POISON).agent.clone());
    let work = |index: u64| -> Result<(), Error> {
        let mut worker = Worker::new(config, &start, index)?;
        while episodes.load(Ordering::SeqCst) < config.episodes {
            let stretch = worker.act(config);
            let learnt = a3c::look_back(&mut worker, &stretch, config, &device);
            a3c::share(&mut worker, learnt, &mut shared.lock().expect(POISON), config)?;
            if stretch.ended {
                let number = episodes.fetch_add(1, Ordering::SeqCst) + 1;
                let episode = worker.next_episode(config, number);
                if number <= config.episodes {
                    report(episode);
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..config.workers as u64).map(|index| scope.spawn(move || work(index))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a worker has panicked"))
    })?;
    let shared = shared.into_inner().expect(POISON);
    Ok(shared.agent.valid())
}

const POISON: &str = "a worker has panicked";
