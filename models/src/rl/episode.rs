//! Episodes: what training says of one, and one played for show.

use serde::{Deserialize, Serialize};

use super::agent::{Agent, Decision};
use crate::Error;
use crate::env::{Env, Frame};
use crate::rng::stream;

/// A finished episode.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Episode {
    /// Its number, counted from one in the order in which episodes end.
    pub number: u64,
    /// Sum of its rewards.
    pub reward: f64,
    /// Its actions.
    pub steps: u64,
    /// Mean loss of the updates on it.
    pub loss: f64,
}

/// An episode played to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// Sum of the rewards.
    pub reward: f64,
    /// The world before every action and after the last, where it is a grid.
    pub frames: Vec<Frame>,
    /// What the agent decided at every step; its memory is that after the step.
    pub decisions: Vec<Decision>,
}

/// Plays the episode of `seed`; draws actions from the policy.
///
/// # Errors
/// [`Error::Invalid`] if there is no such environment.
pub fn play(agent: &Agent, env: &str, seed: u64) -> Result<Play, Error> {
    let mut env = Env::from_name(env)?.make();
    let mut observation = env.reset(seed);
    let mut memory = vec![0.0; agent.memory_len()];
    let mut play = Play { reward: 0.0, frames: env.frame().into_iter().collect(), decisions: Vec::new() };
    loop {
        let step = play.decisions.len() as u64;
        let decision = agent.act(&observation, &memory, &mut stream(seed, "play", &[step]));
        let transition = env.step(decision.action);
        memory.clone_from(&decision.memory);
        play.reward += transition.reward;
        play.decisions.push(decision);
        play.frames.extend(env.frame());
        if transition.is_last() {
            return Ok(play);
        }
        observation = transition.observation;
    }
}
