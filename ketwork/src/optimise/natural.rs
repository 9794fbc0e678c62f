//! Natural gradient: steepest descent where distance is measured between states.

use faer::Side;
use faer::linalg::solvers::Solve;
use faer::prelude::*;

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
        let right = Mat::from_fn(params.len(), 1, |k, _| gradient[k]);
        let factors = metric
            .llt(Side::Lower)
            .map_err(|_| Error::NonFinite { what: "the metric of the states", value: f64::NAN })?;
        let step = factors.solve(&right);
        params.iter_mut().enumerate().for_each(|(k, p)| *p -= learning_rate * step[(k, 0)]);
        let (value, next) = search.value_and_gradient(&params);
        if search.note(&params, value) {
            break;
        }
        gradient = next;
    }
    Ok(())
}
