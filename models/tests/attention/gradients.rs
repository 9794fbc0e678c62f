//! Every operator's vector-Jacobian product against central differences.

use crate::support::{CONTROLS, build, dot, largest, normal, vjp, weights_at};
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
        for tokens in [2, 3, 8, 16] {
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

#[test]
fn controls_have_no_gradient() {
    for name in CONTROLS {
        let op = build(name, 3);
        let scores =
            crate::support::scores_on(&burn::tensor::Device::flex().autodiff(), &normal(1, 3, 1.0, 0), 3);
        let scores = scores.require_grad();
        let theta = burn::tensor::Tensor::zeros([0], &scores.device());
        let through_values = op.weights(scores.clone(), theta).matmul(scores.clone());
        let grads = through_values.sum().backward();
        let want = op.weights(scores.clone(), burn::tensor::Tensor::zeros([0], &scores.device()));
        let want = want.sum_dim(2).swap_dims(2, 3).expand([1, 1, 3, 3]);
        let got = scores.grad(&grads).unwrap();
        let difference = (got - want.inner()).abs().max().into_scalar::<f64>();
        assert!(difference < 1e-15, "{name}: {difference}");
    }
}

/// Scores at which some operators have no derivative must still not poison training.
#[test]
fn gradients_are_finite_at_awkward_scores() {
    for name in AttentionConfig::NAMES.iter().filter(|name| !CONTROLS.contains(name)) {
        for tokens in [2, 3, 8, 16] {
            let op = build(name, tokens);
            let cotangent = normal(1, tokens, 1.0, 7);
            for (what, scores) in crate::weights::awkward(tokens) {
                let (d_scores, d_theta) = vjp(&op, &scores, &op.initial_params(), &cotangent);
                let finite = |values: &[f64]| values.iter().all(|x| x.is_finite());
                assert!(finite(&d_scores.unwrap()), "{name}, {tokens} tokens, {what}");
                assert!(finite(&d_theta.unwrap_or_default()), "{name}, {tokens} tokens, {what}: theta");
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
        let error = crate::support::distance(&d_scores.unwrap(), &together);
        assert!(error <= 1e-14 * largest(&together), "{name}: {error}");
        let sum = |k: usize| singles.iter().map(|(_, d_theta)| d_theta.as_ref().unwrap()[k]).sum::<f64>();
        let sums: Vec<f64> = (0..theta.len()).map(sum).collect();
        assert!(crate::support::distance(&d_theta.unwrap_or_default(), &sums) < 1e-12, "{name}: theta");
    }
}
