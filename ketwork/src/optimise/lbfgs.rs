//! L-BFGS: the inverse Hessian from the last steps, and a line search for the strong Wolfe conditions.

use std::collections::VecDeque;

use super::{End, Objective, Search, dot, moved};

/// Least decrease, and largest slope left, as shares of the slope at the start of a line.
const WOLFE: (f64, f64) = (1e-4, 0.9);
/// Most points tried on one line.
const TRIALS: usize = 30;

/// A point with value and gradient.
struct Point {
    params: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// A step: change of parameters, of the gradient, and the inverse of their product.
struct Step {
    params: Vec<f64>,
    gradient: Vec<f64>,
    inverse: f64,
}

pub(super) fn run<O: Objective>(search: &mut Search<O>, memory: usize) {
    let params = search.report.params.clone();
    let (value, gradient) = search.value_and_gradient(&params);
    let mut here = Point { params, value, gradient };
    let mut steps: VecDeque<Step> = VecDeque::new();
    for _ in 0..search.iterations() {
        let direction = descent(&here.gradient, &steps);
        let length = if steps.is_empty() { dot(&direction, &direction).sqrt().recip().min(1.0) } else { 1.0 };
        let Some(next) = line_search(search, &here, &direction, length) else {
            if steps.is_empty() {
                search.report.end = End::Stationary;
                return;
            }
            steps.clear(); // once more along the gradient itself
            search.report.history.push(here.value);
            continue;
        };
        let (by, turn) =
            (moved(&next.params, -1.0, &here.params), moved(&next.gradient, -1.0, &here.gradient));
        let product = dot(&by, &turn);
        if product > 1e-14 * dot(&turn, &turn) {
            steps.push_back(Step { params: by, gradient: turn, inverse: product.recip() });
        }
        if steps.len() > memory {
            steps.pop_front();
        }
        here = next;
        if search.note(&here.params, here.value) {
            return;
        }
    }
}

/// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
fn descent(gradient: &[f64], steps: &VecDeque<Step>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let share = step.inverse * dot(&step.params, &direction);
        direction = moved(&direction, -share, &step.gradient);
        shares.push(share);
    }
    if let Some(last) = steps.back() {
        let scale = (last.inverse * dot(&last.gradient, &last.gradient)).recip();
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for (step, share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = step.inverse * dot(&step.gradient, &direction);
        direction = moved(&direction, share - back, &step.params);
    }
    direction
}

/// A point along `direction` that is lower and flatter; bisects between a bound that is too short and one too long.
fn line_search<O: Objective>(
    search: &mut Search<O>,
    from: &Point,
    direction: &[f64],
    mut length: f64,
) -> Option<Point> {
    let slope = dot(&from.gradient, direction);
    if slope.is_nan() || slope >= 0.0 {
        return None;
    }
    let (mut short, mut long) = (0.0, f64::INFINITY);
    let mut lower = None;
    for _ in 0..TRIALS {
        let params = moved(&from.params, length, direction);
        let (value, gradient) = search.value_and_gradient(&params);
        let there = dot(&gradient, direction);
        let falls = value <= from.value + WOLFE.0 * length * slope;
        if falls && there.abs() <= WOLFE.1 * -slope {
            return Some(Point { params, value, gradient });
        }
        if falls && there < 0.0 {
            short = length;
        } else {
            long = length;
        }
        if falls {
            lower = Some(Point { params, value, gradient });
        }
        length = if long.is_finite() { 0.5 * (short + long) } else { 2.0 * length };
    }
    lower
}
