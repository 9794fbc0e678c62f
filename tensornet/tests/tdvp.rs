//! The variational principle in time, against exact exponentials, published values and TEBD.

mod common;

use circuit::{C64, PauliSum, State};
use common::{
    RELAXATION, chain, check_relaxation, evolved, heisenberg, inner, ising, neel, random_state, sum,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tensornet::{
    Conserve, Error, Evolution, Mpo, Mps, TdvpConfig, TdvpReport, TdvpSites, TebdConfig, TrotterOrder, tdvp,
    tebd,
};
use testkit::matrix::distance;

fn evolve(terms: &PauliSum, start: &Mps, config: &TdvpConfig) -> (Mps, TdvpReport) {
    let operator = Mpo::from_sum(terms, start.n_qubits()).expect("terms on the chain");
    tdvp(&operator, start, config).expect("a sound request")
}

/// Couplings at all distances, complex ones too, fields, and a constant.
fn mixed() -> PauliSum {
    let text = "0.7*X0*X3 + 0.4*Y1*Z2 - 0.9*Z2*X3*Z4 + 0.5*X1*Y4 + 0.3*X0 - 0.6*Z1 + 0.8*Y2 + 0.2*X4 + 0.25";
    text.parse().expect("a sum")
}

#[test]
fn full_bonds_are_exact() {
    let start = random_state(5, 30, 3);
    for (evolution, factor) in [(Evolution::Real, -C64::I), (Evolution::Imaginary, -C64::ONE)] {
        let mut exact = evolved(&mixed(), 5, factor, &start.amps());
        let norm = inner(&exact, &exact).re.sqrt();
        exact.iter_mut().for_each(|x| *x /= norm);
        let config =
            TdvpConfig { evolution, time_step: 0.125, steps: 8, cutoff: 1e-30, ..TdvpConfig::default() };
        let (state, report) = evolve(&mixed(), &start, &config);
        assert!((report.time - 1.0).abs() < 1e-12 && report.converged, "{report:?}");
        assert!(distance(&state.amps(), &exact) < 1e-9, "{evolution:?}: {}", distance(&state.amps(), &exact));
        let log_norm = if evolution == Evolution::Real { 0.0 } else { norm.ln() };
        assert!((report.log_norm - log_norm).abs() < 1e-9, "{evolution:?}: {report:?}");
    }
}

#[test]
fn halving_the_step_divides_the_error_by_four() {
    let start = Mps::random(8, 3, &mut ChaCha8Rng::seed_from_u64(2));
    let terms = sum(&ising(8, 0.9));
    for evolution in [Evolution::Real, Evolution::Imaginary] {
        let at = |steps: usize| {
            let config = TdvpConfig {
                evolution,
                sites: TdvpSites::One,
                time_step: 0.5 / steps as f64,
                steps,
                ..TdvpConfig::default()
            };
            evolve(&terms, &start, &config).0.amps()
        };
        let limit = at(384);
        let error = |steps: usize| distance(&at(steps), &limit);
        let ratios = [error(16) / error(32), error(32) / error(64)];
        assert!(ratios.iter().all(|ratio| (ratio - 4.0).abs() < 0.6), "{evolution:?}: {ratios:?}");
        assert!((1e-8..1e-3).contains(&error(64)), "{evolution:?}: {}", error(64));
    }
}

#[test]
fn an_alternating_start_relaxes_as_published() {
    let terms = sum(&heisenberg(&chain(10), 0.25));
    for (steps, spins, entropy, echo) in RELAXATION {
        let plain = TdvpConfig { chi_max: 32, cutoff: 1e-20, ..TdvpConfig::default() };
        let config = TdvpConfig { time_step: 0.0125, steps: 4 * steps, ..plain };
        let (state, report) = evolve(&terms, &neel(10), &config);
        check_relaxation(&state, (spins, entropy, echo), 1e-5);
        assert_eq!((report.charge, report.converged), (Some(5), true));
    }
}

#[test]
fn single_sites_keep_energy_and_bonds() {
    let terms = sum(&ising(12, 0.8));
    let mut start = Mps::random(12, 4, &mut ChaCha8Rng::seed_from_u64(5));
    let config = TdvpConfig { sites: TdvpSites::One, time_step: 0.1, steps: 30, ..TdvpConfig::default() };
    let (state, report) = evolve(&terms, &start, &config);
    assert_eq!(state.bond_dims(), start.bond_dims());
    assert_eq!(report.discarded_weight, 0.0);
    assert!((state.norm() - 1.0).abs() < 1e-10);
    let drift = report.energies.iter().map(|energy| (energy - report.energies[0]).abs()).fold(0.0, f64::max);
    assert!(drift < 1e-9, "{report:?}");
    assert!(state.overlap(&start).expect("one length").norm() < 0.9, "something happened");
    start.scale(C64::new(0.0, 2.0));
    let (twice, second) = evolve(&terms, &start, &config);
    assert!((twice.norm() - 2.0).abs() < 1e-10 && (second.energies[30] - report.energies[0]).abs() < 1e-9);
}

#[test]
fn single_sites_at_full_bonds_follow_the_exact_state() {
    let start = random_state(6, 80, 4);
    let terms = sum(&heisenberg(&chain(6), 1.0));
    let exact = evolved(&terms, 6, -C64::I, &start.amps());
    let config = TdvpConfig { sites: TdvpSites::One, time_step: 0.02, steps: 50, ..TdvpConfig::default() };
    let (state, _) = evolve(&terms, &start, &config);
    assert!(distance(&state.amps(), &exact) < 1e-3, "{}", distance(&state.amps(), &exact));
}

#[test]
fn blocks_give_what_dense_tensors_give() {
    let terms = sum(&heisenberg(&chain(9), 0.25));
    let bell = TdvpConfig { chi_max: 8, steps: 6, ..TdvpConfig::default() };
    let (entangled, _) = evolve(&terms, &neel(9), &bell);
    for (evolution, sites, start) in [
        (Evolution::Real, TdvpSites::Two, neel(9)),
        (Evolution::Imaginary, TdvpSites::Two, neel(9)),
        (Evolution::Real, TdvpSites::One, entangled.clone()),
        (Evolution::Imaginary, TdvpSites::One, entangled),
    ] {
        let config = TdvpConfig { evolution, sites, chi_max: 8, steps: 10, ..TdvpConfig::default() };
        let dense = TdvpConfig { conserve: Conserve::Nothing, ..config.clone() };
        let (a, first) = evolve(&terms, &start, &dense);
        let (b, second) = evolve(&terms, &start, &config);
        assert_eq!((first.charge, second.charge), (None, Some(4)), "{evolution:?} {sites:?}");
        let error = distance(&a.amps(), &b.amps());
        assert!(error < 1e-9, "{evolution:?} {sites:?}: {error:e}");
        let last = [first.energies[10], second.energies[10]];
        assert!((last[0] - last[1]).abs() < 1e-10, "{evolution:?} {sites:?}: {last:?}");
    }
}

#[test]
fn pairs_agree_with_splitting_by_bonds() {
    let terms = sum(&ising(12, 1.0));
    let config =
        TdvpConfig { time_step: 0.02, steps: 25, chi_max: 32, cutoff: 1e-16, ..TdvpConfig::default() };
    let (a, _) = evolve(&terms, &Mps::zero(12), &config);
    let config = TebdConfig {
        order: TrotterOrder::Fourth,
        time_step: 0.02,
        steps: 25,
        chi_max: 32,
        cutoff: 1e-16,
        ..TebdConfig::default()
    };
    let (b, _) = tebd(&terms, &Mps::zero(12), &config).expect("a sound request");
    let fidelity = a.overlap(&b).expect("one length").norm_sqr();
    assert!((fidelity - 1.0).abs() < 1e-6, "{fidelity}");
}

#[test]
fn imaginary_time_ends_in_the_ground_state() {
    let config = TdvpConfig {
        evolution: Evolution::Imaginary,
        time_step: 0.2,
        steps: 60,
        chi_max: 16,
        ..TdvpConfig::default()
    };
    let mut along_field = Mps::zero(10); // even under the flip of all spins, as the ground state is
    (0..10).for_each(|q| along_field.apply_gate(&circuit::Gate::H, &[q]));
    let (state, report) = evolve(&sum(&ising(10, 1.0)), &along_field, &config);
    assert!((report.energies[60] + 12.381489999654754).abs() < 1e-6, "{report:?}");
    assert!(report.energies.windows(2).all(|pair| pair[1] < pair[0] + 1e-12), "{report:?}");
    assert!((state.norm() - 1.0).abs() < 1e-12);
}

#[test]
fn a_narrow_krylov_space_is_reported_as_such() {
    let config = TdvpConfig { krylov: 2, time_step: 1.0, steps: 2, ..TdvpConfig::default() };
    assert!(!evolve(&sum(&heisenberg(&chain(8), 1.0)), &neel(8), &config).1.converged);
}

#[test]
fn requests_without_meaning_are_refused() {
    let operator = Mpo::from_sum(&sum(&ising(4, 1.0)), 4).expect("terms on the chain");
    let plain = TdvpConfig::default;
    let length = Err(Error::Length { what: "the operator", got: 4, expected: 5 });
    assert_eq!(tdvp(&operator, &neel(5), &plain()).map(|_| ()), length);
    let zero = Mps::from_amps(&[C64::ZERO; 16], tensornet::Truncation::EXACT).expect("a power of two");
    assert_eq!(tdvp(&operator, &zero, &plain()).map(|_| ()), Err(Error::ZeroState));
    let wrong = [
        ("time_step", TdvpConfig { time_step: f64::INFINITY, ..plain() }),
        ("time_step", TdvpConfig { time_step: -0.1, evolution: Evolution::Imaginary, ..plain() }),
        ("chi_max", TdvpConfig { chi_max: 0, ..plain() }),
        ("cutoff", TdvpConfig { cutoff: 1.0, ..plain() }),
        ("krylov", TdvpConfig { krylov: 1, ..plain() }),
        ("krylov_tolerance", TdvpConfig { krylov_tolerance: -1.0, ..plain() }),
    ];
    for (setting, config) in wrong {
        match tdvp(&operator, &neel(4), &config) {
            Err(Error::Setting { name, .. }) => assert_eq!(name, setting),
            other => panic!("{setting}: {:?}", other.map(|_| ())),
        }
    }
    let single = Mpo::from_sum(&"X0".parse().expect("a sum"), 1).expect("a term");
    let short = tdvp(&single, &neel(1), &plain()).map(|_| ());
    assert_eq!(short, Err(Error::Qubits { n_qubits: 1, min: 2, max: usize::MAX }));
    let config: TdvpConfig = serde_json::from_str(r#"{"sites": "one", "steps": 3}"#).expect("known settings");
    assert_eq!(config, TdvpConfig { sites: TdvpSites::One, steps: 3, ..plain() });
}
