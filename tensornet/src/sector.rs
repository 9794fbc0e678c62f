//! From states to chains of sites by charge, and back.

use std::collections::BTreeMap;

use circuit::C64;
use faer::Mat;
use ndarray::Array3;
use serde::{Deserialize, Serialize};

use crate::blocks::{Blocks, Bond, Charge, Site};
use crate::linalg::{inner, product, singular};
use crate::scalar::Scalar;
use crate::{Error, Mpo, Mps};

/// What is kept of symmetries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conserve {
    /// Nothing: all tensors are dense.
    Nothing,
    /// The number of ones, that is, the total `Z`, if the operator conserves it and the states have a definite one;
    /// otherwise nothing.
    Charge,
}

/// Schmidt values below this share of the norm are rounding.
const ROUNDING: f64 = 1e-14;

/// Largest share of the weight that may lie outside of one charge.
const OUTSIDE: f64 = 1e-20;

/// A state as sites, all seen from the right end, in that order: isometries, and last the centre.
#[derive(Clone, Debug)]
pub(crate) struct Sector<T> {
    /// Charge of the whole chain.
    pub(crate) total: Charge,
    pub(crate) sites: Vec<Site<T>>, // [s vR] vL
}

impl<T: Scalar> Sector<T> {
    /// A state that is not zero, in numbers of type `T`. With `unit` 1, ones are counted, and there is a result only
    /// if their number is definite; with `unit` 0 there always is one.
    pub(crate) fn new(state: &Mps, unit: Charge) -> Option<Self> {
        let mut state = state.clone();
        state.move_centre(state.n_qubits() - 1);
        let smallest = ROUNDING * state.norm();
        let mut carry: BTreeMap<Charge, Mat<T>> = BTreeMap::from([(0, Mat::identity(1, 1))]); // new vR
        let mut outer = Bond::edge(unit);
        let mut sites = Vec::with_capacity(state.n_qubits());
        for tensor in state.sites()[1..].iter().rev() {
            let (mut isometry, mut rest) = (BTreeMap::new(), BTreeMap::new());
            for (m, block) in seen_from_right(tensor, &carry, &outer) {
                let (u, s, v) = singular(block.as_ref());
                let rank = s.iter().take_while(|&&value| value > smallest).count();
                if rank > 0 {
                    isometry.insert(m, u.get(.., ..rank).to_owned());
                    let weighted = |i: usize, j: usize| v[(j, i)].conjugate() * T::from_real(s[i]);
                    rest.insert(m, Mat::from_fn(rank, v.nrows(), weighted)); // new vL
                }
            }
            let site = Site { outer, blocks: Blocks(isometry) };
            outer = site.inner();
            sites.push(site);
            carry = rest;
        }
        let mut ends = seen_from_right(&state.sites()[0], &carry, &outer);
        let weight = |block: &Mat<T>| inner(block, block).real_part();
        let all: f64 = ends.values().map(weight).sum();
        let heaviest = ends.iter().max_by(|a, b| weight(a.1).total_cmp(&weight(b.1)));
        let total = heaviest.map(|(&m, _)| m)?;
        ends.retain(|&m, _| m == total);
        if all - weight(&ends[&total]) > OUTSIDE * all {
            return None;
        }
        sites.push(Site { outer, blocks: Blocks(ends) });
        Some(Self { total, sites })
    }
}

/// The operator and the states, which are not zero, by charge where that is asked for and possible.
pub(crate) fn sectors<T: Scalar>(
    operator: &Mpo,
    states: &[&Mps],
    conserve: Conserve,
) -> (Mpo, Vec<Sector<T>>) {
    let all = |unit| states.iter().map(|state| Sector::new(state, unit)).collect::<Option<Vec<_>>>();
    let by_charge = || all(1).and_then(|sectors| Some((operator.conserving()?, sectors)));
    let found = (conserve == Conserve::Charge).then(by_charge).flatten();
    found.unwrap_or_else(|| (operator.clone(), all(0).expect("states that are not zero")))
}

/// Refuses states that are zero or not finite.
pub(crate) fn check_state(state: &Mps) -> Result<(), Error> {
    let mut entries = state.sites().iter().flatten().flat_map(|x| [x.re, x.im]);
    if let Some(value) = entries.find(|x| !x.is_finite()) {
        return Err(Error::NonFinite { what: "an entry of the state", value });
    }
    if state.norm() == 0.0 { Err(Error::ZeroState) } else { Ok(()) }
}

/// A tensor with its right bond replaced by the rows of `carry`, `[s new] vL` by charge.
fn seen_from_right<T: Scalar>(
    tensor: &Array3<C64>,
    carry: &BTreeMap<Charge, Mat<T>>,
    outer: &Bond,
) -> BTreeMap<Charge, Mat<T>> {
    let (l, _, r) = tensor.dim();
    let levels = [0, 1].map(|s| Mat::from_fn(r, l, |j, i| T::narrow(tensor[[i, s, j]]))); // vR vL
    let mut blocks: BTreeMap<Charge, Mat<T>> =
        outer.joined(2).iter().map(|(m, rows)| (m, Mat::zeros(rows, l))).collect();
    for (&q, carry) in carry {
        for (s, level) in levels.iter().enumerate() {
            let m = q + outer.raise(s);
            let (first, rows) = outer.part(m, s);
            let image = product(carry.as_ref(), level.as_ref());
            blocks.get_mut(&m).expect("a joint charge").as_mut().subrows_mut(first, rows).copy_from(image);
        }
    }
    blocks
}

/// A site seen from the left as a tensor, charges in ascending order.
pub(crate) fn tensor<T: Scalar>(site: &Site<T>) -> Array3<C64> {
    let inner = site.inner();
    let (rows, columns) = (site.outer.offsets(), inner.offsets());
    let mut tensor = Array3::zeros((site.outer.total(), 2, inner.total())); // vL s vR
    for (m, block) in &site.blocks.0 {
        for s in 0..2 {
            let (first, count) = site.outer.part(*m, s);
            for (i, j) in (0..count).flat_map(|i| (0..block.ncols()).map(move |j| (i, j))) {
                let row = rows[&(m - site.outer.raise(s))] + i;
                tensor[[row, s, columns[m] + j]] = block[(first + i, j)].widen();
            }
        }
    }
    tensor
}
