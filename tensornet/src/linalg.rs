//! The only door to dense decompositions. They run on the calling thread, so that results do not depend on
//! the number of threads.

use circuit::C64;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as reflect_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as reflect,
};
use faer::linalg::matmul::matmul;
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::linalg::svd::{ComputeSvdVectors::Thin, svd as svd_into, svd_scratch};
use faer::{Accum, Conj, Mat, MatMut, MatRef, Par, unzip, zip};
use ndarray::{Array2, ArrayView2};

use crate::scalar::Scalar;

/// `a = u diag(s) vh` with orthonormal columns in `u` and rows in `vh`; `s` descends.
pub struct Svd {
    /// Shape `[rows, k]`, `k` the smaller side of `a`.
    pub u: Array2<C64>,
    /// Singular values, shape `[k]`.
    pub s: Vec<f64>,
    /// Shape `[k, columns]`.
    pub vh: Array2<C64>,
}

/// Thin singular value decomposition.
///
/// # Panics
/// If an entry is not finite.
pub fn svd(a: ArrayView2<C64>) -> Svd {
    let (u, s, v) = singular(to_faer(a).as_ref());
    Svd { u: from_faer(u.as_ref()), s, vh: from_faer(v.as_ref()).t().mapv(|x| x.conj()) }
}

/// Thin QR decomposition `a = q r`: `q` has orthonormal columns, shape `[rows, k]`, and `r` is upper
/// triangular, shape `[k, columns]`, `k` the smaller side of `a`.
pub fn qr(a: ArrayView2<C64>) -> (Array2<C64>, Array2<C64>) {
    let (q, r) = orthogonal(to_faer(a));
    (from_faer(q.as_ref()), from_faer(r.as_ref()))
}

/// `a = u diag(s) v†`, thin: `u` has shape `[rows, k]`, `v` shape `[columns, k]`; `s` descends.
///
/// # Panics
/// If an entry is not finite.
pub fn singular<T: Scalar>(a: MatRef<T>) -> (Mat<T>, Vec<f64>, Mat<T>) {
    let (m, n) = a.shape();
    let k = m.min(n);
    let (mut u, mut s, mut v) = (Mat::zeros(m, k), Diag::zeros(k), Mat::zeros(n, k));
    let mut memory = MemBuffer::new(svd_scratch::<T>(m, n, Thin, Thin, Par::Seq, Default::default()));
    let (left, right) = (Some(u.as_mut()), Some(v.as_mut()));
    let stack = MemStack::new(&mut memory);
    svd_into(a, s.as_mut(), left, right, Par::Seq, stack, Default::default())
        .expect("the entries of a state are finite");
    (u, s.column_vector().iter().map(|value| value.real_part()).collect(), v)
}

/// `a = q r`, thin, as [`qr`].
pub fn orthogonal<T: Scalar>(mut a: Mat<T>) -> (Mat<T>, Mat<T>) {
    let (m, n) = a.shape();
    let (k, block) = (m.min(n), recommended_block_size::<T>(m, n));
    let mut coefficients = Mat::zeros(block, k);
    let mut memory = MemBuffer::new(qr_in_place_scratch::<T>(m, n, block, Par::Seq, Default::default()));
    let stack = MemStack::new(&mut memory);
    qr_in_place(a.as_mut(), coefficients.as_mut(), Par::Seq, stack, Default::default());
    let r = Mat::from_fn(k, n, |i, j| if i <= j { a[(i, j)] } else { T::ZERO });
    let mut q = Mat::identity(m, k);
    let mut memory = MemBuffer::new(reflect_scratch::<T>(m, block, k));
    let stack = MemStack::new(&mut memory);
    reflect(a.as_ref().subcols(0, k), coefficients.as_ref(), Conj::No, q.as_mut(), Par::Seq, stack);
    (q, r)
}

/// Eigenvalues, ascending, and eigenvectors, as columns, of a Hermitian matrix; its lower half is read.
///
/// # Panics
/// If an entry is not finite.
pub fn hermitian<T: Scalar>(a: MatRef<T>) -> (Vec<f64>, Mat<T>) {
    let n = a.nrows();
    let (mut u, mut s) = (Mat::zeros(n, n), Diag::zeros(n));
    let scratch = self_adjoint_evd_scratch::<T>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(a, s.as_mut(), Some(u.as_mut()), Par::Seq, stack, Default::default())
        .expect("the entries of a Hermitian matrix are finite");
    (s.column_vector().iter().map(|value| value.real_part()).collect(), u)
}

/// `a b`.
pub fn product<T: Scalar>(a: MatRef<T>, b: MatRef<T>) -> Mat<T> {
    let mut c = Mat::zeros(a.nrows(), b.ncols());
    matmul(c.as_mut(), Accum::Replace, a, b, T::ONE, Par::Seq);
    c
}

/// `a† b`.
pub fn dagger_product<T: Scalar>(a: MatRef<T>, b: MatRef<T>) -> Mat<T> {
    let mut c = Mat::zeros(a.ncols(), b.ncols());
    matmul(c.as_mut(), Accum::Replace, a.adjoint(), b, T::ONE, Par::Seq);
    c
}

/// `c = a b`.
pub fn set_product<T: Scalar>(c: MatMut<T>, a: MatRef<T>, b: MatRef<T>) {
    matmul(c, Accum::Replace, a, b, T::ONE, Par::Seq);
}

/// `c += factor a b`.
pub fn add_product<T: Scalar>(c: MatMut<T>, factor: T, a: MatRef<T>, b: MatRef<T>) {
    matmul(c, Accum::Add, a, b, factor, Par::Seq);
}

/// `⟨a|b⟩`, the sum over all entries of `conj(a) b`.
pub fn inner<T: Scalar>(a: &Mat<T>, b: &Mat<T>) -> T {
    let mut sum = T::ZERO;
    for (a, b) in a.col_iter().zip(b.col_iter()) {
        let columns =
            a.try_as_col_major().zip(b.try_as_col_major()).expect("owned matrices have dense columns");
        sum += columns_inner(columns.0.as_slice(), columns.1.as_slice());
    }
    sum
}

/// Four running sums, so that additions need not wait for each other.
fn columns_inner<T: Scalar>(a: &[T], b: &[T]) -> T {
    const LANES: usize = 4;
    let mut sums = [T::ZERO; LANES];
    let (a, b) = (a.chunks(LANES), b.chunks(LANES));
    for (a, b) in a.zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a.conjugate() * *b);
    }
    sums[0] + sums[1] + (sums[2] + sums[3])
}

/// `c += factor a a†`.
pub fn add_gram<T: Scalar>(c: MatMut<T>, factor: f64, a: MatRef<T>) {
    matmul(c, Accum::Add, a, a.adjoint(), T::from_real(factor), Par::Seq);
}

/// `y += factor x`.
pub fn add_scaled<T: Scalar>(y: MatMut<T>, factor: T, x: MatRef<T>) {
    zip!(y, x).for_each(|unzip!(y, x)| *y += factor * *x);
}

/// `factor a`.
pub fn scaled<T: Scalar>(mut a: Mat<T>, factor: f64) -> Mat<T> {
    let factor = T::from_real(factor);
    a.col_iter_mut().for_each(|column| column.iter_mut().for_each(|x| *x *= factor));
    a
}

fn to_faer(a: ArrayView2<C64>) -> Mat<C64> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[[i, j]])
}

fn from_faer(m: MatRef<C64>) -> Array2<C64> {
    Array2::from_shape_fn((m.nrows(), m.ncols()), |(i, j)| m[(i, j)])
}

#[cfg(test)]
mod tests {
    use super::{qr, svd};
    use circuit::C64;
    use ndarray::Array2;
    use testkit::Stream;

    /// Shapes, and the rank when it is not full.
    const SHAPES: [(usize, usize, usize); 9] = [
        (1, 1, 1),
        (1, 4, 1),
        (4, 1, 1),
        (2, 2, 0),
        (3, 5, 3),
        (5, 3, 2),
        (16, 16, 5),
        (64, 20, 20),
        (20, 64, 20),
    ];

    fn random(rows: usize, columns: usize, stream: &mut Stream) -> Array2<C64> {
        let mut entry = || C64::new(stream.next().unwrap_or(0.0), stream.next().unwrap_or(0.0));
        Array2::from_shape_simple_fn((rows, columns), &mut entry)
    }

    fn of_rank(rows: usize, columns: usize, rank: usize) -> Array2<C64> {
        let mut stream = Stream((rows * columns) as u64);
        random(rows, rank, &mut stream).dot(&random(rank, columns, &mut stream))
    }

    fn worst(a: &Array2<C64>) -> f64 {
        a.iter().map(|x| x.norm()).fold(0.0, f64::max)
    }

    fn isometry_error(q: &Array2<C64>) -> f64 {
        worst(&(q.t().mapv(|x| x.conj()).dot(q) - Array2::<C64>::eye(q.ncols())))
    }

    #[test]
    fn factors_multiply_back_and_are_isometries() {
        for (rows, columns, rank) in SHAPES {
            let a = of_rank(rows, columns, rank);
            let (q, r) = qr(a.view());
            assert!(worst(&(q.dot(&r) - &a)) < 1e-13, "{rows} x {columns}");
            assert!(isometry_error(&q) < 1e-13, "{rows} x {columns}");
            let factors = svd(a.view());
            let scaled =
                &factors.u * &Array2::from_shape_fn((1, factors.s.len()), |(_, k)| C64::from(factors.s[k]));
            assert!(worst(&(scaled.dot(&factors.vh) - &a)) < 1e-13, "{rows} x {columns}");
            assert!(isometry_error(&factors.u) < 1e-13, "{rows} x {columns}");
            assert!(isometry_error(&factors.vh.t().to_owned()) < 1e-13, "{rows} x {columns}");
            assert!(factors.s.windows(2).all(|pair| pair[0] >= pair[1]), "{:?}", factors.s);
            assert_eq!(factors.s.iter().filter(|&&s| s > 1e-12).count(), rank, "{:?}", factors.s);
        }
    }
}
