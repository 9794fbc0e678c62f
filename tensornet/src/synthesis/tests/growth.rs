//! Protocols: what more layers and more sweeps bring.

use circuit::C64;
use ndarray::Array2;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::states::{aklt, bars_and_stripes, from_sites, heisenberg, ising, random, uniform};
use super::{chain_bonds, config, fidelity_of};
use crate::Mps;
use crate::linalg::qr;
use crate::synthesis::{
    Protocol, Stage, Synthesis, SynthesisConfig, SynthesisReport, Topology, refine, synthesize,
};

fn report(target: &Mps, config: &SynthesisConfig) -> SynthesisReport {
    synthesize(target, config).expect("a fair request").1
}

/// Fidelity of the last stage with the given number of layers.
fn at(stages: &[Stage], layers: usize) -> f64 {
    stages.iter().rev().find(|stage| stage.layers == layers).map_or(0.0, |stage| stage.fidelity)
}

#[test]
fn every_protocol_improves_with_layers_and_reports_what_it_made() {
    for (seed, protocol) in Protocol::ALL.into_iter().enumerate() {
        let target = random(7, 6, false, seed as u64);
        let config = SynthesisConfig { sweeps: 30, ..config(protocol, 3) };
        let (synthesis, report) = synthesize(&target, &config).expect("a fair request");
        let measured = fidelity_of::<Mps>(&synthesis, &target, Mps::amps);
        assert!((measured - report.fidelity).abs() < 1e-12, "{}: {measured} {report:?}", protocol.name());
        assert!(
            report.stages.windows(2).all(|pair| pair[1].fidelity >= pair[0].fidelity - 1e-12),
            "{report:?}"
        );
        assert!(
            report.stages.iter().all(|stage| stage.fidelity >= stage.start_fidelity - 1e-12),
            "{report:?}"
        );
        assert_eq!((report.gates, synthesis.layers.len()), (18, 3));
        let again = synthesize(&target, &config).expect("a fair request");
        assert_eq!(again.0, synthesis, "{}: the same bits", protocol.name());
        let text = serde_json::to_string(&config).expect("plain settings");
        assert!(text.contains(&format!("\"{}\"", protocol.name())), "{text}");
    }
}

#[test]
fn growing_and_fitting_reaches_the_known_fidelities() {
    let table = [
        ("ising", ising(12), 2, 0.9998),
        ("heisenberg", heisenberg(12, &chain_bonds(12)), 2, 0.98),
        ("spin one", aklt(6, [0, 1]), 2, 0.9999),
        ("bars and stripes", bars_and_stripes(4, 3), 4, 0.95),
        ("half filled", uniform(12, |k| k.count_ones() == 6), 4, 0.98),
    ];
    for (name, target, layers, fidelity) in table {
        let reached = report(&target, &config(Protocol::IterDOAll, layers)).fidelity;
        assert!(reached > fidelity, "{name}: {reached}");
        let newest = report(&target, &config(Protocol::IterDOI, layers)).fidelity;
        assert!(newest < reached, "{name}: {newest} of the newest layer alone");
    }
}

/// States of a conserved charge, whose analytic layer no sweep improves on; known from starts of other kinds.
#[test]
fn one_layer_is_not_left_at_a_stationary_point() {
    for (n, ones, fidelity) in [(12, 6, 0.461), (6, 3, 0.685)] {
        let target = uniform(n, |k| k.count_ones() == ones);
        let analytic = report(&target, &config(Protocol::DAll, 1)).fidelity;
        let (synthesis, reached) =
            synthesize(&target, &config(Protocol::IterDOAll, 1)).expect("a fair request");
        assert!(reached.fidelity > analytic + 0.03 && reached.fidelity >= fidelity, "{analytic} {reached:?}");
        assert!(reached.stages.iter().all(|stage| stage.start_fidelity <= stage.fidelity), "{reached:?}");
        assert!((fidelity_of::<Mps>(&synthesis, &target, Mps::amps) - reached.fidelity).abs() < 1e-12);
        let more = report(&target, &config(Protocol::IterDOAll, 2)).fidelity;
        assert!(more > reached.fidelity, "{more} after {reached:?}");
    }
}

/// The whole table: fidelities with one to four layers, and what fitting the newest layer alone reaches with four.
#[test]
#[ignore = "half a minute in a release build, minutes otherwise: the whole table"]
fn all_curves_reach_the_known_fidelities() {
    let table = [
        ("ising", ising(12), [0.9948, 0.9998, 0.9999, 0.9999]),
        ("heisenberg", heisenberg(12, &chain_bonds(12)), [0.71, 0.98, 0.99, 0.998]),
        ("spin one", aklt(6, [0, 1]), [0.538, 0.9999, 0.9999, 0.9999]),
        ("bars and stripes", bars_and_stripes(4, 3), [0.7272, 0.7727, 0.83, 0.95]),
        ("half filled", uniform(12, |k| k.count_ones() == 6), [0.252, 0.7, 0.9, 0.98]),
    ];
    for (name, target, least) in table {
        let stages = report(&target, &config(Protocol::IterDOAll, 4)).stages;
        for (layers, least) in (1..).zip(least) {
            let reached =
                at(&stages, layers).max(if layers > stages[stages.len() - 1].layers { 1.0 } else { 0.0 });
            assert!(reached >= least, "{name}, {layers} layers: {reached}");
        }
        let newest = report(&target, &config(Protocol::IterDOI, 4)).fidelity;
        assert!(newest < at(&stages, stages[stages.len() - 1].layers), "{name}: {newest}");
    }
    let alone = report(&aklt(6, [0, 1]), &config(Protocol::DAll, 1)).fidelity;
    assert!((alone - 0.539).abs() < 1e-3, "{alone}");
}

/// Equal Schmidt values at the cut: whatever the gauge of the chain, the same states are kept.
#[test]
fn ties_are_broken_alike_in_every_gauge() {
    let lattice: Vec<(usize, usize)> = vec![(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)];
    for (name, target) in [("chain", heisenberg(8, &chain_bonds(8))), ("lattice", heisenberg(6, &lattice))] {
        for topology in [Topology::Staircase, Topology::Tree] {
            let config = SynthesisConfig { topology, ..config(Protocol::DAll, 3) };
            let (first, _) = synthesize(&target, &config).expect("a fair request");
            for seed in 0..4 {
                let (again, _) = synthesize(&regauged(&target, seed), &config).expect("a fair request");
                for (a, b) in first.gates().zip(again.gates()) {
                    let pairs = a.matrix.iter().zip(&b.matrix);
                    let worst = pairs.map(|(x, y)| (x - y).norm()).fold(0.0, f64::max);
                    assert!(worst < 1e-6, "{name}, seed {seed}, {:?}: {worst}", a.qubits);
                }
            }
        }
    }
}

/// A random unitary matrix.
fn turn(dim: usize, rng: &mut impl Rng) -> Array2<C64> {
    let entry = || C64::new(rng.sample(StandardNormal), rng.sample(StandardNormal));
    qr(Array2::from_shape_simple_fn((dim, dim), entry).view()).0
}

/// The same state with random unitaries and their inverses on the bonds.
fn regauged(target: &Mps, seed: u64) -> Mps {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sites = target.sites().to_vec();
    for k in 1..sites.len() {
        let bond = sites[k].dim().0;
        let (l, d, r) = sites[k - 1].dim();
        let (_, next, right) = sites[k].dim();
        let turn = turn(bond, &mut rng);
        let left = sites[k - 1].to_shape((l * d, r)).expect("a matrix").dot(&turn);
        sites[k - 1] = left.into_shape_with_order((l, d, bond)).expect("a site");
        let inverse = turn.t().mapv(|x| x.conj());
        let moved = inverse.dot(&sites[k].to_shape((bond, next * right)).expect("a matrix"));
        sites[k] = moved.into_shape_with_order((bond, next, right)).expect("a site");
    }
    from_sites(sites)
}

#[test]
fn a_full_step_never_loses() {
    let target = random(8, 5, false, 11);
    let mut current = Synthesis::haar(8, &Topology::BrickWall, 2, &mut ChaCha8Rng::seed_from_u64(4));
    let mut last = 0.0;
    for sweep in 0..30 {
        let one = SynthesisConfig { sweeps: 1, learning_power: 1.0, polish_sweeps: 0, ..Default::default() };
        let (next, report) = refine(&target, &current, &one).expect("a fair request");
        assert!(report.fidelity >= last - 1e-13, "seed 11, sweep {sweep}: {} after {last}", report.fidelity);
        (current, last) = (next, report.fidelity);
    }
    assert!(last > 0.5, "{last}");
}

#[test]
fn chains_and_amplitudes_take_the_same_steps() {
    let long_range = Topology::Pairs(vec![[0, 3], [5, 1], [2, 4], [4, 3], [0, 1]]);
    for (seed, topology) in [Topology::Staircase, Topology::BrickWall, long_range].into_iter().enumerate() {
        let target = random(6, 4, false, 20 + seed as u64);
        let start = Synthesis::haar(6, &topology, 2, &mut ChaCha8Rng::seed_from_u64(seed as u64));
        let config = SynthesisConfig { sweeps: 3, polish_sweeps: 1, cutoff: 0.0, ..Default::default() };
        let fit = |exact_qubits: usize| {
            let (gates, report) =
                refine(&target, &start, &SynthesisConfig { exact_qubits, ..config.clone() })
                    .expect("a fair request");
            (fidelity_of::<Mps>(&gates, &target, Mps::amps), report)
        };
        let ((amps, exact), (chain, cut)) = (fit(14), fit(0));
        assert!((amps - exact.fidelity).abs() < 1e-11, "seed {seed}");
        assert!(
            (amps - chain).abs() < 1e-7 && (chain - cut.fidelity).abs() < 1e-9,
            "seed {seed}: {amps} {chain}"
        );
    }
}

#[test]
fn registers_beyond_amplitudes_are_fitted_on_chains() {
    let target = random(30, 3, false, 31);
    let config =
        SynthesisConfig { sweeps: 4, polish_sweeps: 2, chi_max: 12, ..config(Protocol::IterDOAll, 2) };
    let (synthesis, report) = synthesize(&target, &config).expect("a fair request");
    let exact = synthesis_overlap(&synthesis, &target);
    assert!(report.fidelity > 1.5 * at(&report.stages, 1), "{report:?}");
    assert!((exact - report.fidelity).abs() < 1e-3, "{exact} {report:?}");
}

/// Fidelity on chains without cuts.
fn synthesis_overlap(synthesis: &Synthesis, target: &Mps) -> f64 {
    use crate::Truncation;
    use crate::synthesis::chain::Chain;
    use crate::synthesis::ket::Ket;
    let mut state = <Mps as circuit::State>::zero(target.n_qubits());
    synthesis.apply(&mut state);
    let [a, b] = [&state, target].map(|mps| Chain::from_mps(mps, Truncation::EXACT).0);
    a.overlap(&b).norm_sqr()
}

#[test]
fn identity_layers_start_without_overlap_too() {
    let target = uniform(6, |k| k.count_ones() == 3);
    for topology in [Topology::Staircase, Topology::BrickWall] {
        let config = SynthesisConfig { topology, ..config(Protocol::IterIOAll, 3) };
        let report = report(&target, &config);
        assert!(report.fidelity > 0.9, "{report:?}");
    }
}
