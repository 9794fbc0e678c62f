//! Circuits to OpenQASM and back: every op, both versions, free and bound parameters.

use circuit::qasm::{QasmConfig, Version, export, import};
use circuit::{Angle, C64, Circuit, Error, Gate, Op, Pauli, PauliString};
use testkit::{Stream, pauli_strings, random_circuit, unitary};

const VERSIONS: [Version; 2] = [Version::V2, Version::V3];

fn config(version: Version) -> QasmConfig {
    QasmConfig { version, measure: false }
}

/// Largest difference between matrices after the best global phase.
fn difference(a: &[C64], b: &[C64]) -> f64 {
    let overlap: C64 = a.iter().zip(b).map(|(x, y)| x.conj() * y).sum();
    let phase = overlap / overlap.norm();
    a.iter().zip(b).map(|(x, y)| (x * phase - y).norm()).fold(0.0, f64::max)
}

/// Circuits of one op on three qubits: gates on all ordered targets, rotations about all strings, with angles of all
/// kinds; parameters are one and two.
fn single_ops() -> Vec<Circuit> {
    let mut circuits = Vec::new();
    for gate in Gate::NAMED {
        for (a, b) in (0..3).flat_map(|a| (0..3).map(move |b| (a, b))).filter(|(a, b)| a != b) {
            let mut circuit = Circuit::new(3).expect("small");
            circuit.gate(gate.clone(), &[a, b][..gate.arity()]).expect("in range");
            circuits.push(circuit);
        }
    }
    let special = [0.0, -0.0, 1e-8, -3.25e-300, 1e16, 0.1, std::f64::consts::PI];
    for (k, string) in pauli_strings(3).into_iter().enumerate() {
        let mut circuit = Circuit::new(3).expect("small");
        let (one, two) = (circuit.param(), circuit.param());
        let angles = [one, two.scaled(-1.0), one.scaled(special[k % 7]), Angle::Const(special[(k + 3) % 7])];
        angles.into_iter().for_each(|angle| _ = circuit.rotation(&string.factors(), angle).expect("finite"));
        circuits.push(circuit);
    }
    circuits
}

fn without_phases(circuit: &Circuit) -> Vec<Op> {
    let kept = |op: &&Op| !matches!(op, Op::Rotation(string, _) if *string == PauliString::default());
    circuit.ops().iter().filter(kept).cloned().collect()
}

/// The ops with the parameters as numbers.
fn bound(circuit: &Circuit, params: &[f64]) -> Vec<Op> {
    let bind = |op: &Op| match op {
        Op::Rotation(string, angle) => Op::Rotation(*string, Angle::Const(angle.value(params))),
        Op::Gate(..) => op.clone(),
    };
    circuit.ops().iter().map(bind).collect()
}

#[test]
fn every_op_comes_back() {
    let random = (0..20).map(|seed| random_circuit(1 + seed % 5, 30, &mut Stream(seed as u64)).0);
    for circuit in single_ops().into_iter().chain(random) {
        let text = export(&circuit, None, &config(Version::V3)).expect("free parameters");
        let (back, report) = import(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(back, circuit, "{text}");
        assert_eq!(export(&back, None, &config(Version::V3)), Ok(text));
        assert_eq!(report.params.len(), circuit.n_params());
        let params: Vec<f64> = Stream(7).take(circuit.n_params()).collect();
        for version in VERSIONS {
            let text = export(&circuit, Some(&params), &config(version)).expect("bound parameters");
            let (back, _) = import(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            let ops = bound(&circuit, &params);
            match version {
                Version::V2 => assert_eq!(without_phases(&back), {
                    let is_phase = |op: &Op| matches!(op, Op::Rotation(s, _) if *s == PauliString::default());
                    ops.into_iter().filter(|op| !is_phase(op)).collect::<Vec<_>>()
                }),
                Version::V3 => assert_eq!(back.ops(), ops),
            }
            assert_eq!(export(&back, Some(&[]), &config(version)), Ok(text));
        }
    }
}

#[test]
fn literal_matrices_come_back_as_rotations() {
    let haar = |n: usize, seed: u64| {
        let (circuit, params) = random_circuit(n, 20, &mut Stream(seed));
        unitary(&circuit, &params)
    };
    let one = |m: Vec<C64>| Gate::Unitary1(m.try_into().expect("2 x 2"));
    let two = |m: Vec<C64>| Gate::Unitary2(Box::new(m.try_into().expect("4 x 4")));
    let named = Gate::NAMED.into_iter().map(|gate| match gate.arity() {
        1 => one(gate.matrix().entries().to_vec()),
        _ => two(gate.matrix().entries().to_vec()),
    });
    let drawn = (0..40).flat_map(|seed| [one(haar(1, seed)), two(haar(2, seed))]);
    let rotations = [1e-7, 1e-12, 1e-15, 3.0].into_iter().flat_map(|t| {
        let near = |n| pauli_strings(n).into_iter().map(move |s| s.rotation_matrix(t, &[0, 1][..n]));
        near(1).map(one).chain(near(2).map(two)).collect::<Vec<_>>()
    });
    for gate in named.chain(drawn).chain(rotations) {
        for targets in [[0, 2], [2, 1]] {
            let mut circuit = Circuit::new(3).expect("small");
            circuit.h(1).and_then(|c| c.gate(gate.clone(), &targets[..gate.arity()])).expect("in range");
            for version in VERSIONS {
                let text = export(&circuit, None, &config(version)).expect("no parameters");
                let (back, _) = import(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
                let worst = difference(&unitary(&back, &[]), &unitary(&circuit, &[]));
                assert!(worst < 1e-13, "{gate:?} on {targets:?}: {worst}");
                assert_eq!(export(&back, None, &config(version)), Ok(text));
            }
        }
    }
}

/// Definitions are for other tools; under another name they are expanded here as well.
#[test]
fn definitions_are_the_ops_they_stand_for() {
    let rotations = pauli_strings(3).into_iter().filter(|string| string.support().len() > 1);
    let gates = [Gate::Sx, Gate::Sxdg].map(|gate| Op::Gate(gate, vec![1]));
    for op in rotations.map(|string| Op::Rotation(string, Angle::Const(0.7))).chain(gates) {
        let mut circuit = Circuit::new(3).expect("small");
        match &op {
            Op::Gate(gate, qubits) => circuit.gate(gate.clone(), qubits).map(drop),
            Op::Rotation(string, angle) => circuit.rotation(&string.factors(), *angle).map(drop),
        }
        .expect("in range");
        let text = export(&circuit, None, &config(Version::V2)).expect("no parameters");
        assert_eq!(import(&text).expect("our own").0, circuit);
        for (ours, other) in [("pauli_", "other_"), ("half_", "other_"), ("rz(t)", "rz(t/2 + t/2)")] {
            let (expanded, _) = import(&text.replace(ours, other)).expect("a definition");
            if text.contains(ours) {
                assert!(expanded.ops().len() > 1, "{text}");
            }
            assert!(difference(&unitary(&expanded, &[]), &unitary(&circuit, &[])) < 1e-14, "{text}");
        }
    }
}

#[test]
fn texts_are_as_written_here() -> Result<(), Error> {
    let mut circuit = Circuit::new(3)?;
    let (a, b) = (circuit.param(), circuit.param());
    circuit.h(0)?.sx(1)?.gate(Gate::Sxdg, &[2])?.cx(2, 0)?.rx(1, a)?.ry(1, b.scaled(-0.5))?.rz(0, 1e-8)?;
    circuit.rotation(&[(2, Pauli::Z), (0, Pauli::X), (1, Pauli::Y)], a.scaled(2.0))?.rotation(&[], b)?;
    let free = "OPENQASM 3.0;
include \"stdgates.inc\";
gate half_x_dg a { h a; sdg a; h a; }
gate pauli_xyz(t) a0, a1, a2 { h a0; rx(pi/2) a1; cx a0, a1; cx a1, a2; rz(t) a2; cx a1, a2; cx a0, a1; h a0; rx(-pi/2) a1; }
input float[64] theta_0;
input float[64] theta_1;
qubit[3] q;
h q[0];
sx q[1];
half_x_dg q[2];
cx q[2], q[0];
rx(theta_0) q[1];
ry(-0.5*theta_1) q[1];
rz(1.0e-8) q[0];
pauli_xyz(2.0*theta_0) q[0], q[1], q[2];
gphase(-0.5*theta_1);
bit[3] c;
c = measure q;
";
    let measured = QasmConfig { measure: true, ..QasmConfig::default() };
    assert_eq!(export(&circuit, None, &measured)?, free);
    let text = export(&circuit, Some(&[0.25, 3.0]), &QasmConfig { version: Version::V2, measure: true })?;
    let start = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\ngate half_x a { h a; s a; h a; }\ngate half_x_dg a";
    let end = "rx(0.25) q[1];\nry(-1.5) q[1];\nrz(1.0e-8) q[0];\npauli_xyz(0.5) q[0], q[1], q[2];\ncreg c[3];\nmeasure q -> c;\n";
    assert!(text.starts_with(start) && text.ends_with(end), "{text}");
    assert!(
        text.contains("\nqreg q[3];\nh q[0];\nhalf_x q[1];\nhalf_x_dg q[2];\ncx q[2], q[0];\n"),
        "{text}"
    );
    assert_eq!(import(&text)?.1.measured, 3);
    assert_eq!(import(&export(&Circuit::new(0)?, None, &measured)?)?.0, Circuit::new(0)?);
    Ok(())
}

#[test]
fn exports_that_cannot_be_are_refused() -> Result<(), Error> {
    let mut circuit = Circuit::new(1)?;
    let theta = circuit.param();
    circuit.rx(0, theta)?;
    let refused =
        |params, version| export(&circuit, params, &config(version)).expect_err("refused").to_string();
    let message = refused(None, Version::V2);
    assert!(message.contains("1") && message.contains("version 3"), "{message}");
    assert!(refused(Some(&[][..]), Version::V3).contains("0 values were given for the 1"));
    assert!(refused(Some(&[f64::NAN][..]), Version::V3).contains("NaN"));
    let text = serde_json::to_string(&config(Version::V2)).expect("plain data");
    assert_eq!(text, "{\"version\":\"2.0\",\"measure\":false}");
    Ok(())
}
