//! Ground states, and states above them, by optimising one site or two neighbours at a time.
//!
//! A pair is replaced by the lowest vector of a short Lanczos iteration started from itself, then cut. Each
//! sweep goes through all bonds to the right and back; bonds grow from sweep to sweep as a schedule says.
//! Single sites cost less by the levels of a qubit, but their bonds could never grow: their density matrix is mixed
//! with what the operator makes of it. States that are already known are avoided by a penalty on the overlap
//! with them. Where operator and states conserve the number of ones, only blocks of one charge are kept.
//!
//! Reference: White, Phys. Rev. Lett. 69, 2863; single sites: White, Phys. Rev. B 72, 180403, with the weights of
//! Hubig et al., arXiv:1501.05504; Schollwöck, arXiv:1008.3477.

mod ones;
mod sweep;

use circuit::C64;
use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::error::check_settings;
use crate::scalar::Scalar;
use crate::sector::{Conserve, Sector, check_state, sectors};
use crate::{Error, Mpo, Mps, Truncation};
pub use ones::ground_ones;
use sweep::{Step, half_sweep};

/// What is optimised at a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Sites {
    /// Two neighbours.
    Two,
    /// One site, whose density matrix is mixed with a share `expansion` of its image under the operator; the share
    /// falls by half with every sweep.
    One {
        /// The share in the first sweep, such as 0.1.
        expansion: f64,
    },
}

/// By how much the share of the expansion changes from sweep to sweep.
const FADING: f64 = 0.5;

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
    /// What is optimised at a time.
    pub sites: Sites,
    /// Which symmetry makes tensors sparse.
    pub conserve: Conserve,
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
            sites: Sites::Two,
            conserve: Conserve::Charge,
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
    /// Number of ones, where it was conserved.
    pub charge: Option<i64>,
}

/// The state of lowest energy that sweeps reach from `start`.
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
/// ground state; start from one that does, or from a random state. Where charge is conserved the result is the
/// lowest state with as many ones as the start.
///
/// # Errors
/// If operator and state differ in length, the chain has fewer than two qubits, the state is zero or not
/// finite, a setting is outside its range, or a pair of sites exceeds [`Mps::MEMORY_LIMIT`].
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
        check_state(state)?;
    }
    let n_qubits = operator.n_qubits();
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    let all: Vec<&Mps> = [start].into_iter().chain(below).collect();
    match operator.is_real() && all.iter().all(|state| state.is_real()) {
        true => run::<f64>(operator, &all, config),
        false => run::<C64>(operator, &all, config),
    }
}

/// An operator in the forms a search needs.
struct Operators<'a> {
    whole: &'a Mpo,
    /// By charge, or the whole.
    swept: Mpo,
    /// Its square, unless that is too wide.
    square: Option<Mpo>,
}

impl<'a> Operators<'a> {
    fn new(whole: &'a Mpo, swept: Mpo) -> Result<Self, Error> {
        let square = (!whole.is_wide()).then(|| swept.times(&swept)).transpose()?;
        Ok(Self { whole, swept, square })
    }
}

/// `states` are the start and those to be avoided.
fn run<T: Scalar>(whole: &Mpo, states: &[&Mps], config: &DmrgConfig) -> Result<(Mps, DmrgReport), Error> {
    let (swept, sectors) = sectors::<T>(whole, states, config.conserve);
    solve(&Operators::new(whole, swept)?, sectors, config)
}

fn solve<T: Scalar>(
    operators: &Operators,
    mut sectors: Vec<Sector<T>>,
    config: &DmrgConfig,
) -> Result<(Mps, DmrgReport), Error> {
    let start = sectors.remove(0);
    sectors.retain(|other| other.total == start.total);
    let mut chain = Chain::new(Some(&operators.swept), start, sectors);
    let (mut energies, mut discarded_weight, mut converged) = (Vec::<f64>::new(), 0.0, false);
    while energies.len() < config.max_sweeps && !converged {
        let sweep = energies.len();
        let step = config.step(sweep);
        let [there, back] = [half_sweep(&mut chain, &step)?, half_sweep(&mut chain, &step)?];
        discarded_weight = there.discarded.max(back.discarded);
        let change = energies.last().map_or(f64::INFINITY, |last| (back.energy - last).abs());
        converged =
            sweep >= config.chi_max.len() && change <= config.energy_tolerance * back.energy.abs().max(1.0);
        energies.push(back.energy);
    }
    let (energy, charge, sweeps) = (chain.expectation(), chain.charge(), energies.len());
    let narrow = operators.square.as_ref().map(|square| (square, chain.sector()));
    let state = chain.into_mps();
    let square = match narrow {
        Some((square, sector)) => Chain::mean(square, sector),
        None => operators.whole.square(&state)?,
    };
    let variance = square - energy * energy;
    let chi = state.bond_dims().into_iter().max().unwrap_or(1);
    let report = DmrgReport { energy, energies, variance, discarded_weight, chi, converged, sweeps, charge };
    Ok((state, report))
}

impl DmrgConfig {
    fn step(&self, sweep: usize) -> Step {
        let chi_max = self.chi_max[sweep.min(self.chi_max.len() - 1)];
        let expansion = match self.sites {
            Sites::Two => None,
            Sites::One { expansion } => Some(expansion * FADING.powi(sweep as i32)),
        };
        Step {
            truncation: Truncation { chi_max, cutoff: self.cutoff, ..Truncation::EXACT },
            krylov: self.krylov,
            tolerance: self.krylov_tolerance,
            expansion,
            penalty: self.penalty,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let smallest = self.chi_max.iter().min().map_or(0.0, |&chi| chi as f64);
        let positive = "at least 1 in every sweep, with one sweep or more";
        let expansion = match self.sites {
            Sites::Two => 0.0,
            Sites::One { expansion } => expansion,
        };
        let settings = [
            ("chi_max", smallest, smallest >= 1.0, positive),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "from 0 to less than 1"),
            ("max_sweeps", self.max_sweeps as f64, self.max_sweeps > 0, "1 or more"),
            ("krylov", self.krylov as f64, self.krylov >= 2, "2 or more"),
            ("energy_tolerance", self.energy_tolerance, self.energy_tolerance >= 0.0, "0 or more"),
            ("krylov_tolerance", self.krylov_tolerance, self.krylov_tolerance >= 0.0, "0 or more"),
            ("expansion", expansion, (0.0..=1.0).contains(&expansion), "from 0 to 1"),
            ("penalty", self.penalty, self.penalty >= 0.0 && self.penalty.is_finite(), "finite, 0 or more"),
        ];
        check_settings(settings)
    }
}
