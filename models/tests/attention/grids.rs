//! How many different weights an operator makes of small grids of scores, to three decimals.

use crate::support::{from_json, weights};
use models::attention::Attention;
use std::collections::HashSet;

/// All 4 x 4 matrices over {0, 1/2, 1} whose columns have length one: 5^4, row major.
fn unit_columns() -> Vec<[f64; 16]> {
    let column = |c: usize, i: usize| match c {
        4 => 0.5,
        axis => f64::from(u8::from(axis == i)),
    };
    let matrix = |k: usize| {
        let columns = [k / 125, k / 25 % 5, k / 5 % 5, k % 5];
        std::array::from_fn(|ij| column(columns[ij % 4], ij / 4))
    };
    (0..625).map(matrix).collect()
}

/// All n x n matrices over `levels` equally spaced values from 0 to 1, row major.
fn hypercube(n: usize, levels: usize) -> Vec<f64> {
    let size = n * n;
    let digit = |k: usize, place: usize| (k / levels.pow(place as u32) % levels) as f64 / (levels - 1) as f64;
    (0..levels.pow(size as u32)).flat_map(|k| (0..size).map(move |place| digit(k, place))).collect()
}

/// Number of different weight matrices to three decimals.
fn distinct(op: &Attention, scores: &[f64]) -> usize {
    let weights = weights(op, scores);
    let rounded = |matrix: &[f64]| matrix.iter().map(|w| (w * 1000.0).round() as u16).collect::<Vec<_>>();
    weights.chunks(op.tokens() * op.tokens()).map(rounded).collect::<HashSet<_>>().len()
}

#[test]
fn classical_operators_merge_some_unit_column_matrices() {
    let scores = unit_columns().concat();
    for (json, expected) in [
        (r#"{"kind": "softmax"}"#, 621),
        (r#"{"kind": "sinkhorn", "iterations": 1}"#, 621),
        (r#"{"kind": "sinkhorn", "iterations": 3}"#, 621),
        (r#"{"kind": "sinkhorn", "iterations": 21}"#, 621),
        (r#"{"kind": "sinkhorn-naive", "iterations": 21}"#, 621),
        (r#"{"kind": "birkhoff"}"#, 621),
        (r#"{"kind": "uniform"}"#, 1),
    ] {
        assert_eq!(distinct(&from_json(json, 4), &scores), expected, "{json}");
    }
}

/// Without noise 72 matrices remain. Published code counts 66: there rounding residues, reflected as if they were
/// columns, decide among the factors of a rank-deficient matrix; here such a column counts as zero.
#[test]
fn rank_deficient_matrices_share_a_factor() {
    let scores = unit_columns().concat();
    assert_eq!(distinct(&from_json(r#"{"kind": "qr", "noise": 0.0}"#, 4), &scores), 72);
}

/// The reference figure is 381; noise makes it vary.
#[test]
fn noise_separates_rank_deficient_matrices() {
    let scores = unit_columns().concat();
    let config: models::attention::AttentionConfig = serde_json::from_str(r#"{"kind": "qr"}"#).unwrap();
    for seed in 0..10 {
        let found = distinct(&config.build(4, 1, seed).unwrap(), &scores);
        assert!((365..=390).contains(&found), "seed {seed}: {found}");
    }
}

#[test]
fn small_hypercubes() {
    for (n, levels, softmax, sinkhorn) in [(2, 3, 25, 9), (3, 2, 343, 205), (3, 3, 6859, 2083)] {
        let scores = hypercube(n, levels);
        assert_eq!(distinct(&from_json(r#"{"kind": "softmax"}"#, n), &scores), softmax);
        assert_eq!(distinct(&from_json(r#"{"kind": "sinkhorn", "iterations": 21}"#, n), &scores), sinkhorn);
    }
}
