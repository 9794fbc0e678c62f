//! Analytic layers: the tensors of a chain, completed to gates.
//!
//! A site that is an isometry from the right turns the bond before it into its qubit and the bond behind
//! it. With bonds of `2^m` written on `m` qubits it is a gate on `m + 1` qubits whose last input is
//! fresh, and the gates of all sites form a staircase that prepares the chain from `|0..0>`.
//!
//! Reference: Schön et al., arXiv:quant-ph/0501096; Ran, arXiv:1908.07958.

use std::f64::consts::PI;

use circuit::C64;
use ndarray::{Array2, Array3};

use super::chain::Chain;
use super::kak::brick_matrix;
use super::unitary::{U4, complete, from_rows};
use super::{Completion, PairGate, check_norm};
use crate::mps::matrix;
use crate::{Error, Mps, Truncation};

/// A unitary matrix on neighbouring qubits, the first as the high bit.
#[derive(Clone, Debug, PartialEq)]
pub struct WideGate {
    /// First qubit.
    pub first: usize,
    /// Number of qubits `k`.
    pub width: usize,
    /// The matrix, shape `[2^k, 2^k]`.
    pub matrix: Array2<C64>,
}

/// Most qubits of a gate of [`exact_gates`].
const WIDEST: usize = 8;

/// A staircase of gates that prepares `target`, brought to norm one, from `|0..0>` without error: bonds
/// up to `2^m` give gates on `m + 1` qubits, `n - m` of them, first to act first.
///
/// ```
/// use circuit::{Circuit, run, State};
/// use tensornet::{Mps, synthesis::exact_gates};
///
/// let mut cat = Circuit::new(5)?;
/// cat.h(0)?.cx(0, 1)?.cx(1, 2)?.cx(2, 3)?.cx(3, 4)?;
/// let mut state = Mps::zero(5);
/// run(&cat, &[], &mut state);
/// let gates = exact_gates(&state)?;
/// assert_eq!((gates.len(), gates[0].width), (4, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// For an empty chain, a norm that is zero or not finite, and bonds beyond 128.
pub fn exact_gates(target: &Mps) -> Result<Vec<WideGate>, Error> {
    if target.n_qubits() == 0 {
        return Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX });
    }
    let (chain, norm) = Chain::from_mps(target, Truncation::EXACT);
    check_norm(norm)?;
    let sites = chain.right_canonical(usize::MAX);
    let chi = sites.iter().map(|site| site.dim().0).max().unwrap_or(1);
    let bits = chi.next_power_of_two().ilog2().max(1) as usize;
    match bits < WIDEST {
        true => Ok(staircase(&sites, bits, Completion::Axes)),
        false => Err(Error::WideBond { chi, needed: bits + 1, limit: WIDEST }),
    }
}

/// One layer of two-qubit gates that prepares the best chain of bonds up to 2.
pub(super) fn analytic_layer(chain: Chain, completion: Completion) -> Vec<PairGate> {
    let gates = staircase(&chain.right_canonical(2), 1, completion);
    let pair = |gate: WideGate| {
        let matrix = U4::from_fn(|i, j| gate.matrix[[i, j]]);
        PairGate::from_unitary([gate.first, gate.first + 1], &matrix)
    };
    gates.into_iter().map(pair).collect()
}

/// One layer of gates on `pairs` from which fitting can start: a product state near the chain, each qubit
/// turned by the first gate that touches it, then fixed bricks without symmetry.
///
/// Identities are no start for all gates: symmetric targets hold them fast, or have no overlap with `|0..0>`.
pub(super) fn generic_layer(chain: Chain, pairs: &[[usize; 2]]) -> Vec<PairGate> {
    const STRENGTH: f64 = 0.5;
    let angle = |k: usize| STRENGTH * (2.0 * fixed_fraction(k) - 1.0);
    let mut turns: Vec<Option<Array2<C64>>> = chain
        .right_canonical(1)
        .iter()
        .map(|site| Some(complete(vec![Some(site.iter().copied().collect()), None])))
        .collect();
    let mut turn = |q: usize| turns[q].take().unwrap_or_else(|| Array2::eye(2));
    let gate = |(at, &[a, b]): (usize, &[usize; 2])| {
        let (high, low) = (turn(a), turn(b));
        let product = U4::from_fn(|i, j| high[[i >> 1, j >> 1]] * low[[i & 1, j & 1]]);
        let brick = brick_matrix(&std::array::from_fn(|k| angle(15 * at + k + 1)));
        PairGate::from_unitary([a, b], &(from_rows(&brick) * product))
    };
    pairs.iter().enumerate().map(gate).collect()
}

/// The gates of a chain whose sites after the first are isometries from the right, with bonds up to
/// `2^bits`.
fn staircase(sites: &[Array3<C64>], bits: usize, completion: Completion) -> Vec<WideGate> {
    let n = sites.len();
    let width = (bits + 1).min(n);
    let last = n - width;
    let gate = |first: usize| {
        let image = if first < last { padded(&sites[first], 1 << bits) } else { merged(&sites[last..]) };
        let mut columns = vec![None; 1 << width]; // input [bond 0]
        for (bond, row) in image.rows().into_iter().enumerate() {
            columns[2 * bond] = Some(row.to_vec());
        }
        let free: Vec<usize> = (0..columns.len()).filter(|&column| columns[column].is_none()).collect();
        let mut matrix = complete(columns);
        if completion == Completion::Mixed {
            mix(&mut matrix, &free, first);
        }
        WideGate { first, width, matrix }
    };
    (0..=last).map(gate).collect()
}

/// Turns the given columns into each other by fixed angles that differ from gate to gate.
pub(super) fn mix(matrix: &mut Array2<C64>, columns: &[usize], gate: usize) {
    for (k, pair) in columns.windows(2).enumerate() {
        let (sin, cos) = (PI * fixed_fraction(8 * gate + k + 1)).sin_cos();
        for mut row in matrix.rows_mut() {
            let [a, b] = [row[pair[0]], row[pair[1]]];
            (row[pair[0]], row[pair[1]]) = (a * cos - b * sin, a * sin + b * cos);
        }
    }
}

/// The `k`-th of a fixed sequence of numbers spread evenly over [0, 1).
fn fixed_fraction(k: usize) -> f64 {
    (k as f64 * (5f64.sqrt() - 1.0) / 2.0).fract()
}

/// `vL [s bond]` with the bond behind widened to `chi`.
fn padded(site: &Array3<C64>, chi: usize) -> Array2<C64> {
    let (l, d, r) = site.dim();
    let mut wide = Array3::zeros((l, d, chi));
    wide.slice_mut(ndarray::s![.., .., ..r]).assign(site);
    matrix(&wide, l, d * chi).into_owned()
}

/// The last sites as one isometry, `vL [s..]`.
fn merged(sites: &[Array3<C64>]) -> Array2<C64> {
    let l = sites[0].dim().0;
    let start = Array2::eye(l); // [vL s..] vR
    let all = sites.iter().fold(start, |all, site| {
        let (bond, d, r) = site.dim();
        let joined = all.dot(&matrix(site, bond, d * r)); // [vL s..] [s vR]
        joined.into_shape_clone((all.nrows() * d, r)).expect("the same number of entries")
    });
    let columns = all.len() / l;
    all.into_shape_clone((l, columns)).expect("the same number of entries")
}
