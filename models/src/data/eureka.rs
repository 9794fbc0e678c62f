//! Eureka pictures: two digits and two garments in a square, where the digits say which garment counts.
//!
//! | upper left: a digit, 1 or 2 | upper right: garment `index` |
//! |---|---|
//! | lower left: any garment | lower right: a digit, 1 or 2 |
//!
//! The label is the class of the upper garment if the digits are equal, else of the lower one. Digits are
//! blue or red and garments white, each with a slight cast of its own; colours tell nothing. A model that
//! has not found the rule is right half of the time.
//!
//! Pixels are kept in bytes, so that casts which leave the range from 0 to 1 are cut off there.
//! Reference: Hoffmann et al., arXiv:2310.12956.

use std::path::Path;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::file::{file_name, permit};
use super::mnist::Folder;
use super::{Dataset, Images, numbered};
use crate::Error;
use crate::rng::stream;

/// Red, green and blue.
const CHANNELS: usize = 3;
/// Standard deviation of the cast of a colour.
const CAST: f32 = 0.05;
const BLUE: [f32; CHANNELS] = [0.0, 0.0, 1.0];
const RED: [f32; CHANNELS] = [1.0, 0.0, 0.0];
const WHITE: [f32; CHANNELS] = [1.0, 1.0, 1.0];
/// An epoch that training does not reach: the draws of the test pictures are their own.
const TEST_EPOCH: u64 = u64::MAX;
/// The digits that occur.
const DIGITS: [u8; 2] = [1, 2];

/// Composes pictures `[3 2h 2w]` from digits and garments `[1 h w]`.
///
/// Picture `index` of an epoch is a function of seed, epoch and index alone. Its upper garment is the one
/// with that index; its three partners and the colours are drawn anew in every epoch.
#[derive(Clone, Debug)]
pub struct Eureka {
    digits: Images,
    garments: Images,
    /// Images of the digits 1 and of the digits 2.
    usable: Vec<usize>,
    seed: u64,
}

impl Eureka {
    /// A composer of as many pictures per epoch as there are garments.
    ///
    /// # Errors
    /// [`Error::Invalid`] if images are not grey, not all of one size, or there is no digit 1 or no 2.
    pub fn new(digits: Images, garments: Images, seed: u64) -> Result<Self, Error> {
        let shape = |images: &Images| [images.channels, images.height, images.width];
        if shape(&digits) != shape(&garments) || digits.channels != 1 || garments.n == 0 {
            return Err(Error::Invalid {
                what: "the shapes (c h w) of digits and garments".into(),
                got: format!("{:?} and {:?}", shape(&digits), shape(&garments)),
                expected: "the same, with one channel".into(),
                remedy: "name the folders of MNIST and of Fashion-MNIST".into(),
            });
        }
        let usable: Vec<usize> = (0..digits.n).filter(|&i| DIGITS.contains(&digits.labels[i])).collect();
        if let Some(missing) = DIGITS.iter().find(|&digit| usable.iter().all(|&i| digits.labels[i] != *digit))
        {
            return Err(Error::Invalid {
                what: "the set of digits".into(),
                got: format!("without the digit {missing}"),
                expected: "one with the digits 1 and 2".into(),
                remedy: "name the folder of MNIST".into(),
            });
        }
        Ok(Self { digits, garments, usable, seed })
    }

    /// The chosen pictures of an epoch.
    ///
    /// # Panics
    /// If an index is not below the number of garments.
    pub fn compose(&self, epoch: u64, indices: &[usize]) -> Images {
        let Images { height, width, .. } = self.garments;
        let mut pixels = vec![0; indices.len() * 4 * CHANNELS * height * width]; // n c 2h 2w
        let labels = pixels
            .par_chunks_exact_mut(4 * CHANNELS * height * width)
            .zip(indices)
            .map(|(picture, &index)| self.paint(epoch, index, picture))
            .collect();
        let n = indices.len();
        Images { pixels, labels, n, channels: CHANNELS, height: 2 * height, width: 2 * width }
    }

    /// Paints one picture `[3 2h 2w]` and returns its label.
    fn paint(&self, epoch: u64, index: usize, picture: &mut [u8]) -> u8 {
        let rng = &mut stream(self.seed, "eureka", &[epoch, index as u64]);
        let [first, second] = [(); 2].map(|()| self.usable[rng.random_range(0..self.usable.len())]);
        let lower = rng.random_range(0..self.garments.n);
        self.tile(picture, [0, 0], self.digits.image(first), digit_colour(rng));
        self.tile(picture, [0, 1], self.garments.image(index), cast(WHITE, rng));
        self.tile(picture, [1, 0], self.garments.image(lower), cast(WHITE, rng));
        self.tile(picture, [1, 1], self.digits.image(second), digit_colour(rng));
        let equal = self.digits.labels[first] == self.digits.labels[second];
        self.garments.labels[if equal { index } else { lower }]
    }

    /// Paints a grey image `[h w]` in a colour into the quarter at `[row, column]`.
    fn tile(&self, picture: &mut [u8], [row, column]: [usize; 2], image: &[u8], colour: [f32; CHANNELS]) {
        let Images { height, width, .. } = self.garments;
        for (plane, share) in picture.chunks_exact_mut(4 * height * width).zip(colour) {
            for (y, line) in image.chunks_exact(width).enumerate() {
                let start = (row * height + y) * 2 * width + column * width;
                for (out, &p) in plane[start..start + width].iter_mut().zip(line) {
                    *out = (f32::from(p) * share + 0.5) as u8;
                }
            }
        }
    }
}

/// Blue or red, with a cast.
fn digit_colour(rng: &mut impl Rng) -> [f32; CHANNELS] {
    let colour = if rng.random_bool(0.5) { BLUE } else { RED };
    cast(colour, rng)
}

/// A colour with normal noise in every channel.
fn cast(colour: [f32; CHANNELS], rng: &mut impl Rng) -> [f32; CHANNELS] {
    colour.map(|share| {
        let noise: f32 = StandardNormal.sample(rng);
        share + CAST * noise
    })
}

/// The data set of two folders; its test pictures are the same for every seed.
pub(super) fn load(mnist: &Path, fashion: &Path, seed: u64) -> Result<Dataset, Error> {
    let (digits, garments) = (Folder::read(mnist)?, Folder::read(fashion)?);
    for folder in [&digits, &garments] {
        folder.check_labels(10)?;
    }
    let pixels = |images: &Images| 4 * CHANNELS as u128 * images.pixels.len() as u128;
    permit(fashion, pixels(&garments.train) + pixels(&garments.test))?;
    let name = |folder: &Path, (file, digest): (String, String)| {
        (Path::new(&file_name(folder)).join(file).display().to_string(), digest)
    };
    let sha256 = digits.sha256.into_iter().map(|entry| name(mnist, entry));
    let sha256 = sha256.chain(garments.sha256.into_iter().map(|entry| name(fashion, entry))).collect();
    let all = |images: &Images| (0..images.n).collect::<Vec<_>>();
    let test = Eureka::new(digits.test, garments.test, 0)?;
    let test = test.compose(TEST_EPOCH, &all(&test.garments));
    let composer = Eureka::new(digits.train, garments.train, seed)?;
    let train = composer.compose(0, &all(&composer.garments));
    Ok(Dataset {
        mean: vec![0.0; CHANNELS],
        std: vec![1.0; CHANNELS],
        sha256,
        composer: Some(composer),
        ..Dataset::measured("eureka".into(), numbered(10), train, test)
    })
}
