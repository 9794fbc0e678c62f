//! Arithmetic on gradients as a whole: are they finite, how long are they, shorten them.

use burn::tensor::{DType, TensorData};

use super::parameters::Named;

/// The sum of the squares of all entries; not finite if an entry is not.
///
/// Eight partial sums in a fixed order, so that the result does not depend on anything but the data.
pub(crate) fn sum_of_squares(data: &TensorData) -> f64 {
    if data.dtype() == DType::F64 {
        squares(data.as_slice::<f64>().expect("checked number format"), |x| x)
    } else {
        squares(data.as_slice::<f32>().expect("all tensors have 32 or 64 bits"), f64::from)
    }
}

fn squares<T: Copy>(entries: &[T], to_f64: impl Fn(T) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    for chunk in entries.chunks(8) {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += to_f64(x) * to_f64(x);
        }
    }
    sums.iter().sum()
}

/// Scales all gradients by one factor so that their common Euclidean norm is at most `limit`.
pub(crate) fn clip(gradients: &mut [Named], limit: f64) {
    let norm = gradients.iter().map(|(_, gradient)| sum_of_squares(gradient)).sum::<f64>().sqrt();
    if norm <= limit {
        return;
    }
    for (_, gradient) in gradients {
        scale(gradient, limit / norm);
    }
}

fn scale(data: &mut TensorData, factor: f64) {
    if data.dtype() == DType::F64 {
        let entries = data.as_mut_slice::<f64>().expect("checked number format");
        entries.iter_mut().for_each(|x| *x *= factor);
    } else {
        let entries = data.as_mut_slice::<f32>().expect("all tensors have 32 or 64 bits");
        entries.iter_mut().for_each(|x| *x *= factor as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradients() -> Vec<Named> {
        vec![
            ("a".into(), TensorData::new(vec![3.0_f32, 0.0], [2])),
            ("b".into(), TensorData::new(vec![0.0_f64, -4.0], [2])),
        ]
    }

    #[test]
    fn clipping_keeps_the_direction_and_short_gradients() {
        for (limit, factor) in [(10.0, 1.0), (5.0, 1.0), (2.5, 0.5)] {
            let mut clipped = gradients();
            clip(&mut clipped, limit);
            for ((_, clipped), (_, whole)) in clipped.iter().zip(gradients()) {
                for (c, w) in clipped.iter::<f64>().zip(whole.iter::<f64>()) {
                    assert!((c - factor * w).abs() < 1e-6, "limit {limit}: {c} {w}");
                }
            }
        }
    }

    #[test]
    fn squares_are_finite_exactly_where_all_entries_are() {
        for (entry, finite) in [(1e30_f32, true), (f32::NAN, false), (f32::NEG_INFINITY, false)] {
            let mut entries = vec![1.0; 19];
            entries[13] = entry;
            let data = TensorData::new(entries, [19]);
            assert_eq!(sum_of_squares(&data).is_finite(), finite, "{entry}");
        }
    }
}
