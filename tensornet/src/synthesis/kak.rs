//! Any two-qubit unitary as the 15 angles of a brick, and back.
//!
//! A brick is one block of [`circuit::ansatz::brick_wall`]: `RZ RY RZ` on both qubits, then `RXX RYY
//! RZZ`, then `RZ RY RZ` on both again. In the basis of Bell states with the right phases the outer
//! factors are real rotations and the middle is diagonal, so that `MᵀM` of the matrix `M` of the gate
//! has the middle as its spectrum and an outer factor as its real eigenvectors. The global phase is
//! dropped.
//!
//! Reference: Kraus and Cirac, arXiv:quant-ph/0011050; Tucci, arXiv:quant-ph/0507171.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4};

use circuit::{C64, Mat4};
use nalgebra::Matrix2;

use super::unitary::{U4, from_rows, joint_eigenbasis, to_rows, unitarity_error};
use crate::Error;

/// Angles of a brick in the order of its parameters: three for each qubit, three for the pair, three for
/// each qubit; radians.
pub type BrickAngles = [f64; 15];

type U2 = Matrix2<C64>;

/// Largest distance from a unitary matrix that is taken for rounding.
const UNITARITY: f64 = 1e-9;

/// The angles of a brick that equals `gate` up to a global phase; all zero for the identity.
///
/// ```
/// use circuit::{Gate, Matrix};
/// use tensornet::synthesis::{brick_angles, brick_matrix};
///
/// let Matrix::Two(swap) = Gate::Swap.matrix() else { unreachable!("swap acts on two qubits") };
/// let rebuilt = brick_matrix(&brick_angles(&swap)?);
/// let overlap: circuit::C64 = rebuilt.iter().zip(&swap).map(|(a, b)| a.conj() * b).sum();
/// assert!((overlap.norm() - 4.0).abs() < 1e-12);
/// # Ok::<(), tensornet::Error>(())
/// ```
///
/// # Errors
/// If the matrix is not unitary within 1e-9.
pub fn brick_angles(gate: &Mat4) -> Result<BrickAngles, Error> {
    let parts = Parts::of(gate)?;
    let [x, y, z] = parts.pair;
    let [before, after] = [parts.before, parts.after].map(|local| {
        let (high, low) = factors(&local);
        (euler_angles(&high), euler_angles(&low))
    });
    let ([a, b, c], [d, e, f]) = before;
    let ([g, h, i], [j, k, l]) = after;
    Ok([a, b, c, d, e, f, x, y, z, g, h, i, j, k, l])
}

/// The matrix of a brick, row-major, the first qubit as the high bit.
pub fn brick_matrix(angles: &BrickAngles) -> Mat4 {
    let euler = |at: usize| rz(angles[at + 2]) * ry(angles[at + 1]) * rz(angles[at]);
    let local = |at: usize| euler(at).kronecker(&euler(at + 3));
    let phases = pair_phases([angles[6], angles[7], angles[8]]);
    let pair = magic() * U4::from_diagonal(&phases.map(C64::cis).into()) * magic().adjoint();
    to_rows(&(local(9) * pair * local(0)))
}

/// The content of a gate that no one-qubit gates change: `(a, b, c)` with `π/4 >= a >= b >= |c|` such
/// that the gate is `exp(i (a XX + b YY + c ZZ))` between one-qubit gates.
///
/// # Errors
/// If the matrix is not unitary within 1e-9.
pub fn weyl_coordinates(gate: &Mat4) -> Result<[f64; 3], Error> {
    let fold = |angle: f64| {
        let a = -angle / 2.0;
        a - FRAC_PI_2 * (a / FRAC_PI_2).round()
    };
    let mut coordinates = Parts::of(gate)?.pair.map(fold);
    let negative = coordinates.iter().filter(|a| **a < 0.0).count() % 2 == 1;
    coordinates = coordinates.map(f64::abs);
    coordinates.sort_by(|a, b| b.total_cmp(a));
    if negative && coordinates[0] < FRAC_PI_4 - 1e-12 {
        coordinates[2] = -coordinates[2];
    }
    Ok(coordinates)
}

/// The least number of CNOT gates, 0 to 3, that build `gate` with one-qubit gates.
///
/// Reference: Vidal and Dawson, arXiv:quant-ph/0307177; Shende, Bullock and Markov, arXiv:quant-ph/0308045.
///
/// # Errors
/// If the matrix is not unitary within 1e-9.
pub fn cnot_count(gate: &Mat4) -> Result<usize, Error> {
    const ZERO: f64 = 1e-7;
    let [a, b, c] = weyl_coordinates(gate)?;
    Ok(match (a < ZERO, b < ZERO, c.abs() < ZERO) {
        (true, _, _) => 0,
        (false, true, _) if (a - FRAC_PI_4).abs() < ZERO => 1,
        (false, _, true) => 2,
        (false, _, false) => 3,
    })
}

/// `gate = phase * after * exp(-i (x XX + y YY + z ZZ) / 2) * before`.
struct Parts {
    before: U4,
    pair: [f64; 3],
    after: U4,
}

impl Parts {
    fn of(gate: &Mat4) -> Result<Self, Error> {
        let u = from_rows(gate);
        let deviation = unitarity_error(&u);
        if deviation.is_nan() || deviation > UNITARITY {
            return Err(Error::NotUnitary { deviation });
        }
        let special = u * C64::cis(-u.determinant().arg() / 4.0);
        let m = magic().adjoint() * special * magic();
        let square = m.transpose() * m;
        let [real, imaginary] = [square.map(|x| C64::from(x.re)), square.map(|x| C64::from(x.im))];
        let mut basis = joint_eigenbasis(real, imaginary).map(|x| C64::from(x.re));
        if basis.determinant().re < 0.0 {
            basis.column_mut(0).neg_mut();
        }
        let halves = (basis.transpose() * square * basis).diagonal().map(|x| x.arg() / 2.0);
        let mut phases = [halves[0], halves[1], halves[2], halves[3]];
        let turns = (phases.iter().sum::<f64>() / std::f64::consts::PI).round();
        phases[0] -= turns * std::f64::consts::PI; // the square roots multiply to one
        let inverse = U4::from_diagonal(&phases.map(|p| C64::cis(-p)).into());
        let outer = (m * basis * inverse).map(|x| C64::from(x.re));
        let [p, q, r, _] = phases;
        Ok(Self {
            before: magic() * basis.transpose() * magic().adjoint(),
            pair: [-(p + r), -(q + r), -(p + q)],
            after: magic() * outer * magic().adjoint(),
        })
    }
}

/// Bell states as columns, with phases that make `A ⊗ B` real for special unitary `A` and `B`.
fn magic() -> U4 {
    let [o, l, i] = [C64::ZERO, C64::from(FRAC_1_SQRT_2), C64::new(0.0, FRAC_1_SQRT_2)];
    U4::from_row_slice(&[l, i, o, o, o, o, i, l, o, o, i, -l, l, -i, o, o])
}

/// Phases of `exp(-i (x XX + y YY + z ZZ) / 2)` on the columns of [`magic`].
fn pair_phases([x, y, z]: [f64; 3]) -> [f64; 4] {
    [-x + y - z, x - y - z, -x - y + z, x + y + z].map(|sum| sum / 2.0)
}

/// `A` and `B` of `A ⊗ B`, each of determinant one.
fn factors(local: &U4) -> (U2, U2) {
    let block = |i: usize, j: usize| local.fixed_view::<2, 2>(2 * i, 2 * j).into_owned();
    let corners = [(0, 0), (0, 1), (1, 0), (1, 1)];
    let (i, j) = corners.into_iter().fold((0, 0), |best, at| {
        if block(at.0, at.1).norm() > block(best.0, best.1).norm() + 1e-9 { at } else { best }
    });
    let low = special(block(i, j));
    let high = U2::from_fn(|i, j| (low.adjoint() * block(i, j)).trace() / C64::from(2.0));
    (special(high), low)
}

fn special(m: U2) -> U2 {
    m / m.determinant().sqrt()
}

/// `(a, b, c)` with `m = RZ(c) RY(b) RZ(a)` up to the sign.
fn euler_angles(m: &U2) -> [f64; 3] {
    let b = 2.0 * m[(1, 0)].norm().atan2(m[(0, 0)].norm());
    let sum = if m[(1, 1)].norm() < 1e-14 { 0.0 } else { 2.0 * m[(1, 1)].arg() };
    let difference = if m[(1, 0)].norm() < 1e-14 { 0.0 } else { 2.0 * m[(1, 0)].arg() };
    [(sum - difference) / 2.0, b, (sum + difference) / 2.0]
}

fn rz(theta: f64) -> U2 {
    U2::new(C64::cis(-theta / 2.0), C64::ZERO, C64::ZERO, C64::cis(theta / 2.0))
}

fn ry(theta: f64) -> U2 {
    let (sin, cos) = (theta / 2.0).sin_cos();
    U2::new(C64::from(cos), C64::from(-sin), C64::from(sin), C64::from(cos))
}
