//! Evolution in time along the directions that a chain of given bonds can take.
//!
//! The time-dependent variational principle projects `dψ/dt` on the tangent space of the chain. The projector is a
//! sum over sites minus a sum over bonds; a step goes through the terms one by one, to the right and back, and
//! evolves each site or pair forwards and what it shares with the next one backwards. The operator may reach
//! as far as it likes. Single sites conserve norm and energy to rounding, but keep their bonds; pairs grow
//! them and lose what is cut.
//!
//! Reference: Haegeman, Lubich, Oseledets, Vandereycken and Verstraete, arXiv:1408.5056.

use circuit::C64;
use serde::{Deserialize, Serialize};

use crate::blocks::Blocks;
use crate::chain::Chain;
use crate::effective::Effective;
use crate::error::check_settings;
use crate::krylov::exponential;
use crate::scalar::Scalar;
use crate::sector::{Conserve, check_state, sectors};
use crate::{Error, Evolution, Mpo, Mps, Truncation};

/// What evolves at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TdvpSites {
    /// One site; bonds stay as they are.
    One,
    /// Two neighbours; bonds grow to `chi_max`.
    Two,
}

/// Settings of [`tdvp`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TdvpConfig {
    /// Which exponential.
    pub evolution: Evolution,
    /// What evolves at a time.
    pub sites: TdvpSites,
    /// Time of a step, in units of the inverse energy.
    pub time_step: f64,
    /// Number of steps.
    pub steps: usize,
    /// Largest bond dimension, for pairs.
    pub chi_max: usize,
    /// Largest share of the weight discarded in one cut for the sake of a smaller bond, for pairs.
    pub cutoff: f64,
    /// Widest Krylov space of an exponential.
    pub krylov: usize,
    /// Error at which an exponential is good enough.
    pub krylov_tolerance: f64,
    /// Which symmetry makes tensors sparse.
    pub conserve: Conserve,
}

impl Default for TdvpConfig {
    fn default() -> Self {
        Self {
            evolution: Evolution::Real,
            sites: TdvpSites::Two,
            time_step: 0.05,
            steps: 20,
            chi_max: 64,
            cutoff: 1e-12,
            krylov: 25,
            krylov_tolerance: 1e-12,
            conserve: Conserve::Charge,
        }
    }
}

/// What [`tdvp`] did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TdvpReport {
    /// Time covered.
    pub time: f64,
    /// `⟨H⟩ / ⟨ψ|ψ⟩` at the start and after each step.
    pub energies: Vec<f64>,
    /// Sum over all cuts of the share of weight each discarded.
    pub discarded_weight: f64,
    /// Largest bond dimension of the result.
    pub chi: usize,
    /// Natural logarithm of the norm divided out in imaginary time.
    pub log_norm: f64,
    /// Whether all exponentials reached their tolerance.
    pub converged: bool,
    /// Number of ones, where it was conserved.
    pub charge: Option<i64>,
}

/// The state after `steps` steps in time; a step is of second order.
///
/// ```
/// use circuit::{PauliSum, State};
/// use tensornet::{Mpo, Mps, TdvpConfig, tdvp};
///
/// let precession: PauliSum = "0.5*X0 + 0.5*X3".parse()?; // exp(-i t X / 2): a rotation by t
/// let operator = Mpo::from_sum(&precession, 4)?;
/// let (state, report) = tdvp(&operator, &Mps::zero(4), &TdvpConfig::default())?;
/// assert!((state.expectation(&"Z0*Z3".parse()?) - report.time.cos().powi(2)).abs() < 1e-10);
/// assert!(report.converged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If operator and state differ in length, the chain has fewer than two qubits, the state is zero or not
/// finite, a setting is outside its range, or a pair of sites exceeds [`Mps::MEMORY_LIMIT`].
pub fn tdvp(operator: &Mpo, start: &Mps, config: &TdvpConfig) -> Result<(Mps, TdvpReport), Error> {
    config.check()?;
    operator.check(start)?;
    check_state(start)?;
    let n_qubits = start.n_qubits();
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    match config.evolution == Evolution::Imaginary && operator.is_real() && start.is_real() {
        true => run::<f64>(operator, start, config),
        false => run::<C64>(operator, start, config),
    }
}

/// A run: its settings, and what is to be reported.
struct Run<'a> {
    config: &'a TdvpConfig,
    truncation: Truncation,
    /// Factor of the operator in half a step.
    forward: C64,
    cuts: Vec<f64>,
    log_norm: f64,
    converged: bool,
}

fn run<T: Scalar>(operator: &Mpo, start: &Mps, config: &TdvpConfig) -> Result<(Mps, TdvpReport), Error> {
    let (operator, mut sectors) = sectors::<T>(operator, &[start], config.conserve);
    let mut chain = Chain::new(Some(&operator), sectors.remove(0), Vec::new());
    let direction = match config.evolution {
        Evolution::Real => -C64::I,
        Evolution::Imaginary => -C64::ONE,
    };
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, ..Truncation::EXACT };
    let forward = direction * (config.time_step / 2.0);
    let mut run = Run { config, truncation, forward, cuts: Vec::new(), log_norm: 0.0, converged: true };
    let energy = |chain: &Chain<T>| chain.expectation() / chain.centre.blocks.norm().powi(2);
    let mut energies = vec![energy(&chain)];
    for _ in 0..config.steps {
        run.half_step(&mut chain)?;
        run.half_step(&mut chain)?;
        energies.push(energy(&chain));
    }
    let charge = chain.charge();
    let state = chain.into_mps().evolved(start, &run.cuts, truncation);
    let report = TdvpReport {
        time: config.time_step * config.steps as f64,
        energies,
        discarded_weight: run.cuts.iter().sum(),
        chi: state.bond_dims().into_iter().max().unwrap_or(1),
        log_norm: run.log_norm,
        converged: run.converged,
        charge,
    };
    Ok((state, report))
}

impl Run<'_> {
    /// Everything forwards by half a step, from one end to the other, after which the chain is turned round.
    fn half_step<T: Scalar>(&mut self, chain: &mut Chain<T>) -> Result<(), Error> {
        match self.config.sites {
            TdvpSites::One => self.singles(chain),
            TdvpSites::Two => self.pairs(chain)?,
        }
        chain.turn();
        Ok(())
    }

    fn singles<T: Scalar>(&mut self, chain: &mut Chain<T>) {
        loop {
            let centre = chain.centre.blocks.clone();
            chain.centre.blocks = self.evolve(&chain.on_centre(), centre, self.forward);
            if chain.remaining() == 0 {
                return;
            }
            let (isometry, carry) = chain.centre.orthogonal();
            let carry = chain.leave(isometry, carry);
            let carry = self.evolve(&chain.on_bond(), carry, -self.forward);
            chain.enter(&carry);
        }
    }

    fn pairs<T: Scalar>(&mut self, chain: &mut Chain<T>) -> Result<(), Error> {
        while let Some(pair) = chain.take_pair()? {
            let pair = self.evolve(&chain.on_pair(), pair, self.forward);
            self.cuts.push(chain.put_pair(&pair, &self.truncation));
            if chain.remaining() > 0 {
                let centre = chain.centre.blocks.clone();
                chain.centre.blocks = self.evolve(&chain.on_centre(), centre, -self.forward);
            }
        }
        Ok(())
    }

    fn evolve<T: Scalar>(&mut self, operator: &Effective<T>, x: Blocks<T>, factor: C64) -> Blocks<T> {
        let (width, tolerance) = (self.config.krylov, self.config.krylov_tolerance);
        let (image, converged) = exponential(|x| operator.apply(x), x, factor, width, tolerance);
        self.converged &= converged;
        if self.config.evolution == Evolution::Real {
            return image;
        }
        let norm = image.norm();
        self.log_norm += norm.ln();
        image.scaled(1.0 / norm)
    }
}

impl TdvpConfig {
    fn check(&self) -> Result<(), Error> {
        let step = self.time_step.is_finite() && (self.time_step > 0.0 || self.evolution == Evolution::Real);
        let settings = [
            ("time_step", self.time_step, step, "finite, and positive in imaginary time"),
            ("chi_max", self.chi_max as f64, self.chi_max > 0, "1 or more"),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "from 0 to less than 1"),
            ("krylov", self.krylov as f64, self.krylov >= 2, "2 or more"),
            ("krylov_tolerance", self.krylov_tolerance, self.krylov_tolerance >= 0.0, "0 or more"),
        ];
        check_settings(settings)
    }
}
