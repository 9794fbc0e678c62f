//! Evolution in time against exact exponentials and published values.

mod common;

use circuit::{C64, PauliSum, State};
use common::{
    RELAXATION, chain, check_relaxation, evolved, heisenberg, inner, ising, neel, random_state, sum,
};
use tensornet::{Conserve, Error, Evolution, Mps, TebdConfig, TrotterOrder, tebd};
use testkit::matrix::distance;

/// A chain with fields along two axes, real and complex couplings, and a constant.
fn mixed() -> PauliSum {
    let text = "0.7*X0*X1 + 0.4*Y1*Z2 - 0.9*Z2*Z3 + 0.5*X3*Y4 + 0.3*X0 - 0.6*Z1 + 0.8*Y2 + 0.2*X4 + 0.25";
    text.parse().expect("a sum")
}

#[test]
fn halving_the_step_divides_the_error_by_two_to_the_order() {
    let n = 5;
    let start = random_state(n, 30, 2);
    let orders = [(TrotterOrder::First, 1, 16), (TrotterOrder::Second, 2, 16), (TrotterOrder::Fourth, 4, 6)];
    for (evolution, factor) in [(Evolution::Real, -C64::I), (Evolution::Imaginary, -C64::ONE)] {
        let mut exact = evolved(&mixed(), n, factor, &start.amps());
        let norm = inner(&exact, &exact).re.sqrt();
        exact.iter_mut().for_each(|x| *x /= norm);
        for (order, power, steps) in orders {
            let error = |steps: usize| {
                let time_step = 1.0 / steps as f64;
                let config = TebdConfig { evolution, order, time_step, steps, ..TebdConfig::default() };
                let config = TebdConfig { cutoff: 1e-30, ..config };
                let (state, report) = tebd(&mixed(), &start, &config).expect("a sound request");
                assert!((report.time - 1.0).abs() < 1e-12);
                if evolution == Evolution::Imaginary {
                    assert!((report.log_norm - norm.ln()).abs() < 0.1, "{report:?}, {}", norm.ln());
                }
                distance(&state.amps(), &exact)
            };
            let ratio = error(steps) / error(2 * steps);
            let want = f64::from(1 << power);
            assert!((ratio / want - 1.0).abs() < 0.15, "{evolution:?} {order:?}: {ratio} for {want}");
            assert!(error(2 * steps) < 0.1, "{evolution:?} {order:?}");
        }
    }
}

#[test]
fn an_alternating_start_relaxes_as_published() {
    let terms = sum(&heisenberg(&chain(10), 0.25));
    for (steps, spins, entropy, echo) in RELAXATION {
        let config =
            TebdConfig { order: TrotterOrder::Fourth, steps, cutoff: 1e-20, ..TebdConfig::default() };
        let (state, report) = tebd(&terms, &neel(10), &config).expect("a sound request");
        check_relaxation(&state, (spins, entropy, echo), 2e-7);
        assert_eq!(report.charge, Some(5));
    }
}

#[test]
fn blocks_give_what_dense_tensors_give() {
    let terms = sum(&heisenberg(&chain(9), 0.25));
    for evolution in [Evolution::Real, Evolution::Imaginary] {
        for (order, steps) in [(TrotterOrder::First, 7), (TrotterOrder::Second, 8), (TrotterOrder::Fourth, 3)]
        {
            let config = TebdConfig { evolution, order, steps, chi_max: 8, ..TebdConfig::default() };
            let dense = TebdConfig { conserve: Conserve::Nothing, ..config.clone() };
            let (a, first) = tebd(&terms, &neel(9), &dense).expect("a sound request");
            let (b, second) = tebd(&terms, &neel(9), &config).expect("a sound request");
            assert_eq!((first.charge, second.charge), (None, Some(4)));
            assert!((first.discarded_weight - second.discarded_weight).abs() < 1e-12, "{first:?} {second:?}");
            assert!((first.log_norm - second.log_norm).abs() < 1e-11, "{first:?} {second:?}");
            assert!(distance(&a.amps(), &b.amps()) < 1e-10, "{evolution:?} {order:?}");
        }
    }
    let (a, report) = tebd(&mixed(), &neel(5), &TebdConfig::default()).expect("a sound request");
    let dense = TebdConfig { conserve: Conserve::Nothing, ..TebdConfig::default() };
    assert_eq!(report.charge, None);
    assert_eq!(a.sites(), tebd(&mixed(), &neel(5), &dense).expect("a sound request").0.sites());
}

#[test]
fn imaginary_time_ends_in_the_ground_state() {
    let terms = sum(&ising(10, 1.0));
    let config = TebdConfig {
        evolution: Evolution::Imaginary,
        order: TrotterOrder::Fourth,
        time_step: 0.1,
        steps: 200,
        chi_max: 16,
        cutoff: 1e-14,
        ..TebdConfig::default()
    };
    let (state, report) = tebd(&terms, &Mps::zero(10), &config).expect("a sound request");
    let energy = state.expectation(&terms);
    assert!((energy + 12.381489999654754).abs() < 1e-4, "{energy}, {report:?}");
    assert!((state.norm() - 1.0).abs() < 1e-12);
}

#[test]
fn requests_without_meaning_are_refused() {
    let plain = TebdConfig::default;
    let try_with = |text: &str, start: &Mps, config: TebdConfig| {
        let terms: PauliSum = text.parse().expect("a sum");
        tebd(&terms, start, &config).map(|_| ())
    };
    let distant = Err(Error::NotNeighbours { term: "X0*X2".into() });
    assert_eq!(try_with("X0*X2", &neel(3), plain()), distant);
    assert!(matches!(try_with("X0*X1*X2", &neel(3), plain()), Err(Error::NotNeighbours { .. })));
    assert!(matches!(try_with("X3", &neel(3), plain()), Err(Error::Length { .. })));
    assert!(matches!(try_with("X0", &neel(1), plain()), Err(Error::Qubits { .. })));
    let wrong = [
        TebdConfig { chi_max: 0, ..plain() },
        TebdConfig { cutoff: -1.0, ..plain() },
        TebdConfig { time_step: f64::NAN, ..plain() },
        TebdConfig { time_step: -0.1, evolution: Evolution::Imaginary, ..plain() },
    ];
    for config in wrong {
        assert!(matches!(try_with("X0", &neel(3), config), Err(Error::Setting { .. })));
    }
}
