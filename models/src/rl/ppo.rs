//! PPO: all workers collect, then the agent goes over what they did several times.

use burn::tensor::{DType, Device, Tensor, TensorData};
use rand::seq::SliceRandom;

use super::agent::Agent;
use super::config::RlConfig;
use super::returns::advantages;
use super::segment::chosen;
use super::shared::{Learnt, Shared};
use super::worker::Stretch;
use crate::Error;
use crate::rng::stream;

/// A stretch with what its policy and value are to be moved by.
struct Lesson {
    stretch: Stretch,
    advantages: Vec<f64>,
}

/// Goes over the stretches; returns the mean loss.
pub(super) fn learn(
    stretches: Vec<Stretch>,
    round: u64,
    shared: &mut Shared,
    config: &RlConfig,
    device: &Device,
) -> Result<f64, Error> {
    let mut lessons = lessons(stretches, config);
    let (mut sum, mut n) = (0.0, 0);
    for pass in 0..config.ppo.passes as u64 {
        lessons.shuffle(&mut stream(config.seed, "ppo", &[round, pass]));
        for group in lessons.chunks(config.ppo.minibatch) {
            let agent = shared.agent.clone();
            let learnt = Learnt::new(&agent, loss(&agent, group, config, device));
            sum += learnt.loss;
            n += 1;
            shared.update(learnt, config)?;
        }
    }
    Ok(sum / f64::from(n))
}

/// Advantages of all steps, shifted and scaled to mean 0 and deviation 1 over all of them.
fn lessons(stretches: Vec<Stretch>, config: &RlConfig) -> Vec<Lesson> {
    let lesson = |stretch: Stretch| {
        let rewards = &stretch.segment.rewards;
        let (gamma, lambda) = (config.discount, config.ppo.lambda);
        Lesson { advantages: advantages(rewards, &stretch.values, stretch.after, gamma, lambda), stretch }
    };
    stretches.into_iter().map(lesson).collect()
}

/// `-min(r A, clip(r) A) + w_V (R - V)^2 - w_H H`, mean over all steps of the group, with `r` the ratio of the new to the
/// old probability of an action and `A` normalised over the group.
fn loss(agent: &Agent, group: &[Lesson], config: &RlConfig, device: &Device) -> Tensor<1> {
    let all: Vec<f64> = group.iter().flat_map(|lesson| lesson.advantages.iter().copied()).collect();
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let deviation = (all.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / n).sqrt();
    let column = |values: Vec<f64>| {
        let t = values.len();
        Tensor::<2>::from_data(TensorData::new(values, [t, 1]), (device, DType::F64))
    };
    let part = |lesson: &Lesson| {
        let Stretch { segment, values, log_policy: old, .. } = &lesson.stretch;
        let [log_policy, value] = segment.opinion(agent, device);
        let normalised = lesson.advantages.iter().map(|a| (a - mean) / (deviation + 1e-8)).collect();
        let advantage = column(normalised); // t 1
        let ratio = (chosen(log_policy.clone(), &segment.actions) - column(old.clone())).exp();
        let clipped = ratio.clone().clamp(1.0 - config.ppo.clip, 1.0 + config.ppo.clip);
        let actor = (ratio * advantage.clone()).min_pair(clipped * advantage);
        let target = lesson.advantages.iter().zip(values).map(|(a, v)| a + v).collect();
        let error = column(target) - value;
        let entropy = (log_policy.clone().exp() * log_policy).sum_dim(1).neg();
        error.clone() * error * config.value_weight - actor - entropy * config.entropy_weight
    };
    Tensor::cat(group.iter().map(part).collect(), 0).mean()
}
