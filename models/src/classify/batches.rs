//! From images to tensors.

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::data::Images;
use crate::vit::ImageShape;

/// Images of one split, ready to be turned into normalised tensors.
pub(super) struct Batches<'a> {
    pub(super) images: &'a Images,
    pub(super) mean: &'a [f32],
    pub(super) std: &'a [f32],
    pub(super) device: Device,
    pub(super) dtype: DType,
}

impl Batches<'_> {
    /// Normalised pixels `[b c h w]` and labels `[b]`.
    pub(super) fn load(&self, indices: &[usize]) -> (Tensor<4>, Vec<u8>) {
        let pixels = self.images.batch(indices, self.mean, self.std); // b c h w
        let ImageShape { channels, height, width } = shape(self.images);
        let data = TensorData::new(pixels, [indices.len(), channels, height, width]);
        let labels = indices.iter().map(|&i| self.images.labels[i]).collect();
        (Tensor::from_data(data, (&self.device, self.dtype)), labels)
    }
}

/// Size of the images of a split.
pub(super) fn shape(images: &Images) -> ImageShape {
    ImageShape { channels: images.channels, height: images.height, width: images.width }
}
