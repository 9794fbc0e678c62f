//! A3C: a worker acts for a few steps with its copy of the agent, changes the shared agent by the gradient of its own
//! copy, and fetches the result.

use burn::tensor::Device;

use super::config::RlConfig;
use super::returns::discounted;
use super::shared::{Learnt, Shared};
use super::worker::{Stretch, Worker};
use crate::Error;

/// What a worker learns from what it has done, by its own copy of the agent.
pub(super) fn look_back(
    worker: &mut Worker,
    stretch: &Stretch,
    config: &RlConfig,
    device: &Device,
) -> Learnt {
    let returns = discounted(&stretch.segment.rewards, stretch.after, config.discount);
    let loss = stretch.segment.loss(&worker.local, &returns, config, device);
    let learnt = Learnt::new(&worker.local, loss);
    worker.place.losses.0 += learnt.loss;
    worker.place.losses.1 += 1;
    learnt
}

/// Changes the shared agent by it and fetches the result.
pub(super) fn share(
    worker: &mut Worker,
    learnt: Learnt,
    shared: &mut Shared,
    config: &RlConfig,
) -> Result<(), Error> {
    shared.update(learnt, config)?;
    worker.fetch(&shared.agent);
    Ok(())
}
