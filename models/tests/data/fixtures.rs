//! Small data sets written to temporary folders.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use models::Error;
use ndarray::{Array2, Array3, ArrayD};
use ndarray_npy::NpzWriter;
use tempfile::TempDir;

/// Names of the four files, images and labels of training, then of test.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A file in the IDX format.
pub fn idx(magic: u32, dims: &[u32], data: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(dims).flat_map(|word| word.to_be_bytes());
    header.chain(data.iter().copied()).collect()
}

/// Images whose bytes count upwards.
pub fn idx_images(n: u32, height: u32, width: u32) -> Vec<u8> {
    idx(2051, &[n, height, width], &counting(n * height * width))
}

/// Labels 0, 1, .., `classes - 1`, 0, ..
pub fn idx_labels(n: u32, classes: u8) -> Vec<u8> {
    let labels: Vec<u8> = (0..n).map(|i| (i % u32::from(classes)) as u8).collect();
    idx(2049, &[n], &labels)
}

/// Bytes 0, 1, .., 255, 0, ..
pub fn counting(len: u32) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

/// The bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder in a temporary folder.
pub fn folder(name: &str) -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join(name);
    fs::create_dir(&dir).unwrap();
    (root, dir)
}

/// Writes 6 training and 4 test images of 3 x 2 pixels in 3 classes, packed or not.
pub fn write_small(dir: &Path, packed: bool) {
    let contents = [idx_images(6, 3, 2), idx_labels(6, 3), idx_images(4, 3, 2), idx_labels(4, 3)];
    for (file, bytes) in FILES.iter().zip(contents) {
        if packed {
            fs::write(dir.join(format!("{file}.gz")), gzip(&bytes)).unwrap();
        } else {
            fs::write(dir.join(file), bytes).unwrap();
        }
    }
}

/// The arrays of an archive: for every split its name, images `[n h w]` or `[n h w c]`, and labels `[n 1]`.
pub type Arrays = Vec<(&'static str, ArrayD<u8>, ArrayD<u8>)>;

/// Splits of 5, 3 and 2 grey images of 4 x 3 pixels in 2 classes.
pub fn grey() -> Arrays {
    let images =
        |n: usize| Array3::from_shape_fn((n, 4, 3), |(i, y, x)| (100 * i + 10 * y + x) as u8).into_dyn();
    arrays(images)
}

/// Splits of 5, 3 and 2 colour images of 4 x 3 pixels in 2 classes.
pub fn colour() -> Arrays {
    let pixel = |index: ndarray::Dim<ndarray::IxDynImpl>| {
        (60 * index[3] + 30 * index[0] + 7 * index[1] + index[2]) as u8
    };
    arrays(|n| ArrayD::from_shape_fn(vec![n, 4, 3, 3], pixel))
}

fn arrays(images: impl Fn(usize) -> ArrayD<u8>) -> Arrays {
    let labels = |n: usize| Array2::from_shape_fn((n, 1), |(i, _)| (i % 2) as u8).into_dyn();
    [("train", 5), ("val", 3), ("test", 2)].map(|(name, n)| (name, images(n), labels(n))).into()
}

/// An archive of arrays, deflated.
pub fn npz(arrays: &Arrays) -> Vec<u8> {
    let mut writer = NpzWriter::new_compressed(Cursor::new(Vec::new()));
    for (name, images, labels) in arrays {
        writer.add_array(format!("{name}_images"), images).unwrap();
        writer.add_array(format!("{name}_labels"), labels).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Asserts that an error names the file and a position, and says what to do; returns its message.
pub fn message(error: &Error, file: &Path) -> String {
    let Error::Data { file: named, problem, remedy, .. } = error else {
        panic!("{error:?} is not about the content of {}", file.display());
    };
    assert_eq!(named, file);
    assert!(!problem.is_empty() && !remedy.is_empty());
    error.to_string()
}
