//! Published data sets, from the folder that the variable `KETWORK_DATA` names.

use std::env;
use std::io::Write;
use std::path::PathBuf;

use models::data::{Dataset, Source, load};

/// The entry of the data folder, or none (and the reason on standard error).
fn find(name: &str) -> Option<PathBuf> {
    let found =
        env::var_os("KETWORK_DATA").map(|dir| PathBuf::from(dir).join(name)).filter(|path| path.exists());
    if found.is_none() {
        let reason = format!("skipped: KETWORK_DATA names no folder with {name}\n");
        std::io::stderr().write_all(reason.as_bytes()).unwrap();
    }
    found
}

fn read(name: &str) -> Option<Dataset> {
    find(name).map(|path| load(&Source::parse(path.to_str().unwrap()).unwrap(), 0).unwrap())
}

#[test]
fn mnist_and_fashion_mnist_are_read() {
    let cases = [
        ("mnist", "mnist", [5, 0, 4, 1, 9], [7, 2, 1, 0, 4]),
        ("fashion_mnist", "fashion-mnist", [9, 0, 0, 3, 0], [9, 2, 1, 1, 6]),
    ];
    for (folder, name, train, test) in cases {
        let Some(data) = read(folder) else { continue };
        assert_eq!((data.name.as_str(), data.n_classes), (name, 10));
        assert_eq!((data.train.n, data.test.n), (60_000, 10_000));
        assert_eq!((data.train.height, data.train.width), (28, 28));
        assert_eq!((&data.train.labels[..5], &data.test.labels[..5]), (&train[..], &test[..]));
        let (mean, std) = data.train.mean_std();
        assert!((mean[0] - data.mean[0]).abs() < 1e-4 && (std[0] - data.std[0]).abs() < 1e-4);
    }
}

#[test]
fn published_files_are_known_in_any_folder() {
    let Some(dir) = find("fashion_mnist") else { return };
    let (_root, copy) = crate::fixtures::folder("clothes");
    for stem in crate::fixtures::FILES {
        let file = format!("{stem}.gz");
        std::fs::copy(dir.join(&file), copy.join(&file)).unwrap();
    }
    assert_eq!(load(&Source::Idx(copy), 0).unwrap().name, "fashion-mnist");
}

#[test]
fn breast_mnist_is_read() {
    let Some(data) = read("medmnist/breastmnist.npz") else { return };
    let validation = data.validation.as_ref().unwrap();
    assert_eq!((data.train.n, validation.n, data.test.n, data.n_classes), (546, 78, 156, 2));
    assert_eq!((data.train.channels, data.train.height, data.train.width), (1, 28, 28));
    let benign = data.train.labels.iter().filter(|&&label| label == 1).count();
    assert_eq!((benign, &data.train.labels[..6]), (399, &[1, 1, 1, 1, 0, 1][..]));
}
