//! Differentiable operators written in plain Rust, seen from burn as one operation.
//!
//! An operator implements [`ForeignOp`] (its sizes) and [`Differentiable`] for `f32` and `f64` (values and
//! vector-Jacobian product over slices of a whole batch); [`apply`] makes it a node of burn's graph. What
//! the forward pass saves is moved, never copied, to the backward pass. Operators that know one matrix at
//! a time implement [`MatrixOp`](super::per_matrix::MatrixOp) instead.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{DType, Element, Shape, Tensor, TensorData};
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// The sizes an operator is bound to.
pub trait ForeignOp: Debug + Send + Sync + 'static {
    /// Side t of the score matrices.
    fn tokens(&self) -> usize;

    /// Length of theta.
    fn n_params(&self) -> usize;
}

/// Values and gradients of an operator in the precision `T`, for a whole batch of n matrices at once.
///
/// Implementations run in parallel over matrices as they see fit, but give the same bits for any number of
/// threads.
pub trait Differentiable<T>: ForeignOp {
    /// What the forward pass keeps for the backward pass.
    type Saved: Send + Sync + 'static;

    /// `scores` `[n t t]` and `theta` `[n_params]` to weights `[n t t]`, and what [`Self::vjp`] needs again.
    fn forward(&self, scores: &[T], theta: &[T]) -> (Vec<T>, Self::Saved);

    /// As [`Self::forward`] where no gradient will be asked for; override where saving has a cost.
    fn weights(&self, scores: &[T], theta: &[T]) -> Vec<T> {
        self.forward(scores, theta).0
    }

    /// Pulls `cotangent` `[n t t]`, the gradient of a scalar with respect to the weights, back to the inputs.
    ///
    /// `theta` of the result is present where `theta_wanted`.
    fn vjp(
        &self,
        scores: &[T],
        theta: &[T],
        saved: Self::Saved,
        cotangent: &[T],
        theta_wanted: bool,
    ) -> Pullback<T>;
}

/// Gradient of a scalar with respect to an operator's inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pullback<T> {
    /// With respect to the scores, `[n t t]`.
    pub scores: Vec<T>,
    /// With respect to theta, `[n_params]`, summed over the batch.
    pub theta: Option<Vec<T>>,
}

/// Applies `op` to `scores` `[b h t t]` and `theta` `[n_params]`, giving weights `[b h t t]` that burn differentiates.
///
/// # Panics
/// Where the shapes differ from the operator's sizes, the precision is neither `f32` nor `f64`, or the device
/// is not a CPU device of burn's flex back end.
pub fn apply<O>(op: &Arc<O>, scores: Tensor<4>, theta: Tensor<1>) -> Tensor<4>
where
    O: Differentiable<f32> + Differentiable<f64>,
{
    let [_, _, rows, columns] = scores.dims();
    let (t, p) = (op.tokens(), op.n_params());
    assert!(rows == t && columns == t, "scores are {rows} x {columns}, but {op:?} is bound to {t} tokens");
    assert_eq!(theta.dims(), [p], "theta has the wrong length for {op:?}");
    let theta = theta.cast(scores.dtype());
    let op: Arc<dyn Erased> = op.clone();
    Tensor::from_dispatch(Dispatch::foreign(scores.into_dispatch(), theta.into_dispatch(), op))
}

type FlexTensor = FloatTensor<Flex>;
type Saved = Arc<dyn Any + Send + Sync>;

/// Scores and theta as the forward pass saw them, contiguous; clones share the storage.
#[derive(Debug, Clone)]
struct Inputs {
    scores: FlexTensor,
    theta: FlexTensor,
}

impl Inputs {
    fn new(scores: FlexTensor, theta: FlexTensor) -> Self {
        Self { scores: scores.to_contiguous(), theta: theta.to_contiguous() }
    }
}

/// An operator whose precision is chosen at run time, by the tensors it meets.
trait Erased: Debug + Send + Sync {
    fn weights(&self, inputs: &Inputs) -> FlexTensor;
    fn forward(&self, inputs: &Inputs) -> (FlexTensor, Saved);
    fn vjp(
        &self,
        inputs: &Inputs,
        saved: Saved,
        cotangent: FlexTensor,
        theta_wanted: bool,
    ) -> (FlexTensor, Option<FlexTensor>);
}

macro_rules! in_precision_of {
    ($inputs:expr, $call:ident($($argument:expr),*)) => {
        match $inputs.scores.dtype() {
            DType::F32 => $call::<f32, O>($($argument),*),
            DType::F64 => $call::<f64, O>($($argument),*),
            other => panic!("attention operators take f32 or f64 scores, but these are {other:?}"),
        }
    };
}

impl<O> Erased for O
where
    O: Differentiable<f32> + Differentiable<f64>,
{
    fn weights(&self, inputs: &Inputs) -> FlexTensor {
        in_precision_of!(inputs, weights_in(self, inputs))
    }

    fn forward(&self, inputs: &Inputs) -> (FlexTensor, Saved) {
        in_precision_of!(inputs, forward_in(self, inputs))
    }

    fn vjp(
        &self,
        inputs: &Inputs,
        saved: Saved,
        cotangent: FlexTensor,
        theta_wanted: bool,
    ) -> (FlexTensor, Option<FlexTensor>) {
        in_precision_of!(inputs, vjp_in(self, inputs, saved, cotangent, theta_wanted))
    }
}

fn weights_in<T: Scalar, O: Differentiable<T>>(op: &O, inputs: &Inputs) -> FlexTensor {
    let weights = op.weights(T::view(&inputs.scores), T::view(&inputs.theta));
    tensor(weights, inputs.scores.shape())
}

fn forward_in<T: Scalar, O: Differentiable<T>>(op: &O, inputs: &Inputs) -> (FlexTensor, Saved) {
    let (weights, saved) = op.forward(T::view(&inputs.scores), T::view(&inputs.theta));
    (tensor(weights, inputs.scores.shape()), Arc::new(saved))
}

fn vjp_in<T: Scalar, O: Differentiable<T>>(
    op: &O,
    inputs: &Inputs,
    saved: Saved,
    cotangent: FlexTensor,
    theta_wanted: bool,
) -> (FlexTensor, Option<FlexTensor>) {
    let saved =
        saved.downcast::<O::Saved>().expect("the backward pass has the precision of the forward pass");
    let saved = Arc::into_inner(saved).expect("burn visits a node once");
    let cotangent = cotangent.to_contiguous();
    let (scores, theta) = (T::view(&inputs.scores), T::view(&inputs.theta));
    let pullback = op.vjp(scores, theta, saved, T::view(&cotangent), theta_wanted);
    let theta = pullback.theta.map(|theta| tensor(theta, inputs.theta.shape()));
    (tensor(pullback.scores, inputs.scores.shape()), theta)
}

/// A precision burn's CPU tensors can be viewed in.
trait Scalar: Element {
    fn view(tensor: &FlexTensor) -> &[Self];
}

macro_rules! scalar {
    ($($type:ty),*) => {$(
        impl Scalar for $type {
            fn view(tensor: &FlexTensor) -> &[Self] {
                tensor.as_slice().expect("inputs are contiguous and of one precision")
            }
        }
    )*};
}
scalar!(f32, f64);

fn tensor<T: Scalar>(values: Vec<T>, shape: Shape) -> FlexTensor {
    Flex::float_from_data(TensorData::new(values, shape), &Default::default())
}

#[backend_extension(Flex, Autodiff)]
trait ForeignBackend: Backend {
    fn foreign(scores: FloatTensor<Self>, theta: FloatTensor<Self>, op: Arc<dyn Erased>)
    -> FloatTensor<Self>;
}

impl ForeignBackend for Flex {
    fn foreign(scores: FlexTensor, theta: FlexTensor, op: Arc<dyn Erased>) -> FlexTensor {
        op.weights(&Inputs::new(scores, theta))
    }
}

impl<C: CheckpointStrategy> ForeignBackend for Autodiff<Flex, C> {
    fn foreign(
        scores: FloatTensor<Self>,
        theta: FloatTensor<Self>,
        op: Arc<dyn Erased>,
    ) -> FloatTensor<Self> {
        let (scores, scores_node) = scores.into_parts();
        let (theta, theta_node) = theta.into_parts();
        let inputs = Inputs::new(scores, theta);
        match PullBack.prepare::<C>([scores_node, theta_node]).compute_bound().stateful() {
            OpsKind::Tracked(node) => {
                let (weights, saved) = op.forward(&inputs);
                node.finish(Tape { op, inputs, saved }, weights)
            }
            OpsKind::UnTracked(node) => node.finish(op.weights(&inputs)),
        }
    }
}

/// What a node of the graph keeps between the passes.
#[derive(Debug, Clone)]
struct Tape {
    op: Arc<dyn Erased>,
    inputs: Inputs,
    saved: Saved,
}

#[derive(Debug)]
struct PullBack;

impl Backward<Flex, 2> for PullBack {
    type State = Tape;

    fn backward(self, ops: Ops<Tape, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let cotangent = grads.consume::<Flex>(&ops.node);
        let [scores, theta] = ops.parents;
        let Tape { op, inputs, saved } = ops.state;
        let (d_scores, d_theta) = op.vjp(&inputs, saved, cotangent, theta.is_some());
        if let Some(node) = scores {
            grads.register::<Flex>(node.id, d_scores);
        }
        if let Some((node, d_theta)) = theta.zip(d_theta) {
            grads.register::<Flex>(node.id, d_theta);
        }
    }
}
