//! Circuits as programs.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::literal::{on_one, on_two};
use super::{QasmConfig, Version};
use crate::{Angle, Circuit, Error, Gate, Op, Pauli, PauliString};

/// A circuit as OpenQASM; see [`super::export`].
pub(super) fn export(
    circuit: &Circuit,
    params: Option<&[f64]>,
    config: &QasmConfig,
) -> Result<String, Error> {
    let writer = Writer { params: check(circuit, params, config)?, version: config.version };
    let ops: Vec<Op> = circuit.ops().iter().flat_map(plain).collect();
    let names: BTreeSet<String> = ops.iter().map(|op| writer.name(op)).collect();
    let mut text = String::from(match config.version {
        Version::V2 => "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n",
        Version::V3 => "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n",
    });
    text.extend(names.iter().filter_map(|name| definition(name)));
    if writer.params.is_none() {
        (0..circuit.n_params()).for_each(|k| text += &format!("input float[64] theta_{k};\n"));
    }
    let n = circuit.n_qubits();
    if n > 0 {
        text += &match config.version {
            Version::V2 => format!("qreg q[{n}];\n"),
            Version::V3 => format!("qubit[{n}] q;\n"),
        };
    }
    ops.iter().for_each(|op| writer.op(op, &mut text));
    if config.measure && n > 0 {
        text += &match config.version {
            Version::V2 => format!("creg c[{n}];\nmeasure q -> c;\n"),
            Version::V3 => format!("bit[{n}] c;\nc = measure q;\n"),
        };
    }
    Ok(text)
}

fn check<'a>(
    circuit: &Circuit,
    params: Option<&'a [f64]>,
    config: &QasmConfig,
) -> Result<Option<&'a [f64]>, Error> {
    let n_params = circuit.n_params();
    match params {
        Some(values) if values.len() != n_params => {
            Err(Error::ParamCount { got: values.len(), expected: n_params })
        }
        Some(values) => match values.iter().find(|value| !value.is_finite()) {
            Some(&value) => Err(Error::NonFinite { what: "a parameter", value }),
            None => Ok(params),
        },
        None if n_params > 0 && config.version == Version::V2 => Err(Error::FreeParams { n_params }),
        None if n_params > 0 => Ok(None),
        None => Ok(Some(&[])),
    }
}

/// The op itself, or what it is without literal matrices.
fn plain(op: &Op) -> Vec<Op> {
    match op {
        Op::Gate(Gate::Unitary1(m), qubits) => on_one(m, qubits[0]),
        Op::Gate(Gate::Unitary2(m), qubits) => on_two(m, [qubits[0], qubits[1]]),
        Op::Gate(..) | Op::Rotation(..) => vec![op.clone()],
    }
}

/// The definition of a gate that a standard file lacks, if `name` is one that this library writes; no file has these
/// names, so that a definition is never the second one.
pub(super) fn definition(name: &str) -> Option<String> {
    match name {
        "half_x" => Some("gate half_x a { h a; s a; h a; }\n".into()),
        "half_x_dg" => Some("gate half_x_dg a { h a; sdg a; h a; }\n".into()),
        _ => rotation(name.strip_prefix("pauli_")?),
    }
}

/// A rotation about a string: its factors are turned to `Z`, their parity is gathered on the last qubit.
fn rotation(letters: &str) -> Option<String> {
    let n = letters.len();
    if n == 0 || n > PauliString::MAX_QUBITS || letters.chars().any(|c| !"xyz".contains(c)) {
        return None;
    }
    let turn = |text: &mut String, sign: &str| {
        for (k, letter) in letters.chars().enumerate() {
            match letter {
                'x' => *text += &format!(" h a{k};"),
                'y' => *text += &format!(" rx({sign}pi/2) a{k};"),
                _ => {}
            }
        }
    };
    let qubits: Vec<String> = (0..n).map(|k| format!("a{k}")).collect();
    let mut text = format!("gate pauli_{letters}(t) {} {{", qubits.join(", "));
    turn(&mut text, "");
    (1..n).for_each(|k| text += &format!(" cx a{}, a{k};", k - 1));
    text += &format!(" rz(t) a{};", n - 1);
    (1..n).rev().for_each(|k| text += &format!(" cx a{}, a{k};", k - 1));
    turn(&mut text, "-");
    text += " }\n";
    Some(text)
}

struct Writer<'a> {
    /// Values of the parameters; absent where they stay free.
    params: Option<&'a [f64]>,
    version: Version,
}

impl Writer<'_> {
    /// Name of an op.
    fn name(&self, op: &Op) -> String {
        match op {
            Op::Gate(Gate::Sx, _) if self.version == Version::V2 => "half_x".into(),
            Op::Gate(Gate::Sxdg, _) => "half_x_dg".into(),
            Op::Gate(gate, _) => gate.name().into(),
            Op::Rotation(string, _) => rotation_name(string),
        }
    }

    fn op(&self, op: &Op, text: &mut String) {
        let head = match op {
            Op::Gate(..) => self.name(op),
            Op::Rotation(string, angle) if string.support().is_empty() => {
                if self.version == Version::V3 {
                    *text += &format!("gphase({});\n", self.angle(angle.scaled(-0.5)));
                }
                return;
            }
            Op::Rotation(_, angle) => format!("{}({})", self.name(op), self.angle(*angle)),
        };
        let qubits: Vec<String> = op.qubits().iter().map(|q| format!("q[{q}]")).collect();
        writeln!(text, "{head} {};", qubits.join(", ")).expect("a string takes any text");
    }

    fn angle(&self, angle: Angle) -> String {
        match (angle, self.params) {
            (Angle::Const(_), _) => number(angle.value(&[])),
            (Angle::Param { .. }, Some(params)) => number(angle.value(params)),
            (Angle::Param { index, scale: 1.0 }, None) => format!("theta_{index}"),
            (Angle::Param { index, scale }, None) => format!("{}*theta_{index}", number(scale)),
        }
    }
}

/// `rx`, or `pauli_xy` for several factors, in ascending order of their qubits.
fn rotation_name(string: &PauliString) -> String {
    let letter = |(_, pauli): (usize, Pauli)| match pauli {
        Pauli::X => 'x',
        Pauli::Y => 'y',
        Pauli::Z => 'z',
    };
    let letters: String = string.factors().into_iter().map(letter).collect();
    if letters.len() == 1 { format!("r{letters}") } else { format!("pauli_{letters}") }
}

/// The shortest text that reads as the same number, always with a point.
fn number(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => text,
    }
}
