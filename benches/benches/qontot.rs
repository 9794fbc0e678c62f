//! The quantum attention layer: scores and angles to doubly stochastic matrices, and both gradients.
//!
//! 8 tokens on registers of 8 qubits, 16 circuit layers, 64 matrices: the sizes of arXiv:2504.16275. Operations are
//! counted as if every two-qubit block were a dense 4 x 4 matrix on the rows of a 256 x 256 matrix, and three times
//! that for value and gradient; a better algorithm that needs fewer has a better rate.

use benches::{Case, Goal, Suite, peak};
use burn::tensor::{DType, Device, Tensor, TensorData};
use models::attention::{Attention, AttentionConfig, QontotConfig, Scale};

const TOKENS: usize = 8;
const BATCH: usize = 64;

/// Inputs of the layer, and the cotangent of its output.
struct Problem {
    layer: Attention,
    scores: Tensor<4>,
    theta: Tensor<1>,
    cotangent: Tensor<4>,
}

impl Problem {
    fn new(dtype: DType, autodiff: bool) -> Self {
        let config = QontotConfig { scale: Scale::Fixed(1.0), ..QontotConfig::default() };
        let layer = AttentionConfig::Qontot(config).build(TOKENS, 64, 0).expect("sizes of the paper");
        let device = if autodiff { Device::flex().autodiff() } else { Device::flex() };
        let shape = [BATCH, 1, TOKENS, TOKENS];
        let wave = |step: f64| {
            let values: Vec<f64> = (0..shape.iter().product()).map(|k| (step * k as f64).cos()).collect();
            Tensor::from_data(TensorData::new(values, shape), (&device, dtype)) // b 1 t t
        };
        let theta: Vec<f64> = (0..layer.n_params()).map(|k| (0.1 * (k + 1) as f64).sin()).collect();
        let theta = Tensor::from_data(TensorData::new(theta, [layer.n_params()]), (&device, dtype));
        Self { scores: wave(0.3), theta, cotangent: wave(0.7), layer }
    }

    fn forward(&self) {
        self.layer.weights(self.scores.clone(), self.theta.clone());
    }

    fn vjp(&self) {
        let (scores, theta) = (self.scores.clone().require_grad(), self.theta.clone().require_grad());
        let weights = self.layer.weights(scores.clone(), theta.clone());
        let gradients = (weights * self.cotangent.clone()).sum().backward();
        assert!(
            scores.grad(&gradients).is_some() && theta.grad(&gradients).is_some(),
            "a gradient is missing"
        );
    }
}

/// Floating-point operations of the forward pass: blocks, rows of the matrix, 4 complex multiply-adds a row.
fn flop() -> f64 {
    let config = QontotConfig::default();
    let q = config.register(TOKENS);
    let blocks = 2 * config.layers * (q - 1);
    (BATCH * blocks * (4 << (2 * q)) * 8) as f64
}

fn cases<'a>() -> Vec<Case<'a>> {
    let mut cases = peak::cases(&["f32", "f64"], &[1, 2]);
    for (precision, dtype) in [("f32", DType::F32), ("f64", DType::F64)] {
        for threads in [1, 2] {
            let (value, gradient) = (Problem::new(dtype, false), Problem::new(dtype, true));
            let forward = Case::new("forward", precision, threads, move || value.forward());
            let vjp = Case::new("vjp", precision, threads, move || gradient.vjp());
            cases.extend([forward.flop(flop()), vjp.flop(3.0 * flop())].map(|case| case.samples(BATCH)));
        }
    }
    cases
}

fn main() -> std::io::Result<()> {
    let results = Suite::new("qontot", cases()).run()?;
    for precision in ["f32", "f64"] {
        let what = format!("of {precision} peak on one thread, value and gradient");
        results.goal(Goal::Share(0.3), &what, results.share(("vjp", precision, 1)))?;
        let gain = results.ratio(("vjp", precision, 1), ("vjp", precision, 2));
        results.goal(Goal::Faster(1.8), &format!("on two threads in {precision}"), gain)?;
    }
    Ok(())
}
