//! Saving and restoring a trainer, bit for bit.

use super::Problem;
use super::archive::{load, parameters, save, unusable};
use super::trainer::{Place, Trainer};
use crate::Error;

impl<P: Problem> Trainer<P> {
    /// Everything needed to go on later, as safetensors bytes; equal trainers give equal bytes.
    ///
    /// # Errors
    /// [`Error::Snapshot`] if the configuration cannot be written as JSON.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        let (config, data) = (self.problem.config(), self.problem.fingerprint());
        save(config, data, &self.place, &self.optimiser, parameters("param", &self.network))
    }

    /// Puts the trainer into the state that [`snapshot`](Self::snapshot) saved; the next steps are those
    /// that the saved trainer would have made, bit for bit. After an error the trainer is unchanged.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for bytes that are truncated or changed, for another configuration (the message
    /// names the setting) and for other data.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (config, data) = (self.problem.config(), self.problem.fingerprint());
        let (place, updates, mut tensors) = load::<Place>(bytes, config, &data)?;
        if place.batch >= self.steps_per_epoch() || place.epoch > self.plan.epochs as u64 {
            return Err(unusable(format!("its place in the data is impossible: {place:?}")));
        }
        let network = tensors.network("param", &self.network)?;
        let optimiser = tensors.optimiser(&network, updates)?;
        tensors.finish()?;
        (self.network, self.optimiser, self.place) = (network, optimiser, place);
        self.reorder();
        Ok(())
    }
}
