//! Environments for reinforcement learning: small grid worlds, a cart with a pole, a two-link pendulum.
//!
//! An [`Env`] names an environment, [`Env::make`] builds it, and everything that learns sees an
//! [`Environment`]: `reset` with a seed, then `step` with an action. The environments equal those of the
//! Python packages `minigrid` and `gymnasium` step by step, and a seed draws the same episode there and here,
//! because [`numpy_rng`] reproduces the generator these packages use.
//!
//! Reference: Chevalier-Boisvert et al., arXiv:2306.13831; Towers et al., arXiv:2407.17032.

mod acrobot;
mod cart_pole;
mod frame;
mod grid;
mod grid_world;
mod layout;
mod names;
pub mod numpy_rng;
mod view;

pub use frame::{Frame, Pose};
pub use names::Env;

/// What an agent acts on; built by [`Env::make`].
///
/// ```
/// use models::env::Env;
///
/// let mut env = Env::from_name("empty-5x5")?.make();
/// let first = env.reset(7);
/// assert_eq!((first.len(), env.n_actions()), (147, 7));
/// let forward = 2;
/// let transition = env.step(forward);
/// assert!(!transition.terminated && transition.reward == 0.0);
/// # Ok::<(), models::Error>(())
/// ```
pub trait Environment {
    /// Length of every observation.
    fn observation_len(&self) -> usize;

    /// Number of actions; an action is a number below it.
    fn n_actions(&self) -> usize;

    /// Begins the episode that `seed` draws, and returns its first observation.
    fn reset(&mut self, seed: u64) -> Vec<f64>;

    /// Takes one action.
    ///
    /// # Panics
    /// If `action` is not below [`n_actions`](Self::n_actions), or if no episode is running: before the first
    /// [`reset`](Self::reset), and after a transition that terminated or truncated the episode.
    fn step(&mut self, action: usize) -> Transition;

    /// The whole world as plain data for a picture; `None` where the environment is no grid world.
    fn frame(&self) -> Option<Frame> {
        None
    }
}

/// What follows an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// What the agent sees now.
    pub observation: Vec<f64>,
    /// Reward of the action.
    pub reward: f64,
    /// The episode has ended in a final state: nothing can be gained after it.
    pub terminated: bool,
    /// The episode was cut off at its limit of steps; it may be `terminated` as well.
    pub truncated: bool,
}

impl Transition {
    /// True if the episode has ended, for whichever reason.
    pub fn is_last(&self) -> bool {
        self.terminated || self.truncated
    }
}

/// Steps of an episode, counted up to a limit; guards [`Environment::step`] against misuse.
#[derive(Clone, Debug)]
struct Clock {
    steps: u32,
    limit: u32,
    running: bool,
}

impl Clock {
    fn new(limit: u32) -> Self {
        Self { steps: 0, limit, running: false }
    }

    fn start(&mut self) {
        (self.steps, self.running) = (0, true);
    }

    /// Counts a step that takes `action`, one of `n_actions`.
    fn tick(&mut self, action: usize, n_actions: usize) {
        assert!(
            action < n_actions,
            "action {action} is none of the {n_actions} actions, 0 to {}",
            n_actions - 1
        );
        assert!(self.running, "no episode is running after {} steps; call reset", self.steps);
        self.steps += 1;
    }

    /// The transition that ends the step counted last.
    fn transition(&mut self, observation: Vec<f64>, reward: f64, terminated: bool) -> Transition {
        let truncated = self.steps >= self.limit;
        self.running = !terminated && !truncated;
        Transition { observation, reward, terminated, truncated }
    }
}
