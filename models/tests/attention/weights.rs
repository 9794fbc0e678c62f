//! What every operator promises of its weights: sums, signs, finiteness, repeatability.

use crate::support::{
    CONTROLS, DOUBLY_STOCHASTIC, build, distance, from_json, normal, sizes, vjp, weights, weights_in,
};
use burn::tensor::DType;
use models::attention::{AttentionConfig, certificate, mean_diagonal, mean_entropy};

/// Scores [t t] that break careless code: all zero, rank one, rank two, huge, constant rows.
pub fn awkward(tokens: usize) -> Vec<(&'static str, Vec<f64>)> {
    let outer = |a: &[f64], b: &[f64]| -> Vec<f64> {
        (0..tokens * tokens).map(|k| a[k / tokens] * b[k % tokens]).collect()
    };
    let column = |seed| normal(tokens, 1, 1.0, seed);
    let (first, second) = (outer(&column(1), &column(2)), outer(&column(3), &column(4)));
    vec![
        ("zero", vec![0.0; tokens * tokens]),
        ("ones", vec![1.0; tokens * tokens]),
        ("constant rows", outer(&column(5), &vec![1.0; tokens])),
        ("rank two", first.iter().zip(&second).map(|(a, b)| a + b).collect()),
        ("rank one", first),
        ("huge", normal(1, tokens, 1e3, 8)),
        ("hugely negative", normal(1, tokens, 1.0, 9).iter().map(|x| 1e3 * (x - 5.0)).collect()),
    ]
}

#[test]
fn rows_are_distributions() {
    for name in AttentionConfig::NAMES {
        for &tokens in sizes(name) {
            let op = build(name, tokens);
            let mut cases = awkward(tokens);
            cases.push(("normal", normal(50, tokens, 3.0, 2)));
            for (what, scores) in cases {
                let weights = weights(&op, &scores);
                let certificate = certificate(&weights, tokens);
                let allowed = if what.starts_with("huge") { 1e-9 } else { 1e-12 };
                assert!(certificate.row_error <= allowed, "{name}, {tokens} tokens, {what}: {certificate:?}");
                assert!(certificate.min_entry >= 0.0, "{name}, {tokens} tokens, {what}: {certificate:?}");
            }
        }
    }
}

#[test]
fn doubly_stochastic_operators_are() {
    for (name, allowed) in DOUBLY_STOCHASTIC {
        for &tokens in sizes(name) {
            let op = build(name, tokens);
            let moderate = certificate(&weights(&op, &normal(200, tokens, 3.0, 2)), tokens);
            assert!(moderate.column_error <= allowed, "{name}, {tokens} tokens: {moderate:?}");
            for (what, scores) in awkward(tokens) {
                let certificate = certificate(&weights(&op, &scores), tokens);
                assert!(certificate.column_error <= 1e-9, "{name}, {tokens} tokens, {what}: {certificate:?}");
            }
        }
    }
}

#[test]
fn single_precision_follows_double() {
    let (n, tokens) = (20, 8);
    for name in AttentionConfig::NAMES {
        let op = build(name, tokens);
        let scores = normal(n, tokens, 1.0, 5);
        let got = weights_in(DType::F32, &op, &scores, &op.initial_params());
        let error = distance(&got, &weights(&op, &scores));
        assert!(error < 1e-4, "{name}: {error}");
    }
}

#[test]
fn the_seed_decides_everything() {
    for name in AttentionConfig::NAMES {
        let config = AttentionConfig::from_name(name).unwrap();
        let draw = |seed| {
            let op = config.build(4, 8, seed).unwrap();
            (op.initial_params(), weights(&op, &[vec![0.5; 16], normal(3, 4, 1.0, 1)].concat()))
        };
        assert_eq!(draw(3), draw(3), "{name}");
        let random = ["qr", "qontot", "orthostochastic", "random-dsm"].contains(name);
        assert_eq!(draw(3) != draw(4), random, "{name}");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (n, tokens) = (100, 4);
    let (scores, cotangent) = (normal(n, tokens, 1.0, 1), normal(n, tokens, 1.0, 2));
    for name in AttentionConfig::NAMES.iter().filter(|name| !CONTROLS.contains(name)) {
        let op = build(name, tokens);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| vjp(&op, &scores, &op.initial_params(), &cotangent))
        };
        assert_eq!(on(1), on(3), "{name}");
    }
}

#[test]
fn zero_scores_are_the_identity_or_uniform() {
    let tokens = 8;
    for (name, expected) in [
        ("softmax", "uniform"),
        ("norm-softmax-sigma", "uniform"),
        ("norm-softmax-sigma2", "uniform"),
        ("sinkhorn-naive", "uniform"),
        ("sinkhorn", "uniform"),
        ("birkhoff", "uniform"),
        ("orthostochastic", "identity"),
    ] {
        let zero = vec![0.0; tokens * tokens];
        let error =
            distance(&weights(&build(name, tokens), &zero), &weights(&build(expected, tokens), &zero));
        assert!(error < 1e-15, "{name}: {error}");
    }
}

#[test]
fn norm_softmax_divides_by_the_smaller_of_spread_and_root() {
    let row = [3.0, -1.0, 0.5, 2.0_f64];
    let mean = row.iter().sum::<f64>() / 4.0;
    let squares: f64 = row.iter().map(|x| (x - mean).powi(2)).sum();
    for (name, spread) in
        [("norm-softmax-sigma", (squares / 3.0).sqrt()), ("norm-softmax-sigma2", squares / 4.0)]
    {
        for head_dim in [1, 2, 4, 16] {
            let op = AttentionConfig::from_name(name).unwrap().build(4, head_dim, 0).unwrap();
            let divisor = spread.min((head_dim as f64).sqrt());
            let exponentials = row.map(|x| (x / divisor).exp());
            let total: f64 = exponentials.iter().sum();
            let got = weights(&op, &row.repeat(4));
            assert!(distance(&got[..4], &exponentials.map(|e| e / total)) < 1e-15, "{name}, {head_dim}");
        }
    }
}

/// The nearest point of a convex set is the one all others are seen from under an obtuse angle.
#[test]
fn the_birkhoff_projection_is_the_nearest_matrix() {
    for (tokens, deviation) in [(2, 1.0), (3, 0.1), (5, 1.0), (8, 0.3), (8, 10.0), (16, 1e3)] {
        let op = from_json(r#"{"kind": "birkhoff"}"#, tokens);
        let scores = normal(1, tokens, deviation, 11);
        let projection = weights(&op, &scores);
        for seed in 0..50 {
            let config = AttentionConfig::from_name("random-dsm").unwrap();
            let other = weights(&config.build(tokens, 1, seed).unwrap(), &scores);
            let entry = |k: usize| (scores[k] - projection[k]) * (other[k] - projection[k]);
            let product: f64 = (0..scores.len()).map(entry).sum();
            assert!(product <= 1e-10 * deviation.max(1.0), "{tokens} tokens, seed {seed}: {product}");
        }
    }
}

#[test]
fn certificates_measure() {
    let found = certificate(&[0.5, 0.6, 0.25, 0.75, 0.0, 1.0, 1.0, -0.25], 2);
    assert!((found.row_error - 0.25).abs() < 1e-15 && (found.column_error - 0.35).abs() < 1e-15);
    assert_eq!(found.min_entry, -0.25);
    for k in 0..4 {
        let mut broken = vec![0.5; 8];
        broken[k] = f64::NAN;
        let certificate = certificate(&broken, 2);
        assert!(certificate.row_error.is_nan() && certificate.column_error.is_nan());
    }
    let mixture = [0.5, 0.5, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0];
    assert!((mean_entropy(&mixture, 2) - 2.0_f64.ln() / 4.0).abs() < 1e-15);
    assert!((mean_diagonal(&mixture, 2) - 1.5 / 4.0).abs() < 1e-15);
}
