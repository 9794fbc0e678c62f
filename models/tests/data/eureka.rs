//! Eureka pictures: the rule of the label, the colours, and what is drawn anew.

use std::fs;

use models::data::{Eureka, Images, Source, load};
use rayon::ThreadPoolBuilder;

use crate::fixtures::{FILES, idx};

/// Side of the source images: one pixel for each of ten classes, and room.
const SIDE: usize = 4;

/// An image of class `c` is dark but for pixel `c`.
fn coded(labels: Vec<u8>) -> Images {
    let n = labels.len();
    let mut pixels = vec![0; n * SIDE * SIDE];
    for (image, &label) in pixels.chunks_exact_mut(SIDE * SIDE).zip(&labels) {
        image[usize::from(label)] = 200;
    }
    Images { pixels, labels, n, channels: 1, height: SIDE, width: SIDE }
}

fn digits() -> Images {
    coded((0..50).map(|i| i % 5).collect())
}

fn garments() -> Images {
    coded((0..1000).map(|i| (i * 7 % 10) as u8).collect())
}

/// Class and colour of the tile at `[row, column]` of a picture.
fn decode(picture: &[u8], row: usize, column: usize) -> (u8, [u8; 3]) {
    let at = |plane: usize, code: usize| {
        let (y, x) = (row * SIDE + code / SIDE, column * SIDE + code % SIDE);
        picture[plane * 4 * SIDE * SIDE + y * 2 * SIDE + x]
    };
    let colour = |code: usize| [0, 1, 2].map(|plane| at(plane, code));
    let code = (0..SIDE * SIDE).max_by_key(|&code| colour(code).into_iter().max()).unwrap();
    (code as u8, colour(code))
}

#[test]
fn the_digits_say_which_garment_counts() {
    let garments = garments();
    let all: Vec<usize> = (0..garments.n).collect();
    let pictures = Eureka::new(digits(), garments.clone(), 3).unwrap().compose(0, &all);
    assert_eq!((pictures.channels, pictures.height, pictures.width), (3, 2 * SIDE, 2 * SIDE));
    let (mut equal, mut lower_counts) = (0, [0; 10]);
    for i in all {
        let tile = |row, column| decode(pictures.image(i), row, column).0;
        let (first, upper, lower, second) = (tile(0, 0), tile(0, 1), tile(1, 0), tile(1, 1));
        assert!([1, 2].contains(&first) && [1, 2].contains(&second));
        assert_eq!(upper, garments.labels[i]);
        assert_eq!(pictures.labels[i], if first == second { upper } else { lower });
        equal += usize::from(first == second);
        lower_counts[usize::from(lower)] += 1;
    }
    assert!((440..560).contains(&equal), "{equal} of 1000 pairs are equal"); // 3.8 standard deviations
    assert!(lower_counts.iter().all(|count| (60..140).contains(count)), "{lower_counts:?}");
}

#[test]
fn digits_are_blue_or_red_and_garments_white() {
    let all: Vec<usize> = (0..1000).collect();
    let pictures = Eureka::new(digits(), garments(), 3).unwrap().compose(0, &all);
    let mut blue = 0;
    for i in all {
        for (row, column) in [(0, 0), (1, 1)] {
            let [red_share, green_share, blue_share] = decode(pictures.image(i), row, column).1;
            let (strong, weak) = (red_share.max(blue_share), red_share.min(blue_share));
            assert!(strong > 150 && weak < 50 && green_share < 50);
            blue += usize::from(blue_share > red_share);
        }
        for (row, column) in [(0, 1), (1, 0)] {
            assert!(decode(pictures.image(i), row, column).1.iter().all(|&share| share > 150));
        }
    }
    assert!((900..1100).contains(&blue), "{blue} of 2000 digits are blue"); // 4.5 standard deviations
}

#[test]
fn a_picture_depends_on_seed_epoch_and_index_alone() {
    let eureka = |seed| Eureka::new(digits(), garments(), seed).unwrap();
    let indices = [5, 0, 999, 5];
    let pictures = eureka(1).compose(4, &indices);
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| eureka(1).compose(4, &indices)), pictures);
    }
    assert_eq!(pictures.image(0), pictures.image(3));
    assert_eq!(eureka(1).compose(4, &[999]).image(0), pictures.image(2));
    assert_ne!(eureka(1).compose(5, &indices).pixels, pictures.pixels);
    assert_ne!(eureka(2).compose(4, &indices).pixels, pictures.pixels);
}

#[test]
fn partners_change_with_the_epoch_and_the_test_pictures_never() {
    let root = tempfile::tempdir().unwrap();
    for (name, images) in [("mnist", digits()), ("fashion_mnist", garments())] {
        let dir = root.path().join(name);
        fs::create_dir(&dir).unwrap();
        let dims = [images.n as u32, SIDE as u32, SIDE as u32];
        for pair in FILES.chunks(2) {
            fs::write(dir.join(pair[0]), idx(2051, &dims, &images.pixels)).unwrap();
            fs::write(dir.join(pair[1]), idx(2049, &dims[..1], &images.labels)).unwrap();
        }
    }
    let source = Source::parse(&format!("eureka:{}", root.path().display())).unwrap();
    let (data, other) = (load(&source, 1).unwrap(), load(&source, 2).unwrap());
    assert_eq!((data.train.n, data.test.n, data.n_classes, data.sha256.len()), (1000, 1000, 10, 8));
    assert_eq!(data.test, other.test);
    assert_ne!(data.train, other.train);
    assert_ne!(data.train, data.test);
    let indices = [3, 1, 4, 1];
    let plain = data.train.batch(&indices, &[0.0; 3], &[1.0; 3]);
    assert_eq!(data.train_batch(0, &indices), (plain.clone(), indices.map(|i| data.train.labels[i]).into()));
    assert_ne!(data.train_batch(1, &indices).0, plain);
    assert_eq!(data.train_batch(1, &indices), data.train_batch(1, &indices));
}

#[test]
fn sources_without_the_two_digits_are_refused() {
    let other_size = Images { height: 2, width: 8, ..garments() };
    let cases = [
        (coded(vec![1, 3, 1]), garments(), "without the digit 2"),
        (digits(), other_size, "[1, 4, 4] and [1, 2, 8]"),
    ];
    for (digits, garments, expected) in cases {
        let message = Eureka::new(digits, garments, 0).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}
