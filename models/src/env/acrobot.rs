//! Two links that hang from a pivot, with a motor between them: swing the tip up.
//!
//! The observation is `cos a, sin a, cos b, sin b, a', b'` with the angle `a` of the upper link (0 hangs
//! down) and the angle `b` of the lower link against the upper. Actions are torques of -1, 0 and 1 N m for
//! 0.2 s. Each step pays -1, and 0 where the tip is more than one link above the pivot, which ends the
//! episode; it is cut off after 500 steps. `gymnasium` rounds what it shows to 32 bits; here it is not
//! rounded.
//!
//! Reference: Sutton, NIPS 8 (1996), with the equations of the book of Sutton and Barto as `Acrobot-v1`.

use std::f64::consts::{FRAC_PI_2, PI};

use super::numpy_rng::NumpyRng;
use super::{Clock, Environment, Transition};

const TORQUES: [f64; 3] = [-1.0, 0.0, 1.0]; // N m
const MAX_STEPS: u32 = 500;
const STEP: f64 = 0.2; // s
const GRAVITY: f64 = 9.8; // m/s^2
/// Both links have length 1, mass 1, their centre of mass in the middle, and this moment of inertia.
const INERTIA: f64 = 1.0; // kg m^2
const CENTRE: f64 = 0.5; // m
const MAX_SPIN: [f64; 2] = [4.0 * PI, 9.0 * PI]; // rad/s

type State = [f64; 4]; // a b a' b'

#[derive(Clone, Debug)]
pub(super) struct Acrobot {
    state: State,
    clock: Clock,
}

impl Acrobot {
    pub(super) fn new() -> Self {
        Self { state: [0.0; 4], clock: Clock::new(MAX_STEPS) }
    }

    fn observation(&self) -> Vec<f64> {
        let [a, b, spin_a, spin_b] = self.state;
        vec![a.cos(), a.sin(), b.cos(), b.sin(), spin_a, spin_b]
    }
}

impl Environment for Acrobot {
    fn observation_len(&self) -> usize {
        6
    }

    fn n_actions(&self) -> usize {
        TORQUES.len()
    }

    fn reset(&mut self, seed: u64) -> Vec<f64> {
        let mut rng = NumpyRng::new(seed);
        // The first state, unlike all others, is rounded to 32 bits by gymnasium as well.
        self.state = std::array::from_fn(|_| f64::from(rng.uniform(-0.1, 0.1) as f32));
        self.clock.start();
        self.observation()
    }

    fn step(&mut self, action: usize) -> Transition {
        self.clock.tick(action, TORQUES.len());
        let [a, b, spin_a, spin_b] = runge_kutta(self.state, TORQUES[action]);
        let bound = |spin: f64, max: f64| spin.clamp(-max, max);
        self.state = [wrap(a), wrap(b), bound(spin_a, MAX_SPIN[0]), bound(spin_b, MAX_SPIN[1])];
        let [a, b, ..] = self.state;
        let is_up = -a.cos() - (a + b).cos() > 1.0;
        let reward = if is_up { 0.0 } else { -1.0 };
        self.clock.transition(self.observation(), reward, is_up)
    }
}

/// The angle between -pi and pi, by whole turns.
fn wrap(mut angle: f64) -> f64 {
    while angle > PI {
        angle -= 2.0 * PI;
    }
    while angle < -PI {
        angle += 2.0 * PI;
    }
    angle
}

/// The state after one step of the classical rule of fourth order.
fn runge_kutta(state: State, torque: f64) -> State {
    let moved = |k: State, by: f64| -> State { std::array::from_fn(|i| state[i] + by * k[i]) };
    let k1 = slope(state, torque);
    let k2 = slope(moved(k1, STEP / 2.0), torque);
    let k3 = slope(moved(k2, STEP / 2.0), torque);
    let k4 = slope(moved(k3, STEP), torque);
    std::array::from_fn(|i| state[i] + STEP / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}

/// The derivative of the state in time; `d` and `phi` are named, and products ordered, as in the reference:
/// rounding grows with every step.
fn slope([a, b, spin_a, spin_b]: State, torque: f64) -> State {
    let (sin_b, cos_b) = (b.sin(), b.cos());
    let d1 = CENTRE * CENTRE + (1.0 + CENTRE * CENTRE + 2.0 * CENTRE * cos_b) + INERTIA + INERTIA;
    let d2 = CENTRE * CENTRE + CENTRE * cos_b + INERTIA;
    let phi2 = CENTRE * GRAVITY * (a + b - FRAC_PI_2).cos();
    let phi1 = -CENTRE * (spin_b * spin_b) * sin_b - 2.0 * CENTRE * spin_b * spin_a * sin_b
        + (CENTRE + 1.0) * GRAVITY * (a - FRAC_PI_2).cos()
        + phi2;
    let rate_b = (torque + d2 / d1 * phi1 - CENTRE * (spin_a * spin_a) * sin_b - phi2)
        / (CENTRE * CENTRE + INERTIA - d2 * d2 / d1);
    let rate_a = -(d2 * rate_b + phi1) / d1;
    [spin_a, spin_b, rate_a, rate_b]
}
