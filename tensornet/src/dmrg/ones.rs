//! Which number of ones the ground state has, by short searches.

use rand::Rng;

use super::{DmrgConfig, Operators, solve};
use crate::scalar::Scalar;
use crate::sector::Sector;
use crate::{Error, Mpo, Mps};

/// Bond of the first searches.
const NARROW: usize = 4;

/// Bond at which the energies decide.
const WIDE: usize = 32;

/// Sweeps at each bond.
const SWEEPS: usize = 3;

/// The number of ones of the ground state, or none if the operator does not conserve it.
///
/// Short searches with bonds of 4 go through every number of ones. A number is out once its energy `E` and variance
/// `V` put the level that was found above the lowest energy: `E - √V > min E`. The others are searched on with twice
/// the bond, up to `chi_max` or 32, where the lowest energy decides.
///
/// ```
/// use circuit::PauliSum;
/// use rand::SeedableRng;
/// use tensornet::{Mpo, ground_ones};
///
/// let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let pair: PauliSum = "X0*X1 + Y0*Y1 + 3*Z0 + 3*Z1 + 3*Z2".parse()?;
/// assert_eq!(ground_ones(&Mpo::from_sum(&pair, 3)?, 8, &mut generator)?, Some(3));
/// assert_eq!(ground_ones(&Mpo::from_sum(&"X0*Z1".parse()?, 2)?, 8, &mut generator)?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the chain has fewer than two qubits, or a pair of sites exceeds [`Mps::MEMORY_LIMIT`].
pub fn ground_ones(operator: &Mpo, chi_max: usize, generator: &mut impl Rng) -> Result<Option<usize>, Error> {
    let n_qubits = operator.n_qubits();
    if n_qubits < 2 {
        return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
    }
    let Some(by_charge) = operator.conserving() else { return Ok(None) };
    let operators = Operators::new(operator, by_charge)?;
    let starts = (0..=n_qubits).map(|ones| (ones, Mps::random_with_ones(n_qubits, ones, NARROW, generator)));
    let found = match operator.is_real() {
        true => search::<f64>(&operators, starts.collect(), chi_max),
        false => search::<circuit::C64>(&operators, starts.collect(), chi_max),
    };
    found.map(Some)
}

fn search<T: Scalar>(
    operators: &Operators,
    mut candidates: Vec<(usize, Mps)>,
    chi_max: usize,
) -> Result<usize, Error> {
    let mut chi = NARROW;
    loop {
        let config = DmrgConfig { chi_max: vec![chi], max_sweeps: SWEEPS, ..DmrgConfig::default() };
        let short = |(ones, start): (usize, Mps)| -> Result<_, Error> {
            let sector = Sector::<T>::new(&start, 1).expect("a definite number of ones");
            let (state, report) = solve(operators, vec![sector], &config)?;
            Ok((ones, state, report.energy, report.variance.max(0.0).sqrt()))
        };
        let mut found = candidates.into_iter().map(short).collect::<Result<Vec<_>, Error>>()?;
        found.sort_by(|a, b| a.2.total_cmp(&b.2));
        let (best, lowest) = (found[0].0, found[0].2);
        found.retain(|(_, _, energy, deviation)| energy - deviation <= lowest);
        chi *= 2;
        if found.len() <= 1 || chi > chi_max.min(WIDE) {
            return Ok(best);
        }
        candidates = found.into_iter().map(|(ones, state, ..)| (ones, state)).collect();
    }
}
