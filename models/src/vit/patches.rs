//! Cutting images into patches of any height and width.

use burn::tensor::Tensor;

use super::{Ragged, VitConfig};
use crate::Error;

/// Size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageShape {
    /// Colour channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

/// How images of one size are cut: a grid of equal patches, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patches {
    image: ImageShape,
    patch: [usize; 2],
    grid: [usize; 2],
}

impl Patches {
    /// The grid of `config` on images of size `image`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the patches do not tile the image and `config.ragged` forbids padding.
    pub fn new(config: &VitConfig, image: ImageShape) -> Result<Self, Error> {
        let grid = [image.height.div_ceil(config.patch[0]), image.width.div_ceil(config.patch[1])];
        let tiles = [grid[0] * config.patch[0], grid[1] * config.patch[1]] == [image.height, image.width];
        if !tiles && config.ragged == Ragged::Error {
            return Err(Error::invalid(
                "vit.patch",
                format!("{} x {}", config.patch[0], config.patch[1]),
                format!("a divisor of the image, {} x {}", image.height, image.width),
                "choose another patch, or pad with vit.ragged = \"pad\"",
            ));
        }
        Ok(Self { image, patch: config.patch, grid })
    }

    /// Number of patches in an image.
    pub fn count(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    /// Numbers in a patch.
    pub fn dim(&self) -> usize {
        self.image.channels * self.patch[0] * self.patch[1]
    }

    /// Cuts images; within a patch, channels vary slowest and columns fastest.
    ///
    /// # Panics
    ///
    /// If the images have another size.
    pub fn cut(&self, images: Tensor<4>) -> Tensor<3> {
        let [batch, ..] = images.dims();
        let [[rows, columns], [height, width]] = [self.grid, self.patch];
        let channels = self.image.channels;
        self.pad(images) // b c h w
            .reshape([batch, channels, rows, height, columns, width])
            .permute([0, 2, 4, 1, 3, 5]) // b rows columns c height width
            .reshape([batch, self.count(), self.dim()]) // b p d
    }

    /// Adds zeros at the right and at the bottom until the patches tile the image.
    fn pad(&self, images: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = images.dims();
        let ImageShape { channels: c, height: h, width: w } = self.image;
        assert_eq!([channels, height, width], [c, h, w], "images of another size than the model's");
        let padded = [self.grid[0] * self.patch[0], self.grid[1] * self.patch[1]];
        if padded == [height, width] {
            return images;
        }
        Tensor::zeros([batch, channels, padded[0], padded[1]], (&images.device(), images.dtype()))
            .slice_assign([0..batch, 0..channels, 0..height, 0..width], images)
    }
}
