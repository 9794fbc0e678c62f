//! Rotations in planes of real rows, one vector of lanes per row.
//!
//! Every Pauli string, multiplied by `-i` and written over the reals, is a signed exchange of rows,
//! `S|r⟩ = (-1)^|r & z| |r ^ x⟩` with `S² = -1`. So `exp(θ/2 S)` turns each pair of rows `(r, r ^ x)` in its plane. The
//! two lowest bits of a row number are unrolled: rows come in quads, and a pass joins two quads or stays within one.

use pulp::Simd;

use super::Real;

/// Four rows.
pub type Rows<V> = [V; 4];

/// A signed exchange of rows, `|r⟩ -> (-1)^|r & z| |r ^ x⟩`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// Bits that are flipped.
    pub x: usize,
    /// Bits that count for the sign.
    pub z: usize,
}

impl Exchange {
    /// Bits of the number of a quad that are flipped.
    #[inline(always)]
    fn far(self) -> usize {
        self.x >> 2
    }

    /// Position in a table of two for the sign of the quad `k`.
    #[inline(always)]
    fn sign(self, k: usize) -> usize {
        (k & self.z >> 2).count_ones() as usize & 1
    }

    /// `value` with the sign of each row of a quad, for quads of either sign.
    #[inline(always)]
    fn signed<T: Real, S: Simd>(self, simd: S, value: T::Vector<S>) -> [Rows<T::Vector<S>>; 2] {
        let both = [value, T::times(simd, T::splat(simd, T::from_f64(-1.0)), value)];
        let row = |sign: usize, u: usize| both[sign ^ ((u & self.z & 3).count_ones() as usize & 1)];
        [std::array::from_fn(|u| row(0, u)), std::array::from_fn(|u| row(1, u))]
    }

    /// The `k`-th of the pairs of quads that are exchanged.
    #[inline(always)]
    fn pair(self, k: usize) -> (usize, usize) {
        let below = (1 << self.far().ilog2()) - 1;
        let first = 2 * k - (k & below);
        (first, first ^ self.far())
    }
}

/// Calls `$function` with the two lowest bits of `$x` as a constant.
macro_rules! unrolled {
    ($x:expr, $function:ident::<T, S>($($argument:expr),*)) => {
        match $x & 3 {
            0 => $function::<T, S, 0>($($argument),*),
            1 => $function::<T, S, 1>($($argument),*),
            2 => $function::<T, S, 2>($($argument),*),
            _ => $function::<T, S, 3>($($argument),*),
        }
    };
}

/// Applies `cos + sin S` with `S² = -1`; each lane has its own angle.
#[inline(always)]
pub fn rotate<T: Real, S: Simd>(
    simd: S,
    exchange: Exchange,
    [cos, sin]: [T::Vector<S>; 2],
    ket: &mut [Rows<T::Vector<S>>],
) {
    unrolled!(exchange.x, rotate_unrolled::<T, S>(simd, exchange, cos, sin, ket));
}

#[inline(always)]
fn rotate_unrolled<T: Real, S: Simd, const X: usize>(
    simd: S,
    exchange: Exchange,
    cos: T::Vector<S>,
    sin: T::Vector<S>,
    ket: &mut [Rows<T::Vector<S>>],
) {
    let sines = exchange.signed::<T, S>(simd, sin);
    if exchange.far() == 0 {
        for (k, quad) in ket.iter_mut().enumerate() {
            let sin = &sines[exchange.sign(k)];
            for u in (0..4).filter(|u| *u < u ^ X) {
                [quad[u], quad[u ^ X]] = turn::<T, S>(simd, cos, sin[u], [quad[u], quad[u ^ X]]);
            }
        }
        return;
    }
    for k in 0..ket.len() / 2 {
        let (i, j) = exchange.pair(k);
        let sin = &sines[exchange.sign(i)];
        for u in 0..4 {
            [ket[i][u], ket[j][u ^ X]] = turn::<T, S>(simd, cos, sin[u], [ket[i][u], ket[j][u ^ X]]);
        }
    }
}

#[inline(always)]
fn turn<T: Real, S: Simd>(
    simd: S,
    cos: T::Vector<S>,
    sin: T::Vector<S>,
    [a, b]: [T::Vector<S>; 2],
) -> [T::Vector<S>; 2] {
    let (near, far) = (T::times(simd, cos, a), T::times(simd, cos, b));
    [T::mul_sub_from(simd, sin, b, near), T::mul_add(simd, sin, a, far)]
}

/// Undoes [`rotate`] on `ket` and `bra`, and returns `⟨bra|S|ket⟩` of each lane.
#[inline(always)]
pub fn pull_back<T: Real, S: Simd>(
    simd: S,
    exchange: Exchange,
    [cos, sin]: [T::Vector<S>; 2],
    ket: &mut [Rows<T::Vector<S>>],
    bra: &mut [Rows<T::Vector<S>>],
) -> T::Vector<S> {
    unrolled!(exchange.x, pull_back_unrolled::<T, S>(simd, exchange, cos, sin, ket, bra))
}

#[inline(always)]
fn pull_back_unrolled<T: Real, S: Simd, const X: usize>(
    simd: S,
    exchange: Exchange,
    cos: T::Vector<S>,
    sin: T::Vector<S>,
    ket: &mut [Rows<T::Vector<S>>],
    bra: &mut [Rows<T::Vector<S>>],
) -> T::Vector<S> {
    let zero = T::splat(simd, T::default());
    let back =
        exchange.signed::<T, S>(simd, T::mul_sub_from(simd, sin, T::splat(simd, T::from_f64(1.0)), zero));
    let ones = [1.0, -1.0].map(|one| T::splat(simd, T::from_f64(one)));
    let mut sums = [zero; 4];
    assert_eq!(ket.len(), bra.len(), "rows of bra and ket");
    if exchange.far() == 0 {
        for (k, (quad, dual)) in ket.iter_mut().zip(bra).enumerate() {
            let sign = exchange.sign(k);
            for u in (0..4).filter(|u| *u < u ^ X) {
                let (a, b) = ([quad[u], quad[u ^ X]], [dual[u], dual[u ^ X]]);
                sums[u] = T::mul_add(simd, ones[sign], wedge::<T, S>(simd, a, b), sums[u]);
                [quad[u], quad[u ^ X]] = turn::<T, S>(simd, cos, back[sign][u], a);
                [dual[u], dual[u ^ X]] = turn::<T, S>(simd, cos, back[sign][u], b);
            }
        }
    } else {
        for k in 0..ket.len() / 2 {
            let (i, j) = exchange.pair(k);
            let sign = exchange.sign(i);
            for u in 0..4 {
                let (a, b) = ([ket[i][u], ket[j][u ^ X]], [bra[i][u], bra[j][u ^ X]]);
                sums[u] = T::mul_add(simd, ones[sign], wedge::<T, S>(simd, a, b), sums[u]);
                [ket[i][u], ket[j][u ^ X]] = turn::<T, S>(simd, cos, back[sign][u], a);
                [bra[i][u], bra[j][u ^ X]] = turn::<T, S>(simd, cos, back[sign][u], b);
            }
        }
    }
    let signs = exchange.signed::<T, S>(simd, ones[0])[0];
    (0..4).fold(zero, |sum, u| T::mul_add(simd, signs[u], sums[u], sum))
}

/// `bra[1] ket[0] - bra[0] ket[1]`.
#[inline(always)]
fn wedge<T: Real, S: Simd>(simd: S, ket: [T::Vector<S>; 2], bra: [T::Vector<S>; 2]) -> T::Vector<S> {
    T::mul_sub_from(simd, bra[0], ket[1], T::times(simd, bra[1], ket[0]))
}

/// `⟨ket|S|ket⟩` of each lane, for `S² = 1`.
#[inline(always)]
pub fn expectation<T: Real, S: Simd>(
    simd: S,
    exchange: Exchange,
    ket: &[Rows<T::Vector<S>>],
) -> T::Vector<S> {
    unrolled!(exchange.x, expectation_unrolled::<T, S>(simd, exchange, ket))
}

#[inline(always)]
fn expectation_unrolled<T: Real, S: Simd, const X: usize>(
    simd: S,
    exchange: Exchange,
    ket: &[Rows<T::Vector<S>>],
) -> T::Vector<S> {
    let zero = T::splat(simd, T::default());
    let ones = [1.0, -1.0].map(|one| T::splat(simd, T::from_f64(one)));
    let mut sums = [zero; 4];
    for (k, quad) in ket.iter().enumerate() {
        let other = &ket[k ^ exchange.far()];
        let one = ones[exchange.sign(k)];
        for u in 0..4 {
            sums[u] = T::mul_add(simd, one, T::times(simd, quad[u], other[u ^ X]), sums[u]);
        }
    }
    let signs = exchange.signed::<T, S>(simd, ones[0])[0];
    (0..4).fold(zero, |sum, u| T::mul_add(simd, signs[u], sums[u], sum))
}

/// Adds `weight S|ket⟩` to `bra`, for `S² = 1`; each lane has its own weight.
#[inline(always)]
pub fn add_exchanged<T: Real, S: Simd>(
    simd: S,
    exchange: Exchange,
    weight: T::Vector<S>,
    ket: &[Rows<T::Vector<S>>],
    bra: &mut [Rows<T::Vector<S>>],
) {
    unrolled!(exchange.x, add_exchanged_unrolled::<T, S>(simd, exchange, weight, ket, bra));
}

#[inline(always)]
fn add_exchanged_unrolled<T: Real, S: Simd, const X: usize>(
    simd: S,
    exchange: Exchange,
    weight: T::Vector<S>,
    ket: &[Rows<T::Vector<S>>],
    bra: &mut [Rows<T::Vector<S>>],
) {
    let weights = exchange.signed::<T, S>(simd, weight);
    for (k, quad) in ket.iter().enumerate() {
        let out = &mut bra[k ^ exchange.far()];
        let weights = &weights[exchange.sign(k)];
        for u in 0..4 {
            out[u ^ X] = T::mul_add(simd, weights[u], quad[u], out[u ^ X]);
        }
    }
}
