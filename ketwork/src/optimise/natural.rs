//! Natural gradient: steepest descent where distance is measured between states.

use super::linalg::solve_positive;
use super::{Objective, Search};
use crate::Error;

pub(super) fn run<O: Objective>(
    search: &mut Search<O>,
    learning_rate: f64,
    damping: f64,
) -> Result<(), Error> {
    let mut params = search.report.params.clone();
    let mut gradient = search.value_and_gradient(&params).1;
    for _ in 0..search.iterations() {
        let mut metric = search.objective.metric(&params).ok_or(Error::NoMetric)?;
        (0..params.len()).for_each(|k| metric[(k, k)] += damping);
        let step = solve_positive(metric, &gradient)
            .ok_or(Error::NonFinite { what: "the metric of the states", value: f64::NAN })?;
        params.iter_mut().zip(step).for_each(|(p, step)| *p -= learning_rate * step);
        let (value, next) = search.value_and_gradient(&params);
        if search.note(&params, value) {
            break;
        }
        gradient = next;
    }
    Ok(())
}
