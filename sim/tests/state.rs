//! The state vector agrees with the dense reference, in both precisions, and stays normalised.

use circuit::{State, run};
use sim::{Endian, StateVector};
use testkit::{Stream, random_circuit};

#[test]
fn statevector_is_a_state() {
    testkit::check_state::<StateVector<f64>>(1e-12);
    testkit::check_state::<StateVector<f32>>(5e-6);
}

#[test]
fn norm_does_not_drift() {
    let (circuit, params) = random_circuit(6, 10_000, &mut Stream(11));
    let mut double = StateVector::<f64>::zero(6);
    run(&circuit, &params, &mut double);
    assert!((double.norms()[0] - 1.0).abs() < 1e-12, "{}", double.norms()[0]);
    let mut single = StateVector::<f32>::zero(6);
    run(&circuit, &params, &mut single);
    assert!((single.norms()[0] - 1.0).abs() < 5e-5, "{}", single.norms()[0]);
}

/// `X` on qubit 0 and `H` on qubit 1 tell the two orders apart.
#[test]
fn endian_is_what_it_says() -> Result<(), sim::Error> {
    let mut circuit = circuit::Circuit::new(2)?;
    circuit.x(0)?.h(1)?;
    let mut state = StateVector::<f64>::zero(2);
    run(&circuit, &[], &mut state);
    let moduli = |endian| {
        state.amplitudes(0, endian).iter().map(|a| (a.norm_sqr() * 2.0).round() as u8).collect::<Vec<_>>()
    };
    assert_eq!(moduli(Endian::Big), [0, 0, 1, 1]);
    assert_eq!(moduli(Endian::Little), [0, 1, 0, 1]);
    for endian in [Endian::Big, Endian::Little] {
        let again = StateVector::from_amps(&state.amplitudes(0, endian), endian)?;
        assert_eq!(again.amps(), state.amps());
    }
    assert!(StateVector::from_amps(&state.amplitudes(0, Endian::Big)[..3], Endian::Big).is_err());
    assert!(StateVector::from_amps(&[num_complex::Complex64::ONE; 2], Endian::Big).is_err());
    Ok(())
}

/// Lanes are independent: a lane of many equals a state of one.
#[test]
fn lanes_do_not_mix() {
    let (circuit, params) = random_circuit(4, 60, &mut Stream(5));
    let mut all = StateVector::<f64>::identity(4);
    run(&circuit, &params, &mut all);
    for column in 0..16 {
        let mut one = StateVector::<f64>::basis(4, &[column]);
        run(&circuit, &params, &mut one);
        let (a, b) = (all.amplitudes(column, Endian::Big), one.amplitudes(0, Endian::Big));
        assert!(a.iter().zip(&b).all(|(x, y)| (x - y).norm() < 1e-14));
    }
}
