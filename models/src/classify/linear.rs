//! The baseline: multinomial logistic regression on the pixels.

use burn::module::{Module, Param};
use burn::tensor::{DType, Tensor, TensorCreationOptions};

use crate::vit::ImageShape;

/// `logits = pixels W + b`, started at zero: the problem is convex, so no draw is needed.
#[derive(Module, Debug)]
pub struct Linear {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Linear {
    /// The baseline for images of one size.
    pub fn new(image: ImageShape, n_classes: usize, options: impl Into<TensorCreationOptions>) -> Self {
        let ImageShape { channels, height, width } = image;
        let options = options.into();
        let place = (&options.device, options.dtype_or(DType::F32));
        Self {
            weight: Param::from_tensor(Tensor::zeros([channels * height * width, n_classes], place)),
            bias: Param::from_tensor(Tensor::zeros([n_classes], place)),
        }
    }

    /// Class scores `[b classes]` of images `[b c h w]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        images.flatten::<2>(1, 3).matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }
}
