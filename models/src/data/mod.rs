//! Labelled images, from files and from the library's own pen, and series of numbers from tables.
//!
//! [`load`] turns a [`Source`] into a [`Dataset`]: two or three splits of bytes, and what a batch is
//! normalised by; [`load_series`] reads one column of a table. Headers are never trusted: no size is
//! allocated that the file cannot fill.

mod delimited;
mod eureka;
mod file;
mod glyphs;
mod idx;
mod images;
mod medmnist;
mod mnist;
mod npy;
mod source;
mod strokes;
mod table;

use sha2::{Digest, Sha256};

use crate::Error;

pub use eureka::Eureka;
pub use glyphs::{DEFAULT_SIZE as GLYPHS_DEFAULT_SIZE, SIDE as GLYPHS_SIDE, glyphs};
pub use images::Images;
pub use source::Source;
pub use table::load_series;

pub(crate) use file::hex;
pub(crate) use table::is_file;

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
    /// Draws the training images anew for every epoch, where the data are defined so; `train` is epoch 0.
    pub composer: Option<Eureka>,
}

/// Reads or draws the data set of a source; `seed` is for what is drawn.
///
/// Draws: [`Source::Glyphs`] altogether, [`Source::Eureka`] for training only. Files do not depend on it.
///
/// ```
/// use models::data::{Source, load};
///
/// let data = load(&Source::Glyphs, 0)?;
/// assert_eq!((data.train.n, data.test.n), (4_000, 1_000));
/// # Ok::<(), models::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if a file cannot be read, [`Error::Data`] if it is not what it should be,
/// [`Error::Memory`] if it needs more than 8 GiB, [`Error::Invalid`] if files are missing.
pub fn load(source: &Source, seed: u64) -> Result<Dataset, Error> {
    match source {
        Source::Glyphs => {
            let (n_train, n_test) = GLYPHS_DEFAULT_SIZE;
            Ok(glyphs(n_train, n_test, seed))
        }
        Source::Idx(dir) => mnist::load(dir),
        Source::Medmnist(file) => medmnist::load(file),
        Source::Eureka { mnist, fashion } => eureka::load(mnist, fashion, seed),
    }
}

impl Dataset {
    /// A data set without a validation split, normalised by the mean and deviation of its training images.
    pub fn measured(name: String, class_names: Vec<String>, train: Images, test: Images) -> Self {
        let (mean, std) = train.mean_std();
        let n_classes = class_names.len();
        Self {
            name,
            n_classes,
            class_names,
            train,
            validation: None,
            test,
            mean,
            std,
            sha256: Vec::new(),
            composer: None,
        }
    }

    /// Normalised training images `[b c h w]` and labels `[b]` as they are in an epoch, counted from 0.
    ///
    /// # Panics
    /// If an index is not below the number of training images.
    pub fn train_batch(&self, epoch: u64, indices: &[usize]) -> (Vec<f32>, Vec<u8>) {
        match &self.composer {
            Some(composer) if epoch > 0 => {
                let images = composer.compose(epoch, indices);
                let all: Vec<usize> = (0..images.n).collect();
                (images.batch(&all, &self.mean, &self.std), images.labels)
            }
            Some(_) | None => {
                let labels = indices.iter().map(|&index| self.train.labels[index]).collect();
                (self.train.batch(indices, &self.mean, &self.std), labels)
            }
        }
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

/// Names of classes that have none: `0`, `1`, ..
fn numbered(n_classes: usize) -> Vec<String> {
    (0..n_classes).map(|class| class.to_string()).collect()
}
