//! A pole on a cart that is pushed to the left or to the right.
//!
//! The observation is the state in SI units and radians: place and velocity of the cart, angle and angular
//! velocity of the pole. Actions: 0 push left, 1 push right. Each step pays 1; the episode ends where the
//! cart leaves `|x| <= 2.4` or the pole `12` degrees, and is cut off after 500 steps. `gymnasium` rounds
//! what it shows to 32 bits; here it is not rounded.
//!
//! Reference: Barto, Sutton, Anderson, IEEE Trans. SMC 13, 834 (1983), with Euler steps as `CartPole-v1`.

use std::f64::consts::PI;

use super::numpy_rng::NumpyRng;
use super::{Clock, Environment, Transition};

const N_ACTIONS: usize = 2;
const MAX_STEPS: u32 = 500;
const GRAVITY: f64 = 9.8; // m/s^2
const MASS_POLE: f64 = 0.1; // kg
const MASS: f64 = MASS_POLE + 1.0; // kg, with the cart
const LENGTH: f64 = 0.5; // m, half of the pole
const MOMENT: f64 = MASS_POLE * LENGTH; // kg m
const FORCE: f64 = 10.0; // N
const STEP: f64 = 0.02; // s
const MAX_X: f64 = 2.4; // m
const MAX_ANGLE: f64 = 12.0 * 2.0 * PI / 360.0;

#[derive(Clone, Debug)]
pub(super) struct CartPole {
    state: [f64; 4], // x x' angle angle'
    clock: Clock,
}

impl CartPole {
    pub(super) fn new() -> Self {
        Self { state: [0.0; 4], clock: Clock::new(MAX_STEPS) }
    }
}

impl Environment for CartPole {
    fn observation_len(&self) -> usize {
        self.state.len()
    }

    fn n_actions(&self) -> usize {
        N_ACTIONS
    }

    fn reset(&mut self, seed: u64) -> Vec<f64> {
        let mut rng = NumpyRng::new(seed);
        self.state = std::array::from_fn(|_| rng.uniform(-0.05, 0.05));
        self.clock.start();
        self.state.to_vec()
    }

    fn step(&mut self, action: usize) -> Transition {
        self.clock.tick(action, N_ACTIONS);
        let force = if action == 1 { FORCE } else { -FORCE };
        let slope = slope(self.state, force);
        self.state = std::array::from_fn(|i| self.state[i] + STEP * slope[i]);
        let [x, _, angle, _] = self.state;
        let fallen = x.abs() > MAX_X || angle.abs() > MAX_ANGLE;
        self.clock.transition(self.state.to_vec(), 1.0, fallen)
    }
}

/// The derivative of the state in time, multiplied in the order of the reference: rounding grows with every
/// step.
fn slope([_, velocity, angle, spin]: [f64; 4], force: f64) -> [f64; 4] {
    let (sin, cos) = (angle.sin(), angle.cos());
    let push = (force + MOMENT * (spin * spin) * sin) / MASS;
    let spin_rate = (GRAVITY * sin - cos * push) / (LENGTH * (4.0 / 3.0 - MASS_POLE * (cos * cos) / MASS));
    let acceleration = push - MOMENT * spin_rate * cos / MASS;
    [velocity, acceleration, spin, spin_rate]
}
