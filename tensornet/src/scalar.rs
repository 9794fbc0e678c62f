//! Real and complex numbers under one name, so that real problems are solved in real arithmetic.

use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub};

use circuit::C64;
use faer::traits::ComplexField;

/// The numbers a network can have: `f64` or [`C64`].
pub trait Scalar:
    ComplexField
    + Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + 'static
{
    /// The number zero.
    const ZERO: Self;
    /// The number one.
    const ONE: Self;

    /// From a complex number, whose imaginary part a real scalar drops.
    fn narrow(value: C64) -> Self;

    /// As a complex number.
    fn widen(self) -> C64;

    /// Complex conjugate.
    fn conjugate(self) -> Self;

    /// From a real number.
    fn from_real(value: f64) -> Self {
        Self::narrow(C64::from(value))
    }

    /// Real part.
    fn real_part(self) -> f64 {
        self.widen().re
    }

    /// Squared absolute value.
    fn square(self) -> f64 {
        self.widen().norm_sqr()
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn narrow(value: C64) -> Self {
        value.re
    }

    fn widen(self) -> C64 {
        C64::from(self)
    }

    fn conjugate(self) -> Self {
        self
    }
}

impl Scalar for C64 {
    const ZERO: Self = C64::ZERO;
    const ONE: Self = C64::ONE;

    fn narrow(value: C64) -> Self {
        value
    }

    fn widen(self) -> C64 {
        self
    }

    fn conjugate(self) -> Self {
        self.conj()
    }
}
