//! Sinkhorn attention against softmax, against optimal transport, and against its implicit gradient.

use crate::support::{build, distance, from_json, normal, vjp, weights};
use models::attention::certificate;
use nalgebra::{DMatrix, DVector};

fn sinkhorn(iterations: usize, tokens: usize) -> models::attention::Attention {
    from_json(&format!(r#"{{"kind": "sinkhorn", "iterations": {iterations}}}"#), tokens)
}

#[test]
fn one_iteration_is_softmax() {
    for (tokens, deviation) in [(2, 1.0), (3, 5.0), (8, 1.0), (16, 30.0)] {
        let scores = normal(30, tokens, deviation, 1);
        let softmax = weights(&from_json(r#"{"kind": "softmax"}"#, tokens), &scores);
        for kind in ["sinkhorn", "sinkhorn-naive"] {
            let op = from_json(&format!(r#"{{"kind": "{kind}", "iterations": 1}}"#), tokens);
            let error = distance(&weights(&op, &scores), &softmax);
            assert!(error <= 1e-15, "{kind}: {error}");
        }
    }
}

#[test]
fn the_last_axis_normalised_is_exact() {
    let scores = normal(30, 8, 4.0, 2);
    for iterations in [1, 2, 3, 4, 21, 22] {
        for (json, rows_first) in [
            (r#"{"kind": "sinkhorn", "iterations": K}"#, true),
            (r#"{"kind": "sinkhorn-naive", "iterations": K}"#, true),
            (r#"{"kind": "sinkhorn-naive", "iterations": K, "first": "columns"}"#, false),
        ] {
            let op = from_json(&json.replace('K', &iterations.to_string()), 8);
            let found = certificate(&weights(&op, &scores), 8);
            let rows_last = (iterations % 2 == 1) == rows_first;
            let (exact, other) = match rows_last {
                true => (found.row_error, found.column_error),
                false => (found.column_error, found.row_error),
            };
            assert!(exact < 1e-14 && other > 1e-3, "{json}, {iterations}: {found:?}");
        }
    }
}

#[test]
fn both_forms_agree() {
    let scores = normal(30, 8, 3.0, 3);
    for iterations in [1, 2, 5, 21] {
        let naive = from_json(&format!(r#"{{"kind": "sinkhorn-naive", "iterations": {iterations}}}"#), 8);
        let error = distance(&weights(&naive, &scores), &weights(&sinkhorn(iterations, 8), &scores));
        assert!(error < 1e-14, "{iterations}: {error}");
    }
}

/// Potentials of transport between uniform marginals, updated as textbooks do; t times the plan.
fn transport(scores: &[f64], tokens: usize, iterations: usize) -> Vec<f64> {
    let log_marginal = -(tokens as f64).ln();
    let (mut u, mut v) = (vec![0.0; tokens], vec![0.0; tokens]);
    let log_sum_exp = |terms: Vec<f64>| {
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        largest + terms.iter().map(|x| (x - largest).exp()).sum::<f64>().ln()
    };
    for k in 0..iterations {
        if k % 2 == 0 {
            let row = |i: usize| (0..tokens).map(|j| scores[i * tokens + j] + v[j]).collect();
            u = (0..tokens).map(|i| log_marginal - log_sum_exp(row(i))).collect();
        } else {
            let column = |j: usize| (0..tokens).map(|i| scores[i * tokens + j] + u[i]).collect();
            v = (0..tokens).map(|j| log_marginal - log_sum_exp(column(j))).collect();
        }
    }
    let plan = |k: usize| (scores[k] + u[k / tokens] + v[k % tokens]).exp();
    (0..tokens * tokens).map(|k| tokens as f64 * plan(k)).collect()
}

#[test]
fn the_weights_are_transport_plans() {
    for iterations in [1, 2, 3, 21] {
        let scores = normal(1, 8, 3.0, 4);
        let error = distance(&weights(&sinkhorn(iterations, 8), &scores), &transport(&scores, 8, iterations));
        assert!(error < 4e-15, "{iterations}: {error}");
    }
}

/// dM = P (.) (G - a 1^T - 1 b^T) with [1 P; P^T 1][a; b] the row and column sums of P (.) G.
fn implicit_gradient(p: &DMatrix<f64>, g: &DMatrix<f64>) -> DMatrix<f64> {
    let t = p.nrows();
    let weighted = p.component_mul(g);
    let sums =
        DVector::from_fn(
            2 * t,
            |k, _| if k < t { weighted.row(k).sum() } else { weighted.column(k - t).sum() },
        );
    let mut system = DMatrix::identity(2 * t, 2 * t);
    system.view_mut((0, t), (t, t)).copy_from(p);
    system.view_mut((t, 0), (t, t)).copy_from(&p.transpose());
    // one equation of the singular system is redundant: fix the last unknown at zero instead
    system.row_mut(2 * t - 1).fill(0.0);
    system[(2 * t - 1, 2 * t - 1)] = 1.0;
    let mut right = sums;
    right[2 * t - 1] = 0.0;
    let solution = system.lu().solve(&right).unwrap();
    weighted.map_with_location(|i, j, pg| pg - p[(i, j)] * (solution[i] + solution[t + j]))
}

#[test]
fn the_unrolled_gradient_converges_to_the_implicit_one() {
    let tokens = 8;
    let op = sinkhorn(2001, tokens);
    let (scores, cotangent) = (normal(1, tokens, 1.0, 5), normal(1, tokens, 1.0, 6));
    let p = DMatrix::from_row_slice(tokens, tokens, &weights(&op, &scores));
    let expected = implicit_gradient(&p, &DMatrix::from_row_slice(tokens, tokens, &cotangent));
    let (got, _) = vjp(&op, &scores, &[], &cotangent);
    let error = distance(&got.unwrap(), expected.transpose().as_slice());
    assert!(error < 1e-13, "{error}");
}

/// Frobenius distance of weights to the doubly stochastic matrices, averaged over [n t t].
fn mean_distance(weights: &[f64], tokens: usize) -> f64 {
    let size = tokens * tokens;
    let project = from_json(r#"{"kind": "birkhoff"}"#, tokens);
    let nearest = crate::support::weights(&project, weights);
    let distances = weights
        .chunks(size)
        .zip(nearest.chunks(size))
        .map(|(w, p)| w.iter().zip(p).map(|(w, p)| (w - p).powi(2)).sum::<f64>().sqrt());
    distances.sum::<f64>() / (weights.len() / size) as f64
}

/// Logits of standard deviation 12 stand for those of a trained network.
#[test]
fn distances_to_the_doubly_stochastic_matrices() {
    let scores = normal(200, 8, 12.0, 13);
    for (op, expected) in [(sinkhorn(1, 8), 1.29), (sinkhorn(3, 8), 0.79), (sinkhorn(21, 8), 0.22)] {
        let found = mean_distance(&weights(&op, &scores), 8);
        assert!((found - expected).abs() < 0.05, "{op:?}: {found} is not {expected}");
    }
    for name in ["qr", "orthostochastic", "birkhoff"] {
        assert!(mean_distance(&weights(&build(name, 8), &scores), 8) < 1e-9, "{name}");
    }
}
