//! Passes over a panel: some columns of a matrix, one per vector lane, all rows.
//!
//! A panel holds `[rows, 2]` vectors: real and imaginary part of each row. One pass applies a short
//! [`Sequence`] of rotations on a pair of row bits, with controlled-X gates before or after it for free,
//! as a permutation of the four rows that are read or written. Panels are small enough for the first
//! cache, so that a whole circuit runs over one before the next is begun.

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
            Shape::Brick | Shape::BrickTransposed | Shape::Centrosymmetric | Shape::CentrosymmetricTransposed => 4,
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
    with_sequence!(shape, Q => for_each_base(rows.others, |base| {
        let mut quad = load::<T, S>(panel, base, read);
        Q::apply::<T, S>(simd, &mut quad, &t);
        store::<T, S>(panel, base, write, quad);
    }));
}

/// Undoes [`apply`] on `ket` and `bra`, and returns `Im⟨bra|P|ket⟩` of each rotation.
#[inline(always)]
pub fn pull_back<T: Real, S: Simd>(
    simd: S,
    shape: Shape,
    rows: &Rows,
    tangents: &[T],
    ket: &mut [[T::Vector<S>; 2]],
    bra: &mut [[T::Vector<S>; 2]],
) -> [f64; 4] {
    let t = splat_tangents::<T, S>(simd, tangents);
    let (read, write) = (rows.offsets(rows.read), rows.offsets(rows.write));
    let mut sums = [T::splat(simd, T::default()); 4];
    with_sequence!(shape, Q => for_each_base(rows.others, |base| {
        let mut k = load::<T, S>(ket, base, write);
        let mut b = load::<T, S>(bra, base, write);
        Q::pull_back::<T, S>(simd, &mut k, &mut b, &t, &mut sums);
        store::<T, S>(ket, base, read, k);
        store::<T, S>(bra, base, read, b);
    }));
    sums.map(|sum| T::lane_sum(simd, sum).to_f64())
}

/// Multiplies the whole panel by `factor`.
#[inline(always)]
pub fn scale<T: Real, S: Simd>(simd: S, factor: T, panel: &mut [[T::Vector<S>; 2]]) {
    let factor = T::splat(simd, factor);
    for row in panel {
        *row = row.map(|v| T::times(simd, factor, v));
    }
}

#[inline(always)]
fn splat_tangents<T: Real, S: Simd>(simd: S, tangents: &[T]) -> [T::Vector<S>; 4] {
    std::array::from_fn(|k| T::splat(simd, tangents.get(k).copied().unwrap_or_default()))
}

/// Calls `body` with every row whose bits outside `mask` are zero, in ascending order.
#[inline(always)]
fn for_each_base(mask: usize, mut body: impl FnMut(usize)) {
    let mut base = 0;
    loop {
        body(base);
        base = (base | !mask).wrapping_add(1) & mask;
        if base == 0 {
            break;
        }
    }
}

#[inline(always)]
fn load<T: Real, S: Simd>(panel: &[[T::Vector<S>; 2]], base: usize, offsets: [usize; 4]) -> Quad<T::Vector<S>> {
    offsets.map(|offset| panel[base + offset])
}

#[inline(always)]
fn store<T: Real, S: Simd>(
    panel: &mut [[T::Vector<S>; 2]],
    base: usize,
    offsets: [usize; 4],
    quad: Quad<T::Vector<S>>,
) {
    for (offset, row) in offsets.into_iter().zip(quad) {
        panel[base + offset] = row;
    }
}
