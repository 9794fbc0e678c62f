//! Cosines and sines of half angles, a vector at a time.
//!
//! A rotation by `θ + 2π` is that by `θ` times -1, which no expectation sees. So angles are reduced to `[-π, π]`
//! and the sign is left out: the halves lie in `[-π/2, π/2]`, where the Taylor series of degree 22 is exact to the
//! last bits.

use std::f64::consts::TAU;

use pulp::Simd;

/// Angles up to here are reduced in vectors.
const LARGEST: f64 = 1e9;
/// `2π - TAU`.
const TAU_REST: f64 = 2.449_293_598_294_706_4e-16;
/// Adding this to a number below `2^51` and taking it away again rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
const SERIES: [f64; 24] = inverse_factorials();

/// `1/k!`, with the signs of the series of cosine (even) and sine (odd).
const fn inverse_factorials() -> [f64; 24] {
    let mut series = [1.0; 24];
    let mut factorial = 1.0;
    let mut k = 1;
    while k < series.len() {
        factorial *= k as f64;
        series[k] = if k % 4 < 2 { 1.0 / factorial } else { -1.0 / factorial };
        k += 1;
    }
    series
}

/// An angle of the same rotation, up to sign, that [`cos_sin`] takes.
#[inline(always)]
pub fn moderate(theta: f64) -> f64 {
    match theta.abs() <= LARGEST {
        true => theta,
        false => {
            let (sin, cos) = (theta / 2.0).sin_cos();
            2.0 * sin.atan2(cos)
        }
    }
}

/// `±[cos(θ/2), sin(θ/2)]` of each lane, one sign for both.
#[inline(always)]
pub fn cos_sin<S: Simd>(simd: S, theta: S::f64s) -> [S::f64s; 2] {
    let constant = |value| simd.splat_f64s(value);
    let shifted = simd.mul_add_e_f64s(theta, constant(1.0 / TAU), constant(ROUNDER));
    let turns = simd.sub_f64s(shifted, constant(ROUNDER));
    let near = simd.negate_mul_add_e_f64s(turns, constant(TAU), theta);
    let near = simd.negate_mul_add_e_f64s(turns, constant(TAU_REST), near);
    let half = simd.mul_f64s(near, constant(0.5));
    let square = simd.mul_f64s(half, half);
    let (mut cos, mut sin) = (constant(SERIES[22]), constant(SERIES[23]));
    for k in (0..11).rev() {
        cos = simd.mul_add_e_f64s(cos, square, constant(SERIES[2 * k]));
        sin = simd.mul_add_e_f64s(sin, square, constant(SERIES[2 * k + 1]));
    }
    [cos, simd.mul_f64s(sin, half)]
}
