//! The two-term parameter-shift rule, one op at a time so that shared parameters are exact.
//!
//! Reference: Schuld et al., arXiv:1811.11184.

use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

use circuit::{Angle, Circuit, Op};

/// Gradient of `Σ_k cotangent_k f_k`, where `values(k, s)` evaluates `f` with `s` added to the angle of op `k`, with
/// respect to the `wanted` parameters; zero for others.
pub fn vjp(
    circuit: &Circuit,
    cotangent: &[f64],
    wanted: Range<usize>,
    values: impl Fn(usize, f64) -> Vec<f64>,
) -> Vec<f64> {
    let mut gradient = vec![0.0; circuit.n_params()];
    for (position, op) in circuit.ops().iter().enumerate() {
        let &Op::Rotation(_, Angle::Param { index, scale }) = op else { continue };
        if !wanted.contains(&index) {
            continue;
        }
        let (plus, minus) = (values(position, FRAC_PI_2), values(position, -FRAC_PI_2));
        let pairs = plus.iter().zip(&minus).zip(cotangent);
        gradient[index] += scale / 2.0 * pairs.map(|((p, m), w)| w * (p - m)).sum::<f64>();
    }
    gradient
}
