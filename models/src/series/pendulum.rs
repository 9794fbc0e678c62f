//! The damped pendulum, by the classical Runge-Kutta rule in steps far below its period.

/// Friction over mass, in 1/s.
const DAMPING: f64 = 0.15;
/// Gravity over length, in 1/s^2.
const STIFFNESS: f64 = 9.81;
/// Steps between two values: the error of a value is below 1e-10.
const SUBSTEPS: usize = 100;

/// Angular velocity of `a'' = -0.15 a' - 9.81 sin a` from `(a, a') = (0, 3)` at `times`, which ascend from 0.
pub(super) fn angular_velocity(times: &[f64]) -> Vec<f64> {
    let (mut state, mut now) = ([0.0, 3.0], 0.0);
    let mut values = Vec::with_capacity(times.len());
    for &time in times {
        let h = (time - now) / SUBSTEPS as f64;
        for _ in 0..SUBSTEPS {
            state = step(state, h);
        }
        now = time;
        values.push(state[1]);
    }
    values
}

fn slope([angle, velocity]: [f64; 2]) -> [f64; 2] {
    [velocity, -DAMPING * velocity - STIFFNESS * angle.sin()]
}

fn step(state: [f64; 2], h: f64) -> [f64; 2] {
    let moved = |k: [f64; 2], by: f64| [state[0] + by * k[0], state[1] + by * k[1]];
    let k1 = slope(state);
    let k2 = slope(moved(k1, h / 2.0));
    let k3 = slope(moved(k2, h / 2.0));
    let k4 = slope(moved(k3, h));
    std::array::from_fn(|i| state[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}
