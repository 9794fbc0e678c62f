//! Saving and restoring a run, bit for bit: environments are brought back by playing their episodes again.

use serde::{Deserialize, Serialize};

use super::training::{Progress, Training};
use super::worker::{Place, Worker};
use crate::Error;
use crate::train::{archived, load, save, unusable};

/// How far a run has come.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    progress: Progress,
    workers: Vec<Place>,
}

impl Training {
    /// Everything needed to go on later, as safetensors bytes; equal runs give equal bytes.
    ///
    /// # Errors
    /// [`Error::Snapshot`] if the configuration cannot be written as JSON.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        let mut tensors = archived("param", &self.shared.agent);
        for worker in &self.workers {
            tensors.extend(archived(&copy(&worker.place), &worker.local));
        }
        let workers = self.workers.iter().map(|worker| worker.place.clone()).collect();
        let standing = Standing { progress: self.progress.clone(), workers };
        save(&self.config, self.config.env.clone(), &standing, &self.shared.optimiser, tensors)
    }

    /// Puts the run into the state that [`snapshot`](Self::snapshot) saved; the next episodes are those that the saved
    /// run would have seen, bit for bit. After an error the run is unchanged.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for bytes that are truncated or changed, and for another configuration (the message names
    /// the setting).
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (standing, updates, mut tensors) = load::<Standing>(bytes, &self.config, &self.config.env)?;
        if standing.workers.len() != self.workers.len() {
            let (got, expected) = (standing.workers.len(), self.workers.len());
            return Err(unusable(format!("it has {got} workers instead of {expected}")));
        }
        let agent = tensors.network("param", &self.shared.agent)?;
        let optimiser = tensors.optimiser(&agent, updates)?;
        let worker = |place: Place| {
            let local = tensors.network(&copy(&place), &self.shared.agent)?;
            Worker::at(&self.config, local, place)
        };
        let workers = standing.workers.into_iter().map(worker).collect::<Result<_, _>>()?;
        tensors.finish()?;
        (self.shared.agent, self.shared.optimiser) = (agent, optimiser);
        (self.workers, self.progress) = (workers, standing.progress);
        Ok(())
    }
}

/// The kind of the tensors of a worker's copy of the agent.
fn copy(place: &Place) -> String {
    format!("worker-{}", place.index)
}
