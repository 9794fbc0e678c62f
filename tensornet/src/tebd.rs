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

use crate::chain::Chain;
use crate::error::check_settings;
use crate::linalg::hermitian;
use crate::scalar::Scalar;
use crate::sector::{Conserve, Sector, check_state};
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
    /// Which symmetry makes tensors sparse.
    pub conserve: Conserve,
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
            conserve: Conserve::Charge,
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
    /// Number of ones, where it was conserved.
    pub charge: Option<i64>,
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
/// state is zero, a number is not finite, a setting is outside its range, or a pair of sites exceeds
/// [`Mps::MEMORY_LIMIT`].
pub fn tebd(sum: &PauliSum, start: &Mps, config: &TebdConfig) -> Result<(Mps, TebdReport), Error> {
    config.check()?;
    let generators = bond_generators(sum, start.n_qubits())?;
    check_state(start)?;
    let mut entries = generators.iter().flat_map(|h| h.col_iter()).flat_map(|column| column.iter());
    let real = config.evolution == Evolution::Imaginary && start.is_real() && entries.all(|x| x.im == 0.0);
    if real { run::<f64>(&generators, start, config) } else { run::<C64>(&generators, start, config) }
}

fn run<T: Scalar>(
    generators: &[Mat<C64>],
    start: &Mps,
    config: &TebdConfig,
) -> Result<(Mps, TebdReport), Error> {
    let by_charge = config.conserve == Conserve::Charge && generators.iter().all(conserves);
    let sector = by_charge.then(|| Sector::<T>::new(start, 1)).flatten();
    let sector = sector.or_else(|| Sector::new(start, 0)).ok_or(Error::ZeroState)?;
    let mut chain = Chain::new(None, sector, Vec::new());
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, ..Truncation::EXACT };
    let spectra: Vec<_> = generators.iter().map(|h| hermitian(h.as_ref())).collect();
    let (mut cuts, mut log_norm) = (Vec::new(), 0.0);
    let layers = layers(config.order, config.steps);
    for (k, &(parity, share)) in layers.iter().enumerate() {
        let time = share * config.time_step;
        let gate = |bond: usize| exponential(&spectra[bond], time, config.evolution);
        layer(&mut chain, (parity, k % 2 == 1), gate, &truncation, &mut cuts)?;
        if config.evolution == Evolution::Imaginary {
            log_norm += chain.normalize().ln();
        }
    }
    if layers.len() % 2 == 1 {
        (0..generators.len()).for_each(|_| chain.step());
        chain.turn();
    }
    let charge = chain.charge();
    let state = chain.into_mps().evolved(start, &cuts, truncation);
    let chi = state.bond_dims().into_iter().max().unwrap_or(1);
    let (time, discarded_weight) = (config.time_step * config.steps as f64, cuts.iter().sum());
    Ok((state, TebdReport { time, discarded_weight, chi, log_norm, charge }))
}

/// Gates on the bonds of one parity, from one end to the other, after which the chain is turned round; in a chain
/// that was `reversed` so before, bonds are counted from its end.
fn layer<T: Scalar>(
    chain: &mut Chain<T>,
    (parity, reversed): (usize, bool),
    gate: impl Fn(usize) -> Mat4,
    truncation: &Truncation,
    cuts: &mut Vec<f64>,
) -> Result<(), Error> {
    while chain.remaining() > 0 {
        let bond = if reversed { chain.remaining() - 1 } else { chain.passed() };
        if bond % 2 != parity {
            chain.step();
        } else if let Some(pair) = chain.take_pair()? {
            let gate = gate(bond);
            let entry = |a: usize, b: usize| {
                let (a, b) = if reversed { (b, a) } else { (a, b) };
                gate[(a / 2 * 2 + b / 2) * 4 + a % 2 * 2 + b % 2]
            };
            let entries = std::array::from_fn(|a| std::array::from_fn(|b| T::narrow(entry(a, b))));
            cuts.push(chain.put_pair(&chain.gate(entries).apply(&pair), truncation));
        }
    }
    chain.turn();
    Ok(())
}

/// Whether a matrix on two qubits keeps the number of ones.
fn conserves(h: &Mat<C64>) -> bool {
    let moves = |i: usize, j: usize| i.count_ones() != j.count_ones() && h[(i, j)] != C64::ZERO;
    !(0..16).any(|k| moves(k / 4, k % 4))
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
        check_settings(settings)
    }
}
