//! Folders of IDX files: what is read, and what is refused.

use std::fs;
use std::path::Path;

use models::Error;
use models::data::{Dataset, Source, load};
use sha2::{Digest, Sha256};

use crate::fixtures::{FILES, counting, folder, gzip, idx, idx_images, idx_labels, message, write_small};

fn read(dir: &Path) -> Result<Dataset, Error> {
    load(&Source::Idx(dir.into()), 0)
}

#[test]
fn plain_and_packed_files_hold_the_same_images() {
    for packed in [false, true] {
        let (_root, dir) = folder("letters");
        write_small(&dir, packed);
        let data = read(&dir).unwrap();
        assert_eq!((data.name.as_str(), data.n_classes, data.validation), ("letters", 3, None));
        assert_eq!(data.train.pixels, counting(36));
        assert_eq!(data.train.labels, [0, 1, 2, 0, 1, 2]);
        assert_eq!(data.test.labels, [0, 1, 2, 0]);
        let images = &data.test;
        assert_eq!((images.n, images.channels, images.height, images.width), (4, 1, 3, 2));
        let mean = counting(36).iter().map(|&p| f64::from(p) / 255.0).sum::<f64>() / 36.0;
        assert!((f64::from(data.mean[0]) - mean).abs() < 1e-7);
    }
}

#[test]
fn digests_are_those_of_the_files_in_order() {
    let (_root, dir) = folder("letters");
    write_small(&dir, true);
    let data = read(&dir).unwrap();
    assert_eq!(data.sha256.len(), 4);
    for ((name, digest), stem) in data.sha256.iter().zip(FILES) {
        assert_eq!(*name, format!("{stem}.gz"));
        let expected = Sha256::digest(fs::read(dir.join(name)).unwrap());
        assert_eq!(*digest, expected.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}

#[test]
fn the_name_of_the_folder_tells_known_sets() {
    let cases = [
        ("mnist", "mnist", 0.1307, "3"),
        ("MNIST", "mnist", 0.1307, "3"),
        ("fashion_mnist", "fashion-mnist", 0.2860, "dress"),
        ("Fashion-MNIST", "fashion-mnist", 0.2860, "dress"),
    ];
    for (dir_name, name, mean, third) in cases {
        let (_root, dir) = folder(dir_name);
        write_small(&dir, false);
        let data = read(&dir).unwrap();
        assert_eq!((data.name.as_str(), data.n_classes, data.mean[0]), (name, 10, mean));
        assert_eq!(data.class_names[3], third);
    }
    let (_root, dir) = folder("kmnist");
    write_small(&dir, false);
    assert_eq!(read(&dir).unwrap().n_classes, 3);
}

#[test]
fn every_flip_in_a_header_is_refused() {
    for (position, header) in [(0, 16), (1, 8), (2, 16), (3, 8)] {
        let (_root, dir) = folder("letters");
        write_small(&dir, false);
        let file = dir.join(FILES[position]);
        let intact = fs::read(&file).unwrap();
        for byte in 0..header {
            for mask in (0..8).map(|bit| 1 << bit).chain([0xff]) {
                let mut broken = intact.clone();
                broken[byte] ^= mask;
                fs::write(&file, broken).unwrap();
                message(&read(&dir).unwrap_err(), &file);
            }
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for packed in [false, true] {
        for stem in FILES {
            let (_root, dir) = folder("letters");
            write_small(&dir, packed);
            let file = dir.join(if packed { format!("{stem}.gz") } else { stem.into() });
            let intact = fs::read(&file).unwrap();
            for len in 0..intact.len() {
                fs::write(&file, &intact[..len]).unwrap();
                message(&read(&dir).unwrap_err(), &file);
            }
        }
    }
}

#[test]
fn a_flip_in_a_packed_file_is_refused_or_harmless() {
    let (_root, dir) = folder("letters");
    write_small(&dir, true);
    let file = dir.join(format!("{}.gz", FILES[0]));
    let intact = fs::read(&file).unwrap();
    for byte in 0..intact.len() {
        for bit in 0..8 {
            let mut broken = intact.clone();
            broken[byte] ^= 1 << bit;
            fs::write(&file, broken).unwrap();
            match read(&dir) {
                Ok(data) => assert_eq!(data.train.pixels, counting(36), "byte {byte}, bit {bit}"),
                Err(error) => drop(message(&error, &file)),
            }
        }
    }
}

#[test]
fn wrong_files_are_refused_with_what_is_wrong() {
    let most = u32::MAX;
    let large = 20_000;
    let bomb = gzip(&idx(2051, &[6, large, large], &vec![0; 5_000_000]));
    let cases: [(usize, Vec<u8>, &str); 9] = [
        (0, idx_labels(6, 3), "byte 0: magic number [00, 00, 08, 01] instead of [00, 00, 08, 03]"),
        (1, idx_images(6, 1, 1), "byte 0: magic number [00, 00, 08, 03] instead of [00, 00, 08, 01]"),
        (
            0,
            idx(2051, &[most, most, most], &[0; 36]),
            "byte 4: the header promises 79228162458924105385300197375",
        ),
        (0, bomb, "the header promises 2400000000 bytes"),
        (0, idx(2051, &[6, 0, 2], &[]), "byte 8: the dimensions [6, 0, 2] hold nothing"),
        (0, idx(2051, &[6, 3, 2], &[0; 37]), "byte 52: the header promises 36 bytes"),
        (1, idx_labels(5, 3), "byte 4: 5 labels for the 6 images"),
        (2, idx_images(4, 2, 3), "byte 8: images of 2 x 3 pixels, but 3 x 2 pixels in training"),
        (3, idx(2049, &[4], &[0, 1, 3, 0]), "byte 10: label 3, but the classes are 0 to 2"),
    ];
    for (position, bytes, expected) in cases {
        let (_root, dir) = folder("letters");
        write_small(&dir, false);
        let file = dir.join(FILES[position]);
        fs::write(&file, bytes).unwrap();
        let message = message(&read(&dir).unwrap_err(), &file);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let (_root, dir) = folder("letters");
    write_small(&dir, false);
    fs::remove_file(dir.join(FILES[2])).unwrap();
    let message = read(&dir).unwrap_err().to_string();
    assert!(message.contains("without t10k-images-idx3-ubyte"), "{message}");
}
