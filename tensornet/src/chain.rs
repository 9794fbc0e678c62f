//! The state during a sweep: a centre, and on each side a stack of isometries with their environments.
//!
//! A sweep takes sites off the right stack and puts them on the left one. The way back is the same sweep
//! after the two stacks change places, for sites are kept as seen from their own end: `[s outer] inner`.

use crate::blocks::{Blocks, Bond, Charge, Site, split};
use crate::effective::{Effective, on_bond, projected};
use crate::environment::{Channel, bare, blocks, edge, grow};
use crate::linalg::{dagger_product, product};
use crate::mpo::MpoSite;
use crate::mps::{bytes, check_bytes};
use crate::scalar::Scalar;
use crate::sector::{Sector, tensor};
use crate::{Error, Mpo, Mps, Truncation};

/// One side of the centre.
struct Side<T> {
    /// The operator from the end of this side to the other; none where nothing is measured.
    operator: Vec<MpoSite<T>>,
    /// Sites of the states to be avoided, from the end of this side to the other.
    avoided: Vec<Vec<Site<T>>>,
    sites: Vec<Site<T>>,
    /// For each number of sites, the bond, and what is known of everything beyond it.
    bonds: Vec<Bond>,
    environments: Vec<Vec<Channel<T>>>,
    /// For each number of sites, overlaps with the avoided states, `this other`.
    overlaps: Vec<Vec<Blocks<T>>>,
}

/// A chain with its centre as seen from the left side.
pub(crate) struct Chain<T> {
    left: Side<T>,
    right: Side<T>,
    pub(crate) centre: Site<T>,
    total: Charge,
}

impl<T: Scalar> Side<T> {
    fn new(operator: Vec<MpoSite<T>>, avoided: Vec<Vec<Site<T>>>, unit: Charge) -> Self {
        let one = Blocks([(0, faer::Mat::identity(1, 1))].into());
        let overlaps = vec![vec![one; avoided.len()]];
        Self {
            operator,
            avoided,
            sites: Vec::new(),
            bonds: vec![Bond::edge(unit)],
            environments: vec![edge()],
            overlaps,
        }
    }

    fn push(&mut self, site: Site<T>) {
        let k = self.sites.len();
        if let Some(operator) = self.operator.get(k) {
            let around = blocks(&self.environments[k], operator, &self.bonds[k]);
            self.environments.push(grow(&around, &site, true));
        }
        let known = self.overlaps[k].iter().zip(&self.avoided);
        let overlap = |(m, other): (&Blocks<T>, &Vec<Site<T>>)| {
            let image = on_bond(m, &other[k], &self.bonds[k]);
            let pairs = site.blocks.0.iter();
            let both =
                pairs.filter_map(|(&m, a)| image.blocks.get(m).map(|b| (m, dagger_product(a.as_ref(), b))));
            Blocks(both.collect())
        };
        let next = known.map(overlap).collect();
        self.overlaps.push(next);
        self.bonds.push(site.inner());
        self.sites.push(site);
    }

    fn pop(&mut self) -> Option<Site<T>> {
        let site = self.sites.pop()?;
        self.bonds.truncate(self.sites.len() + 1);
        self.environments.truncate(self.sites.len() + 1);
        self.overlaps.truncate(self.sites.len() + 1);
        Some(site)
    }

    fn bond(&self) -> &Bond {
        &self.bonds[self.sites.len()]
    }

    /// The environment with the next site, or alone.
    fn blocks(&self, with_site: bool) -> Vec<crate::environment::Block<T>> {
        let k = self.sites.len();
        match with_site {
            true => blocks(&self.environments[k], &self.operator[k], &self.bonds[k]),
            false => bare(&self.environments[k]),
        }
    }
}

impl<T: Scalar> Chain<T> {
    /// `start` with its centre at the first site, and states of the same charge to be avoided.
    pub(crate) fn new(operator: Option<&Mpo>, start: Sector<T>, avoided: Vec<Sector<T>>) -> Self {
        let (mut chain, sites) = Self::bare(operator, start, avoided);
        sites.into_iter().for_each(|site| chain.right.push(site));
        chain
    }

    /// `⟨ψ|H|ψ⟩`, real part, with one environment at a time; the centre of `state` is its first site.
    pub(crate) fn mean(operator: &Mpo, state: Sector<T>) -> f64 {
        let (mut chain, sites) = Self::bare(Some(operator), state, Vec::new());
        for (k, site) in sites.into_iter().enumerate() {
            chain.right.push(site);
            chain.right.environments[k].clear();
        }
        chain.expectation()
    }

    /// The centre, and the sites that belong to its right, from the last one on.
    fn bare(operator: Option<&Mpo>, start: Sector<T>, avoided: Vec<Sector<T>>) -> (Self, Vec<Site<T>>) {
        let Sector { total, mut sites } = start;
        let centre = sites.pop().expect("one site or more").turned(total);
        let unit = centre.outer.unit;
        let [forward, backward] = operator.map_or([vec![], vec![]], Mpo::both_ways);
        let turned = |other: &Sector<T>| other.sites.iter().rev().map(|site| site.turned(total)).collect();
        let left = Side::new(forward, avoided.iter().map(turned).collect(), unit);
        let others = avoided.into_iter().map(|other| other.sites).collect();
        let right = Side::new(backward, others, unit);
        (Self { left, right, centre, total }, sites)
    }

    /// Number of sites to the right of the centre.
    pub(crate) fn remaining(&self) -> usize {
        self.right.sites.len()
    }

    /// Number of sites to the left of the centre.
    pub(crate) fn passed(&self) -> usize {
        self.left.sites.len()
    }

    /// Charge of the whole chain, if it is conserved.
    pub(crate) fn charge(&self) -> Option<Charge> {
        (self.centre.outer.unit > 0).then_some(self.total)
    }

    /// Takes the next site off the right side: the pair it makes with the centre, `[s vL] [s' vR]`.
    ///
    /// # Errors
    /// If the pair exceeds the memory limit.
    pub(crate) fn take_pair(&mut self) -> Result<Option<Blocks<T>>, Error> {
        let Some(next) = self.right.pop() else { return Ok(None) };
        let [rows, columns] = self.bonds().map(|bond| 2 * bond.total() as u128);
        check_bytes(bytes(rows * columns))?;
        Ok(Some(self.centre.joined(&next, self.total)))
    }

    /// A gate on the pair that was taken, as an entry for each `[s* s] [s'* s']`.
    pub(crate) fn gate(&self, entries: [[T; 4]; 4]) -> Effective<T> {
        Effective::local(entries, self.bonds(), self.total)
    }

    /// The operator on the pair that was taken.
    pub(crate) fn on_pair(&self) -> Effective<T> {
        Effective::new([self.left.blocks(true), self.right.blocks(true)], self.bonds(), self.total)
    }

    /// The operator on the centre alone, `[s vL] vR`.
    pub(crate) fn on_centre(&self) -> Effective<T> {
        Effective::new([self.left.blocks(true), self.right.blocks(false)], self.bonds(), self.total)
    }

    /// The operator on a matrix between the two sides, `vL vR`.
    pub(crate) fn on_bond(&self) -> Effective<T> {
        Effective::new([self.left.blocks(false), self.right.blocks(false)], self.bonds(), self.total)
    }

    /// The operator with everything on the left of the centre and the centre's qubit, for each of its bond indices,
    /// applied to the centre.
    pub(crate) fn images(&self) -> Vec<Blocks<T>> {
        let blocks = self.left.blocks(true);
        blocks.iter().map(|block| block.apply(&self.centre.blocks, self.left.bond())).collect()
    }

    /// The states to be avoided, seen from the bonds around the pair that was taken.
    pub(crate) fn avoided_pairs(&self) -> Vec<Blocks<T>> {
        let (i, j) = (self.left.sites.len(), self.right.sites.len());
        let pair = |k: usize| {
            let overlaps = [&self.left.overlaps[i][k], &self.right.overlaps[j][k]];
            let sites = [&self.left.avoided[k][i], &self.right.avoided[k][j]];
            projected(sites, overlaps, &self.bonds(), self.total)
        };
        (0..self.left.avoided.len()).map(pair).collect()
    }

    /// The states to be avoided, seen from the bonds around the centre.
    pub(crate) fn avoided_sites(&self) -> Vec<Blocks<T>> {
        let (i, j) = (self.left.sites.len(), self.right.sites.len());
        let site = |k: usize| {
            let near = on_bond(&self.left.overlaps[i][k], &self.left.avoided[k][i], self.left.bond());
            let far = &self.right.overlaps[j][k]; // this other
            let blocks = near.blocks.0.iter().filter_map(|(&m, x)| {
                let far = far.get(self.total - m)?;
                Some((m, product(x.as_ref(), far.transpose())))
            });
            Blocks(blocks.collect())
        };
        (0..self.left.avoided.len()).map(site).collect()
    }

    /// Cuts the pair that was taken: its left factor joins the left side, the rest is the centre. Returns the share of
    /// the weight discarded.
    pub(crate) fn put_pair(&mut self, pair: &Blocks<T>, truncation: &Truncation) -> f64 {
        let [left, right] = self.bonds();
        let (isometry, rest, discarded) = split(pair, [&left, &right], self.total, truncation);
        self.left.push(isometry);
        self.centre = rest.turned(self.total);
        discarded
    }

    /// Moves on by one site with the two factors of the centre, `isometry` and `carry`, `new inner`.
    pub(crate) fn advance(&mut self, isometry: Site<T>, carry: Blocks<T>) {
        let carry = self.leave(isometry, carry);
        self.enter(&carry);
    }

    /// Moves on by one site and changes nothing.
    pub(crate) fn step(&mut self) {
        let (isometry, carry) = self.centre.orthogonal();
        self.advance(isometry, carry);
    }

    /// Puts an isometry on the left side, so that a bond is the centre; charges that nothing on the right side
    /// makes up for are dropped from it and from `carry`, which is the matrix on the bond.
    pub(crate) fn leave(&mut self, mut isometry: Site<T>, mut carry: Blocks<T>) -> Blocks<T> {
        let next = self.right.sites.last().expect("a site to the right of the centre").outer.joined(2);
        let reached = |m: &Charge| next.dim(self.total - m) > 0;
        isometry.blocks.0.retain(|m, _| reached(m));
        carry.0.retain(|m, _| reached(m));
        self.left.push(isometry);
        carry
    }

    /// From a bond as the centre, with `carry`, `new inner`, on it, to the next site.
    pub(crate) fn enter(&mut self, carry: &Blocks<T>) {
        let next = self.right.pop().expect("a site to the right of the bond");
        self.centre = next.absorb(carry, self.left.bond(), self.total).turned(self.total);
    }

    /// Divides the centre by its norm, which is returned.
    pub(crate) fn normalize(&mut self) -> f64 {
        let norm = self.centre.blocks.norm();
        let centre = std::mem::take(&mut self.centre.blocks.0);
        self.centre.blocks = Blocks(centre).scaled(1.0 / norm);
        norm
    }

    /// Turns the chain round; the centre has to be at the last site.
    pub(crate) fn turn(&mut self) {
        std::mem::swap(&mut self.left, &mut self.right);
        self.centre = self.centre.turned(self.total);
    }

    /// `⟨ψ|H|ψ⟩`, real part.
    pub(crate) fn expectation(&self) -> f64 {
        let centre = &self.centre.blocks;
        centre.inner(&self.on_centre().apply(centre)).real_part()
    }

    /// The same state as it was given; the centre has to be at the first site.
    pub(crate) fn sector(&self) -> Sector<T> {
        let centre = self.centre.turned(self.total);
        let sites = self.right.sites.iter().cloned().chain([centre]).collect();
        Sector { total: self.total, sites }
    }

    /// The state; the centre has to be at the first site.
    pub(crate) fn into_mps(self) -> Mps {
        let Self { left, right, centre, total } = self;
        let Side { sites, environments, .. } = right;
        drop((left, environments)); // their memory is needed for the state
        let right = sites.iter().rev().map(|site| tensor(&site.turned(total)));
        let sites = std::iter::once(tensor(&centre)).chain(right);
        Mps::with_centre(sites.collect(), 0)
    }

    fn bonds(&self) -> [Bond; 2] {
        [self.left.bond().clone(), self.right.bond().clone()]
    }
}
