//! Pauli strings and sums: algebra, masks, text.

use circuit::{C64, Pauli, PauliString, PauliSum};
use testkit::matrix::{distance, matmul, matvec, pauli, rotation};
use testkit::{Stream, pauli_strings};

#[test]
fn a_string_is_its_factors() {
    for string in pauli_strings(4) {
        let factors: Vec<_> = (0..128).filter_map(|q| string.factor(q).map(|p| (q, p))).collect();
        assert_eq!(PauliString::new(&factors), string);
        assert_eq!(string.factors(), factors);
        assert_eq!(string.support(), factors.iter().map(|f| f.0).collect::<Vec<_>>());
        let reversed: Vec<_> = factors.iter().map(|&(q, p)| (3 - q, p)).collect();
        assert_eq!(string.relabel(|q| 3 - q), PauliString::new(&reversed));
    }
    assert_eq!(PauliString::z(5), PauliString::new(&[(5, Pauli::Z)]));
    assert_eq!(PauliString::new(&[(127, Pauli::Y)]).support(), [127]);
}

#[test]
#[should_panic(expected = "qubit 128 of a Pauli string; the limit is 127")]
fn a_string_ends_at_its_masks() {
    PauliString::new(&[(128, Pauli::X)]);
}

#[test]
fn masks_and_phases_act_as_the_matrix() {
    for n in 0..=3 {
        for string in pauli_strings(n) {
            let (x, z) = string.basis_masks(n);
            let dim = 1 << n;
            for i in 0..dim {
                let mut ket = vec![C64::ZERO; dim];
                ket[i] = C64::ONE;
                let mut image = vec![C64::ZERO; dim];
                image[i ^ x] = PauliString::phase(x, z, i);
                assert_eq!(matvec(&pauli(&string, n), &ket), image, "{string} on |{i}>");
            }
        }
    }
}

#[test]
fn products_are_those_of_the_matrices() {
    for (a, b) in pauli_strings(2).iter().flat_map(|a| pauli_strings(2).into_iter().map(move |b| (a, b))) {
        let (phase, string) = a.times(&b);
        let product: Vec<C64> = pauli(&string, 2).iter().map(|x| x * phase).collect();
        assert_eq!(distance(&matmul(&pauli(a, 2), &pauli(&b, 2)), &product), 0.0, "{a} times {b}");
        assert_eq!(a.times(&b).0 == b.times(a).0, a.commutes_with(&b));
    }
}

#[test]
fn rotation_matrices_are_exponentials_on_the_listed_qubits() {
    for (string, theta) in pauli_strings(3).into_iter().zip(Stream(2).map(|x| 6.0 * x)) {
        let whole = string.rotation_matrix(theta, &[0, 1, 2]);
        assert!(distance(&whole, &rotation(&string, theta, 3)) < 1e-15, "{string}");
        let reversed = string.rotation_matrix(theta, &[2, 1, 0]);
        assert!(distance(&reversed, &rotation(&string.relabel(|q| 2 - q), theta, 3)) < 1e-15, "{string}");
    }
}

#[test]
fn texts_mean_what_they_say() {
    let string = |factors: &[(usize, Pauli)]| PauliString::new(factors);
    let table: [(&str, &[(f64, PauliString)]); 11] = [
        (" 0 ", &[]),
        ("0*X0", &[(0.0, string(&[(0, Pauli::X)]))]),
        ("X0", &[(1.0, string(&[(0, Pauli::X)]))]),
        ("-Y3*Z1", &[(-1.0, string(&[(3, Pauli::Y), (1, Pauli::Z)]))]),
        ("2", &[(2.0, PauliString::default())]),
        ("1", &[(1.0, PauliString::default())]),
        ("-1", &[(-1.0, PauliString::default())]),
        ("1*Z0", &[(1.0, PauliString::z(0))]),
        (" 0.5 * Z0 - Z1 ", &[(0.5, PauliString::z(0)), (-1.0, PauliString::z(1))]),
        (
            "Z0 - 1e-3*Z127 + -2.5",
            &[(1.0, PauliString::z(0)), (-1e-3, PauliString::z(127)), (-2.5, string(&[]))],
        ),
        ("Z0 + Z0", &[(1.0, PauliString::z(0)), (1.0, PauliString::z(0))]),
    ];
    for (text, terms) in table {
        assert_eq!(text.parse::<PauliSum>().map(|sum| sum.terms), Ok(terms.to_vec()), "{text}");
    }
}

#[test]
fn sums_survive_text_and_json() {
    let mut stream = Stream(3);
    for n_terms in 0..60 {
        let mut coefficient = || stream.angle() * 10f64.powi(stream.below(41) as i32 - 20);
        let coefficients: Vec<f64> = (0..n_terms).map(|_| coefficient()).collect();
        let mut mask = || u128::from(stream.bits()) << 64 | u128::from(stream.bits());
        let term = |c| (c, PauliString { x: mask(), z: mask() });
        let sum: PauliSum = coefficients.into_iter().map(term).collect();
        assert_eq!(sum.to_string().parse(), Ok(sum.clone()), "{sum}");
        let json = serde_json::to_string(&sum).expect("plain data");
        assert_eq!(serde_json::from_str::<PauliSum>(&json).expect("own text"), sum);
    }
}

#[test]
fn sums_know_the_register_they_need() {
    let table = [("2", 0), ("X0", 1), ("Z0 + Y6*X2", 7), ("X63", 64), ("X64", 65), ("X127", 128)];
    for (text, n_qubits) in table {
        assert_eq!(text.parse::<PauliSum>().map(|sum| sum.n_qubits()), Ok(n_qubits), "{text}");
    }
    assert_eq!(PauliSum::default().n_qubits(), 0);
    assert_eq!(Ok(PauliSum::z(2)), "Z2".parse());
}
