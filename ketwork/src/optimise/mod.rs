//! Minimisers of functions of a parameter vector, with gradients and without.
//!
//! ```
//! use ketwork::optimise::{MinimiseConfig, Minimiser, Objective, minimise};
//!
//! struct Bowl;
//! impl Objective for Bowl {
//!     fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
//!         (x[0].powi(2) + 10.0 * x[1].powi(2), vec![2.0 * x[0], 20.0 * x[1]])
//!     }
//! }
//!
//! let config = MinimiseConfig { minimiser: Minimiser::LBFGS, iterations: 30, ..Default::default() };
//! let report = minimise(&Bowl, vec![3.0, -2.0], &config, 0)?;
//! assert!(report.value < 1e-12);
//! # Ok::<(), ketwork::Error>(())
//! ```

mod adam;
mod cma;
mod covariance;
mod lbfgs;
pub(crate) mod linalg;
mod natural;

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::check_settings;

/// A function of parameters, shape `[n]`, to be made small.
pub trait Objective: Sync {
    /// Value and gradient, shape `[n]`.
    fn value_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>);

    /// The value alone, where that is cheaper.
    fn value(&self, params: &[f64]) -> f64 {
        self.value_and_gradient(params).0
    }

    /// The metric of the states that the parameters stand for, shape `[n, n]`, if they stand for any.
    fn metric(&self, _params: &[f64]) -> Option<Mat<f64>> {
        None
    }
}

/// How parameters are moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Minimiser {
    /// Steps along running means of the gradient, scaled by those of its square.
    ///
    /// Reference: Kingma and Ba, arXiv:1412.6980.
    Adam {
        /// Length of a step in each parameter.
        learning_rate: f64,
    },
    /// Quasi-Newton steps from the last gradients, with a line search.
    ///
    /// Reference: Nocedal and Wright, Numerical Optimization, chapters 3 and 7.
    Lbfgs {
        /// Number of past steps kept.
        memory: usize,
    },
    /// Gradient steps in the geometry of states: `params -= rate (F + damping)^-1 gradient`, `F` the metric.
    ///
    /// Reference: Stokes et al., arXiv:1909.02108.
    Natural {
        /// Factor of the step.
        learning_rate: f64,
        /// What is added to the diagonal of the metric.
        damping: f64,
    },
    /// Evolution with an adapted covariance: values alone, no gradients.
    ///
    /// Reference: Hansen, arXiv:1604.00772; for `separable`, Ros and Hansen, PPSN X (2008).
    Cma {
        /// Points drawn per iteration; `4 + 3 ln n` if absent.
        population: Option<usize>,
        /// Standard deviation of the first points.
        sigma: f64,
        /// Adapts variances alone: linear instead of quadratic in the number of parameters.
        separable: bool,
    },
}

impl Minimiser {
    /// Adam with steps of 0.01.
    pub const ADAM: Self = Self::Adam { learning_rate: 0.01 };
    /// L-BFGS that keeps 10 steps.
    pub const LBFGS: Self = Self::Lbfgs { memory: 10 };
    /// Natural gradient with steps of 0.1.
    pub const NATURAL: Self = Self::Natural { learning_rate: 0.1, damping: 1e-3 };
    /// Separable evolution from small steps.
    pub const SEPARABLE_CMA: Self = Self::Cma { population: None, sigma: 0.02, separable: true };
    /// Evolution with a full covariance.
    pub const CMA: Self = Self::Cma { population: None, sigma: 0.02, separable: false };

    /// Names, and what they stand for.
    pub const NAMED: [(&'static str, Self); 5] = [
        ("adam", Self::ADAM),
        ("lbfgs", Self::LBFGS),
        ("natural", Self::NATURAL),
        ("cma", Self::CMA),
        ("separable-cma", Self::SEPARABLE_CMA),
    ];

    /// The minimiser of a name, with its usual settings.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let known = Self::NAMED.iter().find(|(known, _)| *known == name);
        let names = || Self::NAMED.map(|(name, _)| name).join(", ");
        known.map(|(_, minimiser)| *minimiser).ok_or_else(|| Error::Name {
            what: "optimiser",
            name: name.to_owned(),
            known: names(),
        })
    }
}

/// Settings of [`minimise`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MinimiseConfig {
    /// How parameters are moved.
    pub minimiser: Minimiser,
    /// Most iterations.
    pub iterations: usize,
    /// Value at which nothing more is done.
    pub target: Option<f64>,
}

impl Default for MinimiseConfig {
    fn default() -> Self {
        Self { minimiser: Minimiser::ADAM, iterations: 200, target: None }
    }
}

/// Why a minimisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All iterations are done.
    Iterations,
    /// The target is reached.
    Target,
    /// No step makes the value smaller.
    Stationary,
    /// A value or a gradient was not finite; the parameters are the best before.
    NonFinite,
}

/// What a minimisation came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinimiseReport {
    /// The best parameters.
    pub params: Vec<f64>,
    /// Their value.
    pub value: f64,
    /// Value after each iteration, the start first; of evolution, the best of its points.
    pub history: Vec<f64>,
    /// Times the value alone was computed.
    pub values: usize,
    /// Times value and gradient were computed.
    pub gradients: usize,
    /// Why it ended.
    pub end: End,
}

/// Makes `objective` small, starting from `start`. The `seed` is of the draws of evolution alone.
///
/// # Errors
/// If a setting is out of range, the start is empty, or its value is not finite.
pub fn minimise(
    objective: &impl Objective,
    start: Vec<f64>,
    config: &MinimiseConfig,
    seed: u64,
) -> Result<MinimiseReport, Error> {
    config.check()?;
    if start.is_empty() {
        return Err(Error::Setting { name: "the number of parameters", value: 0.0, range: "1 or more" });
    }
    let mut search = Search::new(objective, start, config)?;
    match config.minimiser {
        Minimiser::Adam { learning_rate } => adam::run(&mut search, learning_rate),
        Minimiser::Lbfgs { memory } => lbfgs::run(&mut search, memory),
        Minimiser::Natural { learning_rate, damping } => natural::run(&mut search, learning_rate, damping)?,
        Minimiser::Cma { population, sigma, separable } => {
            cma::run(&mut search, population, sigma, separable, seed)?;
        }
    }
    Ok(search.report)
}

impl MinimiseConfig {
    fn check(&self) -> Result<(), Error> {
        let positive =
            |name, value: f64| (name, value, value > 0.0 && value.is_finite(), "positive and finite");
        let settings = match self.minimiser {
            Minimiser::Adam { learning_rate } => vec![positive("learning_rate", learning_rate)],
            Minimiser::Lbfgs { memory } => vec![("memory", memory as f64, memory > 0, "1 or more")],
            Minimiser::Natural { learning_rate, damping } => {
                vec![positive("learning_rate", learning_rate), positive("damping", damping)]
            }
            Minimiser::Cma { population, sigma, .. } => {
                let points = population.unwrap_or(4);
                vec![positive("sigma", sigma), ("population", points as f64, points >= 4, "4 or more")]
            }
        };
        check_settings(settings)
    }
}

/// What all minimisers keep: the objective, the best so far, and the counts.
struct Search<'a, O> {
    objective: &'a O,
    config: &'a MinimiseConfig,
    report: MinimiseReport,
}

impl<'a, O: Objective> Search<'a, O> {
    fn new(objective: &'a O, start: Vec<f64>, config: &'a MinimiseConfig) -> Result<Self, Error> {
        let value = objective.value(&start);
        if !value.is_finite() {
            return Err(Error::NonFinite { what: "the value at the start", value });
        }
        let report = MinimiseReport {
            params: start,
            value,
            history: vec![value],
            values: 1,
            gradients: 0,
            end: End::Iterations,
        };
        Ok(Self { objective, config, report })
    }

    fn value_and_gradient(&mut self, params: &[f64]) -> (f64, Vec<f64>) {
        self.report.gradients += 1;
        self.objective.value_and_gradient(params)
    }

    /// Notes the value of an iteration; true if the search is over.
    fn note(&mut self, params: &[f64], value: f64) -> bool {
        if !value.is_finite() {
            self.report.end = End::NonFinite;
            return true;
        }
        self.report.history.push(value);
        if value < self.report.value {
            self.report.value = value;
            self.report.params.copy_from_slice(params);
        }
        let reached = self.config.target.is_some_and(|target| value <= target);
        if reached {
            self.report.end = End::Target;
        }
        reached
    }

    fn iterations(&self) -> usize {
        self.config.iterations
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `a + factor b`.
fn moved(a: &[f64], factor: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x + factor * y).collect()
}
