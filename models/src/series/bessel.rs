//! Bessel functions of the first kind, by the trapezoidal rule on Bessel's integral.

use std::f64::consts::TAU;

/// `J_n(x) = 1/(2 pi) integral of cos(n t - x sin t)` over a period, for integer order.
///
/// The integrand is periodic and analytic, so that the error of the rule with N nodes is about `J_(N-n)(x)`: with
/// `|x| + n + 60` nodes it is below rounding.
///
/// ```
/// use models::series::bessel_j;
///
/// assert!((bessel_j(0, 2.404_825_557_695_773)).abs() < 1e-15); // the first zero
/// assert!((bessel_j(2, 3.0) - 0.486_091_260_585_891).abs() < 1e-14);
/// ```
pub fn bessel_j(order: u32, x: f64) -> f64 {
    let nodes = x.abs().ceil() as u32 + order + 60;
    let sum: f64 = (0..nodes)
        .map(|k| {
            let t = TAU * f64::from(k) / f64::from(nodes);
            (f64::from(order) * t - x * t.sin()).cos()
        })
        .sum();
    sum / f64::from(nodes)
}
