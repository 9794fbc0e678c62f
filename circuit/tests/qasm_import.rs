//! OpenQASM programs as circuits: standard gates against their matrices, syntax, public programs.

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use circuit::qasm::{QasmConfig, Version, export, import};
use circuit::{Angle, C64, Circuit, Error, Gate, Op, PauliString};
use testkit::matrix::{identity, matmul};
use testkit::{data_dir, unitary};

fn difference(a: &[C64], b: &[C64]) -> f64 {
    let overlap: C64 = a.iter().zip(b).map(|(x, y)| x.conj() * y).sum();
    let phase = overlap / overlap.norm();
    a.iter().zip(b).map(|(x, y)| (x * phase - y).norm()).fold(0.0, f64::max)
}

fn circuit(text: &str) -> Circuit {
    import(text).unwrap_or_else(|e| panic!("{e} in\n{text}")).0
}

/// `u3` as its matrix, the first entry real.
fn u3(t: f64, p: f64, l: f64) -> Vec<C64> {
    let (sin, cos) = (t / 2.0).sin_cos();
    vec![C64::from(cos), -C64::cis(l) * sin, C64::cis(p) * sin, C64::cis(p + l) * cos]
}

/// A matrix on the last qubits where the first `controls` are all one.
fn controlled(controls: usize, m: &[C64]) -> Vec<C64> {
    let side = m.len().isqrt();
    let dim = side << controls;
    let mut whole = identity(dim);
    for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
        whole[(dim - side + i) * dim + dim - side + j] = m[i * side + j];
    }
    whole
}

/// A call and its matrix.
type Row = (&'static str, Vec<C64>);

fn named(gate: Gate) -> Vec<C64> {
    gate.matrix().entries().to_vec()
}

fn r(letters: &str, t: f64) -> Vec<C64> {
    let string: PauliString = letters.parse().expect("a string");
    string.rotation_matrix(t, &string.support())
}

fn phase(l: f64) -> Vec<C64> {
    vec![C64::ONE, C64::ZERO, C64::ZERO, C64::cis(l)]
}

/// The angles of the calls below.
const ANGLES: [f64; 3] = [0.7, -1.3, 2.9];

fn on_one() -> Vec<Row> {
    let [a, b, c] = ANGLES;
    vec![
        ("U(0.7, -1.3, 2.9)", u3(a, b, c)),
        ("u3(0.7, -1.3, 2.9)", u3(a, b, c)),
        ("u(0.7, -1.3, 2.9)", u3(a, b, c)),
        ("u2(-1.3, 2.9)", u3(FRAC_PI_2, b, c)),
        ("u1(2.9)", phase(c)),
        ("p(2.9)", phase(c)),
        ("phase(2.9)", phase(c)),
        ("r(0.7, 2.9)", u3(a, c - FRAC_PI_2, FRAC_PI_2 - c)),
        ("id", identity(2)),
        ("u0(1)", identity(2)),
        ("rx(0.7)", r("X0", a)),
        ("ry(0.7)", r("Y0", a)),
        ("rz(0.7)", r("Z0", a)),
    ]
}

fn on_several() -> Vec<Row> {
    let [a, b, c] = ANGLES;
    let root = matmul(&matmul(&named(Gate::H), &named(Gate::S)), &named(Gate::H));
    let iswap = matmul(&r("X0*X1", -FRAC_PI_2), &r("Y0*Y1", -FRAC_PI_2));
    let swap = named(Gate::Swap);
    vec![
        ("CX", named(Gate::Cx)),
        ("cnot", named(Gate::Cx)),
        ("ch", controlled(1, &named(Gate::H))),
        ("cs", controlled(1, &phase(FRAC_PI_2))),
        ("csdg", controlled(1, &phase(-FRAC_PI_2))),
        ("csx", controlled(1, &root)),
        ("crx(0.7)", controlled(1, &r("X0", a))),
        ("cry(0.7)", controlled(1, &r("Y0", a))),
        ("crz(0.7)", controlled(1, &r("Z0", a))),
        ("cu1(0.7)", controlled(1, &phase(a))),
        ("cp(0.7)", controlled(1, &phase(a))),
        ("cphase(0.7)", controlled(1, &phase(a))),
        ("cu3(0.7, -1.3, 2.9)", controlled(1, &u3(a, b, c))),
        ("cu(0.7, -1.3, 2.9, 0.4)", {
            controlled(1, &u3(a, b, c).iter().map(|x| x * C64::cis(0.4)).collect::<Vec<_>>())
        }),
        ("rxx(0.7)", r("X0*X1", a)),
        ("ryy(0.7)", r("Y0*Y1", a)),
        ("rzz(0.7)", r("Z0*Z1", a)),
        ("rzx(0.7)", r("Z0*X1", a)),
        ("iswap", iswap),
        ("ccz", controlled(2, &named(Gate::Z))),
        ("ccx", controlled(2, &named(Gate::X))),
        ("toffoli", controlled(2, &named(Gate::X))),
        ("cswap", controlled(1, &swap)),
        ("c3x", controlled(3, &named(Gate::X))),
        ("c3sqrtx", controlled(3, &root)),
        ("c4x", controlled(4, &named(Gate::X))),
    ]
}

#[test]
fn standard_gates_are_their_matrices() {
    let table = Gate::NAMED.map(|gate| (gate.name(), named(gate)));
    for (call, want) in table.into_iter().chain(on_one()).chain(on_several()) {
        let n = want.len().ilog2() / 2;
        let qubits: Vec<String> = (0..n).map(|k| format!("q[{k}]")).collect();
        let text = format!("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[{n}]; {call} {};", qubits.join(","));
        let worst = difference(&unitary(&circuit(&text), &[]), &want);
        assert!(worst < 1e-14, "{call}: {worst}");
    }
}

#[test]
fn angles_are_expressions() {
    let table = [
        ("pi/2", FRAC_PI_2),
        ("-pi/4 + 3*pi/2", -FRAC_PI_4 + 3.0 * PI / 2.0),
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("2**-1", 0.5),
        ("-(1 - 2) * 3", 3.0),
        ("8/2/2", 2.0),
        ("1 - 2 - 3", -4.0),
        ("sin(pi/2) + cos(0)*sqrt(4) - ln(exp(2))", 1.0),
        ("tan(0.5) - sin(.5)/cos(5e-1)", 0.0),
        ("arcsin(1) - asin(1) + arccos(1) + acos(1) + arctan(0) + atan(0) + log(1)", 0.0),
        ("tau - 2*π + euler*0", 0.0),
        ("+1.5E+2", 150.0),
        ("- - 2", 2.0),
    ];
    for (text, value) in table {
        let ops = circuit(&format!("qreg q[1]; rx({text}) q[0];"));
        let Op::Rotation(_, Angle::Const(got)) = ops.ops()[0] else { panic!("{ops:?}") };
        assert!((got - value).abs() < 1e-15 * value.abs().max(1.0), "{text}: {got}");
    }
}

#[test]
fn angles_are_linear_in_inputs() -> Result<(), Error> {
    let (circuit, report) = import(
        "OPENQASM 3; input float[64] alpha; input float beta; qubit[2] q; gate twice(t) a { rx(2*t) a; }
         rx((alpha - 1)/2) q[0]; twice(-beta) q[1]; cp(alpha + 3*beta) q[0], q[1]; ry(0*alpha) q[0];",
    )?;
    assert_eq!(report.params, ["alpha", "beta"]);
    let mut want = Circuit::new(2)?;
    let (a, b) = (want.param(), want.param());
    want.rx(0, -0.5)?.rx(0, a.scaled(0.5))?.rx(1, b.scaled(-2.0))?;
    for (q, share) in [(vec![0], 0.5), (vec![1], 0.5), (vec![0, 1], -0.5)] {
        let factors: Vec<_> = q.into_iter().map(|q| (q, circuit::Pauli::Z)).collect();
        want.rotation(&factors, a.scaled(share))?.rotation(&factors, b.scaled(3.0 * share))?;
    }
    want.ry(0, a.scaled(0.0))?;
    assert_eq!(circuit, want);
    Ok(())
}

#[test]
fn registers_gates_and_the_end_of_programs() -> Result<(), Error> {
    let (circuit, report) = import(
        "OPENQASM 2.0;\ninclude \"qelib1.inc\"; // gates\nqreg a[2];\nqreg b[2]; /* two\nmore */ creg c[2];
         reset a; opaque magic(x) p; gate pair(t) p, r { barrier p, r; rx(t/2) r; cx p, r; }
         h a; cx a, b; pair(pi) a[1], b; barrier a; barrier b[0], a[1]; cx a[0], b[1];
         measure a -> c; measure b[0] -> c[1];",
    )?;
    let mut want = Circuit::new(4)?;
    want.h(0)?.h(1)?.cx(0, 2)?.cx(1, 3)?;
    want.rx(2, FRAC_PI_2)?.cx(1, 2)?.rx(3, FRAC_PI_2)?.cx(1, 3)?.cx(0, 3)?;
    assert_eq!(circuit, want);
    assert_eq!(report.registers, [("a".to_string(), 2), ("b".to_string(), 2)]);
    assert_eq!((report.measured, report.barriers), (3, 2));
    let (circuit, report) = import(
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit one; qubit[2] q; bit r; bit[2] c; reset q;
         gate h a { x a; } h one; U(0, 0, 0) q[1]; c = measure q; r = measure one; barrier;",
    )?;
    assert_eq!(circuit.ops()[0], Op::Gate(Gate::X, vec![0]), "own definitions come first");
    assert_eq!((circuit.n_qubits(), report.measured, report.barriers), (3, 3, 1));
    Ok(())
}

/// Amplitudes that are not zero, by basis index.
fn run_sparse(circuit: &Circuit) -> BTreeMap<usize, C64> {
    let n = circuit.n_qubits();
    let mut state = BTreeMap::from([(0usize, C64::ONE)]);
    for op in circuit.ops() {
        let qubits = op.qubits();
        let matrix = match op {
            Op::Gate(gate, targets) => (gate.matrix().entries().to_vec(), targets.clone()),
            Op::Rotation(string, angle) => (string.rotation_matrix(angle.value(&[]), &qubits), qubits),
        };
        let (m, targets) = matrix;
        let dim = 1 << targets.len();
        let mut next: BTreeMap<usize, C64> = BTreeMap::new();
        for (basis, amp) in state {
            let bit = |q: usize| basis >> (n - 1 - q) & 1;
            let from = targets.iter().fold(0, |acc, &q| acc << 1 | bit(q));
            for to in 0..dim {
                let place = |basis: usize, (k, &q): (usize, &usize)| {
                    let (mask, set) = (1 << (n - 1 - q), to >> (targets.len() - 1 - k) & 1);
                    if set == 1 { basis | mask } else { basis & !mask }
                };
                let image = targets.iter().enumerate().fold(basis, place);
                *next.entry(image).or_default() += m[to * dim + from] * amp;
            }
        }
        next.retain(|_, amp| amp.norm() > 1e-12);
        state = next;
    }
    state
}

/// Every program of two public collections that is a circuit at all.
#[test]
fn public_programs_come_back() {
    let Some(folder) = data_dir() else { return };
    let mut files: Vec<_> = ["openqasm2/examples", "qasmbench/small"]
        .into_iter()
        .flat_map(|name| std::fs::read_dir(folder.join(name)).into_iter().flatten())
        .map(|entry| entry.expect("an entry").path())
        .flat_map(|path| match path.is_dir() {
            true => {
                std::fs::read_dir(&path).expect("a folder").map(|e| e.expect("an entry").path()).collect()
            }
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "qasm"))
        .collect();
    files.sort();
    let mut states = BTreeMap::new();
    for path in files {
        let (name, text) = (
            path.file_stem().expect("a name").to_string_lossy(),
            std::fs::read_to_string(&path).expect("text"),
        );
        let controlled = text.lines().any(|line| line.trim_start().starts_with("if"));
        let broken = name.starts_with("invalid");
        let imported = import(&text);
        assert_eq!(imported.is_err(), controlled || broken, "{name}: {imported:?}");
        let Ok((first, report)) = imported else { continue };
        let state = run_sparse(&first);
        for version in [Version::V2, Version::V3] {
            let text = export(&first, None, &QasmConfig { version, measure: true }).expect("no parameters");
            let (second, again) = import(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(second, first, "{name}");
            assert_eq!(run_sparse(&second), state, "{name}");
            assert!(again.measured >= report.measured, "{name}");
        }
        states.insert(name.to_string(), state);
    }
    if states.is_empty() {
        return;
    }
    check_known(&states);
}

/// Outcomes that the comments of the programs promise.
fn check_known(states: &BTreeMap<String, BTreeMap<usize, C64>>) {
    let weights = |name: &str| states[name].values().map(|amp| amp.norm_sqr()).collect::<Vec<_>>();
    let bits = |name: &str, n: usize, first: usize, len: usize| {
        let (&basis, _) = states[name].iter().next().expect("an amplitude");
        (0..len).map(|k| basis >> (n - 1 - first - k) & 1).collect::<Vec<_>>()
    };
    assert_eq!(weights("W-state").len(), 3);
    assert!(weights("W-state").iter().all(|w| (w - 1.0 / 3.0).abs() < 1e-5)); // its angle has six digits
    assert!(weights("cat_state_n4").iter().all(|w| (w - 0.5).abs() < 1e-12));
    assert_eq!((weights("adder").len(), bits("adder", 10, 5, 5)), (1, vec![0, 0, 0, 0, 1])); // 1 + 15
    assert_eq!(bits("bigadder", 18, 10, 8), [0, 0, 0, 0, 0, 0, 1, 1]); // 11000000, lowest bit first
    assert_eq!(weights("qft").len(), 16);
}

/// Each gate of the published standard file, by its definition there and by ours.
#[test]
fn the_published_standard_gates_agree() {
    let Some(folder) = data_dir() else { return };
    let Ok(file) = std::fs::read_to_string(folder.join("qasmbench/qelib1.inc")) else { return };
    let mut compared = 0;
    for head in file.lines().filter_map(|line| line.strip_prefix("gate ")) {
        let head = head.split('{').next().expect("a head").trim();
        let (name, rest) = head.split_once(['(', ' ']).expect("a name and qubits");
        let (arguments, qubits) = rest.split_once(')').unwrap_or(("", rest));
        let n_arguments = arguments.split(',').filter(|piece| !piece.trim().is_empty()).count();
        let qubits: Vec<&str> = qubits.split(',').collect();
        let angles: Vec<String> = (0..n_arguments).map(|k| format!("{}", 0.3 + 0.9 * k as f64)).collect();
        let operands: Vec<String> = (0..qubits.len()).map(|k| format!("q[{k}]")).collect();
        let angles = if n_arguments > 0 { format!("({})", angles.join(",")) } else { String::new() };
        let call = format!("qreg q[{}]; {}{angles} {};", qubits.len(), name, operands.join(","));
        let [ours, theirs] = [circuit(&call), circuit(&format!("{file}\n{call}"))];
        let worst = difference(&unitary(&ours, &[]), &unitary(&theirs, &[]));
        // Two definitions of the file are not the gates their names say: an inverse root, and none of the kind.
        let as_named = !["c3sqrtx", "c4x"].contains(&name);
        assert_eq!(worst < 1e-13, as_named, "{head}: {worst}");
        compared += 1;
    }
    assert!(compared > 30, "{compared}");
}
