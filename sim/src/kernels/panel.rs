//! Passes over a panel: some columns of a matrix, one per vector lane, all rows.
//!
//! A panel holds `[rows, 2]` vectors: real and imaginary part of each row. One pass applies a short
//! [`Sequence`] of rotations on a pair of row bits, with controlled-X gates before or after it for free,
//! as a permutation of the four rows that are read or written. Panels are small enough for the first
//! cache, so that a whole circuit runs over one before the next is begun.
//!
//! The row bound is checked once per pass instead of once per access: the bench `qontot` measures 1.2
//! times the backward speed of the checked loops.
#![allow(unsafe_code)]

use pulp::Simd;

use super::Real;
use super::quad::{P, Quad, Sequence};

/// The rotations of a pass. Each named shape is a block that an attention circuit is made of; any
/// other rotation is a pass of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `RY RZ` on the first, `RY RX` on the second qubit.
    Brick,
    /// The transpose of [`Brick`](Self::Brick), rotations in reverse order.
    BrickTransposed,
    /// `RX RX RZZ RYY`.
    Centrosymmetric,
    /// The reverse of [`Centrosymmetric`](Self::Centrosymmetric).
    CentrosymmetricTransposed,
    /// `RXX RYY RZZ`.
    Exchange,
    /// One rotation about the string with these masks.
    Single(u8, u8),
    /// No rotation, only a permutation of rows.
    Permutation,
}

impl Shape {
    /// Shapes of several rotations with the `(x, z)` masks of each, longest first.
    pub const BLOCKS: [(Shape, &'static [(u8, u8)]); 5] = [
        (Shape::Brick, &[(2, 2), (0, 2), (1, 1), (1, 0)]),
        (Shape::BrickTransposed, &[(1, 0), (1, 1), (0, 2), (2, 2)]),
        (Shape::Centrosymmetric, &[(2, 0), (1, 0), (0, 3), (3, 3)]),
        (Shape::CentrosymmetricTransposed, &[(3, 3), (0, 3), (1, 0), (2, 0)]),
        (Shape::Exchange, &[(3, 0), (3, 3), (0, 3)]),
    ];

    /// Number of rotations.
    pub fn len(self) -> usize {
        match self {
            Shape::Permutation => 0,
            Shape::Single(..) => 1,
            Shape::Exchange => 3,
            Shape::Brick
            | Shape::BrickTransposed
            | Shape::Centrosymmetric
            | Shape::CentrosymmetricTransposed => 4,
        }
    }
}

/// Which rows a pass touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows {
    /// Row bits of the pair, first qubit first.
    pub bits: [usize; 2],
    /// Row bits that vary besides the pair.
    pub others: usize,
    /// Entry `k` of the quad is read from row `read[k]` of the four.
    pub read: [u8; 4],
    /// Entry `k` of the quad is written to row `write[k]` of the four.
    pub write: [u8; 4],
}

impl Rows {
    /// Offsets of the four rows, permuted.
    fn offsets(&self, order: [u8; 4]) -> [usize; 4] {
        order.map(|k| usize::from(k >> 1) * self.bits[0] + usize::from(k & 1) * self.bits[1])
    }
}

/// Calls `$body` with the sequence type of `$shape` bound to `$sequence`.
macro_rules! with_sequence {
    ($shape:expr, $sequence:ident => $body:expr) => {{
        macro_rules! go {
            ($seq:ty) => {{
                type $sequence = $seq;
                $body
            }};
        }
        match $shape {
            Shape::Brick => go!((P<2, 2>, P<0, 2>, P<1, 1>, P<1, 0>)),
            Shape::BrickTransposed => go!((P<1, 0>, P<1, 1>, P<0, 2>, P<2, 2>)),
            Shape::Centrosymmetric => go!((P<2, 0>, P<1, 0>, P<0, 3>, P<3, 3>)),
            Shape::CentrosymmetricTransposed => go!((P<3, 3>, P<0, 3>, P<1, 0>, P<2, 0>)),
            Shape::Exchange => go!((P<3, 0>, P<3, 3>, P<0, 3>)),
            Shape::Permutation => go!(()),
            Shape::Single(0, 1) => go!((P<0, 1>,)),
            Shape::Single(0, 2) => go!((P<0, 2>,)),
            Shape::Single(0, 3) => go!((P<0, 3>,)),
            Shape::Single(1, 0) => go!((P<1, 0>,)),
            Shape::Single(1, 1) => go!((P<1, 1>,)),
            Shape::Single(1, 2) => go!((P<1, 2>,)),
            Shape::Single(1, 3) => go!((P<1, 3>,)),
            Shape::Single(2, 0) => go!((P<2, 0>,)),
            Shape::Single(2, 1) => go!((P<2, 1>,)),
            Shape::Single(2, 2) => go!((P<2, 2>,)),
            Shape::Single(2, 3) => go!((P<2, 3>,)),
            Shape::Single(3, 0) => go!((P<3, 0>,)),
            Shape::Single(3, 1) => go!((P<3, 1>,)),
            Shape::Single(3, 2) => go!((P<3, 2>,)),
            Shape::Single(3, 3) => go!((P<3, 3>,)),
            Shape::Single(x, z) => unreachable!("masks {x} and {z} of a string on two qubits"),
        }
    }};
}

/// Applies the rotations of `shape` to `panel`, shape `[rows, 2]`.
#[inline(always)]
pub fn apply<T: Real, S: Simd>(
    simd: S,
    shape: Shape,
    rows: &Rows,
    tangents: &[T],
    panel: &mut [[T::Vector<S>; 2]],
) {
    let t = splat_tangents::<T, S>(simd, tangents);
    let (read, write) = (rows.offsets(rows.read), rows.offsets(rows.write));
    check::<T, S>(panel, rows.others, read);
    with_sequence!(shape, Q => for base in Subsets::of(rows.others) {
        // SAFETY: `check` has bounded every row that `base` and `read`, or its permutation `write`, can name.
        unsafe {
            let mut quad = load::<T, S>(panel, base, read);
            Q::apply::<T, S>(simd, &mut quad, &t);
            store::<T, S>(panel, base, write, quad);
        }
    });
}

/// Undoes [`apply`] on `ket` and `bra`, and returns `Im⟨bra|P|ket⟩` of each rotation.
///
/// A long sequence is undone in two passes, late rotations first: ket and bra of a quad, the tangents
/// and the sums of more than two rotations do not fit into the registers.
#[inline(always)]
pub fn pull_back<T: Real, S: Simd>(
    simd: S,
    shape: Shape,
    rows: &Rows,
    tangents: &[T],
    ket: &mut [[T::Vector<S>; 2]],
    bra: &mut [[T::Vector<S>; 2]],
) -> [f64; 4] {
    let [t0, t1, t2, t3] = splat_tangents::<T, S>(simd, tangents);
    let (read, write) = (rows.offsets(rows.read), rows.offsets(rows.write));
    with_sequence!(shape, Q => {
        if Q::IS_LONG {
            let late = undo::<<Q as Sequence>::Late, T, S>(simd, rows.others, [write, write], [t2, t3, t2, t3], ket, bra);
            let early = undo::<<Q as Sequence>::Early, T, S>(simd, rows.others, [write, read], [t0, t1, t0, t1], ket, bra);
            [early[0], early[1], late[0], late[1]]
        } else {
            undo::<Q, T, S>(simd, rows.others, [write, read], [t0, t1, t2, t3], ket, bra)
        }
    })
}

/// One backward pass: quads move from the rows at `from` to the rows at `to`.
#[inline(always)]
fn undo<Q: Sequence, T: Real, S: Simd>(
    simd: S,
    others: usize,
    [from, to]: [[usize; 4]; 2],
    tangents: [T::Vector<S>; 4],
    ket: &mut [[T::Vector<S>; 2]],
    bra: &mut [[T::Vector<S>; 2]],
) -> [f64; 4] {
    let mut sums = [T::splat(simd, T::default()); 4];
    check::<T, S>(ket, others, from);
    check::<T, S>(bra, others, from);
    for base in Subsets::of(others) {
        // SAFETY: `check` has bounded every row that `base` and `from`, or its permutation `to`, can name.
        unsafe {
            let mut k = load::<T, S>(ket, base, from);
            let mut b = load::<T, S>(bra, base, from);
            Q::pull_back::<T, S>(simd, &mut k, &mut b, &tangents, &mut sums);
            store::<T, S>(ket, base, to, k);
            store::<T, S>(bra, base, to, b);
        }
    }
    let [a, b, c, d] = sums;
    [a, b, c, d].map(|sum| T::lane_sum(simd, sum).to_f64())
}

/// Multiplies the whole panel by `factor`.
#[inline(always)]
pub fn scale<T: Real, S: Simd>(simd: S, factor: T, panel: &mut [[T::Vector<S>; 2]]) {
    let factor = T::splat(simd, factor);
    for [re, im] in panel {
        *re = T::times(simd, factor, *re);
        *im = T::times(simd, factor, *im);
    }
}

#[inline(always)]
fn splat_tangents<T: Real, S: Simd>(simd: S, tangents: &[T]) -> [T::Vector<S>; 4] {
    std::array::from_fn(|k| T::splat(simd, tangents.get(k).copied().unwrap_or_default()))
}

/// Every row whose bits outside `mask` are zero, in ascending order.
struct Subsets {
    mask: usize,
    next: Option<usize>,
}

impl Subsets {
    #[inline(always)]
    fn of(mask: usize) -> Self {
        Self { mask, next: Some(0) }
    }
}

impl Iterator for Subsets {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let row = self.next?;
        let after = (row | !self.mask).wrapping_add(1) & self.mask;
        self.next = (after != 0).then_some(after);
        Some(row)
    }
}

/// Panics unless all rows of all quads lie within the panel.
#[inline(always)]
fn check<T: Real, S: Simd>(panel: &[[T::Vector<S>; 2]], others: usize, offsets: [usize; 4]) {
    let last = others | offsets[0] | offsets[1] | offsets[2] | offsets[3];
    assert!(last < panel.len(), "row {last} of a panel with {} rows", panel.len());
}

/// # Safety
/// `base + offset` must be a row of the panel for each offset.
#[inline(always)]
unsafe fn load<T: Real, S: Simd>(
    panel: &[[T::Vector<S>; 2]],
    base: usize,
    [a, b, c, d]: [usize; 4],
) -> Quad<T::Vector<S>> {
    // SAFETY: required of the caller.
    unsafe {
        let row = |offset: usize| panel.as_ptr().add(base + offset);
        [*row(a), *row(b), *row(c), *row(d)]
    }
}

/// # Safety
/// As [`load`].
#[inline(always)]
unsafe fn store<T: Real, S: Simd>(
    panel: &mut [[T::Vector<S>; 2]],
    base: usize,
    offsets: [usize; 4],
    quad: Quad<T::Vector<S>>,
) {
    for k in 0..4 {
        // SAFETY: required of the caller.
        unsafe { *panel.as_mut_ptr().add(base + offsets[k]) = quad[k] };
    }
}
