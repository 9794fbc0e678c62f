//! Protocols: what more layers and more sweeps bring.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::states::{aklt, bars_and_stripes, heisenberg, ising, random, uniform};
use super::{chain_bonds, config, fidelity_of};
use crate::Mps;
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
