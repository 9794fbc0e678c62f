//! Born machines: states whose outcomes follow given bit strings, `p(x) = |⟨x|ψ⟩|²`.
//!
//! The negative log-likelihood of weighted rows, `L = -Σ w_x ln |⟨x|ψ⟩|²`, is lowered one pair of neighbours
//! at a time; the pair is cut to the bonds allowed after a short step, so that the cuts, which know nothing
//! of likelihoods, stay small. Sweeps over single sites, where nothing is cut, end in the local minimum.
//! A Born machine is free to choose signs; all numbers are real.
//!
//! Reference: Han, Wang, Fan, Wang and Zhang, Phys. Rev. X 8, 031012 (arXiv:1709.01662). Beyond it, steps are
//! bounded by an exact line search, which leaves no amplitude at zero, and the single-site sweeps are new.

mod bits;
mod chain;
mod likelihood;
mod objective;

use circuit::C64;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::error::check_settings;
use crate::{Error, Mps};
pub use bits::BitStrings;
use chain::{Chain, Step};

/// Settings of [`born_machine`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BornConfig {
    /// Largest bond dimension.
    pub chi_max: usize,
    /// Random starts, of which the best counts.
    pub starts: usize,
    /// Most sweeps over pairs of sites, each to the right and back.
    pub max_sweeps: usize,
    /// Most sweeps over single sites after that.
    pub polish_sweeps: usize,
    /// Steps of conjugate gradients at each pair.
    pub steps: usize,
    /// Longest step `T ← T - learning_rate dL/dT`; the line search may choose a shorter one.
    pub learning_rate: f64,
    /// Singular values below this share of the largest are cut.
    pub cutoff: f64,
    /// Bond that is kept even where singular values are below the cutoff.
    pub min_bond: usize,
    /// Converged where a sweep lowers the likelihood by less than this.
    pub tolerance: f64,
}

impl Default for BornConfig {
    fn default() -> Self {
        Self {
            chi_max: 8,
            starts: 4,
            max_sweeps: 30,
            polish_sweeps: 30,
            steps: 1,
            learning_rate: 0.25,
            cutoff: 1e-5,
            min_bond: 2,
            tolerance: 1e-7,
        }
    }
}

/// What [`born_machine`] did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BornReport {
    /// Negative log-likelihood of the result, in nats.
    pub nll: f64,
    /// `nll` minus the entropy of the rows: their relative entropy to the model.
    pub kl: f64,
    /// Negative log-likelihood after each sweep of the best start, those over single sites at the end.
    pub history: Vec<f64>,
    /// Relative entropy reached by each start.
    pub kl_of_starts: Vec<f64>,
    /// Bonds of the result.
    pub bond_dims: Vec<usize>,
    /// Largest share of the weight discarded in one cut of the last sweep over pairs.
    pub discarded_weight: f64,
    /// Whether the best start settled within the sweeps allowed.
    pub converged: bool,
}

/// One start.
struct Run {
    chain: Chain,
    history: Vec<f64>,
    discarded_weight: f64,
    converged: bool,
}

/// The state of bonds up to `chi_max` under which `data` is likeliest, as far as descent finds it.
///
/// ```
/// use rand::SeedableRng;
/// use tensornet::{BitStrings, BornConfig, born_machine};
///
/// let images = BitStrings::bars_and_stripes(3, 3)?;
/// let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let (state, report) = born_machine(&images, &BornConfig::default(), &mut generator)?;
/// assert!(report.kl < 1e-6 && report.converged);
/// assert!((state.kl(&images)? - report.kl).abs() < 1e-12);
/// # Ok::<(), tensornet::Error>(())
/// ```
///
/// # Errors
/// If the strings have fewer than two bits or a setting is outside its range.
pub fn born_machine(
    data: &BitStrings,
    config: &BornConfig,
    generator: &mut impl Rng,
) -> Result<(Mps, BornReport), Error> {
    config.check()?;
    let n_qubits = data.n_qubits();
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    let starts = (0..config.starts).map(|_| {
        let start =
            Mps::from_entries(n_qubits, config.chi_max.min(2), || C64::from(generator.random::<f64>()));
        run(data, start, config)
    });
    let runs: Vec<Run> = starts.collect();
    let kl_of_starts: Vec<f64> = runs.iter().map(|run| run.likelihood() - data.entropy()).collect();
    let best = runs.into_iter().min_by(|a, b| a.likelihood().total_cmp(&b.likelihood()));
    let Run { chain, history, discarded_weight, converged } = best.expect("one start or more");
    let state = chain.into_mps();
    let nll = state.nll(data)?;
    let report = BornReport {
        nll,
        kl: nll - data.entropy(),
        history,
        kl_of_starts,
        bond_dims: state.bond_dims(),
        discarded_weight,
        converged,
    };
    Ok((state, report))
}

fn run(data: &BitStrings, start: Mps, config: &BornConfig) -> Run {
    let chain = Chain::new(data, start);
    let mut run = Run { chain, history: Vec::new(), discarded_weight: 0.0, converged: false };
    let (step, mut discarded_weight) = (config.step(), 0.0);
    run.sweeps(config.max_sweeps, config.tolerance, |chain| {
        discarded_weight = chain.pairs(&step).max(chain.pairs(&step));
    });
    run.sweeps(config.polish_sweeps, config.tolerance, |chain| (0..2).for_each(|_| chain.singles()));
    Run { discarded_weight, ..run }
}

impl Run {
    fn likelihood(&self) -> f64 {
        self.history.last().copied().unwrap_or(f64::INFINITY)
    }

    /// Sweeps until one changes the likelihood by less than `tolerance`.
    fn sweeps(&mut self, most: usize, tolerance: f64, mut sweep: impl FnMut(&mut Chain)) {
        for _ in 0..most {
            sweep(&mut self.chain);
            let reached = self.chain.nll();
            self.converged = (self.likelihood() - reached).abs() < tolerance;
            self.history.push(reached);
            if self.converged {
                return;
            }
        }
    }
}

impl BornConfig {
    fn step(&self) -> Step {
        Step {
            chi_max: self.chi_max,
            min_bond: self.min_bond,
            cutoff: self.cutoff,
            steps: self.steps,
            longest: 2.0 * self.learning_rate,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let rate = self.learning_rate > 0.0 && self.learning_rate.is_finite();
        let counts = [
            ("chi_max", self.chi_max),
            ("starts", self.starts),
            ("max_sweeps", self.max_sweeps),
            ("steps", self.steps),
            ("min_bond", self.min_bond),
        ];
        let counts = counts.map(|(name, value)| (name, value as f64, value > 0, "1 or more"));
        let shares = [
            ("learning_rate", self.learning_rate, rate, "positive and finite"),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "from 0 to less than 1"),
            ("tolerance", self.tolerance, self.tolerance >= 0.0, "0 or more"),
        ];
        check_settings(counts.into_iter().chain(shares))
    }
}
