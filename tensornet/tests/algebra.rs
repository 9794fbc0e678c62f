//! States as vectors: what the chain computes is what its amplitudes say.

mod common;

use circuit::{C64, PauliString, PauliSum, State};
use common::{inner, random_state};
use ndarray::{Array2, Array3};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tensornet::{Error, FitConfig, Mps, Truncation, fit};
use testkit::{Stream, matrix::distance};

fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn random_amps(n: usize, seed: u64) -> Vec<C64> {
    let mut stream = Stream(seed);
    let mut entry = || C64::new(stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0));
    (0..1 << n).map(|_| entry()).collect()
}

#[test]
fn amplitudes_make_the_state_and_come_back() {
    for n in 1..=9 {
        let amps = random_amps(n, n as u64);
        let state = Mps::from_amps(&amps, Truncation::EXACT).expect("a power of two");
        assert!(distance(&state.amps(), &amps) < 1e-12, "n = {n}");
        let bonds: Vec<usize> = (1..n).map(|k| 1 << k.min(n - k)).collect();
        assert_eq!(state.bond_dims(), bonds);
        assert!((state.norm().powi(2) - inner(&amps, &amps).re).abs() < 1e-11, "n = {n}");
    }
    for (n, seed) in [(6, 1), (8, 2)] {
        let amps = random_state(n, 30, seed).amps();
        let state = Mps::from_amps(&amps, Truncation { chi_max: 3, cutoff: 0.0, ..Truncation::EXACT })
            .expect("a power of two");
        let fidelity = inner(&amps, &state.amps()).norm_sqr();
        assert!(state.bond_dims().into_iter().all(|chi| chi <= 3));
        assert!(1.0 - fidelity <= state.discarded_weight() + 1e-12, "seed {seed}: {fidelity}");
    }
}

#[test]
fn a_state_from_any_sites_is_what_they_multiply_to() {
    let mut stream = Stream(3);
    let mut site = |l, r| {
        Array3::from_shape_simple_fn((l, 2, r), || {
            C64::new(stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0))
        })
    };
    let sites = vec![site(1, 5), site(5, 3), site(3, 6), site(6, 1)];
    let level = |k: usize, s: usize| sites[k].index_axis(ndarray::Axis(1), s).to_owned();
    let amps: Vec<C64> = (0..16)
        .map(|b| (0..4).fold(Array2::eye(1), |row, k| row.dot(&level(k, b >> (3 - k) & 1)))[[0, 0]])
        .collect();
    let state = Mps::from_sites(sites).expect("sites that fit");
    assert!(distance(&state.amps(), &amps) < 1e-12);
    assert!((state.norm().powi(2) - inner(&amps, &amps).re).abs() < 1e-12);
}

#[test]
fn overlaps_sums_and_scales_are_those_of_the_vectors() {
    for (n, seed) in (1..=7).flat_map(|n| (0..3).map(move |seed| (n, seed))) {
        let [a, b, c] = [0, 100, 200].map(|shift| random_state(n, 30, seed + shift));
        let want = inner(&a.amps(), &b.amps());
        assert!((a.overlap(&b).expect("one length") - want).norm() < 1e-12, "n = {n}, seed {seed}");
        let factors = [C64::new(0.3, -1.0), C64::new(2.0, 0.0), C64::new(0.0, 0.5)];
        let terms = [(factors[0], &a), (factors[1], &b), (factors[2], &c)];
        let sum = Mps::superposition(&terms, Truncation::EXACT).expect("one length");
        let (x, y, z) = (a.amps(), b.amps(), c.amps());
        let want: Vec<C64> =
            (0..x.len()).map(|k| factors[0] * x[k] + factors[1] * y[k] + factors[2] * z[k]).collect();
        assert!(distance(&sum.amps(), &want) < 1e-11, "n = {n}, seed {seed}");
        assert!((sum.norm().powi(2) - inner(&want, &want).re).abs() < 1e-11, "n = {n}, seed {seed}");
    }
    let a = random_state(5, 30, 1);
    let twice = Mps::superposition(&[(C64::ONE, &a), (C64::ONE, &a)], Truncation::EXACT).expect("one length");
    assert_eq!(twice.bond_dims(), a.bond_dims());
    let nothing =
        Mps::superposition(&[(C64::ONE, &a), (-C64::ONE, &a)], Truncation::EXACT).expect("one length");
    assert!(nothing.norm() < 1e-14);
}

#[test]
fn schmidt_values_and_entropies_are_those_of_known_states() {
    let mut cat = circuit::Circuit::new(6).expect("a small register");
    cat.h(0).expect("a qubit");
    for q in 0..5 {
        cat.cx(q, q + 1).expect("two qubits");
    }
    let mut state = Mps::zero(6);
    circuit::run(&cat, &[], &mut state);
    for entropy in state.entropies() {
        assert!((entropy - std::f64::consts::LN_2).abs() < 1e-12);
    }
    assert!(Mps::zero(4).entropies().iter().all(|entropy| entropy.abs() < 1e-12));
}

#[test]
fn reduced_density_matrices_are_partial_traces() {
    let n = 5;
    for seed in 0..3 {
        let state = random_state(n, 40, seed);
        let amps = state.amps();
        let bit = |k: usize, q: usize| k >> (n - 1 - q) & 1;
        let lists = (0..n).flat_map(|a| (0..n).filter(move |&b| b != a).map(move |b| vec![a, b]));
        for qubits in lists.chain((0..n).map(|q| vec![q])) {
            let rho = state.reduced_density(&qubits).expect("qubits of the chain");
            let local = |k: usize| qubits.iter().fold(0, |acc, &q| acc << 1 | bit(k, q));
            let rest =
                |k: usize| (0..n).filter(|q| !qubits.contains(q)).fold(0, |acc, q| acc << 1 | bit(k, q));
            let mut want = Array2::<C64>::zeros(rho.dim());
            for (i, j) in (0..1 << n).flat_map(|i| (0..1 << n).map(move |j| (i, j))) {
                if rest(i) == rest(j) {
                    want[[local(i), local(j)]] += amps[i] * amps[j].conj();
                }
            }
            let error = (&rho - &want).iter().map(|x| x.norm()).fold(0.0, f64::max);
            assert!(error < 1e-12, "seed {seed}, {qubits:?}: {error:e}");
        }
    }
}

#[test]
fn samples_follow_the_probabilities() {
    let state = random_state(4, 40, 11);
    let shots = 40_000;
    let mut counts = [0.0; 16];
    for shot in state.sample(shots, &mut generator(5)).expect("not zero") {
        counts[shot.iter().fold(0, |acc, &bit| acc << 1 | usize::from(bit))] += 1.0;
    }
    let odds: Vec<f64> = state.amps().iter().map(|x| x.norm_sqr()).collect();
    for (basis, (&count, &p)) in counts.iter().zip(&odds).enumerate() {
        let deviation = (count - shots as f64 * p).abs();
        let sigma = (shots as f64 * p * (1.0 - p)).sqrt();
        assert!(deviation < 4.5 * sigma + 1e-9, "basis {basis}: {count} of {shots} at p = {p}, seed 5");
    }
    let again = |seed| state.sample(20, &mut generator(seed)).expect("not zero");
    assert_eq!(again(1), again(1));
    assert_ne!(again(1), again(2));
}

#[test]
fn random_states_are_normalised_and_as_large_as_asked() {
    let state = Mps::random(9, 6, &mut generator(1));
    assert_eq!(state.bond_dims(), [2, 4, 6, 6, 6, 6, 4, 2]);
    assert!((state.norm() - 1.0).abs() < 1e-13);
    assert!((state.overlap(&state).expect("one length") - C64::ONE).norm() < 1e-13);
    assert!(Mps::random_real(70, 4, &mut generator(1)).sites().iter().flatten().all(|x| x.im == 0.0));
    let other = Mps::random(9, 6, &mut generator(2));
    assert!(state.overlap(&other).expect("one length").norm() < 0.5);
}

#[test]
fn compression_keeps_what_it_can_and_sweeps_improve_it() {
    for (chi, seed) in [(2, 1), (4, 2), (8, 3)] {
        let target = Mps::random(10, 20, &mut generator(seed));
        let mut cut = target.clone();
        let lost = cut.compress(Truncation { chi_max: chi, cutoff: 0.0, ..Truncation::EXACT });
        let by_values = target.overlap(&cut).expect("one length").norm_sqr();
        assert!((cut.norm() - 1.0).abs() < 1e-12 && lost > 0.0);
        assert!(1.0 - by_values <= lost + 1e-12, "chi {chi}: {by_values}, {lost}");
        let (state, report) =
            fit(&target, &FitConfig { chi_max: chi, ..FitConfig::default() }).expect("sound");
        let reached = target.overlap(&state).expect("one length").norm_sqr();
        assert!((report.fidelities[0] - by_values).abs() < 1e-12, "chi {chi}");
        assert!((report.fidelities[report.sweeps] - reached).abs() < 1e-12, "chi {chi}: {report:?}");
        assert!(report.fidelities.windows(2).all(|pair| pair[1] > pair[0] - 1e-13), "chi {chi}: {report:?}");
        assert!(reached > by_values && state.bond_dims().into_iter().all(|bond| bond <= chi), "chi {chi}");
        assert!((state.norm() - 1.0).abs() < 1e-12);
    }
    let target = random_state(6, 30, 4);
    let (same, report) = fit(&target, &FitConfig::default()).expect("sound");
    assert!(distance(&same.amps(), &target.amps()) < 1e-11 && report.converged);
}

#[test]
fn long_chains_keep_their_norm() {
    let mut state = Mps::random(200, 8, &mut generator(4));
    assert!((state.overlap(&state).expect("one length").re - 1.0).abs() < 1e-11);
    state.compress(Truncation { chi_max: 4, cutoff: 0.0, ..Truncation::EXACT });
    assert!((state.norm() - 1.0).abs() < 1e-11);
    let one = PauliSum { terms: vec![(1.0, PauliString::default())] };
    assert!((state.expectation(&one) - 1.0).abs() < 1e-11);
}

#[test]
fn requests_without_meaning_are_refused() {
    let state = Mps::zero(3);
    assert!(matches!(state.overlap(&Mps::zero(4)), Err(Error::Length { .. })));
    assert!(matches!(Mps::from_amps(&[C64::ONE; 3], Truncation::EXACT), Err(Error::Setting { .. })));
    assert!(matches!(
        Mps::from_amps(&[C64::from(f64::NAN); 2], Truncation::EXACT),
        Err(Error::NonFinite { .. })
    ));
    assert!(matches!(Mps::superposition(&[], Truncation::EXACT), Err(Error::Qubits { .. })));
    assert!(matches!(state.schmidt_values(2), Err(Error::Setting { .. })));
    for qubits in [vec![], vec![3], vec![1, 1], vec![0, 1, 2]] {
        assert!(state.reduced_density(&qubits).is_err(), "{qubits:?}");
    }
    let zero = Mps::from_amps(&[C64::ZERO; 8], Truncation::EXACT).expect("a power of two");
    assert_eq!(zero.sample(1, &mut generator(1)), Err(Error::ZeroState));
    assert_eq!(fit(&zero, &FitConfig::default()).map(|_| ()), Err(Error::ZeroState));
    let chi = FitConfig { chi_max: 0, ..FitConfig::default() };
    assert!(matches!(fit(&state, &chi), Err(Error::Setting { name: "chi_max", .. })));
    let misfit = vec![Array3::zeros((1, 2, 2)), Array3::zeros((3, 2, 1))];
    let error = Error::SiteShape { site: 1, shape: [3, 2, 1], left: 2 };
    assert_eq!(Mps::from_sites(misfit).map(|_| ()), Err(error));
}
