//! Nonlinear autoregressive moving averages: a driven recurrence with a memory of given order.

use std::f64::consts::TAU;

/// Three sines multiplied, raised to stay positive: `u_t = 0.1 (1 + prod_f sin(2 pi f t / n))`, f = 2.11, 3.73, 4.11.
pub fn narma_input(n: usize) -> Vec<f64> {
    let sine = |t: usize, f: f64| (TAU * f * t as f64 / n as f64).sin();
    (0..n).map(|t| 0.1 * ([2.11, 3.73, 4.11].map(|f| sine(t, f)).iter().product::<f64>() + 1.0)).collect()
}

/// The response `y` to `u`, of the same length, with memory `order`:
/// `y_(t+1) = 0.3 y_t + 0.05 y_t sum_(j<order) y_(t-j) + 1.5 u_(t-order+1) u_t + 0.1`; for order 2
/// `y_(t+1) = 0.4 y_t + 0.4 y_t y_(t-1) + 0.6 u_t^3 + 0.1`. It starts at 0.196; what lies before is zero.
///
/// Reference: Atiya and Parlos, IEEE Trans. Neural Networks 11, 697 (2000).
///
/// # Panics
/// If `order` is zero or `u` is empty.
pub fn narma(u: &[f64], order: usize) -> Vec<f64> {
    assert!(order > 0, "a response has a memory of at least one value");
    assert!(!u.is_empty(), "a response needs an input of at least one value");
    let mut y = vec![0.196];
    for t in 0..u.len() - 1 {
        let before = |series: &[f64], lag: usize| t.checked_sub(lag).map_or(0.0, |k| series[k]);
        let next = if order == 2 {
            0.4 * y[t] + 0.4 * y[t] * before(&y, 1) + 0.6 * u[t].powi(3)
        } else {
            let memory: f64 = (0..order).map(|lag| before(&y, lag)).sum();
            0.3 * y[t] + 0.05 * y[t] * memory + 1.5 * before(u, order - 1) * u[t]
        };
        y.push(next + 0.1);
    }
    y
}
