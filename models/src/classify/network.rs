//! What is trained on images: the transformer or the baseline.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::{Linear, Model, TrainConfig};
use crate::Error;
use crate::attention::{AttentionConfig, CircuitDiff};
use crate::vit::{ImageShape, Output, Pass, ScoreGradient, Vit};

/// A network that maps images to class scores.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "one value per trainer")]
pub enum Network {
    /// The vision transformer.
    Vit(Vit),
    /// The linear baseline.
    Linear(Linear),
}

impl Network {
    pub(super) fn new(
        config: &TrainConfig,
        image: ImageShape,
        n_classes: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        let place = (device, config.precision.dtype());
        Ok(match config.model {
            Model::Vit => {
                let vit = Vit::new(&config.vit, &config.attention, image, n_classes, config.seed, place)?;
                let vit = vit.with_trained_angles(config.strategy.trains_angles());
                Self::Vit(vit.with_score_gradient(config.strategy.score_gradient()))
            }
            Model::Linear => Self::Linear(Linear::new(image, n_classes, place)),
        })
    }

    /// Class scores and attention weights of images `[b c h w]`; the baseline has no weights.
    pub fn forward(&self, images: Tensor<4>, pass: Pass) -> Output {
        match self {
            Self::Vit(vit) => vit.forward(images, pass),
            Self::Linear(linear) => Output { logits: linear.forward(images), weights: Vec::new() },
        }
    }

    /// Circuits that one image takes: one per attention matrix forward, and backward two per angle where
    /// the parameter-shift rule is used; none for operators that are no circuits.
    pub(super) fn circuits_per_image(&self, config: &TrainConfig, backward: bool) -> usize {
        let (Self::Vit(vit), Ok(AttentionConfig::Qontot(circuit))) = (self, config.operator()) else {
            return 0;
        };
        let angles = vit.angles_per_matrix() / if circuit.bias { 2 } else { 1 };
        let differentiated = config.strategy.score_gradient() == ScoreGradient::Exact;
        let shifts = backward && differentiated && circuit.diff == CircuitDiff::ParameterShift;
        vit.matrices_per_image() * if shifts { 1 + 2 * angles } else { 1 }
    }
}
