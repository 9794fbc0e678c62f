//! The shape of the points of CMA-ES: a full covariance matrix, or its diagonal.

use faer::Mat;

use super::linalg::{product, symmetric};
use crate::Error;

/// Most parameters of a full covariance: two matrices of 128 MiB.
const MOST: usize = 4096;

/// `C = B diag(scales²) B^T`.
pub(super) enum Covariance {
    /// The diagonal alone.
    Separable {
        /// Variances.
        variances: Vec<f64>,
    },
    /// All of it, with its eigenvectors as they were a while ago.
    Full {
        matrix: Mat<f64>,
        vectors: Mat<f64>,
        scales: Vec<f64>,
        /// Updates since the last decomposition, and after how many there is another.
        age: usize,
        renew: usize,
    },
}

impl Covariance {
    /// The identity on `n` parameters.
    ///
    /// # Errors
    /// If a full matrix would not fit.
    pub(super) fn identity(n: usize, separable: bool) -> Result<Self, Error> {
        match separable {
            true => Ok(Self::Separable { variances: vec![1.0; n] }),
            false if n > MOST => Err(Error::Setting {
                name: "the number of parameters of a full covariance",
                value: n as f64,
                range: "at most 4096; take the separable one",
            }),
            false => Ok(Self::Full {
                matrix: Mat::identity(n, n),
                vectors: Mat::identity(n, n),
                scales: vec![1.0; n],
                age: 0,
                renew: 1 + n / 40,
            }),
        }
    }

    /// `C^(1/2) z`.
    pub(super) fn shaped(&self, z: &[f64]) -> Vec<f64> {
        match self {
            Self::Separable { variances } => z.iter().zip(variances).map(|(z, v)| z * v.sqrt()).collect(),
            Self::Full { vectors, scales, .. } => {
                let scaled: Vec<f64> = z.iter().zip(scales).map(|(z, s)| z * s).collect();
                times(vectors, &scaled)
            }
        }
    }

    /// `C^(-1/2)` of what [`shaped`](Self::shaped) makes of `z`.
    pub(super) fn rotated(&self, z: &[f64]) -> Vec<f64> {
        match self {
            Self::Separable { .. } => z.to_vec(),
            Self::Full { vectors, .. } => times(vectors, z),
        }
    }

    /// `C ← (1 - c1 - cm + lost) C + c1 p p^T + cm Σ_k w_k y_k y_k^T`, for `rates = [c1, cm, lost]`.
    pub(super) fn update(&mut self, path: &[f64], steps: &[&[f64]], weights: &[f64], rates: [f64; 3]) {
        let [one, many, lost] = rates;
        let keep = 1.0 - one - many + lost;
        match self {
            Self::Separable { variances } => {
                for (k, variance) in variances.iter_mut().enumerate() {
                    let spread: f64 = steps.iter().zip(weights).map(|(y, w)| w * y[k] * y[k]).sum();
                    *variance = keep * *variance + one * path[k] * path[k] + many * spread;
                }
            }
            Self::Full { matrix, vectors, scales, age, renew } => {
                let columns = Mat::from_fn(path.len(), weights.len() + 1, |k, j| match j {
                    0 => one.sqrt() * path[k],
                    _ => (many * weights[j - 1]).sqrt() * steps[j - 1][k],
                });
                *matrix = &*matrix * faer::Scale(keep) + product(columns.as_ref(), columns.transpose());
                *age += 1;
                if *age >= *renew {
                    *age = 0;
                    if let Some((values, found)) = symmetric(matrix.as_ref()) {
                        *vectors = found;
                        *scales = values.iter().map(|value| value.max(1e-300).sqrt()).collect();
                    }
                }
            }
        }
    }
}

fn times(matrix: &Mat<f64>, vector: &[f64]) -> Vec<f64> {
    let column = Mat::from_fn(vector.len(), 1, |k, _| vector[k]);
    let image = product(matrix.as_ref(), column.as_ref());
    (0..vector.len()).map(|k| image[(k, 0)]).collect()
}
