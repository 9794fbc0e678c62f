//! Cross-entropy with label smoothing, and the hits that give the accuracy.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};

/// Mean over the batch of `-sum_k y_k log softmax(logits)_k`, where `y` puts `1 - smoothing` on the label
/// and spreads `smoothing` evenly over all classes.
pub(super) fn cross_entropy(logits: Tensor<2>, labels: &[u8], smoothing: f64) -> Tensor<1> {
    let [batch, classes] = logits.dims();
    let mut targets = vec![smoothing / classes as f64; batch * classes]; // b k
    for (row, &label) in targets.chunks_exact_mut(classes).zip(labels) {
        row[usize::from(label)] += 1.0 - smoothing;
    }
    let data = TensorData::new(targets, [batch, classes]);
    let targets = Tensor::<2>::from_data(data, (&logits.device(), logits.dtype()));
    (log_softmax(logits, 1) * targets).sum().div_scalar(-(batch as f64))
}

/// How many rows have their largest entry at the label.
pub(super) fn hits(logits: &[f64], labels: &[u8]) -> usize {
    let classes = logits.len() / labels.len();
    predictions(logits, classes).zip(labels).filter(|(class, label)| *class == usize::from(**label)).count()
}

/// Where the largest entry of each row `[b classes]` is; of equal entries the first counts.
pub(super) fn predictions(logits: &[f64], classes: usize) -> impl Iterator<Item = usize> {
    logits.chunks_exact(classes).map(first_largest)
}

fn first_largest(row: &[f64]) -> usize {
    (0..row.len()).fold(0, |best, k| if row[k] > row[best] { k } else { best })
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device};

    use super::*;

    /// `log Z - (1 - e) l_y - (e / K) sum_k l_k`, with `Z = sum_k exp l_k`.
    fn closed_form(logits: &[f64], label: usize, smoothing: f64) -> f64 {
        let log_z = logits.iter().map(|l| l.exp()).sum::<f64>().ln();
        let mean = logits.iter().sum::<f64>() / logits.len() as f64;
        log_z - (1.0 - smoothing) * logits[label] - smoothing * mean
    }

    #[test]
    fn cross_entropy_is_the_closed_form() {
        let rows = [[0.3, -1.0, 2.0], [5.0, 0.0, -4.0]];
        let data = TensorData::new(rows.concat(), [2, 3]);
        let logits = Tensor::<2>::from_data(data, (&Device::flex(), DType::F64));
        for smoothing in [0.0, 0.1, 0.9] {
            let expected = (closed_form(&rows[0], 2, smoothing) + closed_form(&rows[1], 1, smoothing)) / 2.0;
            let loss: f64 = cross_entropy(logits.clone(), &[2, 1], smoothing).into_scalar();
            assert!((loss - expected).abs() < 1e-12, "{smoothing}: {loss} {expected}");
        }
    }

    #[test]
    fn ties_go_to_the_first_class() {
        assert_eq!(hits(&[1.0, 1.0, 0.0, 0.0, 2.0, 2.0], &[0, 2]), 1);
    }
}
