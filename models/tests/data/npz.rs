//! MedMNIST archives: what is read, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use models::Error;
use models::data::{Dataset, Source, load};
use ndarray::{Array1, ArrayD, Axis, ShapeBuilder};
use tempfile::TempDir;

use crate::fixtures::{Arrays, colour, grey, message, npz};

fn place(bytes: &[u8]) -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("breastmnist.npz");
    fs::write(&file, bytes).unwrap();
    (root, file)
}

fn read(file: &Path) -> Result<Dataset, Error> {
    load(&Source::Medmnist(file.into()), 0)
}

#[test]
fn splits_come_back_with_channels_first() {
    for (arrays, channels) in [(grey(), 1), (colour(), 3)] {
        let (_root, file) = place(&npz(&arrays));
        let data = read(&file).unwrap();
        assert_eq!((data.name.as_str(), data.n_classes), ("breastmnist", 2));
        assert_eq!((data.mean, data.std), (vec![0.5; channels], vec![0.5; channels]));
        let splits = [Some(data.train), data.validation, Some(data.test)];
        for (images, (_, array, labels)) in splits.into_iter().zip(&arrays) {
            let images = images.unwrap();
            assert_eq!((images.n, images.channels), (array.shape()[0], channels));
            assert_eq!((images.height, images.width), (4, 3));
            assert_eq!(images.labels, labels.iter().copied().collect::<Vec<_>>());
            for (position, &p) in images.pixels.iter().enumerate() {
                let (i, c, y, x) =
                    (position / (12 * channels), position / 12 % channels, position / 3 % 4, position % 3);
                let expected =
                    if channels == 1 { array[[i, y, x].as_slice()] } else { array[[i, y, x, c].as_slice()] };
                assert_eq!(p, expected);
            }
        }
    }
}

#[test]
fn column_order_is_understood() {
    let mut arrays = grey();
    for (_, images, _) in &mut arrays {
        let mut turned = ArrayD::zeros(images.raw_dim().f());
        turned.assign(images);
        *images = turned;
    }
    let (_root, file) = place(&npz(&arrays));
    let (_root, straight) = place(&npz(&grey()));
    assert_eq!(read(&file).unwrap().train, read(&straight).unwrap().train);
}

#[test]
fn every_truncation_is_refused() {
    let intact = npz(&grey());
    let (_root, file) = place(&intact);
    assert!(read(&file).is_ok());
    for len in 0..intact.len() {
        fs::write(&file, &intact[..len]).unwrap();
        message(&read(&file).unwrap_err(), &file);
    }
}

#[test]
fn every_flip_is_refused_or_harmless() {
    let intact = npz(&grey());
    let (_root, file) = place(&intact);
    let expected = read(&file).unwrap();
    for byte in 0..intact.len() {
        for mask in [0x01, 0xff] {
            let mut broken = intact.clone();
            broken[byte] ^= mask;
            fs::write(&file, broken).unwrap();
            match read(&file) {
                Ok(data) => {
                    assert_eq!(data.fingerprint(), expected.fingerprint(), "byte {byte}, mask {mask}")
                }
                Err(error) => drop(message(&error, &file)),
            }
        }
    }
}

#[test]
fn a_size_that_the_file_cannot_hold_is_refused() {
    let intact = npz(&grey());
    let entry = intact.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap(); // directory, first array
    let mut broken = intact;
    broken[entry + 24..entry + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
    let (_root, file) = place(&broken);
    let message = message(&read(&file).unwrap_err(), &file);
    assert!(message.contains("train_images claims 4026531840 bytes"), "{message}");
}

#[test]
fn wrong_arrays_are_refused_with_what_is_wrong() {
    type Spoil = fn(&mut Arrays);
    let cases: [(Spoil, &str); 8] = [
        (|arrays| arrays.truncate(2), "no array test_images; the archive holds train_images.npy"),
        (|arrays| arrays[1].2 = arrays[0].2.clone(), "val_labels: shape [5, 1], not [3, 1]"),
        (|arrays| arrays[0].2 = ArrayD::zeros(vec![5, 14]), "train_labels: shape [5, 14], not [5, 1]"),
        (|arrays| arrays[2].2.fill(2), "test_labels: label 2, but the classes of training are 0 to 1"),
        (
            |arrays| arrays[2].1 = ArrayD::zeros(vec![2, 5, 3]),
            "test_images: images of shape [1, 5, 3], but [1, 4, 3]",
        ),
        (
            |arrays| arrays[0].1 = ArrayD::zeros(vec![5, 4, 3, 2]),
            "train_images: shape [5, 4, 3, 2], not [n h w]",
        ),
        (|arrays| arrays[0].1 = ArrayD::zeros(vec![0, 4, 3]), "train_images: shape [0, 4, 3] holds no pixel"),
        (|arrays| arrays[0].1 = Array1::zeros(5).into_dyn(), "train_images: shape [5], not [n h w]"),
    ];
    for (spoil, expected) in cases {
        let mut arrays = grey();
        spoil(&mut arrays);
        let (_root, file) = place(&npz(&arrays));
        let message = message(&read(&file).unwrap_err(), &file);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn labels_may_lack_their_second_axis() {
    let mut arrays = grey();
    for (_, _, labels) in &mut arrays {
        *labels = labels.index_axis(Axis(1), 0).to_owned();
    }
    let (_root, file) = place(&npz(&arrays));
    assert_eq!(read(&file).unwrap().train.labels, [0, 1, 0, 1, 0]);
}

#[test]
fn arrays_of_other_types_are_refused() {
    let bytes = {
        let mut writer = ndarray_npy::NpzWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, images, labels) in &grey() {
            writer.add_array(format!("{name}_images"), &images.mapv(f32::from)).unwrap();
            writer.add_array(format!("{name}_labels"), labels).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let (_root, file) = place(&bytes);
    let message = message(&read(&file).unwrap_err(), &file);
    assert!(message.contains("train_images: not an array of bytes"), "{message}");
}
