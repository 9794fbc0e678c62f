//! The yardstick: how many fused multiply-adds this machine does per second at this moment.
//!
//! Twelve accumulators in registers, each multiplied and added to in turn, hide the latency of the operation;
//! memory is never touched. A share of this peak says how good a kernel is, whatever the machine.

use std::hint::black_box;

use pulp::{Arch, Simd, WithSimd};

use crate::Case;

const ACCUMULATORS: usize = 12;

/// Rounds of one call: about a millisecond.
const ROUNDS: usize = 300_000;

macro_rules! probe {
    ($name:ident, $lanes:ident, $splat:ident, $mul_add:ident, $sum:ident) => {
        /// Multiplies and adds `rounds` times in every accumulator; returns the floating-point operations done.
        struct $name {
            rounds: usize,
        }

        impl WithSimd for $name {
            type Output = f64;

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> f64 {
                let (factor, term) = (simd.$splat(black_box(0.999)), simd.$splat(black_box(1e-3)));
                let mut sums = [simd.$splat(black_box(0.5)); ACCUMULATORS];
                for _ in 0..self.rounds {
                    for sum in &mut sums {
                        *sum = simd.$mul_add(*sum, factor, term);
                    }
                }
                for sum in sums {
                    black_box(simd.$sum(sum));
                }
                (2 * S::$lanes * ACCUMULATORS * self.rounds) as f64
            }
        }
    };
}

probe!(Probe32, F32_LANES, splat_f32s, mul_add_f32s, reduce_sum_f32s);
probe!(Probe64, F64_LANES, splat_f64s, mul_add_f64s, reduce_sum_f64s);

/// The probe as a case for each precision and each number of threads, to be run among the others.
pub fn cases<'a>(precisions: &[&'static str], threads: &[usize]) -> Vec<Case<'a>> {
    let each = |&precision: &&'static str| threads.iter().map(move |&threads| case(precision, threads));
    precisions.iter().flat_map(each).collect()
}

fn case<'a>(precision: &'static str, threads: usize) -> Case<'a> {
    let run = move |rounds| match precision {
        "f32" => Arch::new().dispatch(Probe32 { rounds }),
        "f64" => Arch::new().dispatch(Probe64 { rounds }),
        other => panic!("no probe for {other}, only for f32 and f64"),
    };
    let flop = run(1) * (ROUNDS * threads) as f64;
    Case::new("peak", precision, threads, move || {
        rayon::broadcast(|_| run(ROUNDS));
    })
    .flop(flop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_per_lane() {
        let (single, double) =
            (Arch::new().dispatch(Probe32 { rounds: 10 }), Arch::new().dispatch(Probe64 { rounds: 10 }));
        assert!(double >= 2.0 * (ACCUMULATORS * 10) as f64);
        assert!(single == 2.0 * double || single == double, "{single} and {double}");
    }
}
