//! Adam with the usual moments, 0.9 and 0.999.

use super::{Objective, Search};

const BETA: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

pub(super) fn run<O: Objective>(search: &mut Search<O>, learning_rate: f64) {
    let mut params = search.report.params.clone();
    let (mut mean, mut square) = (vec![0.0; params.len()], vec![0.0; params.len()]);
    let mut gradient = search.value_and_gradient(&params).1;
    for step in 1..=search.iterations() {
        let [c1, c2] = BETA.map(|beta| 1.0 - beta.powi(step as i32));
        for (k, g) in gradient.iter().enumerate() {
            mean[k] = BETA[0] * mean[k] + (1.0 - BETA[0]) * g;
            square[k] = BETA[1] * square[k] + (1.0 - BETA[1]) * g * g;
            params[k] -= learning_rate * (mean[k] / c1) / ((square[k] / c2).sqrt() + EPSILON);
        }
        let (value, next) = search.value_and_gradient(&params);
        if search.note(&params, value) {
            return;
        }
        gradient = next;
    }
}
