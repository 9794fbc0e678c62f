//! Loss and gradient of a circuit on a chain whose bonds are cut, with what the cuts cost.
//!
//! The likelihood of a string goes back through the circuit on its own: its bra starts as a product state, and the
//! smallest of many probabilities is known as well as the largest.

use circuit::{C64, Differentiable};
use tensornet::{GradientReport, Mps, MpsNode, MpsReadout, Truncation};

use super::PlateauConfig;
use super::circuit::Draw;
use super::task::Task;
use crate::Error;
use crate::divergence::Likelihood;
use crate::pretrain::{Loss, Problem};

/// Value, gradient, and the largest of all cuts; the error bound is that of an entry of the gradient.
pub(super) fn value_and_gradient(
    config: &PlateauConfig,
    task: &Task,
    draw: &Draw,
) -> Result<(f64, Vec<f64>, GradientReport), Error> {
    let truncation = Truncation { chi_max: config.chi_max, cutoff: config.cutoff, floor: 0.0 };
    let node =
        |readout| Ok::<_, Error>(MpsNode::new(draw.circuit.clone(), readout)?.with_truncation(truncation));
    match &task.problem {
        Problem::Ground { hamiltonian, .. } => {
            let node = node(MpsReadout::Expectations(vec![hamiltonian.clone()]))?;
            let found = node.differentiate(&draw.angles, |_| vec![1.0]);
            Ok((found.values[0], found.gradient, found.report))
        }
        Problem::Generative { data, .. } => {
            let least = if let Loss::Kl { eps } = task.loss { eps } else { f64::MIN_POSITIVE };
            let all = Likelihood::divergence(data.weights().to_vec(), least);
            let probabilities = node(MpsReadout::Probabilities(data.rows().to_vec()))?.forward(&draw.angles);
            let mut gradient = vec![0.0; draw.angles.len()];
            let mut cuts = GradientReport::default();
            let slopes = all.slopes(probabilities.iter().copied());
            for (row, slope) in data.rows().iter().zip(slopes).filter(|(_, slope)| *slope != 0.0) {
                let node = node(MpsReadout::Probabilities(vec![row.clone()]))?;
                let found = node.differentiate(&draw.angles, |_| vec![slope]);
                gradient.iter_mut().zip(found.gradient).for_each(|(total, g)| *total += g);
                let bound = cuts.error_bound + found.report.error_bound;
                cuts = GradientReport { error_bound: bound, ..largest(cuts, found.report) };
            }
            Ok((all.value(probabilities), gradient, cuts))
        }
    }
}

/// Refuses circuits whose chains exceed the memory: ket, bra, their surroundings, and for the way back one ket in `√m` of
/// the `m` gates and what each of `√m` gates changed.
pub(super) fn check_memory(config: &PlateauConfig, n_qubits: usize, gates: usize) -> Result<(), Error> {
    let bond = |q: usize| {
        1_u128.checked_shl(q.min(n_qubits - q) as u32).unwrap_or(u128::MAX).min(config.chi_max as u128)
    };
    let entries = (0..n_qubits)
        .fold(0_u128, |sum, q| sum.saturating_add(bond(q).saturating_mul(bond(q + 1)).saturating_mul(2)));
    let lanes = config.draws.min(rayon::current_num_threads()) as u128;
    let chains = (2 * gates.isqrt() as u128 + 6) * lanes;
    let needed = entries.saturating_mul(chains).saturating_mul(size_of::<C64>() as u128);
    let limit = Mps::MEMORY_LIMIT;
    if needed > limit { Err(tensornet::Error::Memory { needed, limit }.into()) } else { Ok(()) }
}

/// The larger of each entry.
pub(super) fn largest(a: GradientReport, b: GradientReport) -> GradientReport {
    GradientReport {
        discarded_weight: a.discarded_weight.max(b.discarded_weight),
        bra_discarded_weight: a.bra_discarded_weight.max(b.bra_discarded_weight),
        chi: a.chi.max(b.chi),
        bra_chi: a.bra_chi.max(b.bra_chi),
        error_bound: a.error_bound.max(b.error_bound),
    }
}
