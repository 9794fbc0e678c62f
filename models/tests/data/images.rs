//! Batches, subsets and measures of images in memory.

use models::data::Images;
use proptest::prelude::*;

/// Images of one pixel with the given labels.
fn labelled(labels: Vec<u8>) -> Images {
    let n = labels.len();
    Images { pixels: vec![0; n], labels, n, channels: 1, height: 1, width: 1 }
}

#[test]
fn a_batch_is_normalised_per_channel() {
    let pixels: Vec<u8> = (0..2 * 3 * 2).map(|i| 20 * i).collect(); // n=2 c=3 h=1 w=2
    let images =
        Images { pixels: pixels.clone(), labels: vec![0, 1], n: 2, channels: 3, height: 1, width: 2 };
    let (mean, std) = ([0.1, 0.2, 0.3], [0.5, 1.0, 2.0]);
    let batch = images.batch(&[1, 0, 1], &mean, &std);
    assert_eq!(batch.len(), 18);
    for (position, &x) in batch.iter().enumerate() {
        let (image, channel, place) = ([1, 0, 1][position / 6], position / 2 % 3, position % 2);
        let p = f32::from(pixels[image * 6 + channel * 2 + place]);
        assert_eq!(x, (p / 255.0 - mean[channel]) / std[channel]);
    }
}

#[test]
#[should_panic(expected = "1 means and 3 deviations for 3 channels")]
fn a_batch_wants_one_mean_per_channel() {
    let images = Images { pixels: vec![0; 3], labels: vec![0], n: 1, channels: 3, height: 1, width: 1 };
    images.batch(&[0], &[0.5], &[0.5; 3]);
}

#[test]
fn mean_and_deviation_are_those_of_each_channel() {
    let images =
        Images { pixels: vec![0, 255, 51, 51], labels: vec![0, 0], n: 2, channels: 1, height: 1, width: 2 };
    let (mean, std) = images.mean_std();
    let values = [0.0, 1.0, 0.2, 0.2_f64];
    let expected = values.iter().sum::<f64>() / 4.0;
    let variance = values.iter().map(|x| (x - expected).powi(2)).sum::<f64>() / 4.0;
    assert!(
        (f64::from(mean[0]) - expected).abs() < 1e-7 && (f64::from(std[0]) - variance.sqrt()).abs() < 1e-7
    );
    let two =
        Images { pixels: vec![0, 102, 255, 102], labels: vec![0, 0], n: 2, channels: 2, height: 1, width: 1 };
    assert_eq!(two.mean_std(), (vec![0.5, 0.4], vec![0.5, 1.0]));
}

#[test]
fn a_subset_larger_than_the_set_is_refused() {
    let message = labelled(vec![0; 5]).subset(6, 0).unwrap_err().to_string();
    assert!(message.contains("is 6, but must be at most 5"), "{message}");
}

proptest! {
    #[test]
    fn a_subset_keeps_the_share_of_every_class(labels in prop::collection::vec(0_u8..4, 1..200), part in 0.0..=1.0, seed: u64) {
        let images = labelled(labels);
        let n = (images.n as f64 * part) as usize;
        let chosen = images.subset(n, seed).unwrap();
        prop_assert_eq!(chosen.len(), n);
        prop_assert!(chosen.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(&images.subset(n, seed).unwrap(), &chosen);
        for class in 0..4 {
            let whole = images.labels.iter().filter(|&&label| label == class).count() as f64;
            let kept = chosen.iter().filter(|&&i| images.labels[i] == class).count() as f64;
            prop_assert!((kept - whole * n as f64 / images.n as f64).abs() < 1.0);
        }
    }
}

#[test]
fn subsets_of_different_seeds_differ() {
    let images = labelled((0..100).map(|i| i % 10).collect());
    assert_ne!(images.subset(50, 1).unwrap(), images.subset(50, 2).unwrap());
}
