//! Layer norm with a backward pass of its own: one sweep over the rows, where the library's automatic one
//! takes a dozen tensor operations with a fresh array each.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::{FloatTensorOps, ModuleOps};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::module::{Module, Param};
use burn::tensor::{DType, Element, Shape, Tensor, TensorData};
use sim::Real;

/// `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`, mean and variance over the last axis.
///
/// Reference: Ba et al., arXiv:1607.06450.
#[derive(Module, Debug)]
pub struct LayerNorm {
    pub(super) gamma: Param<Tensor<1>>,
    pub(super) beta: Param<Tensor<1>>,
    pub(super) epsilon: f64,
}

impl LayerNorm {
    /// Rows `[.. d]` to rows `[.. d]`.
    pub(super) fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let [gamma, beta] = [&self.gamma, &self.beta].map(|param| param.val().into_dispatch());
        Tensor::from_dispatch(Dispatch::norm(x.into_dispatch(), gamma, beta, self.epsilon))
    }
}

type FlexTensor = FloatTensor<Flex>;

#[backend_extension(Flex, Autodiff)]
trait NormBackend: Backend {
    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self>;
}

impl NormBackend for Flex {
    fn norm(x: FlexTensor, gamma: FlexTensor, beta: FlexTensor, epsilon: f64) -> FlexTensor {
        Flex::layer_norm(x, gamma, Some(beta), epsilon)
    }
}

impl<C: CheckpointStrategy> NormBackend for Autodiff<Flex, C> {
    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let [(x, x_node), (gamma, gamma_node), (beta, beta_node)] =
            [x, gamma, beta].map(|tensor| tensor.into_parts());
        let (x, gamma) = (x.to_contiguous(), gamma.to_contiguous());
        let y = Flex::norm(x.clone(), gamma.clone(), beta, epsilon);
        match PullBack.prepare::<C>([x_node, gamma_node, beta_node]).compute_bound().stateful() {
            OpsKind::Tracked(node) => node.finish(Tape { x, gamma, epsilon }, y),
            OpsKind::UnTracked(node) => node.finish(y),
        }
    }
}

/// What a node of the graph keeps between the passes.
#[derive(Debug, Clone)]
struct Tape {
    x: FlexTensor,
    gamma: FlexTensor,
    epsilon: f64,
}

#[derive(Debug)]
struct PullBack;

impl Backward<Flex, 3> for PullBack {
    type State = Tape;

    fn backward(self, ops: Ops<Tape, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let cotangent = grads.consume::<Flex>(&ops.node).to_contiguous();
        let double = ops.state.x.dtype() == DType::F64;
        let pull_back = if double { pull_back_in::<f64> } else { pull_back_in::<f32> };
        let pulled = pull_back(&ops.state, &cotangent);
        for (node, gradient) in ops.parents.into_iter().zip(pulled) {
            if let Some(node) = node {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

/// Gradients with respect to `x`, `gamma` and `beta`.
fn pull_back_in<T: Element + Real>(tape: &Tape, cotangent: &FlexTensor) -> [FlexTensor; 3] {
    const CONTIGUOUS: &str = "inputs are contiguous and of one precision";
    let [x, gamma, cotangent] =
        [&tape.x, &tape.gamma, cotangent].map(|tensor| tensor.as_slice::<T>().expect(CONTIGUOUS));
    let [d_x, d_gamma, d_beta] = pull_back(x, gamma, cotangent, tape.epsilon);
    [(d_x, tape.x.shape()), (d_gamma, tape.gamma.shape()), (d_beta, tape.gamma.shape())].map(
        |(values, shape): (Vec<T>, Shape)| {
            Flex::float_from_data(TensorData::new(values, shape), &Default::default())
        },
    )
}

/// With `n = (x - mean) r`, `r = 1 / sqrt(variance + epsilon)` and `g = gamma dL/dy`, row by row:
/// `dL/dx = r (g - mean(g) - n mean(g n))`, `dL/dgamma = sum n dL/dy`, `dL/dbeta = sum dL/dy`.
fn pull_back<T: Real>(x: &[T], gamma: &[T], cotangent: &[T], epsilon: f64) -> [Vec<T>; 3] {
    let width = gamma.len();
    let mean = |row: &[T]| T::from_f64(sum(row).to_f64() / width as f64);
    let zeros = || vec![T::from_f64(0.0); width];
    let (mut normalised, mut g, mut product) = (zeros(), zeros(), zeros());
    let (mut d_x, mut d_gamma, mut d_beta) = (Vec::with_capacity(x.len()), zeros(), zeros());
    for (x, dy) in x.chunks_exact(width).zip(cotangent.chunks_exact(width)) {
        let centre = mean(x);
        for ((n, p), &x) in normalised.iter_mut().zip(&mut product).zip(x) {
            *n = x - centre;
            *p = *n * *n;
        }
        let r = T::from_f64(1.0 / (mean(&product).to_f64() + epsilon).sqrt());
        for k in 0..width {
            normalised[k] *= r;
            g[k] = gamma[k] * dy[k];
            product[k] = g[k] * normalised[k];
            d_gamma[k] += dy[k] * normalised[k];
            d_beta[k] += dy[k];
        }
        let (g_mean, product_mean) = (mean(&g), mean(&product));
        d_x.extend(g.iter().zip(&normalised).map(|(&g, &n)| r * (g - g_mean - n * product_mean)));
    }
    [d_x, d_gamma, d_beta]
}

/// The sum of a row, in sixteen interleaved partial sums that vector units can keep.
fn sum<T: Real>(row: &[T]) -> T {
    let mut partial = [T::from_f64(0.0); 16];
    let chunks = row.chunks_exact(16);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (sum, &x) in partial.iter_mut().zip(chunk) {
            *sum += x;
        }
    }
    partial.iter().chain(rest).copied().sum()
}

#[cfg(test)]
mod tests {
    use burn::tensor::module::layer_norm;
    use burn::tensor::{Device, Gradients};

    use super::*;

    fn leaf<const D: usize>(shape: [usize; D], frequency: f64, dtype: DType) -> Tensor<D> {
        let values: Vec<f64> = (0..shape.iter().product()).map(|k| (k as f64 * frequency).sin()).collect();
        let place = (&Device::flex().autodiff(), dtype);
        Tensor::from_data(TensorData::new(values, shape), place).require_grad()
    }

    /// The library's norm, differentiated automatically, is the reference.
    #[test]
    fn values_and_gradients_are_those_of_the_library() {
        for (dtype, width, tolerance) in [(DType::F64, 37, 1e-12), (DType::F32, 128, 2e-4)] {
            let x = leaf([3, 5, width], 0.7, dtype);
            let (gamma, beta) = (leaf([width], 0.3, dtype), leaf([width], 1.1, dtype));
            let norm = LayerNorm {
                gamma: Param::from_tensor(gamma.clone()),
                beta: Param::from_tensor(beta.clone()),
                epsilon: 1e-3,
            };
            let theirs = layer_norm(x.clone(), gamma.clone(), Some(beta.clone()), 1e-3);
            let gradients = |y: Tensor<3>| -> [Vec<f64>; 4] {
                let grads: Gradients = y.clone().powi_scalar(3).sum().backward();
                let list = |tensor: TensorData| tensor.iter::<f64>().collect();
                [
                    list(y.into_data()),
                    list(x.grad(&grads).unwrap().into_data()),
                    list(gamma.grad(&grads).unwrap().into_data()),
                    list(beta.grad(&grads).unwrap().into_data()),
                ]
            };
            let ours = gradients(norm.forward(x.clone()));
            for (what, (ours, theirs)) in ours.iter().zip(&gradients(theirs)).enumerate() {
                let error = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(error < tolerance && ours.len() == theirs.len(), "{dtype:?} {what}: {error}");
            }
        }
    }
}
