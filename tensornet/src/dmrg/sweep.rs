//! Half a sweep: every site, or every pair of neighbours, from one end of the chain to the other.

use faer::Mat;

use crate::blocks::{Blocks, Site, choose};
use crate::chain::Chain;
use crate::krylov::lowest;
use crate::linalg::{add_gram, dagger_product, hermitian};
use crate::scalar::Scalar;
use crate::{Error, Truncation};

/// Expansions by less are none.
const SMALLEST: f64 = 1e-14;

/// How the centre is optimised and cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) truncation: Truncation,
    pub(super) krylov: usize,
    pub(super) tolerance: f64,
    /// Share of the image of the operator in the density matrix of a single site; none for pairs.
    pub(super) expansion: Option<f64>,
    pub(super) penalty: f64,
}

/// What a half sweep met.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HalfSweep {
    /// Ritz value of the last site or pair.
    pub(super) energy: f64,
    /// Largest share of the weight discarded in one cut.
    pub(super) discarded: f64,
}

/// Optimises everything once, moves the centre to the far end, and turns the chain round.
pub(super) fn half_sweep<T: Scalar>(chain: &mut Chain<T>, step: &Step) -> Result<HalfSweep, Error> {
    let report = match step.expansion {
        Some(expansion) => singles(chain, step, expansion),
        None => pairs(chain, step)?,
    };
    chain.turn();
    Ok(report)
}

fn pairs<T: Scalar>(chain: &mut Chain<T>, step: &Step) -> Result<HalfSweep, Error> {
    let mut report = HalfSweep::default();
    while let Some(pair) = chain.take_pair()? {
        let operator = chain.on_pair().avoiding(chain.avoided_pairs(), step.penalty);
        let found = lowest(|x| operator.apply(x), pair, step.krylov, step.tolerance);
        report.energy = found.energy;
        report.discarded = report.discarded.max(chain.put_pair(&found.vector, &step.truncation));
    }
    Ok(report)
}

fn singles<T: Scalar>(chain: &mut Chain<T>, step: &Step, expansion: f64) -> HalfSweep {
    let mut report = HalfSweep::default();
    loop {
        let operator = chain.on_centre().avoiding(chain.avoided_sites(), step.penalty);
        let found = lowest(|x| operator.apply(x), chain.centre.blocks.clone(), step.krylov, step.tolerance);
        report.energy = found.energy;
        chain.centre.blocks = found.vector;
        if chain.remaining() == 0 {
            return report;
        }
        let (isometry, carry, discarded) = expand(chain, expansion, &step.truncation);
        report.discarded = report.discarded.max(discarded);
        chain.advance(isometry, carry);
    }
}

/// The centre as an isometry, chosen for what the operator makes of the centre as well, and the rest, `new vR`, of
/// norm one; the share of the weight of the centre that is discarded.
fn expand<T: Scalar>(chain: &Chain<T>, expansion: f64, truncation: &Truncation) -> (Site<T>, Blocks<T>, f64) {
    let centre = &chain.centre;
    let images = if expansion > SMALLEST { chain.images() } else { Vec::new() };
    let size: f64 = images.iter().map(|image| image.inner(image).real_part()).sum();
    let joint = centre.outer.joined(2);
    let spectra = joint.iter().map(|(m, rows)| {
        let mut density = Mat::zeros(rows, rows);
        let mut mix = |share: f64, x: Option<faer::MatRef<T>>| {
            let x = x.filter(|_| share > 0.0);
            x.into_iter().for_each(|x| add_gram(density.as_mut(), share, x));
        };
        mix(1.0, centre.blocks.get(m));
        images.iter().for_each(|image| mix(expansion / size, image.get(m)));
        let (values, vectors) = hermitian(density.as_ref());
        let values: Vec<f64> = values.iter().rev().map(|value| value.max(0.0).sqrt()).collect();
        (m, values, vectors)
    });
    let spectra: Vec<_> = spectra.collect();
    let (kept, _) = choose(spectra.iter().map(|x| x.1.as_slice()), truncation);
    let (mut isometry, mut carry) = (Vec::new(), Vec::new());
    for ((m, values, vectors), kept) in spectra.into_iter().zip(kept).filter(|x| x.1 > 0) {
        let best = Mat::from_fn(vectors.nrows(), kept, |i, j| vectors[(i, values.len() - 1 - j)]);
        if let Some(block) = centre.blocks.get(m) {
            carry.push((m, dagger_product(best.as_ref(), block)));
        }
        isometry.push((m, best));
    }
    let site = Site { outer: centre.outer.clone(), blocks: Blocks(isometry.into_iter().collect()) };
    let carry = Blocks(carry.into_iter().collect());
    let norm = carry.norm();
    let whole = centre.blocks.norm();
    (site, carry.scaled(whole / norm), 1.0 - (norm / whole).powi(2))
}
