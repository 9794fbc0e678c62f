//! Hamiltonians and random objects shared by the tests of the chains.
#![allow(dead_code, reason = "every test binary uses a part")]

pub mod vector;

use circuit::{C64, Pauli, PauliString, PauliSum, State, run};
use tensornet::{Mps, MpsReadout};
use testkit::matrix::matvec;
use testkit::{Stream, matrix, random_circuit};

/// Coefficient and single-qubit factors.
pub type Terms = Vec<(f64, Vec<(usize, Pauli)>)>;

/// A readout of chains by name, with the same measured on the reference state `S`.
pub type Readout<S> = (&'static str, MpsReadout, Box<dyn Fn(&S) -> Vec<f64>>);

/// All kinds of readouts: `sums`, the probabilities of `outcomes`, and the overlap with a state that is given as a chain
/// and by its amplitudes; `amps` are those of the reference.
pub fn readouts<S: State + 'static>(
    sums: Vec<PauliSum>,
    outcomes: Vec<usize>,
    (target, known): (Mps, Vec<C64>),
    amps: fn(&S) -> &[C64],
) -> Vec<Readout<S>> {
    let n = target.n_qubits();
    let bits = |k: usize| (0..n).map(|q| k >> (n - 1 - q) & 1 == 1).collect::<Vec<bool>>();
    let listed = MpsReadout::Probabilities(outcomes.iter().map(|&k| bits(k)).collect());
    let observed = sums.clone();
    vec![
        (
            "expectations",
            MpsReadout::Expectations(sums),
            Box::new(move |ket| observed.iter().map(|sum| ket.expectation(sum)).collect()),
        ),
        (
            "probabilities",
            listed,
            Box::new(move |ket| outcomes.iter().map(|&k| amps(ket)[k].norm_sqr()).collect()),
        ),
        (
            "overlap",
            MpsReadout::Overlap(target),
            Box::new(move |ket| vec![inner(&known, amps(ket)).norm_sqr()]),
        ),
    ]
}

/// `Σ XX + YY + ZZ` over the listed pairs, times `scale`.
pub fn heisenberg(pairs: &[(usize, usize)], scale: f64) -> Terms {
    let kinds = [Pauli::X, Pauli::Y, Pauli::Z];
    pairs.iter().flat_map(|&(a, b)| kinds.map(|kind| (scale, vec![(a, kind), (b, kind)]))).collect()
}

/// `-Σ ZZ - h Σ X` on an open chain.
pub fn ising(n: usize, field: f64) -> Terms {
    let bonds = (1..n).map(|q| (-1.0, vec![(q - 1, Pauli::Z), (q, Pauli::Z)]));
    bonds.chain((0..n).map(|q| (-field, vec![(q, Pauli::X)]))).collect()
}

/// Neighbours of an open chain.
pub fn chain(n: usize) -> Vec<(usize, usize)> {
    (1..n).map(|q| (q - 1, q)).collect()
}

/// Neighbours on an open square lattice; site `(r, c)` is numbered by `index`.
pub fn lattice(rows: usize, columns: usize, index: impl Fn(usize, usize) -> usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (r, c) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
        if c + 1 < columns {
            pairs.push((index(r, c), index(r, c + 1)));
        }
        if r + 1 < rows {
            pairs.push((index(r, c), index(r + 1, c)));
        }
    }
    pairs
}

/// The same terms as a sum.
pub fn sum(terms: &Terms) -> PauliSum {
    terms.iter().map(|(c, factors)| (*c, PauliString::new(factors))).collect()
}

/// `n_terms` random strings with coefficients in `[-1, 1)`.
pub fn random_sum(n: usize, n_terms: usize, stream: &mut Stream) -> PauliSum {
    let mut term = || {
        let weight = stream.below(n + 1);
        let qubits = stream.distinct(weight, n);
        let kind = |stream: &mut Stream| [Pauli::X, Pauli::Y, Pauli::Z][stream.below(3)];
        let factors: Vec<_> = qubits.into_iter().map(|q| (q, kind(stream))).collect();
        (stream.next().unwrap_or(1.0), PauliString::new(&factors))
    };
    (0..n_terms).map(|_| term()).collect()
}

/// A sum as a matrix `[2^n, 2^n]`, row-major.
pub fn dense(sum: &PauliSum, n: usize) -> Vec<C64> {
    let mut total = vec![C64::ZERO; 1 << (2 * n)];
    for (c, string) in &sum.terms {
        total.iter_mut().zip(matrix::pauli(string, n)).for_each(|(x, y)| *x += y * c);
    }
    total
}

/// Eigenvalues of a real symmetric matrix, ascending, by Jacobi rotations.
pub fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    for _ in 0..12 {
        for (p, q) in (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q))) {
            rotate(&mut a, p, q);
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn rotate(a: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q].abs() < 1e-15 {
        return;
    }
    let (sin, cos) = (0.5 * (2.0 * a[p][q]).atan2(a[q][q] - a[p][p])).sin_cos();
    for row in a.iter_mut() {
        (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
    }
    let turned = |x: f64, y: f64| a[p].iter().zip(&a[q]).map(|(u, v)| x * u + y * v).collect::<Vec<f64>>();
    (a[p], a[q]) = (turned(cos, -sin), turned(sin, cos));
}

/// The state a random circuit prepares.
pub fn random_state(n: usize, n_ops: usize, seed: u64) -> Mps {
    let (circuit, params) = random_circuit(n, n_ops, &mut Stream(seed));
    let mut state = Mps::zero(n);
    run(&circuit, &params, &mut state);
    state
}

/// Alternating bits.
pub fn neel(n: usize) -> Mps {
    Mps::basis(&(0..n).map(|q| q % 2 == 1).collect::<Vec<_>>())
}

/// `⟨a|b⟩` of two vectors.
pub fn inner(a: &[C64], b: &[C64]) -> C64 {
    a.iter().zip(b).map(|(x, y)| x.conj() * y).sum()
}

/// `exp(factor H) v` by its power series, in pieces short enough to converge fast.
pub fn evolved(terms: &PauliSum, n: usize, factor: C64, v: &[C64]) -> Vec<C64> {
    const PIECES: usize = 64;
    let h = dense(terms, n);
    let step = |v: Vec<C64>| {
        let (mut sum, mut power) = (v.clone(), v);
        for k in 1..30 {
            power = matvec(&h, &power).iter().map(|x| x * factor / (k * PIECES) as f64).collect();
            sum.iter_mut().zip(&power).for_each(|(x, y)| *x += y);
        }
        sum
    };
    (0..PIECES).fold(v.to_vec(), |v, _| step(v))
}

/// What becomes of alternating spins in a Heisenberg chain of ten, by the number of steps of 0.05: expectations of
/// the first five spins, entropy in the middle, and the squared overlap with the start.
pub const RELAXATION: [(usize, [f64; 5], f64, f64); 3] = [
    (10, [0.44035636, -0.38286874, 0.38498904, f64::NAN, f64::NAN], 0.22146393, f64::NAN),
    (20, [0.29241287, -0.11406323, 0.14139246, -0.13955452, 0.13962322], 0.51232272, 0.10400597),
    (40, [0.01351332, 0.22890068, -0.04676477, 0.09937663, -0.09099086], 1.05494125, f64::NAN),
];

/// Compares with a line of [`RELAXATION`], where it has a number.
pub fn check_relaxation(state: &Mps, (spins, entropy, echo): ([f64; 5], f64, f64), tolerance: f64) {
    let start = neel(10);
    let spin = |q: usize| state.expectation(&PauliSum::z(q)) / 2.0;
    let overlap = start.overlap(state).expect("one length").norm_sqr();
    let pairs = spins.into_iter().enumerate().map(|(q, want)| (spin(q), want));
    for (got, want) in pairs.chain([(state.entropies()[4], entropy), (overlap, echo)]) {
        assert!(want.is_nan() || (got - want).abs() < tolerance, "{got} is not {want}");
    }
}
