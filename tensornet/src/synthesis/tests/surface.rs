//! What users give and get: settings, errors, extended circuits.

use circuit::State;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::states::{from_sites, random, uniform};
use super::{config, overlap};
use crate::synthesis::unitary::{U4, to_rows};
use crate::synthesis::{
    Extension, ExtensionPairs, PairGate, Parametrisation, Placement, Protocol, Synthesis, SynthesisConfig,
    Topology, exact_gates, refine, synthesize,
};
use crate::{Error, Mps};

fn small() -> (Mps, Synthesis) {
    let target = random(5, 4, false, 41);
    let (synthesis, _) = synthesize(&target, &config(Protocol::DAll, 2)).expect("a fair request");
    (target, synthesis)
}

fn state(circuit: &circuit::Circuit, params: &[f64]) -> Vec<circuit::C64> {
    let mut dense = testkit::Dense::zero(circuit.n_qubits());
    circuit::run(circuit, params, &mut dense);
    dense.amps().to_vec()
}

#[test]
fn an_extended_circuit_starts_at_the_same_state() {
    let (_, synthesis) = small();
    let (circuit, params) = synthesis.circuit().expect("unitary gates");
    let start = state(&circuit, &params);
    let listed = ExtensionPairs::Pairs(vec![[4, 0], [1, 2]]);
    for (pairs, count) in [(ExtensionPairs::Missing, 6), (listed, 2)] {
        for placement in [Placement::Interleaved, Placement::Appended] {
            for (sigma, least, most) in
                [(Some(0.0), 1.0 - 1e-12, 2.0), (None, 0.98, 1.0 - 1e-9), (Some(1.0), 0.0, 0.9)]
            {
                for parametrisation in [Parametrisation::Angles, Parametrisation::Relative] {
                    let extension = Extension { pairs: pairs.clone(), placement, sigma, parametrisation };
                    let mut rng = ChaCha8Rng::seed_from_u64(6);
                    let (wide, angles) = synthesis.extended(&extension, &mut rng).expect("a fair request");
                    assert_eq!(wide.n_params(), circuit.n_params() + 15 * count);
                    let fidelity = overlap(&state(&wide, &angles), &start);
                    assert!(fidelity > least && fidelity < most, "seed 6, {extension:?}: {fidelity}");
                }
            }
        }
    }
}

#[test]
fn relative_parameters_start_at_zero_with_the_phases_of_the_gates() {
    let (_, synthesis) = small();
    let (circuit, params) = synthesis.circuit_in(Parametrisation::Relative).expect("unitary gates");
    assert_eq!(params, vec![0.0; 15 * synthesis.gates().count()]);
    let mut dense = testkit::Dense::zero(5);
    synthesis.apply(&mut dense);
    let start = state(&circuit, &params);
    assert!(testkit::matrix::distance(&start, dense.amps()) < 1e-13);
}

/// Number of independent directions in which the parameters of a gate at the identity move it.
fn directions(parametrisation: Parametrisation) -> usize {
    let gate = PairGate { qubits: [0, 1], matrix: to_rows(&U4::identity()) };
    let synthesis = Synthesis { n_qubits: 2, layers: vec![vec![gate]] };
    let (circuit, params) = synthesis.circuit_in(parametrisation).expect("unitary");
    let entries = |params: &[f64]| testkit::unitary(&circuit, params).into_iter().flat_map(|x| [x.re, x.im]);
    let slope = |k: usize| {
        let [ahead, behind] = [1e-5, -1e-5].map(|step| {
            let mut moved = params.clone();
            moved[k] += step;
            entries(&moved).collect::<Vec<_>>()
        });
        nalgebra::DVector::from_fn(32, |i, _| (ahead[i] - behind[i]) / 2e-5)
    };
    let slopes = nalgebra::DMatrix::from_columns(&(0..15).map(slope).collect::<Vec<_>>());
    (slopes.transpose() * slopes).symmetric_eigen().eigenvalues.iter().filter(|&&x| x > 1e-6).count()
}

#[test]
fn relative_parameters_move_the_identity_in_all_directions() {
    assert_eq!([Parametrisation::Angles, Parametrisation::Relative].map(directions), [7, 15]);
}

#[test]
fn a_synthesis_goes_out_as_a_program() {
    use circuit::qasm::{QasmConfig, Version, export, import};
    let (_, synthesis) = small();
    let mut dense = testkit::Dense::zero(5);
    synthesis.apply(&mut dense);
    for parametrisation in [Parametrisation::Angles, Parametrisation::Relative] {
        let (circuit, params) = synthesis.circuit_in(parametrisation).expect("unitary gates");
        for version in [Version::V2, Version::V3] {
            let config = QasmConfig { version, measure: true };
            let (back, _) =
                import(&export(&circuit, Some(&params), &config).expect("bound")).expect("our own");
            let fidelity = overlap(&state(&back, &[]), dense.amps());
            assert!((fidelity - 1.0).abs() < 1e-12, "{parametrisation:?}, {version:?}: {fidelity}");
        }
    }
}

#[test]
fn interleaved_bricks_lie_inside_the_last_layer() {
    let (_, synthesis) = small();
    let of = |placement| {
        let extension = Extension { placement, sigma: Some(0.0), ..Extension::default() };
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let (circuit, _) = synthesis.extended(&extension, &mut rng).expect("a fair request");
        let pairs = circuit.ops().iter().map(|op| op.qubits()).filter(|qubits| qubits.len() == 2);
        pairs.step_by(3).collect::<Vec<_>>()
    };
    let layer = [[0, 1], [1, 2], [2, 3], [3, 4]];
    let appended = [&layer[..], &layer[..], &[[0, 2], [0, 3], [0, 4], [1, 3], [1, 4], [2, 4]]].concat();
    assert_eq!(of(Placement::Appended), appended);
    // Pairs of qubit 1 are due at the first gate that touches it, the one it shares with qubit 0.
    let last = [[0, 2], [0, 3], [0, 4], [1, 3], [1, 4], [0, 1], [2, 4], [1, 2], [2, 3], [3, 4]];
    assert_eq!(of(Placement::Interleaved), [&layer[..], &last[..]].concat());
}

#[test]
fn bad_requests_name_the_value_and_the_remedy() {
    let target = random(4, 2, false, 42);
    let base = SynthesisConfig::default;
    let table = [
        (SynthesisConfig { layers: 0, ..base() }, "layers is 0; it has to be at least 1"),
        (
            SynthesisConfig { learning_power: 0.0, ..base() },
            "learning_power is 0; it has to be a number in (0, 1]",
        ),
        (SynthesisConfig { learning_power: f64::NAN, ..base() }, "learning_power is NaN"),
        (SynthesisConfig { stop_fidelity: 1.5, ..base() }, "stop_fidelity is 1.5"),
        (SynthesisConfig { tolerance: -1.0, ..base() }, "tolerance is -1"),
        (SynthesisConfig { exact_qubits: 40, ..base() }, "exact_qubits is 40; it has to be at most 20"),
        (SynthesisConfig { chi_max: 1, ..base() }, "chi_max is 1; it has to be at least 2"),
        (SynthesisConfig { cutoff: 1.0, ..base() }, "cutoff is 1"),
        (SynthesisConfig { topology: Topology::BrickWall, ..base() }, "need the staircase"),
        (
            SynthesisConfig { topology: Topology::Pairs(vec![[0, 9]]), protocol: Protocol::OAll, ..base() },
            "qubit 9 is outside",
        ),
        (
            SynthesisConfig { topology: Topology::Pairs(vec![[2, 2]]), protocol: Protocol::OAll, ..base() },
            "qubit 2 appears twice",
        ),
    ];
    for (config, text) in table {
        let error = synthesize(&target, &config).expect_err(text).to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn states_that_no_circuit_prepares_are_refused() {
    let config = SynthesisConfig::default();
    let short = |n| synthesize(&Mps::zero(n), &config).expect_err("too short");
    assert_eq!([0, 1].map(short), [0, 1].map(|n_qubits| Error::Qubits { n_qubits, min: 2, max: usize::MAX }));
    let null =
        from_sites(random(3, 2, true, 1).sites().iter().map(|site| site * circuit::C64::ZERO).collect());
    assert_eq!(synthesize(&null, &config).expect_err("no norm"), Error::ZeroState);
    assert_eq!(exact_gates(&null).expect_err("no norm"), Error::ZeroState);
    assert_eq!(
        exact_gates(&Mps::zero(0)).expect_err("no qubits"),
        Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX }
    );
    let wide = exact_gates(&random(16, 130, true, 2)).expect_err("too wide");
    assert_eq!(wide, Error::WideBond { chi: 130, needed: 9, limit: 8 });
}

#[test]
fn starts_of_another_kind_are_refused() {
    let (target, mut synthesis) = small();
    let other = uniform(4, |k| k == 3);
    let error = refine(&other, &synthesis, &SynthesisConfig::default()).expect_err("another register");
    assert_eq!(error, Error::Length { what: "the start", got: 5, expected: 4 });
    synthesis.layers[0][0].matrix[0] *= 1.1;
    let refused = refine(&target, &synthesis, &SynthesisConfig::default());
    assert!(matches!(refused, Err(Error::NotUnitary { .. })));
    let bad = Extension { sigma: Some(-1.0), ..Extension::default() };
    let (_, synthesis) = small();
    let refused = synthesis.extended(&bad, &mut ChaCha8Rng::seed_from_u64(0));
    assert!(matches!(refused, Err(Error::Setting { name: "sigma", .. })));
}

#[test]
fn settings_are_plain_files() {
    let text = r#"{"protocol":"iter-d-o-i-o-all","topology":{"pairs":[[0,2]]},"layers":2}"#;
    let config: SynthesisConfig = serde_json::from_str(text).expect("settings");
    assert_eq!((config.protocol, config.layers), (Protocol::IterDOIOAll, 2));
    assert_eq!(config.topology, Topology::Pairs(vec![[0, 2]]));
    assert!(serde_json::from_str::<SynthesisConfig>(r#"{"layer":2}"#).is_err());
}
