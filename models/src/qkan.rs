//! Layers of single-qubit activations (QKAN): every edge of the layer is a circuit of one qubit that loads its input
//! again and again.
//!
//! `phi(x)`: `H`, then `reps` times `RZ(t_r0) RY(t_r1) RZ(x)`, then `RZ(t_R0) RY(t_R1)`, then the readout.
//! Reference: Jiang et al., arXiv:2509.14026 (QKAN); arXiv:2605.06734 for its use in fast-weight programmers.

use std::sync::Arc;

use burn::tensor::Tensor;
use circuit::C64;
use serde::{Deserialize, Serialize};
use sim::Real;

use crate::bridge::{Differentiable, ForeignOp, Pullback, apply, narrow, wide};

/// What is read from the qubit `(alpha, beta)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QubitReadout {
    /// `|alpha| - |beta|`, as the published programs compute it; no measurement gives it directly.
    #[default]
    Modulus,
    /// `<Z> = |alpha|^2 - |beta|^2`.
    Z,
}

/// A layer of activations, from `inputs` to `outputs`.
///
/// ```
/// use burn::tensor::{DType, Device, Tensor, TensorData};
/// use models::qkan::{Qkan, QubitReadout};
///
/// let layer = Qkan::new(1, 1, 0, QubitReadout::Z);
/// let place = (&Device::flex(), DType::F64);
/// let x = Tensor::<2>::zeros([1, 1], place); // b in
/// let theta = Tensor::<2>::from_data(TensorData::new(vec![0.0, 0.5], [1, 2]), place); // 1 p
/// let y: f64 = layer.forward(x, theta).into_scalar(); // RY(0.5) on |+>
/// assert!((y + 0.5f64.sin()).abs() < 1e-15);
/// ```
#[derive(Clone, Debug)]
pub struct Qkan {
    op: Arc<Edges>,
}

impl Qkan {
    /// A layer whose activations have `reps` layers.
    pub fn new(inputs: usize, outputs: usize, reps: usize, readout: QubitReadout) -> Self {
        Self { op: Arc::new(Edges { inputs, outputs, reps, readout }) }
    }

    /// Angles of the layer, `[out in reps+1 2]` in this order.
    pub fn n_params(&self) -> usize {
        self.op.n_params()
    }

    /// `y_o = sum_i phi_oi(x_i)`: inputs `[b in]` with angles for all, `[1 p]`, or for each, `[b p]`, to `[b out]`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn forward(&self, x: Tensor<2>, theta: Tensor<2>) -> Tensor<2> {
        apply(&self.op, x, theta)
    }
}

#[derive(Debug)]
struct Edges {
    inputs: usize,
    outputs: usize,
    reps: usize,
    readout: QubitReadout,
}

impl Edges {
    fn n_params(&self) -> usize {
        self.inputs * self.outputs * self.edge()
    }

    /// Angles of one edge.
    fn edge(&self) -> usize {
        2 * (self.reps + 1)
    }

    /// Calls `visit(sample, output, input, theta)` for every edge of every sample; `theta` is the position of its first angle.
    fn edges(&self, batch: usize, theta_len: usize, mut visit: impl FnMut(usize, usize, usize, usize)) {
        let p = self.n_params();
        for b in 0..batch {
            let row = if theta_len == p { 0 } else { b * p };
            for o in 0..self.outputs {
                for i in 0..self.inputs {
                    visit(b, o, i, row + (o * self.inputs + i) * self.edge());
                }
            }
        }
    }

    fn run(&self, x: f64, theta: &[f64]) -> [C64; 2] {
        let mut psi = [C64::new(0.5f64.sqrt(), 0.0); 2];
        for (r, pair) in theta.chunks_exact(2).enumerate() {
            psi = ry(rz(psi, pair[0]), pair[1]);
            if r < self.reps {
                psi = rz(psi, x);
            }
        }
        psi
    }

    fn value(&self, [a, b]: [C64; 2]) -> f64 {
        match self.readout {
            QubitReadout::Modulus => a.norm() - b.norm(),
            QubitReadout::Z => a.norm_sqr() - b.norm_sqr(),
        }
    }

    /// The bra with `dvalue = 2 Re<bra|dpsi>`, times `w`.
    fn bra(&self, [a, b]: [C64; 2], w: f64) -> [C64; 2] {
        let half = |z: C64| if z.norm() > 1e-150 { z / (2.0 * z.norm()) } else { C64::ZERO };
        match self.readout {
            QubitReadout::Modulus => [half(a) * w, -half(b) * w],
            QubitReadout::Z => [a * w, -b * w],
        }
    }

    /// Adds the gradient of `w phi` to `d_theta`; returns that of `x`.
    fn sweep(&self, x: f64, theta: &[f64], w: f64, d_theta: &mut [f64]) -> f64 {
        let mut ket = self.run(x, theta);
        let mut bra = self.bra(ket, w);
        let mut d_x = 0.0;
        for r in (0..=self.reps).rev() {
            if r < self.reps {
                d_x += z_inner(bra, ket);
                (ket, bra) = (rz(ket, -x), rz(bra, -x));
            }
            let [z, y] = [theta[2 * r], theta[2 * r + 1]];
            d_theta[2 * r + 1] += y_inner(bra, ket);
            (ket, bra) = (ry(ket, -y), ry(bra, -y));
            d_theta[2 * r] += z_inner(bra, ket);
            (ket, bra) = (rz(ket, -z), rz(bra, -z));
        }
        d_x
    }
}

impl ForeignOp for Edges {
    fn output_shape(&self, x: &[usize], theta: &[usize]) -> Vec<usize> {
        assert_eq!((x[1], theta[1]), (self.inputs, self.n_params()), "inputs and angles of {self:?}");
        assert!(theta[0] == 1 || theta[0] == x[0], "angles for all samples or for each");
        vec![x[0], self.outputs]
    }
}

impl<T: Real> Differentiable<T> for Edges {
    type Saved = ();

    fn forward(&self, x: &[T], theta: &[T]) -> (Vec<T>, ()) {
        let (x, theta) = (wide(x), wide(theta));
        let batch = x.len() / self.inputs;
        let mut y = vec![0.0; batch * self.outputs]; // b out
        self.edges(batch, theta.len(), |b, o, i, at| {
            y[b * self.outputs + o] +=
                self.value(self.run(x[b * self.inputs + i], &theta[at..][..self.edge()]));
        });
        (narrow(y), ())
    }

    fn vjp(&self, x: &[T], theta: &[T], (): (), cotangent: &[T], wanted: [bool; 2]) -> Pullback<T> {
        let (x, theta, cotangent) = (wide(x), wide(theta), wide(cotangent));
        let (mut d_x, mut d_theta) = (vec![0.0; x.len()], vec![0.0; theta.len()]);
        let batch = x.len() / self.inputs;
        self.edges(batch, theta.len(), |b, o, i, at| {
            let k = b * self.inputs + i;
            let range = at..at + self.edge();
            let w = cotangent[b * self.outputs + o];
            d_x[k] += self.sweep(x[k], &theta[range.clone()], w, &mut d_theta[range]);
        });
        [wanted[0].then(|| narrow(d_x)), wanted[1].then(|| narrow(d_theta))]
    }
}

/// `exp(-i theta Z/2)`.
fn rz([a, b]: [C64; 2], theta: f64) -> [C64; 2] {
    let phase = C64::from_polar(1.0, theta / 2.0);
    [a * phase.conj(), b * phase]
}

/// `exp(-i theta Y/2)`.
fn ry([a, b]: [C64; 2], theta: f64) -> [C64; 2] {
    let (sin, cos) = (theta / 2.0).sin_cos();
    [a * cos - b * sin, a * sin + b * cos]
}

/// `Im<bra|Z|ket>`.
fn z_inner([a, b]: [C64; 2], [c, d]: [C64; 2]) -> f64 {
    (a.conj() * c - b.conj() * d).im
}

/// `Im<bra|Y|ket>`.
fn y_inner([a, b]: [C64; 2], [c, d]: [C64; 2]) -> f64 {
    (b.conj() * c - a.conj() * d).re
}
