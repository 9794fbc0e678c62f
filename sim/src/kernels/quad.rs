//! Two-qubit rotations in registers: four complex vectors, one per value of a pair of row bits.
//!
//! A rotation `exp(-iφP) = cos φ (1 - i tan φ P)` is applied without its factor `cos φ`, which the
//! caller keeps as a scalar: one fused multiply-add per real number instead of two operations.
//! Entry `2a + b` of a quad holds bit values `a` and `b`; a Pauli string on the pair is given by the
//! masks `X` and `Z` over that index.

use pulp::Simd;

use super::Real;

/// Four complex vectors, real and imaginary parts.
pub type Quad<V> = [[V; 2]; 4];

/// A list of rotations that one pass over the rows applies in registers.
pub trait Sequence {
    /// Whether the backward pass is split into [`Late`](Self::Late), then [`Early`](Self::Early).
    const IS_LONG: bool;
    /// The first two rotations of a long sequence.
    type Early: Sequence;
    /// The others of a long sequence.
    type Late: Sequence;

    /// Applies the rotations in order, one tangent each.
    fn apply<T: Real, S: Simd>(simd: S, quad: &mut Quad<T::Vector<S>>, tangents: &[T::Vector<S>; 4]);

    /// Walks back through the rotations: adds `Im⟨bra|P|ket⟩` of each to `sums`, then undoes it on both.
    fn pull_back<T: Real, S: Simd>(
        simd: S,
        ket: &mut Quad<T::Vector<S>>,
        bra: &mut Quad<T::Vector<S>>,
        tangents: &[T::Vector<S>; 4],
        sums: &mut [T::Vector<S>; 4],
    );
}

/// The rotation about the Pauli string with masks `X` and `Z`, as an item of a sequence.
pub struct P<const X: usize, const Z: usize>;

/// One item of a sequence, with all signs known at compile time.
pub trait Rotation {
    /// `quad -= i t P quad`.
    fn rotate<T: Real, S: Simd>(simd: S, quad: &mut Quad<T::Vector<S>>, t: T::Vector<S>);

    /// Returns `sum + Im⟨bra|P|ket⟩`, lane by lane, and undoes the rotation on both.
    fn pull_back<T: Real, S: Simd>(
        simd: S,
        ket: &mut Quad<T::Vector<S>>,
        bra: &mut Quad<T::Vector<S>>,
        t: T::Vector<S>,
        sum: T::Vector<S>,
    ) -> T::Vector<S>;
}

/// The exponent `k` in `P|i⟩ = i^k |i ^ X⟩`.
const fn phase(x: usize, z: usize, i: usize) -> u32 {
    ((x & z).count_ones() + 2 * (z & i).count_ones()) % 4
}

/// `out + i^power t v`.
#[inline(always)]
fn add_turned<T: Real, S: Simd>(
    simd: S,
    power: u32,
    t: T::Vector<S>,
    v: [T::Vector<S>; 2],
    out: [T::Vector<S>; 2],
) -> [T::Vector<S>; 2] {
    let [re, im] = v;
    match power {
        0 => [T::mul_add(simd, re, t, out[0]), T::mul_add(simd, im, t, out[1])],
        1 => [T::mul_sub_from(simd, im, t, out[0]), T::mul_add(simd, re, t, out[1])],
        2 => [T::mul_sub_from(simd, re, t, out[0]), T::mul_sub_from(simd, im, t, out[1])],
        _ => [T::mul_add(simd, im, t, out[0]), T::mul_sub_from(simd, re, t, out[1])],
    }
}

impl<const X: usize, const Z: usize> P<X, Z> {
    /// `quad -= i t P quad` (`INVERSE`: `+=`) on entries `i` and `i ^ X`, which mix only with each other.
    #[inline(always)]
    fn rotate_orbit<T: Real, S: Simd, const INVERSE: bool>(
        simd: S,
        quad: &mut Quad<T::Vector<S>>,
        t: T::Vector<S>,
        i: usize,
    ) {
        let minus_i = if INVERSE { 1 } else { 3 };
        let (j, old) = (i ^ X, quad[i]);
        quad[i] = add_turned::<T, S>(simd, (phase(X, Z, j) + minus_i) % 4, t, quad[j], quad[i]);
        if X != 0 {
            quad[j] = add_turned::<T, S>(simd, (phase(X, Z, i) + minus_i) % 4, t, old, quad[j]);
        }
    }

    /// `sum + Im(bra*[i ^ X] i^phase ket[i])`, lane by lane.
    #[inline(always)]
    fn overlap<T: Real, S: Simd>(
        simd: S,
        bra: &Quad<T::Vector<S>>,
        ket: &Quad<T::Vector<S>>,
        sum: T::Vector<S>,
        i: usize,
    ) -> T::Vector<S> {
        let ([br, bi], [kr, ki]) = (bra[i ^ X], ket[i]);
        match phase(X, Z, i) {
            0 => T::mul_sub_from(simd, bi, kr, T::mul_add(simd, br, ki, sum)),
            1 => T::mul_add(simd, bi, ki, T::mul_add(simd, br, kr, sum)),
            2 => T::mul_add(simd, bi, kr, T::mul_sub_from(simd, br, ki, sum)),
            _ => T::mul_sub_from(simd, bi, ki, T::mul_sub_from(simd, br, kr, sum)),
        }
    }
}

impl<const X: usize, const Z: usize> Rotation for P<X, Z> {
    #[inline(always)]
    fn rotate<T: Real, S: Simd>(simd: S, quad: &mut Quad<T::Vector<S>>, t: T::Vector<S>) {
        for i in 0..4 {
            if i <= i ^ X {
                Self::rotate_orbit::<T, S, false>(simd, quad, t, i);
            }
        }
    }

    #[inline(always)]
    fn pull_back<T: Real, S: Simd>(
        simd: S,
        ket: &mut Quad<T::Vector<S>>,
        bra: &mut Quad<T::Vector<S>>,
        t: T::Vector<S>,
        mut sum: T::Vector<S>,
    ) -> T::Vector<S> {
        for i in 0..4 {
            if i <= i ^ X {
                sum = Self::overlap::<T, S>(simd, bra, ket, sum, i);
                if X != 0 {
                    sum = Self::overlap::<T, S>(simd, bra, ket, sum, i ^ X);
                }
                Self::rotate_orbit::<T, S, true>(simd, ket, t, i);
                Self::rotate_orbit::<T, S, true>(simd, bra, t, i);
            }
        }
        sum
    }
}

macro_rules! sequence {
    ($($item:ident $k:tt),+; $($back:ident $b:tt),+; $long:literal, $early:ty, $late:ty) => {
        impl<$($item: Rotation),+> Sequence for ($($item,)+) {
            const IS_LONG: bool = $long;
            type Early = $early;
            type Late = $late;

            #[inline(always)]
            fn apply<T: Real, S: Simd>(simd: S, quad: &mut Quad<T::Vector<S>>, tangents: &[T::Vector<S>; 4]) {
                $($item::rotate::<T, S>(simd, quad, tangents[$k]);)+
            }

            #[inline(always)]
            fn pull_back<T: Real, S: Simd>(
                simd: S,
                ket: &mut Quad<T::Vector<S>>,
                bra: &mut Quad<T::Vector<S>>,
                tangents: &[T::Vector<S>; 4],
                sums: &mut [T::Vector<S>; 4],
            ) {
                $(sums[$b] = $back::pull_back::<T, S>(simd, ket, bra, tangents[$b], sums[$b]);)+
            }
        }
    };
}

impl Sequence for () {
    const IS_LONG: bool = false;
    type Early = ();
    type Late = ();

    #[inline(always)]
    fn apply<T: Real, S: Simd>(_: S, _: &mut Quad<T::Vector<S>>, _: &[T::Vector<S>; 4]) {}

    #[inline(always)]
    fn pull_back<T: Real, S: Simd>(
        _: S,
        _: &mut Quad<T::Vector<S>>,
        _: &mut Quad<T::Vector<S>>,
        _: &[T::Vector<S>; 4],
        _: &mut [T::Vector<S>; 4],
    ) {
    }
}

sequence!(A 0; A 0; false, (), ());
sequence!(A 0, B 1; B 1, A 0; false, (), ());
sequence!(A 0, B 1, C 2; C 2, B 1, A 0; true, (A, B), (C,));
sequence!(A 0, B 1, C 2, D 3; D 3, C 2, B 1, A 0; true, (A, B), (C, D));
