//! OpenQASM programs that are no circuits: each mistake where it stands, damaged texts, texts that would not end.

use circuit::Error;
use circuit::qasm::import;
use testkit::Stream;

/// A statement in the second line, line and column of the mistake, and what is said of it.
type Mistake = (&'static str, usize, usize, &'static str);

const MISTAKES: [Mistake; 48] = [
    ("w q;", 2, 1, "gate 'w' is not known"),
    ("  x r[0];", 2, 5, "'r' is no register of qubits"),
    ("x q[2];", 2, 5, "qubit 2 is outside register 'q' of 2"),
    ("cx q[1], q[1];", 2, 1, "qubit 1 appears twice"),
    ("cx q;", 2, 1, "gate 'cx' takes 2 qubits, but 1 qubit were given"),
    ("rx q[0];", 2, 1, "takes 1 angle, but 0 angles"),
    ("x q[0]", 2, 7, "expected ';', found the end of the text"),
    ("rx(pi q[0];", 2, 7, "expected ')', found 'q'"),
    ("rx(phi) q[0];", 2, 4, "'phi' is no parameter"),
    ("rx(1/0) q[0];", 2, 1, "the angle is inf"),
    ("rx(1e999) q[0];", 2, 1, "the angle is inf"),
    ("rx(ln(-1)) q[0];", 2, 1, "the angle is NaN"),
    ("rx(99999999999999999999) q[0];", 2, 4, "too large"),
    ("input float t; rx(t*t) q[0];", 2, 16, "'*' makes the angle no linear function"),
    ("input float t; rx(sin(t)) q[0];", 2, 16, "'sin'"),
    ("input int t;", 2, 7, "type 'int'"),
    ("input float q;", 2, 13, "'q' is declared twice"),
    ("if (c == 1) x q[0];", 2, 1, "'if' has no place"),
    ("for int i in [0:1] { }", 2, 1, "'for'"),
    ("ctrl @ x q[0], q[1];", 2, 1, "modifier 'ctrl @'"),
    ("x q[0]; reset q[0];", 2, 15, "a reset after the first gate"),
    ("measure q -> c; x q[0];", 2, 17, "after its measurement"),
    ("measure q -> d;", 2, 14, "'d' is no register of bits"),
    ("measure q -> c[2];", 2, 16, "bit 2 is outside register 'c' of 2"),
    ("measure q[0] -> c;", 2, 17, "1 qubits do not fit the 2 bits"),
    ("measure q -> c[0];", 2, 14, "2 qubits do not fit one bit"),
    ("c = x q;", 2, 5, "bits can hold measurements alone"),
    ("include \"more.inc\";", 2, 9, "\"more.inc\" is not included"),
    ("include more;", 2, 9, "a file in quotes"),
    ("qreg q[1];", 2, 6, "'q' is declared twice"),
    ("qreg r;", 2, 6, "no size"),
    ("qreg r[0];", 2, 6, "size 0"),
    ("qreg r[127];", 2, 6, "129 qubits are declared; the limit is 128"),
    ("qreg r[18446744073709551615];", 2, 6, "the limit is 128"),
    ("qreg r[3]; cx q, r;", 2, 12, "registers of sizes [2, 3]"),
    ("gate g a { x b; }", 2, 12, "'b' is no qubit of this gate"),
    ("gate g a { g a; }", 2, 12, "gate 'g' is not known"),
    ("gate g a { cx a; }", 2, 12, "takes 2 qubits"),
    ("gate g a, a { }", 2, 11, "'a' is listed twice"),
    ("gate g(t) a { rx(s) a; }", 2, 18, "'s' is no parameter"),
    ("gate g a { }\ngate g a { }", 3, 6, "gate 'g' is defined twice"),
    ("gate g(t) a { rx(1/t) a; } g(0) q[0];", 2, 15, "the angle is inf"),
    ("opaque g a; g q[0];", 2, 13, "declared without a body"),
    ("gate g a { x a;", 2, 16, "expected a name, found the end"),
    ("\"text", 2, 1, "a text without end"),
    ("/* text", 2, 1, "a comment without end"),
    ("x $0;", 2, 3, "the character '$'"),
    ("OPENQASM 2.0;", 2, 1, "gate 'OPENQASM' is not known"),
];

/// Refuses a statement after the declaration of two qubits and two bits.
fn check(statement: &str, line: usize, column: usize, what: &str) {
    let short: String = statement.chars().take(60).collect();
    let Err(Error::Qasm { line: l, column: c, what: got }) =
        import(&format!("OPENQASM 3.0; qreg q[2]; creg c[2];\n{statement}"))
    else {
        panic!("'{short}' is accepted")
    };
    assert!(got.contains(what), "'{short}': {got}");
    assert_eq!((l, c), (line, column), "'{short}': {got}");
}

#[test]
fn mistakes_are_refused_where_they_stand() {
    MISTAKES.iter().for_each(|&(statement, line, column, what)| check(statement, line, column, what));
    for (text, what) in [("OPENQASM 4.0;", "4.0"), ("OPENQASM x;", "a number")] {
        assert!(import(text).is_err_and(|e| e.to_string().contains(what)), "{text}");
    }
}

#[test]
fn programs_that_grow_without_end_are_refused() {
    let deep = |open: &str, close: &str| format!("rx({}1{}) q[0];", open.repeat(5000), close.repeat(5000));
    let bomb: String =
        (1..60).map(|k| format!("gate g{k} a {{ {} }} ", format!("g{} a; ", k - 1).repeat(2))).collect();
    let nested: String = (1..100).map(|k| format!("gate g{k} a {{ g{} a; }} ", k - 1)).collect();
    check(&deep("(", ")"), 2, 37, "nested more than 32 deep");
    check(&deep("-", ""), 2, 37, "nested more than 32 deep");
    check(&format!("input float t; rx({}0) q[0];", "t+".repeat(9999)), 2, 84, "nested more than 32 deep");
    check(&format!("gate g0 a {{ x a; }} {bomb} g59 q[0];"), 2, 1762, "more than 4194304 steps");
    check(&format!("gate g0 a {{ x a; }} {nested}"), 2, 1392, "nested more than 64 deep");
}

#[test]
fn damaged_programs_never_panic() {
    let text = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float[64] t; qubit[3] q; bit[3] c;
        gate g(a, b) x, y { u3(a, -b/2, pi) x; cx x, y; }\ng(t*2, 1.5e-3) q[0], q[2]; // end
        ccx q[0], q[1], q[2]; barrier q; gphase(-t); c = measure q;";
    assert!(import(text).is_ok());
    let mut stream = Stream(11);
    let pieces: Vec<char> = "();{}[]+-*/^,.\"@=>_0e9qgt\n π".chars().collect();
    let mut accepted = 0;
    for _ in 0..4_000 {
        let mut damaged: Vec<char> = text.chars().collect();
        for _ in 0..1 + stream.below(3) {
            let at = stream.below(damaged.len());
            match stream.below(3) {
                0 => _ = damaged.remove(at),
                1 => damaged.insert(at, pieces[stream.below(pieces.len())]),
                _ => damaged[at] = pieces[stream.below(pieces.len())],
            }
        }
        match import(&damaged.into_iter().collect::<String>()) {
            Ok(_) => accepted += 1,
            Err(error) => assert!(matches!(error, Error::Qasm { .. }), "{error}"),
        }
    }
    assert!((40..3_000).contains(&accepted), "{accepted}");
}
