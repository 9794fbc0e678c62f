//! Drawn digits: balanced, reproducible, and out of reach of a linear classifier.

use models::data::{Dataset, GLYPHS_SIDE, glyphs};
use models::rng::stream;
use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;
use rayon::ThreadPoolBuilder;

#[test]
fn classes_are_balanced_in_both_splits() {
    let data = glyphs(4000, 1000, 0);
    for (images, each) in [(&data.train, 400), (&data.test, 100)] {
        assert_eq!((images.channels, images.height, images.width), (1, GLYPHS_SIDE, GLYPHS_SIDE));
        for digit in 0..10 {
            assert_eq!(images.labels.iter().filter(|&&label| label == digit).count(), each);
        }
    }
}

#[test]
fn the_seed_decides_and_the_threads_do_not() {
    let data = glyphs(200, 100, 5);
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let again = pool.install(|| glyphs(200, 100, 5));
        assert_eq!((again.train, again.test), (data.train.clone(), data.test.clone()));
    }
    let other = glyphs(200, 100, 6);
    assert_ne!(other.sha256, data.sha256);
    let pictures = |data: &Dataset| (0..200).map(|i| data.train.image(i).to_vec()).collect::<Vec<_>>();
    let mut all: Vec<_> = pictures(&data).into_iter().chain(pictures(&other)).collect();
    all.extend((0..100).map(|i| data.test.image(i).to_vec()));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 500, "no picture is drawn twice");
}

#[test]
fn a_longer_set_begins_with_the_shorter_one() {
    let (short, long) = (glyphs(20, 10, 9), glyphs(30, 10, 9));
    assert_eq!(long.train.pixels[..short.train.pixels.len()], short.train.pixels);
}

#[test]
fn every_picture_shows_a_figure_within_its_frame() {
    let data = glyphs(1000, 10, 1);
    for i in 0..data.train.n {
        let image = data.train.image(i);
        let bright = image.iter().filter(|&&p| p > 100).count();
        assert!((15..400).contains(&bright), "picture {i} has {bright} bright pixels");
    }
    let rim = |at: usize| {
        [at / GLYPHS_SIDE, at % GLYPHS_SIDE].iter().any(|&side| side == 0 || side == GLYPHS_SIDE - 1)
    };
    let on_rim = (0..data.train.n)
        .filter(|&i| data.train.image(i).iter().enumerate().any(|(at, &p)| p > 150 && rim(at)));
    let share = on_rim.count();
    assert!(share < 150, "{share} of 1000 figures touch the rim");
}

#[test]
fn a_linear_classifier_stays_below_ninety_per_cent() {
    for seed in [0, 1] {
        let (train, test) = linear_accuracy(&glyphs(4000, 1000, seed));
        assert!(train > 0.90, "seed {seed}: {train} in training: the classifier is badly trained");
        assert!((0.75..0.90).contains(&test), "seed {seed}: {test} on test pictures");
    }
}

/// Training accuracy and the best test accuracy on the way of multinomial logistic regression on pixels.
///
/// Judging by the best of all epochs favours the classifier: it is early stopping by the test pictures.
fn linear_accuracy(data: &Dataset) -> (f64, f64) {
    const BATCH: usize = 50;
    const EPOCHS: u64 = 60;
    let (train, test) = (table(data, true), table(data, false)); // n p
    let (mut weights, mut bias) = (Array2::<f32>::zeros((train.ncols(), 10)), Array1::<f32>::zeros(10));
    let (mut pull, mut bias_pull) = (weights.clone(), bias.clone());
    let mut order: Vec<usize> = (0..train.nrows()).collect();
    let mut best = 0.0_f64;
    for epoch in 0..EPOCHS {
        order.shuffle(&mut stream(0, "linear-test", &[epoch]));
        let rate = 0.003 * (1.0 - epoch as f32 / EPOCHS as f32);
        for batch in order.chunks(BATCH) {
            let x = train.select(Axis(0), batch); // b p
            let mut slope = softmax(x.dot(&weights) + &bias); // b k
            for (mut row, &i) in slope.rows_mut().into_iter().zip(batch) {
                row[usize::from(data.train.labels[i])] -= 1.0;
            }
            pull = 0.9 * pull + x.t().dot(&slope) / batch.len() as f32;
            bias_pull = 0.9 * bias_pull + slope.mean_axis(Axis(0)).unwrap();
            weights.scaled_add(-rate, &pull);
            bias.scaled_add(-rate, &bias_pull);
        }
        best = best.max(accuracy(&(test.dot(&weights) + &bias), &data.test.labels));
    }
    (accuracy(&(train.dot(&weights) + &bias), &data.train.labels), best)
}

/// Normalised pixels of a split, `[n p]`.
fn table(data: &Dataset, train: bool) -> Array2<f32> {
    let images = if train { &data.train } else { &data.test };
    let all: Vec<usize> = (0..images.n).collect();
    let pixels = images.batch(&all, &data.mean, &data.std);
    Array2::from_shape_vec((images.n, images.image_len()), pixels).unwrap()
}

fn softmax(mut logits: Array2<f32>) -> Array2<f32> {
    for mut row in logits.rows_mut() {
        let top = row.fold(f32::NEG_INFINITY, |top, &x| top.max(x));
        row.mapv_inplace(|x| (x - top).exp());
        let sum = row.sum();
        row /= sum;
    }
    logits
}

fn accuracy(logits: &Array2<f32>, labels: &[u8]) -> f64 {
    let guess = |row: ndarray::ArrayView1<f32>| (0..10).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let right =
        logits.rows().into_iter().zip(labels).filter(|(row, label)| guess(*row) == usize::from(**label));
    right.count() as f64 / labels.len() as f64
}
