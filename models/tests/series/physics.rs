//! Closed forms of quantum systems against their equations of motion on a cut Fock space.

use std::f64::consts::{PI, TAU};

use models::series::Task;
use nalgebra::{Complex, DMatrix, DVector};

type Matrix = DMatrix<Complex<f64>>;

const ZERO: Complex<f64> = Complex::new(0.0, 0.0);
const ONE: Complex<f64> = Complex::new(1.0, 0.0);
const I: Complex<f64> = Complex::new(0.0, 1.0);

fn real(x: f64) -> Complex<f64> {
    Complex::new(x, 0.0)
}

/// The operator that takes a quantum away, on `levels` levels.
fn lower(levels: usize) -> Matrix {
    let entry = |row: usize, column: usize| if column == row + 1 { (column as f64).sqrt() } else { 0.0 };
    Matrix::from_fn(levels, levels, |row, column| real(entry(row, column)))
}

fn identity(n: usize) -> Matrix {
    Matrix::identity(n, n)
}

/// The generator of `rho' = -i [H, rho] + L rho L+ - (L+ L rho + rho L+ L)/2` as a matrix on columns stacked.
fn lindblad(hamiltonian: &Matrix, loss: &Matrix) -> Matrix {
    let n = hamiltonian.nrows();
    let rate = loss.adjoint() * loss;
    let slope = |rho: &Matrix| {
        (hamiltonian * rho - rho * hamiltonian) * -I + loss * rho * loss.adjoint()
            - (&rate * rho + rho * &rate) * real(0.5)
    };
    let column = |k: usize| {
        let unit = Matrix::from_fn(n, n, |row, column| if row + column * n == k { ONE } else { ZERO });
        DVector::from_column_slice(slope(&unit).as_slice())
    };
    Matrix::from_columns(&(0..n * n).map(column).collect::<Vec<_>>())
}

/// The largest difference between `expected`, at times from 0 to `last`, and what `observe` sees of the solution of
/// `state' = generator state`.
fn worst(
    expected: &[f64],
    last: f64,
    generator: &Matrix,
    start: DVector<Complex<f64>>,
    observe: impl Fn(&DVector<Complex<f64>>) -> f64,
) -> f64 {
    let step = (generator * real(last / (expected.len() - 1) as f64)).exp();
    let (mut state, mut worst) = (start, 0.0_f64);
    for value in expected {
        worst = worst.max((observe(&state) - value).abs());
        state = &step * state;
    }
    worst
}

/// A qubit and a cavity of one frequency that trade a photon, while the cavity leaks.
#[test]
fn the_qubit_follows_its_master_equation() {
    const LEVELS: usize = 5;
    let a = identity(2).kronecker(&lower(LEVELS)); // qubit, cavity
    let sigma = lower(2).kronecker(&identity(LEVELS));
    let (photons, excitation) = (a.adjoint() * &a, sigma.adjoint() * &sigma);
    let exchange = &sigma * a.adjoint() + sigma.adjoint() * &a;
    let hamiltonian = (photons + &excitation) * real(TAU) + exchange * real(PI);
    let generator = lindblad(&hamiltonian, &(a * real(0.05_f64.sqrt())));
    let n = 2 * LEVELS;
    let mut start = DVector::from_element(n * n, ZERO);
    start[1 + n] = ONE; // qubit in its ground state, one photon
    let excited =
        |rho: &DVector<Complex<f64>>| (0..n).map(|k| (excitation[(k, k)] * rho[k + k * n]).re).sum();
    let difference = worst(&Task::Jc.series().output, 50.0, &generator, start, excited);
    assert!(difference < 1e-9, "{difference}");
}

/// A transmon in an equal superposition shifts the frequency of a resonator that starts coherent.
#[test]
fn the_resonator_follows_its_schroedinger_equation() {
    const LEVELS: usize = 20;
    let (qubit, resonator, shift) = (3.0 * TAU, 2.0 * TAU, 0.025 * TAU);
    let a = identity(2).kronecker(&lower(LEVELS)); // transmon, resonator
    let z = Matrix::from_diagonal(&DVector::from_vec(vec![ONE, -ONE])).kronecker(&identity(LEVELS));
    let frequency = identity(2 * LEVELS) * real(resonator) + &z * real(shift);
    let hamiltonian = z * real(0.5 * (qubit + shift)) + frequency * (a.adjoint() * &a);
    let amplitudes: Vec<f64> = (0..LEVELS)
        .scan((-2.0_f64).exp(), |amplitude, n| {
            let current = *amplitude;
            *amplitude *= 2.0 / ((n + 1) as f64).sqrt();
            Some(current)
        })
        .collect(); // of the coherent state 2
    let start = DVector::from_fn(2 * LEVELS, |k, _| real(amplitudes[k % LEVELS] * 0.5_f64.sqrt()));
    let position = (a.adjoint() + a) * real(0.5);
    let observe = |state: &DVector<Complex<f64>>| state.dotc(&(&position * state)).re;
    let difference = worst(&Task::Transmon.series().output, 25.0, &(hamiltonian * -I), start, observe);
    // What is cut: 2 |<19|alpha>|^2 = 1e-7 and the levels above it.
    assert!(difference < 1e-6, "{difference}");
}
