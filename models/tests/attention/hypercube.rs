//! The exhaustive count on 4 x 4 scores over three values: 43,046,721 matrices, in plain arrays.

use crate::support::{distance, from_json, weights};
use rayon::prelude::*;

const TOTAL: u32 = 3_u32.pow(16);

/// The matrix whose entries, row major, are the ternary digits of `index` halved.
fn scores(index: u32) -> [f64; 16] {
    std::array::from_fn(|place| f64::from(index / 3_u32.pow(place as u32) % 3) / 2.0)
}

/// Exponentials of the scores, rows and columns normalised in turn, rows first; one iteration is softmax.
fn sinkhorn(scores: [f64; 16], iterations: usize) -> [f64; 16] {
    let mut weights = scores.map(f64::exp);
    for k in 0..iterations {
        let (line, along) = if k % 2 == 0 { (4, 1) } else { (1, 4) };
        for start in (0..4).map(|i| i * line) {
            let sum: f64 = (0..4).map(|j| weights[start + j * along]).sum();
            (0..4).for_each(|j| weights[start + j * along] /= sum);
        }
    }
    weights
}

/// A 64-bit digest of the weights to three decimals: with 2^26 keys a chance of 2^-13 for any collision.
fn key(weights: [f64; 16]) -> u64 {
    weights.iter().fold(0, |key, w| {
        let mixed = (key ^ (w * 1000.0).round() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    })
}

fn count(iterations: usize) -> usize {
    let mut keys: Vec<u64> =
        (0..TOTAL).into_par_iter().map(|index| key(sinkhorn(scores(index), iterations))).collect();
    keys.par_sort_unstable();
    keys.dedup();
    keys.len()
}

#[test]
fn plain_arrays_follow_the_operator() {
    let indices: Vec<u32> = (0..TOTAL).step_by(40_009).collect();
    for iterations in [1, 3, 21] {
        let op = from_json(&format!(r#"{{"kind": "sinkhorn", "iterations": {iterations}}}"#), 4);
        let all: Vec<f64> = indices.iter().flat_map(|&index| scores(index)).collect();
        let plain: Vec<f64> = indices.iter().flat_map(|&index| sinkhorn(scores(index), iterations)).collect();
        assert!(distance(&weights(&op, &all), &plain) < 1e-14);
    }
}

#[test]
#[ignore = "about half a minute in a release build: exhaustive"]
fn all_ternary_scores() {
    for (iterations, expected) in [(1, 17_850_625), (3, 17_438_311), (21, 6_124_737)] {
        assert_eq!(count(iterations), expected, "{iterations} iterations");
    }
}
