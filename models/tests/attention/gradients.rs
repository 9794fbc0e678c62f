//! Every operator's vector-Jacobian product against central differences.

use crate::support::{
    CONTROLS, build, distance, dot, largest, normal, scores_on, sizes, values, vjp, vjp_in, weights_at,
};
use crate::weights::awkward;
use burn::tensor::{DType, Device, Tensor};
use models::attention::{Attention, AttentionConfig};

const STEP: f64 = 1e-4;
/// Central differences of fourth order: offsets in steps, and their coefficients.
const STENCIL: [(f64, f64); 4] =
    [(-2.0, 1.0 / 12.0), (-1.0, -2.0 / 3.0), (1.0, 2.0 / 3.0), (2.0, -1.0 / 12.0)];

/// d/dx sum(cotangent * weights(scores, theta)) along each of these directions in (scores, theta).
fn differences(op: &Attention, at: [&[f64]; 2], cotangent: &[f64], directions: &[[Vec<f64>; 2]]) -> Vec<f64> {
    let moved = |from: &[f64], along: &[f64], steps: f64| -> Vec<f64> {
        from.iter().zip(along).map(|(x, d)| x + steps * STEP * d).collect()
    };
    let along = |direction: &[Vec<f64>; 2]| {
        let term = |(offset, coefficient): (f64, f64)| {
            let [scores, theta] = [0, 1].map(|k| moved(at[k], &direction[k], offset));
            coefficient * dot(cotangent, &weights_at(op, &scores, &theta))
        };
        STENCIL.map(term).iter().sum::<f64>() / STEP
    };
    directions.iter().map(along).collect()
}

/// Unit vectors of the scores with theta at rest, then a few random directions of both.
fn directions(tokens: usize, n_params: usize) -> Vec<[Vec<f64>; 2]> {
    let size = tokens * tokens;
    let unit = |k: usize| (0..size).map(|j| if j == k { 1.0 } else { 0.0 }).collect();
    let units = (0..size).map(|k| [unit(k), vec![0.0; n_params]]);
    let random = (0..6).map(|seed| {
        let theta = normal(n_params, 1, 1.0, 200 + seed);
        [normal(1, tokens, 1.0, 100 + seed), theta]
    });
    units.chain(random).collect()
}

#[test]
fn vjps_equal_central_differences() {
    let learned = AttentionConfig::NAMES.iter().filter(|name| !CONTROLS.contains(name));
    for name in learned {
        for &tokens in sizes(name) {
            let op = build(name, tokens);
            let (scores, theta) = (normal(1, tokens, 1.3, 6), op.initial_params());
            let cotangent = normal(1, tokens, 1.0, 7);
            let (d_scores, d_theta) = vjp(&op, &scores, &theta, &cotangent);
            let (d_scores, d_theta) = (d_scores.unwrap(), d_theta.unwrap_or_default());
            // two numbers divided by their spread are constants
            let constant = tokens == 2 && name.starts_with("norm-softmax");
            assert!(
                constant || largest(&d_scores) > 1e-3,
                "{name}, {tokens} tokens: the gradient all but vanishes"
            );
            assert!(theta.is_empty() || largest(&d_theta) > 1e-3, "{name}: theta has no effect");
            let directions = directions(tokens, theta.len());
            let expected = differences(&op, [&scores, &theta], &cotangent, &directions);
            let tolerance = 1e-7 * largest(&expected) + 1e-11;
            for (direction, expected) in directions.iter().zip(expected) {
                let got = dot(&d_scores, &direction[0]) + dot(&d_theta, &direction[1]);
                assert!(
                    (got - expected).abs() <= tolerance,
                    "{name}, {tokens} tokens: {got} is not {expected}"
                );
            }
        }
    }
}

/// The gradient of sum(A S) with A constant is that of the sum alone.
#[test]
fn controls_have_no_gradient() {
    for name in CONTROLS {
        let (op, scores) = (build(name, 3), normal(1, 3, 1.0, 0));
        let leaf = scores_on(&Device::flex().autodiff(), DType::F64, &scores, 3).require_grad();
        let weights = op.weights(leaf.clone(), Tensor::zeros([0], &leaf.device()));
        let grads = weights.matmul(leaf.clone()).sum().backward();
        let got = values(leaf.grad(&grads).unwrap());
        let column_sums_are_one = got.iter().all(|g| (g - 1.0).abs() < 1e-15);
        assert!(column_sums_are_one, "{name}: {got:?}");
    }
}

/// Scores at which some operators have no derivative must still not poison training.
#[test]
fn gradients_are_finite_at_awkward_scores() {
    for name in AttentionConfig::NAMES.iter().filter(|name| !CONTROLS.contains(name)) {
        for &tokens in sizes(name) {
            let op = build(name, tokens);
            let cotangent = normal(1, tokens, 1.0, 7);
            for (what, scores) in awkward(tokens) {
                for dtype in [DType::F64, DType::F32] {
                    let (d_scores, d_theta) = vjp_in(dtype, &op, &scores, &op.initial_params(), &cotangent);
                    let gradients = [d_scores.unwrap(), d_theta.unwrap_or_default()].concat();
                    let finite = gradients.iter().all(|x| x.is_finite());
                    assert!(finite, "{name}, {tokens} tokens, {what}, {dtype:?}: {gradients:?}");
                }
            }
        }
    }
}

/// A batch is its matrices: gradients of scores do not mix, gradients of theta add up.
#[test]
fn a_batch_is_its_matrices() {
    let (n, tokens) = (37, 4);
    for name in AttentionConfig::NAMES.iter().filter(|name| !CONTROLS.contains(name)) {
        let op = build(name, tokens);
        let theta = op.initial_params();
        let (scores, cotangent) = (normal(n, tokens, 1.0, 3), normal(n, tokens, 1.0, 4));
        let (d_scores, d_theta) = vjp(&op, &scores, &theta, &cotangent);
        let size = tokens * tokens;
        let single = |k: usize| vjp(&op, &scores[k * size..][..size], &theta, &cotangent[k * size..][..size]);
        let singles: Vec<_> = (0..n).map(single).collect();
        let together: Vec<f64> = singles.iter().flat_map(|(d_scores, _)| d_scores.clone().unwrap()).collect();
        let error = distance(&d_scores.unwrap(), &together);
        assert!(error <= 1e-14 * largest(&together), "{name}: {error}");
        let sum = |k: usize| singles.iter().map(|(_, d_theta)| d_theta.as_ref().unwrap()[k]).sum::<f64>();
        let sums: Vec<f64> = (0..theta.len()).map(sum).collect();
        assert!(distance(&d_theta.unwrap_or_default(), &sums) < 1e-12, "{name}: theta");
    }
}
