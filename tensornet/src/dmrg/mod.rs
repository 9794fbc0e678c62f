//! Ground states, and states above them, by optimising two neighbouring sites at a time.
//!
//! The pair is replaced by the lowest vector of a short Lanczos iteration started from itself, then cut. Each
//! sweep goes through all bonds to the right and back; bonds grow from sweep to sweep as a schedule says.
//! States that are already known are avoided by a penalty on the overlap with them.
//!
//! Reference: White, Phys. Rev. Lett. 69, 2863; Schollwöck, arXiv:1008.3477.

mod chain;
mod effective;
mod lanczos;

use circuit::C64;
use serde::{Deserialize, Serialize};

use crate::scalar::Scalar;
use crate::{Error, Mpo, Mps, Truncation};
use chain::{Chain, Step};

/// Settings of [`dmrg`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DmrgConfig {
    /// Largest bond dimension of each sweep; the last entry holds for all later ones.
    pub chi_max: Vec<usize>,
    /// Largest share of the weight discarded in one cut for the sake of a smaller bond.
    pub cutoff: f64,
    /// Most sweeps, each to the right and back.
    pub max_sweeps: usize,
    /// Converged where a sweep changes the energy by less than this, relative to its size or to 1.
    pub energy_tolerance: f64,
    /// Widest Krylov space of a pair.
    pub krylov: usize,
    /// Residual at which a pair is good enough.
    pub krylov_tolerance: f64,
    /// Energy added per unit of squared overlap with a state to be avoided; has to exceed the gap to it.
    pub penalty: f64,
}

impl Default for DmrgConfig {
    fn default() -> Self {
        Self {
            chi_max: vec![8, 16, 32, 64],
            cutoff: 1e-12,
            max_sweeps: 20,
            energy_tolerance: 1e-10,
            krylov: 3,
            krylov_tolerance: 1e-8,
            penalty: 10.0,
        }
    }
}

/// What [`dmrg`] did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DmrgReport {
    /// `⟨H⟩` of the result.
    pub energy: f64,
    /// Ritz value at the end of each sweep, penalties included.
    pub energies: Vec<f64>,
    /// `⟨H²⟩ - ⟨H⟩²` of the result.
    pub variance: f64,
    /// Largest share of the weight discarded in one cut of the last sweep.
    pub discarded_weight: f64,
    /// Largest bond dimension of the result.
    pub chi: usize,
    /// Whether the energy settled within the sweeps allowed.
    pub converged: bool,
    /// Sweeps done.
    pub sweeps: usize,
}

/// The state of lowest energy that two-site sweeps reach from `start`.
///
/// ```
/// use circuit::PauliSum;
/// use tensornet::{DmrgConfig, Mpo, Mps, dmrg};
///
/// let bonds = (0..9).map(|q| format!("X{q}*X{} + Y{q}*Y{} + Z{q}*Z{}", q + 1, q + 1, q + 1));
/// let heisenberg: PauliSum = bonds.collect::<Vec<_>>().join(" + ").parse()?;
/// let neel: Vec<bool> = (0..10).map(|q| q % 2 == 1).collect();
/// let (state, report) = dmrg(&Mpo::from_sum(&heisenberg, 10)?, &Mps::basis(&neel), &DmrgConfig::default())?;
/// assert!(report.converged && report.variance < 1e-8);
/// assert!((report.energy / 4.0 + 4.258035207282876).abs() < 1e-9);
/// assert_eq!(state.n_qubits(), 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Arithmetic is real where operator and states are. A product state may share no symmetry sector with the
/// ground state; start from one that does, or from a random state.
///
/// # Errors
/// If operator and state differ in length, the chain has fewer than two qubits, the state is zero or not
/// finite, or a setting is outside its range.
pub fn dmrg(operator: &Mpo, start: &Mps, config: &DmrgConfig) -> Result<(Mps, DmrgReport), Error> {
    dmrg_above(operator, start, &[], config)
}

/// As [`dmrg`], avoiding the normalised states `below`: with the lowest `k` states, the next one.
///
/// # Errors
/// As [`dmrg`], for each of the states.
pub fn dmrg_above(
    operator: &Mpo,
    start: &Mps,
    below: &[Mps],
    config: &DmrgConfig,
) -> Result<(Mps, DmrgReport), Error> {
    config.check()?;
    for state in below.iter().chain([start]) {
        operator.check(state)?;
        check_entries(state)?;
    }
    let n_qubits = operator.n_qubits();
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    let real = |state: &Mps| state.sites().iter().flatten().all(|x| x.im == 0.0);
    match operator.is_real() && real(start) && below.iter().all(real) {
        true => run(Chain::<f64>::new(operator, start, below), operator, config),
        false => run(Chain::<C64>::new(operator, start, below), operator, config),
    }
}

fn run<T: Scalar>(
    mut chain: Chain<T>,
    operator: &Mpo,
    config: &DmrgConfig,
) -> Result<(Mps, DmrgReport), Error> {
    let (mut energies, mut discarded_weight, mut converged) = (Vec::<f64>::new(), 0.0, false);
    while energies.len() < config.max_sweeps && !converged {
        let sweep = energies.len();
        let step = config.step(sweep);
        let [there, back] = [chain.half_sweep(&step), chain.half_sweep(&step)];
        discarded_weight = there.discarded.max(back.discarded);
        let change = energies.last().map_or(f64::INFINITY, |last| (back.energy - last).abs());
        converged =
            sweep >= config.chi_max.len() && change <= config.energy_tolerance * back.energy.abs().max(1.0);
        energies.push(back.energy);
    }
    let state = chain.into_mps();
    let energy = operator.expectation(&state)?;
    let variance = operator.variance(&state)?;
    let chi = state.bond_dims().into_iter().max().unwrap_or(1);
    let sweeps = energies.len();
    Ok((state, DmrgReport { energy, energies, variance, discarded_weight, chi, converged, sweeps }))
}

impl DmrgConfig {
    fn step(&self, sweep: usize) -> Step {
        let chi_max = self.chi_max[sweep.min(self.chi_max.len() - 1)];
        Step {
            truncation: Truncation { chi_max, cutoff: self.cutoff, ..Truncation::EXACT },
            krylov: self.krylov,
            tolerance: self.krylov_tolerance,
            penalty: self.penalty,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let smallest = self.chi_max.iter().min().map_or(0.0, |&chi| chi as f64);
        let positive = "at least 1 in every sweep, with one sweep or more";
        let settings = [
            ("chi_max", smallest, smallest >= 1.0, positive),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "from 0 to less than 1"),
            ("max_sweeps", self.max_sweeps as f64, self.max_sweeps > 0, "1 or more"),
            ("krylov", self.krylov as f64, self.krylov >= 2, "2 or more"),
            ("energy_tolerance", self.energy_tolerance, self.energy_tolerance >= 0.0, "0 or more"),
            ("krylov_tolerance", self.krylov_tolerance, self.krylov_tolerance >= 0.0, "0 or more"),
            ("penalty", self.penalty, self.penalty >= 0.0 && self.penalty.is_finite(), "finite, 0 or more"),
        ];
        match settings.into_iter().find(|(.., fine, _)| !fine) {
            Some((name, value, _, range)) => Err(Error::Setting { name, value, range }),
            None => Ok(()),
        }
    }
}

fn check_entries(state: &Mps) -> Result<(), Error> {
    let mut entries = state.sites().iter().flatten().flat_map(|x| [x.re, x.im]);
    if let Some(value) = entries.find(|x| !x.is_finite()) {
        return Err(Error::NonFinite { what: "an entry of the state", value });
    }
    let zero = |site: &ndarray::Array3<C64>| site.iter().all(|x| x.norm_sqr() == 0.0);
    if state.sites().iter().any(zero) { Err(Error::ZeroState) } else { Ok(()) }
}
