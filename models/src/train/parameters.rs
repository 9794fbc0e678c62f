//! A network's parameters as named arrays: reading, rewriting, and their gradients.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};

/// A named array.
pub(crate) type Named = (String, TensorData);

/// All parameters, trained or not, in the order of the network's fields.
pub(crate) fn values(network: &impl Module) -> Vec<Named> {
    let mut reader = Reader::default();
    network.visit(&mut reader);
    reader.found
}

/// Number of entries of all parameters that carry gradients.
pub(crate) fn n_trained(network: &impl Module) -> usize {
    let mut reader = Reader::default();
    network.visit(&mut reader);
    reader.n_trained
}

/// The gradients of all parameters that have one, in the order of the network's fields.
pub(crate) fn gradients(network: &impl Module, gradients: Gradients) -> Vec<Named> {
    let mut reader = GradientReader { path: Path::default(), gradients, found: Vec::new() };
    network.visit(&mut reader);
    reader.found
}

/// The network with every parameter replaced by what `change(name, value)` makes of it.
pub(crate) fn rewrite<M: Module>(network: M, change: impl FnMut(&str, &mut TensorData)) -> M {
    network.map(&mut Rewriter { path: Path::default(), change })
}

/// The angles of all attention operators, one after the other.
pub(crate) fn angles(network: &impl Module) -> Vec<f64> {
    let theta = values(network).into_iter().filter(|(name, _)| are_angles(name));
    theta.flat_map(|(_, value)| value.iter::<f64>().collect::<Vec<_>>()).collect()
}

/// The network with its angles replaced, in the order of [`angles`].
pub(crate) fn with_angles<M: Module>(network: M, theta: &[f64]) -> M {
    let mut rest = theta;
    rewrite(network, |name, value| {
        if are_angles(name) {
            let (own, others) = rest.split_at(value.num_elements());
            let dtype = value.dtype();
            *value = TensorData::new(own.to_vec(), value.shape().clone()).convert_dtype(dtype);
            rest = others;
        }
    })
}

fn are_angles(name: &str) -> bool {
    name.split('.').any(|part| part == "theta")
}

/// The names of the modules around the current parameter.
#[derive(Default)]
struct Path(Vec<String>);

impl Path {
    fn name(&self) -> String {
        self.0.join(".")
    }
}

#[derive(Default)]
struct Reader {
    path: Path,
    found: Vec<Named>,
    n_trained: usize,
}

impl ModuleVisitor for Reader {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.0.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.0.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if value.is_require_grad() {
            self.n_trained += value.shape().num_elements();
        }
        self.found.push((self.path.name(), value.into_data()));
    }
}

struct GradientReader {
    path: Path,
    gradients: Gradients,
    found: Vec<Named>,
}

impl ModuleVisitor for GradientReader {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.0.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.0.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(&mut self.gradients) {
            self.found.push((self.path.name(), gradient.into_data()));
        }
    }
}

struct Rewriter<F> {
    path: Path,
    change: F,
}

impl<F: FnMut(&str, &mut TensorData)> ModuleMapper for Rewriter<F> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.0.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.0.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.name();
        let (id, tensor, mapper) = param.consume();
        let (device, dtype, trained) = (tensor.device(), tensor.dtype(), tensor.is_require_grad());
        let mut data = tensor.inner().into_data();
        (self.change)(&name, &mut data);
        let tensor = Tensor::from_data(data, (&device, dtype));
        let tensor = if trained { tensor.require_grad() } else { tensor };
        Param::from_mapped_value(id, tensor, mapper)
    }
}
