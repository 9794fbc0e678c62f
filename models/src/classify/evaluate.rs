//! Measuring a network: loss, accuracy, and what its attention matrices look like.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use ndarray::Array4;
use serde::{Deserialize, Serialize};

use super::batches::Batches;
use super::loss::{cross_entropy, predictions};
use super::{Classification, Network};
use crate::Error;
use crate::attention::{certificate, mean_diagonal, mean_entropy};
use crate::train::Trainer;
use crate::vit::Pass;

/// Images per chunk.
const BATCH: usize = 500;

/// What a network does on images it was not trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvalReport {
    /// Images evaluated.
    pub n: usize,
    /// Mean cross-entropy, without label smoothing, in nats.
    pub loss: f64,
    /// Share of images whose largest class score is at the label.
    pub accuracy: f64,
    /// How many images of a class (row) were taken for a class (column), `[n_classes n_classes]`.
    pub confusion: Vec<Vec<u64>>,
    /// One report per layer; none for the linear baseline.
    pub layers: Vec<LayerReport>,
}

/// The attention matrices of one layer, over all images and heads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerReport {
    /// Largest distance of a row sum from one.
    pub row_error: f64,
    /// Largest distance of a column sum from one.
    pub column_error: f64,
    /// Smallest entry.
    pub min_entry: f64,
    /// Mean Shannon entropy of a row, in nats.
    pub entropy: f64,
    /// Mean entry on the diagonal.
    pub mean_diagonal: f64,
}

/// Runs `network`, which must be free of gradients, over all of `images` in chunks.
pub(super) fn evaluate(network: &Network, images: &Batches, n_classes: usize) -> EvalReport {
    let all: Vec<usize> = (0..images.images.n).collect();
    let mut sums = EvalReport {
        n: all.len(),
        loss: 0.0,
        accuracy: 0.0,
        confusion: vec![vec![0; n_classes]; n_classes],
        layers: Vec::new(),
    };
    for indices in all.chunks(BATCH) {
        let (pixels, labels) = images.load(indices);
        let output = network.forward(pixels, Pass { keep_weights: true, drop_path: None });
        let loss: f64 = cross_entropy(output.logits.clone(), &labels, 0.0).into_scalar();
        sums.loss += loss * labels.len() as f64;
        for (label, class) in labels.iter().zip(predictions(&to_f64(output.logits), n_classes)) {
            sums.confusion[usize::from(*label)][class] += 1;
        }
        sums.absorb(output.weights, indices.len() as f64);
    }
    sums.divide();
    sums
}

impl EvalReport {
    /// Adds one batch of `share` images.
    fn absorb(&mut self, weights: Vec<Tensor<4>>, share: f64) {
        self.layers.resize(weights.len(), LayerReport::NONE);
        for (layer, weights) in self.layers.iter_mut().zip(weights) {
            let [.., tokens] = weights.dims();
            layer.absorb(&to_f64(weights), tokens, share);
        }
    }

    fn divide(&mut self) {
        let n = self.n as f64;
        self.loss /= n;
        self.accuracy = (0..self.confusion.len()).map(|k| self.confusion[k][k]).sum::<u64>() as f64 / n;
        for layer in &mut self.layers {
            layer.entropy /= n;
            layer.mean_diagonal /= n;
        }
    }
}

impl LayerReport {
    const NONE: Self = Self {
        row_error: 0.0,
        column_error: 0.0,
        min_entry: f64::INFINITY,
        entropy: 0.0,
        mean_diagonal: 0.0,
    };

    fn absorb(&mut self, weights: &[f64], tokens: usize, share: f64) {
        let certificate = certificate(weights, tokens);
        self.row_error = self.row_error.max(certificate.row_error);
        self.column_error = self.column_error.max(certificate.column_error);
        self.min_entry = self.min_entry.min(certificate.min_entry);
        self.entropy += share * mean_entropy(weights, tokens);
        self.mean_diagonal += share * mean_diagonal(weights, tokens);
    }
}

/// The entries in row-major order.
pub(super) fn to_f64<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

impl Trainer<Classification> {
    /// Attention weights of test images, one array `[b h t t]` per layer; none for the linear baseline.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an index beyond the test split.
    pub fn weights(&self, indices: &[usize]) -> Result<Vec<Array4<f32>>, Error> {
        let test = &self.problem().data().test;
        if let Some(beyond) = indices.iter().find(|&&i| i >= test.n) {
            let expected = format!("below the number of test images, {}", test.n);
            return Err(Error::invalid("an image index", beyond, expected, "choose another image"));
        }
        let (pixels, _) = self.problem().batches(test, &Device::flex()).load(indices);
        let output = self.network().valid().forward(pixels, Pass { keep_weights: true, drop_path: None });
        let arrays = output.weights.into_iter().map(|weights| {
            let shape = weights.dims();
            let entries = weights.into_data().iter::<f32>().collect();
            Array4::from_shape_vec(shape, entries).expect("a tensor has as many entries as its shape says")
        });
        Ok(arrays.collect())
    }
}
