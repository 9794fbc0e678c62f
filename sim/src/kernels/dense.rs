//! Dense one- and two-qubit matrices, and Pauli rotations of any weight, on interleaved amplitudes.
//!
//! Amplitudes have shape `[2^n, lanes]`. The rows that a matrix mixes lie `stride` amplitudes apart, so
//! that contiguous runs of `stride` amplitudes see the same matrix: those are the vector loops.

use circuit::PauliString;
use num_complex::Complex;
use pulp::{Simd, WithSimd};

use super::Real;

/// A matrix of `D x D` complex numbers, row-major.
type Matrix<T, const D: usize> = [[Complex<T>; D]; D];

/// Applies a 2×2 matrix, row-major, to rows `stride` amplitudes apart.
pub fn one_qubit<T: Real>(amps: &mut [Complex<T>], matrix: &[Complex<f64>; 4], stride: usize) {
    pulp::Arch::new().dispatch(OneQubit { amps, matrix: rows(matrix), stride });
}

/// Applies a 4×4 matrix, row-major, whose high bit is `strides[0]` amplitudes apart.
pub fn two_qubit<T: Real>(amps: &mut [Complex<T>], matrix: &[Complex<f64>; 16], strides: [usize; 2]) {
    pulp::Arch::new().dispatch(TwoQubit { amps, matrix: rows(matrix), strides });
}

fn rows<T: Real, const D: usize>(entries: &[Complex<f64>]) -> Matrix<T, D> {
    let cast = |v: Complex<f64>| Complex { re: T::from_f64(v.re), im: T::from_f64(v.im) };
    std::array::from_fn(|r| std::array::from_fn(|c| cast(entries[r * D + c])))
}

/// `X_ij = Σ_r ket_(ir) bra*_(jr)`, row-major, `i` and `j` over the pair of bits that [`two_qubit`] acts on.
pub fn cross<T: Real>(ket: &[Complex<T>], bra: &[Complex<T>], strides: [usize; 2]) -> [Complex<f64>; 16] {
    pulp::Arch::new().dispatch(Cross { ket, bra, strides })
}

/// Applies `exp(-i θ/2 P)` for masks over the basis index; `lanes` amplitudes per row.
pub fn pauli_rotation<T: Real>(amps: &mut [Complex<T>], (x, z): (usize, usize), theta: f64, lanes: usize) {
    let (sin, cos) = (theta / 2.0).sin_cos();
    let turn = |i: usize| {
        let factor = Complex::new(0.0, -sin) * PauliString::phase(x, z, i);
        Complex { re: T::from_f64(factor.re), im: T::from_f64(factor.im) }
    };
    let cos = T::from_f64(cos);
    for i in 0..amps.len() / lanes {
        let j = i ^ x;
        if x == 0 {
            let factor = Complex { re: cos + turn(i).re, im: turn(i).im };
            amps[i * lanes..][..lanes].iter_mut().for_each(|a| *a = times(factor, *a));
        } else if i < j {
            let (head, tail) = amps.split_at_mut(j * lanes);
            let (to_j, to_i) = (turn(i), turn(j));
            for (a, b) in head[i * lanes..][..lanes].iter_mut().zip(&mut tail[..lanes]) {
                (*a, *b) = (plus(scaled(cos, *a), times(to_i, *b)), plus(scaled(cos, *b), times(to_j, *a)));
            }
        }
    }
}

fn times<T: Real>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    Complex { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re }
}

fn plus<T: Real>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    Complex { re: a.re + b.re, im: a.im + b.im }
}

fn scaled<T: Real>(a: T, b: Complex<T>) -> Complex<T> {
    Complex { re: a * b.re, im: a * b.im }
}

/// `matrix * values` for one amplitude per row.
#[inline(always)]
fn mix<T: Real, const D: usize>(matrix: &Matrix<T, D>, values: [Complex<T>; D]) -> [Complex<T>; D] {
    std::array::from_fn(|r| {
        (1..D).fold(times(matrix[r][0], values[0]), |sum, c| plus(sum, times(matrix[r][c], values[c])))
    })
}

/// `matrix * values` for one vector per row.
#[inline(always)]
fn mix_vectors<T: Real, S: Simd, const D: usize>(
    simd: S,
    matrix: &[[T::ComplexVector<S>; D]; D],
    values: [T::ComplexVector<S>; D],
) -> [T::ComplexVector<S>; D] {
    let mut out = values;
    for r in 0..D {
        let mut sum = T::mul_complex(simd, matrix[r][0], values[0]);
        for c in 1..D {
            sum = T::mul_add_complex(simd, matrix[r][c], values[c], sum);
        }
        out[r] = sum;
    }
    out
}

#[inline(always)]
fn splat<T: Real, S: Simd, const D: usize>(simd: S, matrix: &Matrix<T, D>) -> [[T::ComplexVector<S>; D]; D] {
    let mut out = [[T::splat_complex(simd, matrix[0][0]); D]; D];
    for r in 0..D {
        for c in 0..D {
            out[r][c] = T::splat_complex(simd, matrix[r][c]);
        }
    }
    out
}

struct OneQubit<'a, T> {
    amps: &'a mut [Complex<T>],
    matrix: Matrix<T, 2>,
    stride: usize,
}

impl<T: Real> WithSimd for OneQubit<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let vectors = splat::<T, S, 2>(simd, &self.matrix);
        for block in self.amps.chunks_exact_mut(2 * self.stride) {
            let (low, high) = block.split_at_mut(self.stride);
            let (low, low_rest) = T::as_vectors::<S>(low);
            let (high, high_rest) = T::as_vectors::<S>(high);
            for (a, b) in low.iter_mut().zip(high) {
                [*a, *b] = mix_vectors::<T, S, 2>(simd, &vectors, [*a, *b]);
            }
            for (a, b) in low_rest.iter_mut().zip(high_rest) {
                [*a, *b] = mix(&self.matrix, [*a, *b]);
            }
        }
    }
}

struct TwoQubit<'a, T> {
    amps: &'a mut [Complex<T>],
    matrix: Matrix<T, 4>,
    strides: [usize; 2],
}

impl<T: Real> WithSimd for TwoQubit<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [a, b] = self.strides;
        let (big, small) = (a.max(b), a.min(b));
        let vectors = splat::<T, S, 4>(simd, &self.matrix);
        for block in self.amps.chunks_exact_mut(2 * big) {
            let (low, high) = block.split_at_mut(big);
            for (low, high) in low.chunks_exact_mut(2 * small).zip(high.chunks_exact_mut(2 * small)) {
                let (ll, lh) = low.split_at_mut(small);
                let (hl, hh) = high.split_at_mut(small);
                // Rows of the matrix are |a b⟩: the middle two swap if b has the larger stride.
                let (v01, v10) = if a > b { (lh, hl) } else { (hl, lh) };
                let (v00, r00) = T::as_vectors::<S>(ll);
                let (v01, r01) = T::as_vectors::<S>(v01);
                let (v10, r10) = T::as_vectors::<S>(v10);
                let (v11, r11) = T::as_vectors::<S>(hh);
                for (((v0, v1), v2), v3) in v00.iter_mut().zip(v01).zip(v10).zip(v11) {
                    [*v0, *v1, *v2, *v3] = mix_vectors::<T, S, 4>(simd, &vectors, [*v0, *v1, *v2, *v3]);
                }
                for (((v0, v1), v2), v3) in r00.iter_mut().zip(r01).zip(r10).zip(r11) {
                    [*v0, *v1, *v2, *v3] = mix(&self.matrix, [*v0, *v1, *v2, *v3]);
                }
            }
        }
    }
}

struct Cross<'a, T> {
    ket: &'a [Complex<T>],
    bra: &'a [Complex<T>],
    strides: [usize; 2],
}

impl<T: Real> Cross<'_, T> {
    /// The four runs of `amps` of one block, by the bits `|a b⟩`.
    #[inline(always)]
    fn runs<'b>(&self, amps: &'b [Complex<T>], start: usize) -> [&'b [Complex<T>]; 4] {
        let [a, b] = self.strides;
        std::array::from_fn(|i| &amps[start + (i >> 1) * a + (i & 1) * b..][..a.min(b)])
    }
}

impl<T: Real> WithSimd for Cross<'_, T> {
    type Output = [Complex<f64>; 16];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let [a, b] = self.strides;
        let (big, small) = (a.max(b), a.min(b));
        let zero = T::splat_complex(simd, Complex { re: T::default(), im: T::default() });
        let mut sums = [[zero; 4]; 4];
        let mut rest = [Complex::<f64>::default(); 16];
        for start in (0..self.ket.len()).step_by(2 * big) {
            for start in (start..start + big).step_by(2 * small) {
                let kets = self.runs(self.ket, start).map(T::view_vectors::<S>);
                let bras = self.runs(self.bra, start).map(T::view_vectors::<S>);
                for r in 0..kets[0].0.len() {
                    for i in 0..4 {
                        for j in 0..4 {
                            sums[i][j] =
                                T::conj_mul_add_complex(simd, bras[j].0[r], kets[i].0[r], sums[i][j]);
                        }
                    }
                }
                for r in 0..kets[0].1.len() {
                    let wide = |v: Complex<T>| Complex::new(v.re.to_f64(), v.im.to_f64());
                    for (k, sum) in rest.iter_mut().enumerate() {
                        *sum += wide(kets[k / 4].1[r]) * wide(bras[k % 4].1[r]).conj();
                    }
                }
            }
        }
        std::array::from_fn(|k| {
            let sum = T::sum_complex(simd, sums[k / 4][k % 4]);
            rest[k] + Complex::new(sum.re.to_f64(), sum.im.to_f64())
        })
    }
}
