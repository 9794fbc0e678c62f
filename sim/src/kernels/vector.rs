//! The two precisions, and the vectors of each that an instruction set offers.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use bytemuck::Pod;
use num_complex::Complex;
use pulp::Simd;

/// A floating-point precision: `f64`, the default, or `f32`.
pub trait Real:
    Pod
    + Default
    + Debug
    + Display
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
    + 'static
{
    /// The vector of this precision in instruction set `S`.
    type Vector<S: Simd>: Pod + Send + Sync;
    /// The vector of complex numbers, real and imaginary parts interleaved.
    type ComplexVector<S: Simd>: Pod + Send + Sync;
    /// A power of two that may be multiplied by itself a few times without overflow.
    const LARGE: f64;

    /// The nearest value of this precision.
    fn from_f64(value: f64) -> Self;
    /// The same value in double precision.
    fn to_f64(self) -> f64;

    /// All lanes equal to `value`.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// `a * b`.
    fn times<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// `a * b + c`.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// `c - a * b`.
    fn mul_sub_from<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// Sum of all lanes.
    fn lane_sum<S: Simd>(simd: S, a: Self::Vector<S>) -> Self;

    /// The whole vectors at the front of `amps`, and the rest.
    fn as_vectors<S: Simd>(
        amps: &mut [Complex<Self>],
    ) -> (&mut [Self::ComplexVector<S>], &mut [Complex<Self>]);
    /// As [`as_vectors`](Self::as_vectors), to read.
    fn view_vectors<S: Simd>(amps: &[Complex<Self>]) -> (&[Self::ComplexVector<S>], &[Complex<Self>]);
    /// Sum of all lanes.
    fn sum_complex<S: Simd>(simd: S, a: Self::ComplexVector<S>) -> Complex<Self>;
    /// `a* b + c` of complex lanes.
    fn conj_mul_add_complex<S: Simd>(
        simd: S,
        a: Self::ComplexVector<S>,
        b: Self::ComplexVector<S>,
        c: Self::ComplexVector<S>,
    ) -> Self::ComplexVector<S>;
    /// All lanes equal to the complex number `value`.
    fn splat_complex<S: Simd>(simd: S, value: Complex<Self>) -> Self::ComplexVector<S>;
    /// `a * b` of complex lanes.
    fn mul_complex<S: Simd>(
        simd: S,
        a: Self::ComplexVector<S>,
        b: Self::ComplexVector<S>,
    ) -> Self::ComplexVector<S>;
    /// `a * b + c` of complex lanes.
    fn mul_add_complex<S: Simd>(
        simd: S,
        a: Self::ComplexVector<S>,
        b: Self::ComplexVector<S>,
        c: Self::ComplexVector<S>,
    ) -> Self::ComplexVector<S>;
}

macro_rules! real {
    ($t:ty, $vector:ident, $complex:ident, $large:expr, $splat:ident, $mul:ident, $mul_add:ident, $negate_mul_add:ident,
     $sum:ident, $as_c:ident, $view_c:ident, $sum_c:ident, $conj_c:ident, $splat_c:ident, $mul_c:ident, $mul_add_c:ident) => {
        impl Real for $t {
            type Vector<S: Simd> = S::$vector;
            type ComplexVector<S: Simd> = S::$complex;
            const LARGE: f64 = $large;

            fn from_f64(value: f64) -> Self {
                value as $t
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn times<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$mul(a, b)
            }

            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn mul_sub_from<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$negate_mul_add(a, b, c)
            }

            #[inline(always)]
            fn lane_sum<S: Simd>(simd: S, a: S::$vector) -> Self {
                simd.$sum(a)
            }

            #[inline(always)]
            fn as_vectors<S: Simd>(amps: &mut [Complex<Self>]) -> (&mut [S::$complex], &mut [Complex<Self>]) {
                S::$as_c(amps)
            }

            #[inline(always)]
            fn view_vectors<S: Simd>(amps: &[Complex<Self>]) -> (&[S::$complex], &[Complex<Self>]) {
                S::$view_c(amps)
            }

            #[inline(always)]
            fn sum_complex<S: Simd>(simd: S, a: S::$complex) -> Complex<Self> {
                simd.$sum_c(a)
            }

            #[inline(always)]
            fn conj_mul_add_complex<S: Simd>(
                simd: S,
                a: S::$complex,
                b: S::$complex,
                c: S::$complex,
            ) -> S::$complex {
                simd.$conj_c(a, b, c)
            }

            #[inline(always)]
            fn splat_complex<S: Simd>(simd: S, value: Complex<Self>) -> S::$complex {
                simd.$splat_c(value)
            }

            #[inline(always)]
            fn mul_complex<S: Simd>(simd: S, a: S::$complex, b: S::$complex) -> S::$complex {
                simd.$mul_c(a, b)
            }

            #[inline(always)]
            fn mul_add_complex<S: Simd>(
                simd: S,
                a: S::$complex,
                b: S::$complex,
                c: S::$complex,
            ) -> S::$complex {
                simd.$mul_add_c(a, b, c)
            }
        }
    };
}

real!(
    f32,
    f32s,
    c32s,
    1_048_576.0,
    splat_f32s,
    mul_f32s,
    mul_add_e_f32s,
    negate_mul_add_e_f32s,
    reduce_sum_f32s,
    as_mut_simd_c32s,
    as_simd_c32s,
    reduce_sum_c32s,
    conj_mul_add_e_c32s,
    splat_c32s,
    mul_e_c32s,
    mul_add_e_c32s
);
real!(
    f64,
    f64s,
    c64s,
    1.329_227_995_784_916e36,
    splat_f64s,
    mul_f64s,
    mul_add_e_f64s,
    negate_mul_add_e_f64s,
    reduce_sum_f64s,
    as_mut_simd_c64s,
    as_simd_c64s,
    reduce_sum_c64s,
    conj_mul_add_e_c64s,
    splat_c64s,
    mul_e_c64s,
    mul_add_e_c64s
);
