//! Folders in the layout of MNIST: four IDX files, and what is known about two of them.

use std::path::{Path, PathBuf};

use super::file::{corrupt, file_name};
use super::idx;
use super::{Dataset, Images, numbered};
use crate::Error;

/// The files of a folder without the ending `.gz`, in the order images, labels of training, then of test.
const STEMS: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A data set known by its files or, failing that, by the name of its folder.
#[derive(Debug)]
struct Known {
    name: &'static str,
    folders: &'static [&'static str],
    class_names: [&'static str; 10],
    mean: f32,
    std: f32,
    /// SHA-256 of the training images as published and unpacked.
    sha256: [&'static str; 2],
}

/// Normalisation constants as used throughout the literature: of the training images, `p / 255`.
const KNOWN: [Known; 2] = [
    Known {
        name: "mnist",
        folders: &["mnist"],
        class_names: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        mean: 0.1307,
        std: 0.3081,
        sha256: [
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ],
    },
    Known {
        name: "fashion-mnist",
        folders: &["fashionmnist", "fashion"],
        class_names: [
            "T-shirt",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ],
        mean: 0.2860,
        std: 0.3530,
        sha256: [
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ],
    },
];

/// The two splits of a folder, and the digests of its four files.
pub(super) struct Folder {
    pub(super) train: Images,
    pub(super) test: Images,
    pub(super) sha256: Vec<(String, String)>,
    files: [PathBuf; 4],
}

/// The data set of a folder; its normalisation is measured unless the folder is a known one.
pub(super) fn load(dir: &Path) -> Result<Dataset, Error> {
    let folder = Folder::read(dir)?;
    let known = known(dir, &folder.sha256[0].1);
    let classes = known.map_or_else(|| folder.n_classes(), |known| known.class_names.len());
    folder.check_labels(classes)?;
    let Folder { train, test, sha256, .. } = folder;
    let data = Dataset { sha256, ..Dataset::measured(file_name(dir), numbered(classes), train, test) };
    Ok(match known {
        None => data,
        Some(known) => Dataset {
            name: known.name.into(),
            class_names: known.class_names.map(String::from).into(),
            mean: vec![known.mean],
            std: vec![known.std],
            ..data
        },
    })
}

/// Which known data set a folder holds.
fn known(dir: &Path, sha256: &str) -> Option<&'static Known> {
    let mut name = file_name(&dir.canonicalize().unwrap_or_else(|_| dir.into())).to_lowercase();
    name.retain(char::is_alphanumeric);
    let by_content = KNOWN.iter().find(|known| known.sha256.contains(&sha256));
    by_content.or_else(|| KNOWN.iter().find(|known| known.folders.contains(&name.as_str())))
}

impl Folder {
    /// Reads the four files.
    pub(super) fn read(dir: &Path) -> Result<Self, Error> {
        let files = files(dir).map_err(|missing| Error::Invalid {
            what: format!("the folder {}", dir.display()),
            got: format!("without {missing}"),
            expected: format!("one with the files {}, each plain or .gz", STEMS.join(", ")),
            remedy: "name the folder that holds the IDX files".into(),
        })?;
        let (train, train_digests) = idx::split(&files[0], &files[1])?;
        let (test, test_digests) = idx::split(&files[2], &files[3])?;
        if (train.height, train.width) != (test.height, test.width) {
            let size = |images: &Images| format!("{} x {} pixels", images.height, images.width);
            let problem = format!("images of {}, but {} in training", size(&test), size(&train));
            return Err(corrupt(&files[2], 8, problem, "use the files of one data set"));
        }
        let sha256 = train_digests.into_iter().chain(test_digests).collect();
        Ok(Self { train, test, sha256, files })
    }

    /// One more than the largest label of the training images.
    fn n_classes(&self) -> usize {
        self.train.labels.iter().max().map_or(0, |&label| usize::from(label) + 1)
    }

    /// Refuses labels that are not below `n_classes`.
    pub(super) fn check_labels(&self, n_classes: usize) -> Result<(), Error> {
        for (images, file) in [(&self.train, &self.files[1]), (&self.test, &self.files[3])] {
            if let Some(index) = images.labels.iter().position(|&label| usize::from(label) >= n_classes) {
                let problem =
                    format!("label {}, but the classes are 0 to {}", images.labels[index], n_classes - 1);
                return Err(corrupt(file, 8 + index as u64, problem, "use the labels of this data set"));
            }
        }
        Ok(())
    }
}

/// Whether a folder holds at least one of the four files.
pub(super) fn is_folder(dir: &Path) -> bool {
    STEMS.iter().any(|stem| find(dir, stem).is_some())
}

/// The paths of the four files, or the name of the first that is missing.
fn files(dir: &Path) -> Result<[PathBuf; 4], &'static str> {
    let mut paths: [PathBuf; 4] = Default::default();
    for (path, stem) in paths.iter_mut().zip(STEMS) {
        *path = find(dir, stem).ok_or(stem)?;
    }
    Ok(paths)
}

fn find(dir: &Path, stem: &str) -> Option<PathBuf> {
    ["", ".gz"].into_iter().map(|ending| dir.join(format!("{stem}{ending}"))).find(|path| path.is_file())
}
