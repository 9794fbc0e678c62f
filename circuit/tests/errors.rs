//! Every error: what raises it, what it says, and that it leaves the circuit as it was.

use circuit::{Angle, C64, Circuit, Error, Gate, Pauli, PauliString, PauliSum};

fn three() -> Circuit {
    Circuit::new(3).expect("a small register")
}

/// Applies `step` to a register of three qubits, which must refuse it and stay empty.
fn refused(step: impl FnOnce(&mut Circuit) -> Result<&mut Circuit, Error>) -> Error {
    let mut circuit = three();
    let error = step(&mut circuit).expect_err("a wrong step");
    assert!(circuit.ops().is_empty(), "{error}");
    error
}

#[test]
fn every_error_names_the_value_and_the_limit() {
    let skew = Gate::Unitary1([1.0, 0.1, 0.0, 1.0].map(C64::from));
    let undefined = Gate::Unitary1([f64::NAN; 4].map(C64::from));
    let foreign = Angle::Param { index: 4, scale: 1.0 };
    let table: [(Error, &[&str]); 19] = [
        (refused(|c| c.h(3)), &["qubit 3", "3 qubits", "0 to 2"]),
        (refused(|c| c.cx(1, 7)), &["qubit 7"]),
        (refused(|c| c.rzz(0, 3, 0.1)), &["qubit 3"]),
        (refused(|c| c.controlled_rotation(5, 0, Pauli::X, 0.1)), &["qubit 5"]),
        (refused(|c| c.cx(1, 1)), &["qubit 1", "twice", "[1, 1]"]),
        (refused(|c| c.rotation(&[(2, Pauli::X), (0, Pauli::Z), (2, Pauli::Y)], 0.1)), &["[2, 0, 2]"]),
        (refused(|c| c.controlled_rotation(2, 2, Pauli::X, 0.1)), &["qubit 2", "twice"]),
        (refused(|c| c.gate(Gate::Swap, &[0])), &["swap", "2 qubits", "1 were given"]),
        (refused(|c| c.gate(Gate::H, &[])), &["h acts on 1"]),
        (refused(|c| c.rx(0, f64::NAN)), &["an angle is NaN", "finite"]),
        (refused(|c| c.rx(0, f64::INFINITY)), &["an angle is inf"]),
        (refused(|c| c.controlled_rotation(0, 1, Pauli::X, f64::NEG_INFINITY)), &["an angle is -inf"]),
        (refused(|c| c.gate(skew, &[0])), &["unitary", "1e-10"]),
        (refused(|c| c.gate(undefined, &[0])), &["unitary", "NaN"]),
        (refused(|c| c.ry(0, foreign)), &["parameter 4", "0 parameters", "`param`"]),
        (Circuit::new(129).expect_err("too many"), &["129 qubits", "128"]),
        (
            three().then(&Circuit::new(2).expect("a small register")).expect_err("another register"),
            &["on 2", "on 3", "embed"],
        ),
        (three().embed(4, 2).expect_err("too far"), &["qubit 4", "4 qubits"]),
        (three().embed(4, usize::MAX).expect_err("too far"), &["4 qubits"]),
    ];
    for (error, pieces) in table {
        let message = error.to_string();
        pieces.iter().for_each(|piece| assert!(message.contains(piece), "'{piece}' in '{message}'"));
    }
}

#[test]
fn a_scale_that_is_not_finite_is_refused() {
    let mut circuit = three();
    let angle = circuit.param().scaled(f64::NAN);
    let error = circuit.rx(0, angle).expect_err("no scale");
    assert!(matches!(error, Error::NonFinite { what: "a scale", .. }), "{error}");
}

#[test]
fn the_largest_register_works() -> Result<(), Error> {
    let mut circuit = Circuit::new(PauliString::MAX_QUBITS)?;
    circuit.h(127)?.rzz(0, 127, 0.1)?;
    assert_eq!(circuit.count(2), 1);
    Ok(())
}

#[test]
fn wrong_pauli_texts_name_the_wrong_piece() {
    let table = [
        ("A0", "A0"),
        ("", ""),
        ("0.5*X0*Q2", "Q2"),
        ("X0*X0", "X0"),
        ("X128", "X128"),
        ("X", "X"),
        ("X-1", "X-1"),
        ("X+1", "X+1"),
        ("X0 Z1", "X0 Z1"),
        ("2*3*X0", "3"),
        ("X0 + ", ""),
        ("X0 + + Z1", "+ Z1"),
        ("é0", "é0"),
    ];
    for (text, piece) in table {
        let error = text.parse::<PauliSum>().expect_err(text);
        assert_eq!(error, Error::PauliText { text: piece.into() }, "{text}");
        assert!(error.to_string().contains(piece), "{text}");
    }
    for text in ["inf*X0", "NaN", "1e999*Z1"] {
        let error = text.parse::<PauliSum>().expect_err(text);
        assert!(matches!(error, Error::NonFinite { what: "a coefficient", .. }), "{text}: {error}");
    }
}

/// A circuit from a file passes the same checks as one that is built.
#[test]
fn files_are_checked_like_calls() {
    let rotation = |x: u128, index: usize| {
        format!(
            r#"{{"n_qubits":2,"n_params":1,"ops":[{{"Rotation":[{{"x":{x},"z":0}},{{"Param":{{"index":{index},"scale":1.0}}}}]}}]}}"#
        )
    };
    let gate = |name: &str, qubits: &str| {
        format!(r#"{{"n_qubits":2,"n_params":0,"ops":[{{"Gate":["{name}",{qubits}]}}]}}"#)
    };
    let read = |text: String| serde_json::from_str::<Circuit>(&text).map_err(|error| error.to_string());
    assert!(read(rotation(2, 0)).is_ok() && read(gate("Cx", "[1,0]")).is_ok());
    for (text, message) in [
        (rotation(4, 0), "qubit 2 is outside"),
        (rotation(1 << 127, 0), "qubit 127 is outside"),
        (rotation(1, 1), "parameter 1 is outside"),
        (gate("Cx", "[0,0]"), "qubit 0 appears twice"),
        (gate("Cx", "[0]"), "cx acts on 2 qubits"),
    ] {
        assert!(read(text.clone()).is_err_and(|error| error.contains(message)), "{text}");
    }
}
