//! The forecaster's trainer as a learner, and what its evaluation says in one line.

use std::fmt;

use models::Error;
use models::forecast::{ForecastReport, Forecasting};
use models::train::Trainer;
use serde::{Deserialize, Serialize};

use crate::log::Step;
use crate::session::Learner;

/// An evaluation on the test windows, and what training had cost by then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Circuits evaluated in training so far.
    pub circuit_evaluations: u64,
    /// The evaluation.
    #[serde(flatten)]
    pub errors: ForecastReport,
}

impl Report {
    /// The report on a trainer as it is now.
    ///
    /// # Errors
    /// The error is not finite.
    pub fn of(trainer: &Trainer<Forecasting>) -> Result<Self, Error> {
        Ok(Self { circuit_evaluations: trainer.circuit_evaluations(), errors: trainer.evaluate()? })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.errors.fmt(f)
    }
}

impl Learner for Trainer<Forecasting> {
    type Report = Report;

    fn total_steps(&self) -> u64 {
        (self.steps_per_epoch() * self.config().epochs) as u64
    }

    fn step(&mut self) -> Result<Step, Error> {
        Trainer::step(self).map(Step::from)
    }

    fn evaluate(&self) -> Result<Report, Error> {
        Report::of(self)
    }

    fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Trainer::snapshot(self)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Trainer::restore(self, bytes)
    }
}
