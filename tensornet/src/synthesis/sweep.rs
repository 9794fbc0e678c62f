//! Fitting gates to a state: sweeps that replace one gate at a time by the best one for its surroundings.
//!
//! With all other gates fixed the overlap with the target is `conj(tr(U† G))` for the environment `G` of
//! a gate, so that the polar factor of `G` is the best gate and the sum of its singular values the
//! overlap it reaches. A learning power `r < 1` goes only part of the way, `U (U† U_best)^r`, which
//! avoids poor maxima.
//!
//! Reference: Evenbly and Vidal, arXiv:0707.1454; Rudolph et al., arXiv:2209.00595.

use circuit::C64;

use super::ket::Ket;
use super::unitary::{U4, polar, power};

/// A gate while it is fitted.
#[derive(Clone)]
pub(super) struct Brick {
    /// The ordered pair it acts on, the first qubit as the high bit.
    pub pair: [usize; 2],
    /// Its matrix.
    pub unitary: U4,
}

/// How long and how boldly gates are fitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    /// Most sweeps, each backward and forward through all gates.
    pub sweeps: usize,
    /// The learning power `r`.
    pub power: f64,
    /// Fidelity at which fitting ends.
    pub stop: f64,
    /// Gain of fidelity per sweep below which fitting ends.
    pub tolerance: f64,
}

/// What fitting came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// `|<target|circuit|0..0>|^2`.
    pub fidelity: f64,
    /// Sweeps made.
    pub sweeps: usize,
    /// Share of weight the cuts of the last pass discarded.
    pub discarded_weight: f64,
}

/// `gates` applied to `|0..0>`, first to last.
pub(super) fn prepare<K: Ket>(gates: &[Brick], target: &K) -> K {
    let mut ket = target.vacuum();
    gates.iter().for_each(|gate| ket.apply(&gate.unitary, gate.pair));
    ket
}

/// The conjugate transpose of the circuit `gates`, applied to `state`.
pub(super) fn undo<K: Ket>(gates: &[Brick], mut state: K) -> K {
    gates.iter().rev().for_each(|gate| state.apply(&gate.unitary.adjoint(), gate.pair));
    state
}

/// The fidelity of a circuit that is not to be changed.
pub(super) fn measure<K: Ket>(gates: &[Brick], target: &K) -> Fit {
    let ket = prepare(gates, target);
    let fidelity = target.overlap(&ket).norm_sqr();
    Fit { fidelity, sweeps: 0, discarded_weight: ket.discarded_weight() }
}

/// Fits all gates to `target` and leaves the best ones seen.
pub(super) fn fit<K: Ket>(gates: &mut Vec<Brick>, target: &K, schedule: Schedule) -> Fit {
    let mut best = measure(gates, target);
    if gates.is_empty() {
        return best;
    }
    let mut trial = gates.clone();
    let mut before = vec![target.vacuum()]; // before[m] is the state gate m acts on
    for gate in &trial[..trial.len() - 1] {
        let mut next = before[before.len() - 1].clone();
        next.apply(&gate.unitary, gate.pair);
        before.push(next);
    }
    let mut last = best.fidelity;
    for sweep in 1..=schedule.sweeps {
        if best.fidelity >= schedule.stop {
            break;
        }
        let after = backward(&mut trial, target, &before, schedule.power);
        let end = forward(&mut trial, target, &mut before, &after, schedule.power);
        let fidelity = target.overlap(&end).norm_sqr();
        if fidelity > best.fidelity {
            best = Fit { fidelity, sweeps: sweep, discarded_weight: end.discarded_weight() };
            gates.clone_from(&trial);
        }
        if (fidelity - last).abs() <= schedule.tolerance {
            break;
        }
        last = fidelity;
    }
    best
}

/// Updates the gates last to first; returns the target pulled back behind each of them.
fn backward<K: Ket>(gates: &mut [Brick], target: &K, before: &[K], r: f64) -> Vec<K> {
    let mut cache = K::Cache::default();
    let mut bra = target.clone();
    let mut after = Vec::with_capacity(gates.len());
    for (gate, ket) in gates.iter_mut().zip(before).rev() {
        let environment = bra.environment(ket, gate.pair, &mut cache);
        gate.unitary = improved(&gate.unitary, &environment, r);
        after.push(bra.clone());
        bra.apply(&gate.unitary.adjoint(), gate.pair);
    }
    after.reverse();
    after
}

/// Updates the gates first to last; returns the state they prepare.
fn forward<K: Ket>(gates: &mut [Brick], target: &K, before: &mut [K], after: &[K], r: f64) -> K {
    let mut cache = K::Cache::default();
    let mut ket = target.vacuum();
    for ((gate, before), bra) in gates.iter_mut().zip(before).zip(after) {
        let environment = bra.environment(&ket, gate.pair, &mut cache);
        gate.unitary = improved(&gate.unitary, &environment, r);
        before.clone_from(&ket);
        ket.apply(&gate.unitary, gate.pair);
    }
    ket
}

/// The gate moved by the power `r` towards the best one for its environment.
///
/// The best gate is taken with the phase the overlap has now, so that a phase of no meaning is not
/// followed.
pub(super) fn improved(unitary: &U4, environment: &U4, r: f64) -> U4 {
    let current = (unitary.adjoint() * environment).trace();
    let phase = if current.norm() > 0.0 { current / current.norm() } else { C64::ONE };
    let best = polar(environment, &(unitary * phase)) * phase.conj();
    if r >= 1.0 {
        return best;
    }
    let moved = unitary * power(&(unitary.adjoint() * best), r);
    moved * C64::from(1.5) - moved * moved.adjoint() * moved * C64::from(0.5) // back to unitary
}

#[cfg(test)]
mod tests {
    use super::super::unitary::{haar, unitarity_error};
    use super::improved;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn a_full_step_reaches_the_sum_of_singular_values_and_parts_of_it_never_lose() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for case in 0..50 {
            let environment = haar(&mut rng) + haar(&mut rng) * circuit::C64::from(0.7);
            let start = haar(&mut rng);
            let reached = |r: f64| (improved(&start, &environment, r).adjoint() * environment).trace().norm();
            let gram = (environment.adjoint() * environment).symmetric_eigen();
            let best: f64 = gram.eigenvalues.iter().map(|x| x.max(0.0).sqrt()).sum();
            assert!((reached(1.0) - best).abs() < 1e-7, "case {case}: {} is not {best}", reached(1.0));
            assert!(reached(1e-3) > reached(0.0) - 1e-12, "case {case}");
            assert!((reached(0.0) - (start.adjoint() * environment).trace().norm()).abs() < 1e-12);
        }
    }

    #[test]
    fn gates_stay_unitary() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let mut gate = haar(&mut rng);
        for _ in 0..10_000 {
            gate = improved(&gate, &haar(&mut rng), 0.6);
        }
        assert!(unitarity_error(&gate) < 1e-12, "{}", unitarity_error(&gate));
    }
}
