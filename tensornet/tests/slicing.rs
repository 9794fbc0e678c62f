//! Contraction in slices and in annealed orders: the same numbers, at the cost that was predicted.

use circuit::hamiltonian::Lattice;
use circuit::{C64, Circuit, State, run};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use tensornet::contraction::{Contraction, ContractionConfig, ContractionReport, amplitude};
use tensornet::{Error, Mps};
use testkit::{Dense, Stream, random_circuit};

/// Layers of rotations on all sites and controlled phases on a quarter of all bonds, in turn.
fn grid(side: usize, depth: usize) -> Circuit {
    let bonds = Lattice::new(side, side, Default::default()).expect("fits").neighbours();
    let mut circuit = Circuit::new(side * side).expect("fits");
    let mut angles = Stream(11);
    for layer in 0..depth {
        for q in 0..side * side {
            circuit.ry(q, 3.0 * angles.next().expect("endless")).expect("in range");
            circuit.rx(q, 3.0 * angles.next().expect("endless")).expect("in range");
        }
        for &[a, b] in &bonds {
            let [row, column] = [a / side, a % side];
            let kind = if b == a + 1 { column % 2 } else { 2 + row % 2 };
            if kind == [0, 2, 1, 3][layer % 4] {
                circuit.cz(a, b).expect("in range");
            }
        }
    }
    circuit
}

/// Work that takes a moment.
fn limited(memory_limit: u64) -> ContractionConfig {
    ContractionConfig { memory_limit, work_limit: 1e7 }
}

fn bits(n: usize, basis: usize) -> Vec<bool> {
    (0..n).map(|q| basis >> (n - 1 - q) & 1 == 1).collect()
}

/// The value under the tightest limits that can be met, from the whole network down.
fn all_limits(circuit: &Circuit, params: &[f64], outcome: &[bool]) -> Vec<(C64, ContractionReport)> {
    let contraction =
        |limit| Contraction::amplitude(circuit, params, outcome, &limited(limit)).expect("fits");
    let whole = contraction(u64::MAX).report().bytes;
    let mut found = Vec::new();
    for eighths in (1..=8).rev() {
        let limit = whole * eighths / 8;
        let planned = contraction(limit).report();
        match contraction(limit).value() {
            Ok((value, report)) => {
                assert_eq!(report, planned, "predicted and counted");
                assert!(report.bytes <= limit);
                found.push((value, report));
            }
            Err(Error::Contraction { needed, .. }) => assert!(needed > u128::from(limit)),
            Err(Error::Work { multiply_adds, .. }) => assert!(multiply_adds > 1e7),
            Err(other) => panic!("{other}"),
        }
    }
    found
}

#[test]
fn slices_add_up_to_the_dense_reference() {
    let mut sliced = 0;
    for seed in 0..12 {
        let n = 3 + seed % 6;
        let (circuit, params) = random_circuit(n, 40, &mut Stream(100 + seed as u64));
        let mut dense = Dense::zero(n);
        run(&circuit, &params, &mut dense);
        for basis in [0, (1 << n) - 1, (5 * seed) % (1 << n)] {
            for (value, report) in all_limits(&circuit, &params, &bits(n, basis)) {
                let want = dense.amps()[basis];
                assert!((value - want).norm() < 1e-12, "circuit {seed}, {report:?}: {value} is not {want}");
                sliced += usize::from(report.slices > 1);
            }
        }
    }
    assert!(sliced > 30, "{sliced} contractions were sliced");
}

#[test]
fn a_grid_fits_in_slices() {
    let circuit = grid(4, 10);
    let mut chain = Mps::zero(16);
    run(&circuit, &[], &mut chain);
    let outcome: Vec<bool> = Stream(6).take(16).map(|x| x > 0.5).collect();
    let want = chain.amplitude(&outcome);
    let (whole, plain) = amplitude(&circuit, &[], &outcome, &limited(1 << 30)).expect("fits");
    let (parts, tight) = amplitude(&circuit, &[], &outcome, &limited(plain.bytes / 2)).expect("fits");
    assert!(plain.slices == 1 && tight.slices > 1 && tight.multiply_adds >= plain.multiply_adds, "{tight:?}");
    for value in [whole, parts] {
        assert!((value - want).norm() < 1e-12, "{value} is not {want}");
    }
}

#[test]
fn annealed_orders_cost_less_and_give_the_same() {
    for (name, circuit) in [("5 x 5", grid(5, 8)), ("6 x 6", grid(6, 10))] {
        let outcome = vec![true; circuit.n_qubits()];
        let plain = Contraction::amplitude(&circuit, &[], &outcome, &limited(1 << 26)).expect("fits");
        let annealed = |seed| {
            let mut better = plain.clone();
            better.anneal(100, &mut ChaCha8Rng::seed_from_u64(seed));
            better
        };
        let better = annealed(0);
        assert!(
            better.report().multiply_adds < 0.7 * plain.report().multiply_adds,
            "{name}: {:?}",
            better.report()
        );
        assert_eq!(better.report(), annealed(0).report(), "{name}: one seed, one order");
        assert!(better.report().bytes <= 1 << 26);
    }
    let (circuit, params) = random_circuit(9, 60, &mut Stream(77));
    let mut dense = Dense::zero(9);
    run(&circuit, &params, &mut dense);
    for seed in 0..8 {
        let limit = [1 << 30, 1 << 17][seed as usize % 2];
        let mut one = Contraction::amplitude(&circuit, &params, &bits(9, 77), &limited(limit)).expect("fits");
        let before = one.report();
        one.anneal(30, &mut ChaCha8Rng::seed_from_u64(seed));
        let planned = one.report();
        // A plan that fits is taken before a cheaper one that does not.
        assert!(before.bytes > limit || planned.multiply_adds <= before.multiply_adds);
        let (value, report) = one.value().expect("fits");
        assert_eq!(report, planned);
        assert!((value - dense.amps()[77]).norm() < 1e-12, "seed {seed}: {value}");
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let circuit = grid(4, 10);
    let plan = Contraction::amplitude(&circuit, &[], &[false; 16], &limited(1 << 30)).expect("fits");
    let config = limited(plan.report().bytes / 2);
    let value = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| amplitude(&circuit, &[], &[false; 16], &config).expect("fits"))
    };
    let (one, report) = value(1);
    assert!(report.slices > 1, "{report:?}");
    for threads in [2, 3, 8] {
        let (other, same) = value(threads);
        assert_eq!([one.re.to_bits(), one.im.to_bits()], [other.re.to_bits(), other.im.to_bits()]);
        assert_eq!(report, same);
    }
}

#[test]
fn too_much_work_is_refused_before_it_begins() {
    let circuit = grid(5, 8);
    let config = ContractionConfig { work_limit: 1e4, ..Default::default() };
    let refused = amplitude(&circuit, &[], &[false; 25], &config).expect_err("too much");
    assert!(matches!(refused, Error::Work { slices: 1, limit: 1e4, .. }), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains("the limit is 1.0e4") && message.contains("work_limit"), "{message}");
}
