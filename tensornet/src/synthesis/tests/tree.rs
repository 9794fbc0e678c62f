//! Trees: exact where pairs have rank two, of logarithmic depth, and what more of them bring.

use circuit::{Circuit, State, run};

use super::states::{bars_and_stripes, heisenberg, ising, random, uniform};
use super::{chain_bonds, config, fidelity_of};
use crate::Mps;
use crate::synthesis::{Completion, Protocol, SynthesisConfig, Topology, synthesize};

fn tree(protocol: Protocol, layers: usize) -> SynthesisConfig {
    SynthesisConfig { topology: Topology::Tree, ..config(protocol, layers) }
}

#[test]
fn a_tree_is_as_deep_as_the_logarithm_and_touches_every_qubit() {
    let table = [(2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4), (12, 4), (16, 4), (100, 7), (128, 7)];
    for (n, depth) in table {
        let pairs = Topology::Tree.pairs(n);
        assert_eq!(pairs.len(), n - 1, "{n}");
        let mut circuit = Circuit::new(n).expect("fits");
        let mut known = vec![0];
        for [a, b] in pairs {
            assert!(known.contains(&a) && !known.contains(&b), "{n}: {a} hands on to {b}");
            known.push(b);
            circuit.cz(a, b).expect("in range");
        }
        assert_eq!((known.len(), circuit.depth()), (n, depth), "{n}");
    }
}

#[test]
fn pairs_of_rank_two_make_one_exact_tree() {
    for n in [2, 3, 5, 6, 8, 12] {
        let all = (1 << n) - 1;
        let table = [
            ("cat", uniform(n, |k| k == 0 || k == all)),
            ("w", uniform(n, |k| k.count_ones() == 1)),
            ("plus", uniform(n, |_| true)),
            ("basis", uniform(n, |k| k == all / 3)),
            ("product", random(n, 1, false, 5)),
        ];
        for (name, target) in table {
            for (exact_qubits, completion) in [(0, Completion::Axes), (14, Completion::Mixed)] {
                let config = SynthesisConfig { exact_qubits, completion, ..tree(Protocol::DAll, 1) };
                let (synthesis, report) = synthesize(&target, &config).expect("a fair request");
                assert!((report.fidelity - 1.0).abs() < 1e-12, "{name} on {n}: {}", report.fidelity);
                let measured = fidelity_of::<Mps>(&synthesis, &target, Mps::amps);
                assert!((measured - 1.0).abs() < 1e-12, "{name} on {n}: {measured}");
                assert_eq!(report.depth, n.next_power_of_two().ilog2() as usize);
            }
        }
    }
}

#[test]
fn a_long_cat_takes_seven_steps() {
    let mut cat = Circuit::new(100).expect("fits");
    cat.h(0).expect("in range");
    (1..100).for_each(|q| _ = cat.cx(q - 1, q).expect("in range"));
    let mut target = Mps::zero(100);
    run(&cat, &[], &mut target);
    let (synthesis, report) = synthesize(&target, &tree(Protocol::DAll, 1)).expect("a fair request");
    assert!((report.fidelity - 1.0).abs() < 1e-10, "{}", report.fidelity);
    assert_eq!((report.depth, report.gates), (7, 99));
    let mut copy = Mps::zero(100);
    synthesis.apply(&mut copy);
    assert!((copy.amplitude(&[true; 100]).norm_sqr() - 0.5).abs() < 1e-10);
}

#[test]
fn more_trees_and_sweeps_come_closer() {
    let table = [
        ("ising", ising(10), 0.99),
        ("heisenberg", heisenberg(8, &chain_bonds(8)), 0.98),
        ("bars and stripes", bars_and_stripes(3, 3), 0.8),
        ("random", random(8, 4, false, 3), 0.6),
    ];
    for (name, target, least) in table {
        let analytic = synthesize(&target, &tree(Protocol::DAll, 3)).expect("a fair request").1;
        let config = SynthesisConfig { sweeps: 40, ..tree(Protocol::IterDOAll, 3) };
        let (synthesis, report) = synthesize(&target, &config).expect("a fair request");
        let rising = |stages: &[crate::synthesis::Stage]| {
            stages.windows(2).all(|pair| pair[1].fidelity >= pair[0].fidelity - 1e-12)
        };
        assert!(rising(&analytic.stages) && rising(&report.stages), "{name}: {analytic:?} {report:?}");
        assert!(report.fidelity > analytic.fidelity && report.fidelity > least, "{name}: {report:?}");
        assert!(report.depth <= 3 * target.n_qubits().next_power_of_two().ilog2() as usize, "{name}");
        let measured = fidelity_of::<Mps>(&synthesis, &target, Mps::amps);
        assert!((measured - report.fidelity).abs() < 1e-11, "{name}: {measured}");
    }
}
