//! The bridge that makes plain Rust operators differentiable by burn.

use burn::tensor::{DType, Device, Element, Tensor, TensorData};
use models::bridge::{Differentiable, ForeignOp, Pullback, apply};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const T: usize = 3;
const SHAPE: [usize; 4] = [2, 2, T, T];

/// weights_ij = theta_0 s_ij^2 + theta_1 s_ji, and a count of what was asked of it.
#[derive(Debug, Default)]
struct Quadratic {
    forwards: AtomicUsize,
    bare_forwards: AtomicUsize,
    theta_gradients: AtomicUsize,
}

/// Deliberately not `Clone`: the bridge must move it.
struct Squares<T>(Vec<T>);

impl ForeignOp for Quadratic {
    fn output_shape(&self, scores: &[usize], theta: &[usize]) -> Vec<usize> {
        assert_eq!((&scores[2..], theta), (&[T, T][..], &[2][..]), "shapes of the inputs");
        scores.to_vec()
    }
}

/// Index of the transposed entry.
fn mirror(k: usize) -> usize {
    let (n, ij) = (k / (T * T), k % (T * T));
    n * T * T + (ij % T) * T + ij / T
}

macro_rules! quadratic {
    ($($real:ty),*) => {$(
        impl Differentiable<$real> for Quadratic {
            type Saved = Squares<$real>;

            fn forward(&self, scores: &[$real], theta: &[$real]) -> (Vec<$real>, Squares<$real>) {
                self.forwards.fetch_add(1, Ordering::SeqCst);
                let squares: Vec<$real> = scores.iter().map(|s| s * s).collect();
                let weights = (0..scores.len()).map(|k| theta[0] * squares[k] + theta[1] * scores[mirror(k)]);
                (weights.collect(), Squares(squares))
            }

            fn values(&self, scores: &[$real], theta: &[$real]) -> Vec<$real> {
                self.bare_forwards.fetch_add(1, Ordering::SeqCst);
                (0..scores.len()).map(|k| theta[0] * scores[k] * scores[k] + theta[1] * scores[mirror(k)]).collect()
            }

            fn vjp(
                &self,
                scores: &[$real],
                theta: &[$real],
                saved: Squares<$real>,
                cotangent: &[$real],
                [scores_wanted, theta_wanted]: [bool; 2],
            ) -> Pullback<$real> {
                let dot = |values: &dyn Fn(usize) -> $real| (0..scores.len()).map(|k| cotangent[k] * values(k)).sum();
                let theta_gradient = || {
                    self.theta_gradients.fetch_add(1, Ordering::SeqCst);
                    vec![dot(&|k| saved.0[k]), dot(&|k| scores[mirror(k)])]
                };
                let entry = |k: usize| 2.0 * theta[0] * scores[k] * cotangent[k] + theta[1] * cotangent[mirror(k)];
                [scores_wanted.then(|| (0..scores.len()).map(entry).collect()), theta_wanted.then(theta_gradient)]
            }
        }
    )*};
}
quadratic!(f32, f64);

fn scores<E: Element>() -> TensorData {
    let values: Vec<f64> = (0..36).map(|k| (0.37 * k as f64).sin()).collect();
    TensorData::new(values, SHAPE).convert::<E>()
}

fn theta<E: Element>() -> TensorData {
    TensorData::new(vec![0.7, -0.3], [2]).convert::<E>()
}

fn leaf<const D: usize>(data: TensorData, dtype: DType) -> Tensor<D> {
    Tensor::from_data(data, (&Device::flex().autodiff(), dtype)).require_grad()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().convert::<f64>().try_into_vec().unwrap()
}

fn assert_close(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= tolerance * w.abs().max(1.0), "{g} is not {w}");
    }
}

/// The same formula in burn's own operations.
fn native(scores: Tensor<4>, theta: Tensor<1>) -> Tensor<4> {
    let theta: Tensor<2> = theta.unsqueeze();
    let part = |k: usize| theta.clone().slice([0..1, k..k + 1]).reshape([1, 1, 1, 1]);
    scores.clone() * scores.clone() * part(0) + scores.swap_dims(2, 3) * part(1)
}

/// A use with everything that can go wrong: strided inputs and cotangent, two nested uses of one theta.
fn loss(op: &dyn Fn(Tensor<4>, Tensor<1>) -> Tensor<4>, scores: Tensor<4>, theta: Tensor<1>) -> Tensor<1> {
    let once = op(scores.swap_dims(2, 3), theta.clone());
    let twice = op(once.clone().swap_dims(0, 1), theta);
    (twice.swap_dims(2, 3) * once).sum()
}

#[test]
fn gradients_equal_burns_own_in_both_precisions() {
    for (dtype, tolerance) in [(DType::F64, 1e-13), (DType::F32, 1e-5)] {
        let run = |op: &dyn Fn(Tensor<4>, Tensor<1>) -> Tensor<4>| {
            let (s, p) = (leaf::<4>(scores::<f64>(), dtype), leaf::<1>(theta::<f64>(), dtype));
            let grads = loss(op, s.clone(), p.clone()).backward();
            (values(s.grad(&grads).unwrap()), values(p.grad(&grads).unwrap()))
        };
        let op = Arc::new(Quadratic::default());
        let (s, p) = run(&|s, p| apply(&op, s, p));
        let (expected_s, expected_p) = run(&native);
        assert_close(&s, &expected_s, tolerance);
        assert_close(&p, &expected_p, tolerance);
        assert_eq!(op.forwards.load(Ordering::SeqCst), 2);
    }
}

#[test]
fn only_what_is_tracked_is_computed() {
    let device = Device::flex().autodiff();
    let constant = |data| Tensor::<1>::from_data(data, (&device, DType::F32));
    for (theta, theta_gradients) in
        [(constant(theta::<f32>()), 0), (constant(theta::<f32>()).require_grad(), 1)]
    {
        let op = Arc::new(Quadratic::default());
        let s = leaf::<4>(scores::<f32>(), DType::F32);
        let grads = apply::<_, 4, 1, 4>(&op, s.clone(), theta.clone()).sum().backward();
        assert!(s.grad(&grads).is_some());
        assert_eq!(theta.grad(&grads).is_some(), theta_gradients == 1);
        assert_eq!(op.theta_gradients.load(Ordering::SeqCst), theta_gradients);
    }
}

#[test]
fn theta_alone_can_be_tracked() {
    let op = Arc::new(Quadratic::default());
    let s = Tensor::<4>::from_data(scores::<f64>(), (&Device::flex().autodiff(), DType::F64));
    let p = leaf::<1>(theta::<f64>(), DType::F64);
    let grads = apply::<_, 4, 1, 4>(&op, s.clone(), p.clone()).sum().backward();
    assert!(s.grad(&grads).is_none());
    assert!(values(p.grad(&grads).unwrap()).iter().all(|g| g.abs() > 0.1));
}

#[test]
fn without_gradients_nothing_is_saved() {
    let expected = values(native(leaf(scores::<f64>(), DType::F64), leaf(theta::<f64>(), DType::F64)));
    for device in [Device::flex(), Device::flex().autodiff()] {
        let op = Arc::new(Quadratic::default());
        let s = Tensor::<4>::from_data(scores::<f64>(), (&device, DType::F64));
        let p = Tensor::<1>::from_data(theta::<f64>(), (&device, DType::F64));
        assert_close(&values::<4>(apply(&op, s, p)), &expected, 1e-15);
        assert_eq!(op.forwards.load(Ordering::SeqCst), 0);
        assert_eq!(op.bare_forwards.load(Ordering::SeqCst), 1);
    }
}

#[test]
#[should_panic(expected = "shapes of the inputs")]
fn shapes_are_checked_before_anything_is_computed() {
    let device = Device::flex();
    let (scores, theta) = (Tensor::<4>::zeros(SHAPE, &device), Tensor::<1>::zeros([3], &device));
    let _refused: Tensor<4> = apply(&Arc::new(Quadratic::default()), scores, theta);
}
