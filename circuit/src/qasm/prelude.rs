//! The standard gates that are no ops of a circuit, in terms of those that are; all up to a global phase.
//!
//! `mcphase(l)` multiplies the state in which all its qubits are one by `e^{il}`; `pauli_zx(t)` and the like are
//! rotations `exp(-i t/2 ZX)`. Names are those of `qelib1.inc` and `stdgates.inc`.

/// In the language itself. `c3sqrtx` and `c4x` are the gates they are named after, which those of some copies of
/// `qelib1.inc` are not.
pub(super) const PRELUDE: &str = "
gate U(t, p, l) a { rz(l) a; ry(t) a; rz(p) a; }
gate u3(t, p, l) a { U(t, p, l) a; }
gate u(t, p, l) a { U(t, p, l) a; }
gate u2(p, l) a { U(pi/2, p, l) a; }
gate u1(l) a { rz(l) a; }
gate p(l) a { rz(l) a; }
gate phase(l) a { rz(l) a; }
gate r(t, p) a { U(t, p - pi/2, pi/2 - p) a; }
gate id a { }
gate u0(g) a { }
gate CX a, b { cx a, b; }
gate cnot a, b { cx a, b; }
gate ch a, b { ry(-pi/4) b; cz a, b; ry(pi/4) b; }
gate csx a, b { h b; mcphase(pi/2) a, b; h b; }
gate cs a, b { mcphase(pi/2) a, b; }
gate csdg a, b { mcphase(-pi/2) a, b; }
gate crx(t) a, b { rx(t/2) b; pauli_zx(-t/2) a, b; }
gate cry(t) a, b { ry(t/2) b; pauli_zy(-t/2) a, b; }
gate crz(t) a, b { rz(t/2) b; pauli_zz(-t/2) a, b; }
gate cu1(l) a, b { mcphase(l) a, b; }
gate cp(l) a, b { mcphase(l) a, b; }
gate cphase(l) a, b { mcphase(l) a, b; }
gate cu3(t, p, l) a, b { rz((p + l)/2) a; crz(l) a, b; cry(t) a, b; crz(p) a, b; }
gate cu(t, p, l, g) a, b { rz(g) a; cu3(t, p, l) a, b; }
gate rxx(t) a, b { pauli_xx(t) a, b; }
gate ryy(t) a, b { pauli_yy(t) a, b; }
gate rzz(t) a, b { pauli_zz(t) a, b; }
gate rzx(t) a, b { pauli_zx(t) a, b; }
gate iswap a, b { pauli_xx(-pi/2) a, b; pauli_yy(-pi/2) a, b; }
gate ccz a, b, c { mcphase(pi) a, b, c; }
gate ccx a, b, c {
  h c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; cx a, c;
  t b; t c; h c; cx a, b; t a; tdg b; cx a, b;
}
gate toffoli a, b, c { ccx a, b, c; }
gate cswap a, b, c { cx c, b; ccx a, b, c; cx c, b; }
gate rccx a, b, c { h c; t c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; h c; }
gate rc3x a, b, c, d {
  h d; t d; cx c, d; tdg d; h d; cx a, d; t d; cx b, d; tdg d; cx a, d; t d; cx b, d; tdg d;
  h d; t d; cx c, d; tdg d; h d;
}
gate c3x a, b, c, d { h d; mcphase(pi) a, b, c, d; h d; }
gate c3sqrtx a, b, c, d { h d; mcphase(pi/2) a, b, c, d; h d; }
gate c4x a, b, c, d, e { h e; mcphase(pi) a, b, c, d, e; h e; }
";
