//! Labelled images in memory: one byte per pixel, normalised only when a batch is asked for.

use rand::seq::SliceRandom;

use crate::Error;
use crate::rng::stream;

/// Images of one size with one label each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Brightness from 0 to 255, `[n c h w]`.
    pub pixels: Vec<u8>,
    /// Class of every image, `[n]`.
    pub labels: Vec<u8>,
    /// Number of images.
    pub n: usize,
    /// Colours of a pixel: 1 is grey, 3 is red, green, blue.
    pub channels: usize,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
}

impl Images {
    /// Number of bytes of one image, `c h w`.
    pub fn image_len(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Pixels of image `index`, `[c h w]`.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn image(&self, index: usize) -> &[u8] {
        assert!(index < self.n, "image {index} of {}", self.n);
        let len = self.image_len();
        &self.pixels[index * len..(index + 1) * len]
    }

    /// The chosen images as `(p / 255 - mean) / std`, with one mean and deviation per channel: `[b c h w]`.
    ///
    /// ```
    /// use models::data::Images;
    ///
    /// let images =
    ///     Images { pixels: vec![0, 255], labels: vec![4, 2], n: 2, channels: 1, height: 1, width: 1 };
    /// assert_eq!(images.batch(&[1, 0], &[0.5], &[0.25]), [2.0, -2.0]);
    /// ```
    ///
    /// # Panics
    /// If an index is not below `n`, or `mean` or `std` is not one number per channel.
    pub fn batch(&self, indices: &[usize], mean: &[f32], std: &[f32]) -> Vec<f32> {
        let scale = Normaliser::new(self.channels, mean, std);
        let mut out = Vec::with_capacity(indices.len() * self.image_len()); // b c h w
        for &index in indices {
            scale.append(self.image(index), &mut out);
        }
        out
    }

    /// Indices of `n` images in which every class keeps its share (to the nearest image), in ascending order.
    ///
    /// # Errors
    /// [`Error::Invalid`] if `n` is larger than the number of images.
    pub fn subset(&self, n: usize, seed: u64) -> Result<Vec<usize>, Error> {
        if n > self.n {
            return Err(Error::Invalid {
                what: "the size of the subset".into(),
                got: n.to_string(),
                expected: format!("at most {}, the number of images", self.n),
                remedy: "ask for fewer, or leave the subset out to use all".into(),
            });
        }
        let mut members = vec![Vec::new(); 256];
        for (index, &label) in self.labels.iter().enumerate() {
            members[usize::from(label)].push(index);
        }
        let quota = shares(&members.iter().map(Vec::len).collect::<Vec<_>>(), n);
        let mut chosen = Vec::with_capacity(n);
        for (label, (mut class, count)) in members.into_iter().zip(quota).enumerate() {
            class.shuffle(&mut stream(seed, "stratified-subset", &[label as u64]));
            chosen.extend(class.into_iter().take(count));
        }
        chosen.sort_unstable();
        Ok(chosen)
    }

    /// Mean and standard deviation of `p / 255` per channel; a constant channel has the deviation 1.
    pub fn mean_std(&self) -> (Vec<f32>, Vec<f32>) {
        let plane = self.height * self.width;
        let mut sums = vec![(0_u64, 0_u64); self.channels]; // exact, hence independent of order
        for (position, pixels) in self.pixels.chunks_exact(plane.max(1)).enumerate() {
            let (sum, squares) = &mut sums[position % self.channels];
            for &p in pixels {
                *sum += u64::from(p);
                *squares += u64::from(p) * u64::from(p);
            }
        }
        let count = (self.n * plane).max(1) as f64;
        sums.into_iter()
            .map(|(sum, squares)| {
                let mean = sum as f64 / count;
                let variance = squares as f64 / count - mean * mean;
                let std = if variance > 0.0 { variance.sqrt() / 255.0 } else { 1.0 };
                ((mean / 255.0) as f32, std as f32)
            })
            .unzip()
    }
}

/// `n` things divided over classes in proportion to `counts`, by largest remainders.
fn shares(counts: &[usize], n: usize) -> Vec<usize> {
    let total = counts.iter().sum::<usize>().max(1) as u128;
    let exact = |count: usize| (count as u128 * n as u128 / total, count as u128 * n as u128 % total);
    let mut quota: Vec<usize> = counts.iter().map(|&count| exact(count).0 as usize).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&class| (std::cmp::Reverse(exact(counts[class]).1), class));
    let left = n - quota.iter().sum::<usize>();
    for class in order.into_iter().take(left) {
        quota[class] += 1;
    }
    quota
}

/// `(p / 255 - mean) / std` for each of the 256 values of a byte, per channel.
pub(super) struct Normaliser(Vec<[f32; 256]>);

impl Normaliser {
    /// The table of `channels` means and deviations.
    pub(super) fn new(channels: usize, mean: &[f32], std: &[f32]) -> Self {
        let per_channel = mean.len() == channels && std.len() == channels;
        assert!(per_channel, "{} means and {} deviations for {channels} channels", mean.len(), std.len());
        let table = |(&mean, &std): (&f32, &f32)| std::array::from_fn(|p| (p as f32 / 255.0 - mean) / std);
        Self(mean.iter().zip(std).map(table).collect())
    }

    /// Appends an image `[c h w]`.
    pub(super) fn append(&self, image: &[u8], out: &mut Vec<f32>) {
        for (plane, table) in image.chunks_exact(image.len() / self.0.len()).zip(&self.0) {
            out.extend(plane.iter().map(|&p| table[usize::from(p)]));
        }
    }
}
