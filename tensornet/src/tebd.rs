//! Evolution in time under a sum of terms on neighbours, bond by bond.
//!
//! The sum is split into the bonds that begin at even qubits and those at odd ones; within each half all
//! terms commute, and products of the two halves' exponentials make up a step. A field on one qubit is
//! shared by its bonds.
//!
//! Reference: Vidal, quant-ph/0310089; the fourth order is Suzuki's, Phys. Lett. A 146, 319.

use circuit::{C64, Mat4, PauliString, PauliSum};
use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::linalg::hermitian;
use crate::{Error, Mps, Truncation};

/// How the exponential of a sum is taken apart: the error of a fixed time falls as the step to this power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrotterOrder {
    /// `E(t) O(t)`.
    First,
    /// `E(t/2) O(t) E(t/2)`.
    Second,
    /// Five steps of second order, `S(pt)² S((1 - 4p)t) S(pt)²` with `p = 1/(4 - 4^(1/3))`.
    Fourth,
}

/// Which exponential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evolution {
    /// `exp(-i H t)`.
    Real,
    /// `exp(-H t)`, normalised after every layer.
    Imaginary,
}

/// Settings of [`tebd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TebdConfig {
    /// Which exponential.
    pub evolution: Evolution,
    /// Order of a step.
    pub order: TrotterOrder,
    /// Time of a step, in units of the inverse energy.
    pub time_step: f64,
    /// Number of steps.
    pub steps: usize,
    /// Largest bond dimension.
    pub chi_max: usize,
    /// Largest share of the weight discarded in one cut for the sake of a smaller bond.
    pub cutoff: f64,
}

impl Default for TebdConfig {
    fn default() -> Self {
        Self {
            evolution: Evolution::Real,
            order: TrotterOrder::Second,
            time_step: 0.05,
            steps: 20,
            chi_max: 64,
            cutoff: 1e-12,
        }
    }
}

/// What [`tebd`] did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TebdReport {
    /// Time covered.
    pub time: f64,
    /// Sum over all cuts of the share of weight each discarded.
    pub discarded_weight: f64,
    /// Largest bond dimension of the result.
    pub chi: usize,
    /// Natural logarithm of the norm divided out in imaginary time.
    pub log_norm: f64,
}

/// A layer: which bonds, those from even (0) or odd (1) qubits, and the share of the time step.
type Layer = (usize, f64);

/// The state after `steps` steps in time.
///
/// ```
/// use circuit::{PauliSum, State};
/// use tensornet::{Mps, TebdConfig, tebd};
///
/// let precession: PauliSum = "0.5*X0 + 0*Z0*Z1".parse()?; // exp(-i t X / 2): a rotation by t
/// let (state, report) = tebd(&precession, &Mps::zero(2), &TebdConfig::default())?;
/// assert!((state.expectation(&PauliSum::z(0)) - report.time.cos()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If a term is not on one qubit or two neighbours of the chain, the chain has fewer than two qubits, the
/// state is zero, a coefficient is not finite, a setting is outside its range, or the chain outgrows
/// [`Mps::MEMORY_LIMIT`].
pub fn tebd(sum: &PauliSum, start: &Mps, config: &TebdConfig) -> Result<(Mps, TebdReport), Error> {
    config.check()?;
    let generators = bond_generators(sum, start.n_qubits())?;
    if start.norm() == 0.0 {
        return Err(Error::ZeroState);
    }
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, ..Truncation::EXACT };
    let mut state = start.clone().with_truncation(truncation);
    let before = state.discarded_weight();
    let mut log_norm = 0.0;
    let layers = layers(config.order, config.steps);
    let spectra: Vec<_> = generators.iter().map(|h| hermitian(h.as_ref())).collect();
    for (parity, share) in layers {
        let time = share * config.time_step;
        let gates: Vec<(usize, Mat4)> = (parity..spectra.len())
            .step_by(2)
            .map(|bond| (bond, exponential(&spectra[bond], time, config.evolution)))
            .collect();
        apply_layer(&mut state, &gates)?;
        if config.evolution == Evolution::Imaginary {
            log_norm += state.normalize().ln();
        }
    }
    let discarded_weight = state.discarded_weight() - before;
    let chi = state.bond_dims().into_iter().max().unwrap_or(1);
    Ok((state, TebdReport { time: config.time_step * config.steps as f64, discarded_weight, chi, log_norm }))
}

/// Gates on disjoint pairs, from the end that is nearer to the centre.
fn apply_layer(state: &mut Mps, gates: &[(usize, Mat4)]) -> Result<(), Error> {
    if 2 * state.centre() > state.n_qubits() {
        gates.iter().rev().try_for_each(|(bond, gate)| state.apply_pair(gate, *bond))
    } else {
        gates.iter().try_for_each(|(bond, gate)| state.apply_pair(gate, *bond))
    }
}

/// All layers, neighbours on the same bonds joined.
fn layers(order: TrotterOrder, steps: usize) -> Vec<Layer> {
    let second = |share: f64| [(0, share / 2.0), (1, share), (0, share / 2.0)];
    let p = 1.0 / (4.0 - 4.0_f64.cbrt());
    let step: Vec<Layer> = match order {
        TrotterOrder::First => vec![(0, 1.0), (1, 1.0)],
        TrotterOrder::Second => second(1.0).to_vec(),
        TrotterOrder::Fourth => [p, p, 1.0 - 4.0 * p, p, p].into_iter().flat_map(second).collect(),
    };
    let mut joined: Vec<Layer> = Vec::new();
    for (parity, share) in std::iter::repeat_n(step, steps).flatten() {
        match joined.last_mut() {
            Some(last) if last.0 == parity => last.1 += share,
            Some(_) | None => joined.push((parity, share)),
        }
    }
    joined
}

/// `exp(-i h t)` or `exp(-h t)` from the spectrum of `h`.
fn exponential((values, vectors): &(Vec<f64>, Mat<C64>), time: f64, evolution: Evolution) -> Mat4 {
    let factor = |value: f64| match evolution {
        Evolution::Real => C64::from_polar(1.0, -value * time),
        Evolution::Imaginary => C64::from((-value * time).exp()),
    };
    let entry = |i: usize, j: usize| -> C64 {
        (0..4).map(|k| vectors[(i, k)] * factor(values[k]) * vectors[(j, k)].conj()).sum()
    };
    std::array::from_fn(|k| entry(k / 4, k % 4))
}

/// One 4 x 4 Hermitian matrix per bond, which add up to the sum.
fn bond_generators(sum: &PauliSum, n_qubits: usize) -> Result<Vec<Mat<C64>>, Error> {
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    if sum.n_qubits() > n_qubits {
        return Err(Error::Length { what: "the Pauli sum", got: sum.n_qubits(), expected: n_qubits });
    }
    let mut bonds = vec![Mat::zeros(4, 4); n_qubits - 1];
    for (c, string) in &sum.terms {
        if !c.is_finite() {
            return Err(Error::NonFinite { what: "a coefficient", value: *c });
        }
        match string.support()[..] {
            [] => add(&mut bonds[0], *c, string, 0),
            [q] if q > 0 && q + 1 < n_qubits => {
                add(&mut bonds[q - 1], c / 2.0, string, q - 1);
                add(&mut bonds[q], c / 2.0, string, q);
            }
            [q] => add(&mut bonds[q.min(n_qubits - 2)], *c, string, q.min(n_qubits - 2)),
            [a, b] if b == a + 1 => add(&mut bonds[a], *c, string, a),
            _ => return Err(Error::NotNeighbours { term: string.to_string() }),
        }
    }
    Ok(bonds)
}

fn add(h: &mut Mat<C64>, c: f64, string: &PauliString, left: usize) {
    let bits = |mask: u128| (mask >> left & 1) as usize * 2 + (mask >> (left + 1) & 1) as usize;
    let (x, z) = (bits(string.x), bits(string.z));
    for column in 0..4 {
        h[(column ^ x, column)] += PauliString::phase(x, z, column) * c;
    }
}

impl TebdConfig {
    fn check(&self) -> Result<(), Error> {
        let step = self.time_step.is_finite() && (self.time_step > 0.0 || self.evolution == Evolution::Real);
        let settings = [
            ("time_step", self.time_step, step, "finite, and positive in imaginary time"),
            ("chi_max", self.chi_max as f64, self.chi_max > 0, "1 or more"),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "from 0 to less than 1"),
        ];
        match settings.into_iter().find(|(.., fine, _)| !fine) {
            Some((name, value, _, range)) => Err(Error::Setting { name, value, range }),
            None => Ok(()),
        }
    }
}
