//! The nearest state of smaller bonds, by sweeps that improve one site at a time.
//!
//! With all other sites fixed and the centre here, the best tensor is the environment of this site in the
//! overlap with the target, and its squared norm is the overlap reached: it never decreases.

use circuit::C64;
use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};

use crate::error::check_settings;
use crate::expectation::{transfer, transfer_left};
use crate::mps::{matrix, tensor};
use crate::{Error, Mps, Truncation};

/// Settings of [`fit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FitConfig {
    /// Largest bond dimension.
    pub chi_max: usize,
    /// Most sweeps, each to the right and back.
    pub max_sweeps: usize,
    /// Converged where a sweep adds less than this to the fidelity.
    pub tolerance: f64,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self { chi_max: 32, max_sweeps: 20, tolerance: 1e-12 }
    }
}

/// What [`fit`] did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// `|⟨φ|ψ⟩|² / (⟨φ|φ⟩ ⟨ψ|ψ⟩)` of the start, cut by singular values, and after each sweep.
    pub fidelities: Vec<f64>,
    /// Whether the fidelity settled within the sweeps allowed.
    pub converged: bool,
    /// Sweeps done.
    pub sweeps: usize,
}

/// The state of bonds up to `chi_max` nearest to `target`, with the norm of `target`.
///
/// ```
/// use rand::SeedableRng;
/// use tensornet::{FitConfig, Mps, fit};
///
/// let target = Mps::random(8, 16, &mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
/// let (state, report) = fit(&target, &FitConfig { chi_max: 4, ..FitConfig::default() })?;
/// assert!(state.bond_dims().into_iter().all(|chi| chi <= 4));
/// assert!(report.fidelities.last() >= report.fidelities.first());
/// # Ok::<(), tensornet::Error>(())
/// ```
///
/// # Errors
/// If the target has no qubit or is zero, or a setting is outside its range.
pub fn fit(target: &Mps, config: &FitConfig) -> Result<(Mps, FitReport), Error> {
    let norm = check(target, config)?;
    let mut state = target.clone();
    state.compress(Truncation { chi_max: config.chi_max, cutoff: 0.0, ..Truncation::EXACT });
    let start = target.overlap(&state)?.norm_sqr() / (norm * state.norm()).powi(2);
    let (mut fidelities, mut converged) = (vec![start], false);
    let mut rights = right_environments(&state, target);
    while fidelities.len() <= config.max_sweeps && !converged {
        let lefts = to_the_right(&mut state, target, &rights);
        rights = to_the_left(&mut state, target, &lefts);
        let reached = (state.norm() / norm).powi(2);
        converged = reached - fidelities[fidelities.len() - 1] < config.tolerance;
        fidelities.push(reached);
    }
    state.normalize();
    state.scale(C64::from(norm));
    let sweeps = fidelities.len() - 1;
    Ok((state, FitReport { fidelities, converged, sweeps }))
}

fn check(target: &Mps, config: &FitConfig) -> Result<f64, Error> {
    let settings = [
        ("chi_max", config.chi_max as f64, config.chi_max > 0, "1 or more"),
        ("max_sweeps", config.max_sweeps as f64, config.max_sweeps > 0, "1 or more"),
        ("tolerance", config.tolerance, config.tolerance >= 0.0, "0 or more"),
    ];
    check_settings(settings)?;
    match (target.n_qubits(), target.norm()) {
        (0, _) => Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX }),
        (_, 0.0) => Err(Error::ZeroState),
        (_, norm) => Ok(norm),
    }
}

/// Improves the sites from first to last; the environments to the left of each, legs `vL* vL`.
fn to_the_right(state: &mut Mps, target: &Mps, rights: &[Array2<C64>]) -> Vec<Array2<C64>> {
    let n = state.n_qubits();
    let mut lefts = vec![Array2::eye(1)];
    for k in 0..n {
        state.sites[k] = best(&lefts[k], &target.sites[k], &rights[k + 1]);
        if k + 1 < n {
            state.move_centre(k + 1);
            lefts.push(transfer(&lefts[k], &state.sites[k], &target.sites[k]));
        }
    }
    lefts
}

/// Improves the sites from last to first; the environments to the right, entry `k` beginning with site `k`.
fn to_the_left(state: &mut Mps, target: &Mps, lefts: &[Array2<C64>]) -> Vec<Array2<C64>> {
    let n = state.n_qubits();
    let mut rights = vec![Array2::eye(1); n + 1];
    for k in (0..n).rev() {
        state.sites[k] = best(&lefts[k], &target.sites[k], &rights[k + 1]);
        if k > 0 {
            state.move_centre(k - 1);
            rights[k] = transfer_left(&rights[k + 1], &state.sites[k], &target.sites[k]);
        }
    }
    rights
}

fn right_environments(state: &Mps, target: &Mps) -> Vec<Array2<C64>> {
    let n = state.n_qubits();
    let mut rights = vec![Array2::eye(1); n + 1];
    for k in (1..n).rev() {
        rights[k] = transfer_left(&rights[k + 1], &state.sites[k], &target.sites[k]);
    }
    rights
}

/// The target's site seen from the bonds of the state.
fn best(left: &Array2<C64>, site: &Array3<C64>, right: &Array2<C64>) -> Array3<C64> {
    let (l, d, r) = site.dim();
    let half = left.dot(&matrix(site, l, d * r)); // vL* [s vR]
    let rows = half.nrows();
    let half = half.into_shape_clone((rows * d, r)).expect("the same number of entries"); // [vL* s] vR
    tensor(half.dot(&right.t()), rows) // vL* s vR*
}
