//! Labelled images, from files and from the library's own pen.
//!
//! [`load`] turns a [`Source`] into a [`Dataset`]: two or three splits of bytes, and what a batch is
//! normalised by. Headers are never trusted: no size is allocated that the file cannot fill.

mod glyphs;
mod images;
mod strokes;

use sha2::{Digest, Sha256};

pub use glyphs::{DEFAULT_SIZE as GLYPHS_DEFAULT_SIZE, SIDE as GLYPHS_SIDE, glyphs};
pub use images::Images;

/// Images to train on, images to test on, and how their pixels become numbers.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// What the data are called.
    pub name: String,
    /// Number of classes; labels are below it.
    pub n_classes: usize,
    /// What each class shows, `[n_classes]`.
    pub class_names: Vec<String>,
    /// Images to learn from.
    pub train: Images,
    /// Images to choose settings by, where the data come with such a split.
    pub validation: Option<Images>,
    /// Images to judge by.
    pub test: Images,
    /// Mean of `p / 255`, per channel.
    pub mean: Vec<f32>,
    /// Standard deviation of `p / 255`, per channel.
    pub std: Vec<f32>,
    /// SHA-256 of every file read, by file name, or of the pixels where there is no file.
    pub sha256: Vec<(String, String)>,
}

impl Dataset {
    /// A data set without a validation split, normalised by the mean and deviation of its training images.
    pub fn measured(name: String, class_names: Vec<String>, train: Images, test: Images) -> Self {
        let (mean, std) = train.mean_std();
        let n_classes = class_names.len();
        Self { name, n_classes, class_names, train, validation: None, test, mean, std, sha256: Vec::new() }
    }

    /// SHA-256 of pixels and labels of all splits.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for images in [Some(&self.train), self.validation.as_ref(), Some(&self.test)].into_iter().flatten() {
            hash.update(&images.pixels);
            hash.update(&images.labels);
        }
        hex(&hash.finalize())
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
