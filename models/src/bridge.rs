//! Differentiable operators written in plain Rust, seen from burn as one operation.
//!
//! An operator of two inputs implements [`ForeignOp`] (its shapes) and [`Differentiable`] for `f32` and `f64` (values and
//! vector-Jacobian product over slices of a whole batch); [`apply`] makes it a node of burn's graph. What
//! the forward pass saves is moved, never copied, to the backward pass.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{DType, Element, Shape, Tensor, TensorData};
use sim::Real;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// The shapes an operator knows.
pub trait ForeignOp: Debug + Send + Sync + 'static {
    /// Shape of the output for inputs of these shapes.
    ///
    /// # Panics
    /// Where the inputs do not fit the operator.
    fn output_shape(&self, left: &[usize], right: &[usize]) -> Vec<usize>;
}

/// Values and gradients of an operator in the precision `T`, for a whole batch at once; arrays are row-major.
///
/// Implementations run in parallel as they see fit, but give the same bits for any number of threads.
pub trait Differentiable<T>: ForeignOp {
    /// What the forward pass keeps for the backward pass.
    type Saved: Send + Sync + 'static;

    /// Both inputs to the output, and what [`Self::vjp`] needs again.
    fn forward(&self, left: &[T], right: &[T]) -> (Vec<T>, Self::Saved);

    /// As [`Self::forward`] where no gradient will be asked for; override where saving has a cost.
    fn values(&self, left: &[T], right: &[T]) -> Vec<T> {
        self.forward(left, right).0
    }

    /// Pulls `cotangent`, the gradient of a scalar with respect to the output, back to the inputs that are `wanted`.
    fn vjp(
        &self,
        left: &[T],
        right: &[T],
        saved: Self::Saved,
        cotangent: &[T],
        wanted: [bool; 2],
    ) -> Pullback<T>;
}

/// Gradients of a scalar with respect to an operator's two inputs, in their shapes; present where wanted.
pub type Pullback<T> = [Option<Vec<T>>; 2];

/// Applies `op` to two tensors, giving one that burn differentiates; `right` takes the precision of `left`.
///
/// # Panics
/// Where the shapes do not fit the operator, the precision is neither `f32` nor `f64`, or the device
/// is not a CPU device of burn's flex back end.
pub fn apply<O, const L: usize, const R: usize, const D: usize>(
    op: &Arc<O>,
    left: Tensor<L>,
    right: Tensor<R>,
) -> Tensor<D>
where
    O: Differentiable<f32> + Differentiable<f64>,
{
    let right = if right.dtype() == left.dtype() { right } else { right.cast(left.dtype()) };
    let op: Arc<dyn Erased> = op.clone();
    Tensor::from_dispatch(Dispatch::foreign(left.into_dispatch(), right.into_dispatch(), op))
}

type FlexTensor = FloatTensor<Flex>;
type Saved = Arc<dyn Any + Send + Sync>;

/// Inputs as the forward pass saw them, contiguous; clones share the storage.
#[derive(Debug, Clone)]
struct Inputs {
    left: FlexTensor,
    right: FlexTensor,
}

impl Inputs {
    fn new(left: FlexTensor, right: FlexTensor) -> Self {
        Self { left: left.to_contiguous(), right: right.to_contiguous() }
    }

    fn output_shape(&self, op: &impl ForeignOp) -> Shape {
        Shape::from(op.output_shape(&self.left.shape(), &self.right.shape()))
    }
}

/// An operator whose precision is chosen at run time, by the tensors it meets.
trait Erased: Debug + Send + Sync {
    fn values(&self, inputs: &Inputs) -> FlexTensor;
    fn forward(&self, inputs: &Inputs) -> (FlexTensor, Saved);
    fn vjp(
        &self,
        inputs: &Inputs,
        saved: Saved,
        cotangent: FlexTensor,
        wanted: [bool; 2],
    ) -> [Option<FlexTensor>; 2];
}

macro_rules! in_precision_of {
    ($inputs:expr, $call:ident($($argument:expr),*)) => {
        match $inputs.left.dtype() {
            DType::F32 => $call::<f32, O>($($argument),*),
            DType::F64 => $call::<f64, O>($($argument),*),
            other => panic!("operators take f32 or f64, but this is {other:?}"),
        }
    };
}

impl<O> Erased for O
where
    O: Differentiable<f32> + Differentiable<f64>,
{
    fn values(&self, inputs: &Inputs) -> FlexTensor {
        in_precision_of!(inputs, values_in(self, inputs))
    }

    fn forward(&self, inputs: &Inputs) -> (FlexTensor, Saved) {
        in_precision_of!(inputs, forward_in(self, inputs))
    }

    fn vjp(
        &self,
        inputs: &Inputs,
        saved: Saved,
        cotangent: FlexTensor,
        wanted: [bool; 2],
    ) -> [Option<FlexTensor>; 2] {
        in_precision_of!(inputs, vjp_in(self, inputs, saved, cotangent, wanted))
    }
}

fn values_in<T: Scalar, O: Differentiable<T>>(op: &O, inputs: &Inputs) -> FlexTensor {
    let shape = inputs.output_shape(op);
    tensor(op.values(T::view(&inputs.left), T::view(&inputs.right)), shape)
}

fn forward_in<T: Scalar, O: Differentiable<T>>(op: &O, inputs: &Inputs) -> (FlexTensor, Saved) {
    let shape = inputs.output_shape(op);
    let (values, saved) = op.forward(T::view(&inputs.left), T::view(&inputs.right));
    (tensor(values, shape), Arc::new(saved))
}

fn vjp_in<T: Scalar, O: Differentiable<T>>(
    op: &O,
    inputs: &Inputs,
    saved: Saved,
    cotangent: FlexTensor,
    wanted: [bool; 2],
) -> [Option<FlexTensor>; 2] {
    let saved =
        saved.downcast::<O::Saved>().expect("the backward pass has the precision of the forward pass");
    let saved = Arc::into_inner(saved).expect("burn visits a node once");
    let cotangent = cotangent.to_contiguous();
    let (left, right) = (T::view(&inputs.left), T::view(&inputs.right));
    let [d_left, d_right] = op.vjp(left, right, saved, T::view(&cotangent), wanted);
    [
        d_left.map(|values| tensor(values, inputs.left.shape())),
        d_right.map(|values| tensor(values, inputs.right.shape())),
    ]
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
    fn foreign(left: FloatTensor<Self>, right: FloatTensor<Self>, op: Arc<dyn Erased>) -> FloatTensor<Self>;
}

impl ForeignBackend for Flex {
    fn foreign(left: FlexTensor, right: FlexTensor, op: Arc<dyn Erased>) -> FlexTensor {
        op.values(&Inputs::new(left, right))
    }
}

impl<C: CheckpointStrategy> ForeignBackend for Autodiff<Flex, C> {
    fn foreign(left: FloatTensor<Self>, right: FloatTensor<Self>, op: Arc<dyn Erased>) -> FloatTensor<Self> {
        let (left, left_node) = left.into_parts();
        let (right, right_node) = right.into_parts();
        let inputs = Inputs::new(left, right);
        match PullBack.prepare::<C>([left_node, right_node]).compute_bound().stateful() {
            OpsKind::Tracked(node) => {
                let (values, saved) = op.forward(&inputs);
                node.finish(Tape { op, inputs, saved }, values)
            }
            OpsKind::UnTracked(node) => node.finish(op.values(&inputs)),
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
        let Tape { op, inputs, saved } = ops.state;
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let pulled = op.vjp(&inputs, saved, cotangent, wanted);
        for (node, gradient) in ops.parents.into_iter().zip(pulled) {
            if let Some((node, gradient)) = node.zip(gradient) {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

/// The same values in double precision.
pub(crate) fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

/// The nearest values in the precision `T`.
pub(crate) fn narrow<T: Real>(values: Vec<f64>) -> Vec<T> {
    values.into_iter().map(T::from_f64).collect()
}
