//! The transformer's trainer as a learner, and what its evaluation says in one line.

use std::fmt;

use models::Error;
use models::classify::{Classification, EvalReport, LayerReport};
use models::train::Trainer;
use serde::{Deserialize, Serialize};

use crate::log::Step;
use crate::progress::loss_and_accuracy;
use crate::session::Learner;

/// An evaluation on the test data, and what training had cost by then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Circuits evaluated in training so far.
    pub circuit_evaluations: u64,
    /// The evaluation.
    #[serde(flatten)]
    pub eval: EvalReport,
}

/// What is said of all layers together; the linear baseline has none and nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Attention {
    /// Largest distance of a row sum from one.
    pub row_error: f64,
    /// Largest distance of a column sum from one.
    pub column_error: f64,
    /// Mean Shannon entropy of a row, in nats.
    pub entropy: f64,
}

impl Report {
    /// The report on a trainer as it is now.
    ///
    /// # Errors
    /// The loss is not finite.
    pub fn of(trainer: &Trainer<Classification>) -> Result<Self, Error> {
        Ok(Self { circuit_evaluations: trainer.circuit_evaluations(), eval: trainer.evaluate()? })
    }

    /// All layers together.
    pub fn attention(&self) -> Option<Attention> {
        let layers = &self.eval.layers;
        let largest = |value: fn(&LayerReport) -> f64| layers.iter().map(value).fold(0.0, f64::max);
        (!layers.is_empty()).then(|| Attention {
            row_error: largest(|layer| layer.row_error),
            column_error: largest(|layer| layer.column_error),
            entropy: layers.iter().map(|layer| layer.entropy).sum::<f64>() / layers.len() as f64,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&loss_and_accuracy(self.eval.loss, Some(self.eval.accuracy)))?;
        let Some(Attention { row_error, column_error, entropy }) = self.attention() else { return Ok(()) };
        write!(
            f,
            "  attention: row error {row_error:.1e}, column error {column_error:.1e}, entropy {entropy:.2}"
        )
    }
}

impl Learner for Trainer<Classification> {
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
