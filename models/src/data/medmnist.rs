//! MedMNIST: one `.npz` archive with the official training, validation and test splits.
//!
//! Arrays are `{train,val,test}_images`, bytes `[n h w]` (grey) or `[n h w 3]` (colour), and
//! `{train,val,test}_labels`, bytes `[n 1]` or `[n]`. Every array is inflated into no more memory than
//! the directory of the archive announces, and only if that is within the limit.
//! Reference: Yang et al., arXiv:2110.14795.

use std::io::{Cursor, Read};
use std::path::Path;

use ndarray::ArrayViewD;
use ndarray_npy::ViewNpyExt;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::file::{Bytes, INFLATION, corrupt, permit, read};
use super::{Dataset, Images, numbered};
use crate::Error;

const SPLITS: [&str; 3] = ["train", "val", "test"];
const DOWNLOAD: &str = "fetch the file again";
const FORMAT: &str = "use a classification set of MedMNIST with one label per image";
/// Longest description of an array, in bytes; numpy needs 118 for arrays like these.
const MAX_HEADER: usize = 1024;

/// The data set of an archive; pixels are normalised by mean and deviation one half, as is usual.
pub(super) fn load(file: &Path) -> Result<Dataset, Error> {
    let Bytes { bytes, digest } = read(file)?;
    let mut npz = Npz::open(file, &bytes)?;
    let train = split(&mut npz, "train", None)?;
    let validation = split(&mut npz, "val", Some(&train))?;
    let test = split(&mut npz, "test", Some(&train))?;
    let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let half = vec![0.5; train.channels];
    Ok(Dataset {
        validation: Some(validation),
        mean: half.clone(),
        std: half,
        sha256: vec![digest],
        ..Dataset::measured(name, numbered(n_classes(&train)), train, test)
    })
}

/// One more than the largest label.
fn n_classes(images: &Images) -> usize {
    images.labels.iter().max().map_or(0, |&label| usize::from(label) + 1)
}

/// Images and labels of one split, which must go with those of training.
fn split(npz: &mut Npz, name: &str, train: Option<&Images>) -> Result<Images, Error> {
    let array = npz.array(&format!("{name}_images"))?;
    let view = array.view()?;
    let (n, channels, height, width) = match *view.shape() {
        [n, height, width] => (n, 1, height, width),
        [n, height, width, channels @ (1 | 3)] => (n, channels, height, width),
        ref other => return Err(array.wrong(format!("shape {other:?}, not [n h w] or [n h w 3]"))),
    };
    if view.is_empty() {
        return Err(array.wrong(format!("shape {:?} holds no pixel", view.shape())));
    }
    if let Some(train) = train
        && [channels, height, width] != [train.channels, train.height, train.width]
    {
        let [c, h, w] = [train.channels, train.height, train.width];
        let problem = format!(
            "images of shape {:?}, but {:?} (c h w) in training",
            [channels, height, width],
            [c, h, w]
        );
        return Err(array.wrong(problem));
    }
    let planes = if view.ndim() == 4 { view.permuted_axes(vec![0, 3, 1, 2]) } else { view }; // n c h w
    let pixels = planes.iter().copied().collect();
    let labels = labels(&npz.array(&format!("{name}_labels"))?, n, train.map(n_classes))?;
    Ok(Images { pixels, labels, n, channels, height, width })
}

/// The labels of `n` images, below `n_classes` where that is known.
fn labels(array: &Array, n: usize, n_classes: Option<usize>) -> Result<Vec<u8>, Error> {
    let view = array.view()?;
    let labels: Vec<u8> = match *view.shape() {
        [count] | [count, 1] if count == n => view.iter().copied().collect(),
        ref other => return Err(array.wrong(format!("shape {other:?}, not [{n}, 1] as the images require"))),
    };
    if let Some(classes) = n_classes
        && let Some(label) = labels.iter().find(|&&label| usize::from(label) >= classes)
    {
        return Err(
            array.wrong(format!("label {label}, but the classes of training are 0 to {}", classes - 1))
        );
    }
    Ok(labels)
}

/// An archive of arrays whose announced sizes are possible and permitted.
struct Npz<'a> {
    file: &'a Path,
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Npz<'a> {
    fn open(file: &'a Path, bytes: &'a [u8]) -> Result<Self, Error> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| corrupt(file, 0, format!("not an npz archive: {error}"), DOWNLOAD))?;
        let mut npz = Self { file, archive };
        let (len, mut total) = (bytes.len() as u128, 0);
        for key in SPLITS.iter().flat_map(|split| [format!("{split}_images"), format!("{split}_labels")]) {
            let entry = npz.entry(&key)?;
            let size = u128::from(entry.size());
            if size > len * u128::from(INFLATION) {
                let problem = format!("array {key} claims {size} bytes, more than the file can hold");
                return Err(corrupt(file, entry.header_start(), problem, DOWNLOAD));
            }
            total += size;
        }
        permit(file, 2 * total + len)?;
        Ok(npz)
    }

    /// The array `key` in the directory.
    fn entry(&mut self, key: &str) -> Result<ZipFile<'_, Cursor<&'a [u8]>>, Error> {
        let Some(index) = self.archive.index_for_name(&format!("{key}.npy")) else {
            let found: Vec<&str> = self.archive.file_names().collect();
            let problem = format!("no array {key}; the archive holds {}", found.join(", "));
            return Err(corrupt(self.file, 0, problem, FORMAT));
        };
        let file = self.file;
        let broken = |error| corrupt(file, 0, format!("array {key}: {error}"), DOWNLOAD);
        self.archive.by_index(index).map_err(broken)
    }

    /// The bytes of an array with its description, checked against length and checksum of the archive.
    fn array(&mut self, key: &str) -> Result<Array<'a>, Error> {
        let file = self.file;
        let entry = self.entry(key)?;
        let (offset, size) = (entry.header_start(), entry.size());
        let broken = |problem: String| corrupt(file, offset, format!("array {key}: {problem}"), DOWNLOAD);
        let mut bytes = Vec::with_capacity(size as usize);
        entry.take(size + 1).read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
        if bytes.len() as u64 != size {
            return Err(broken(format!("{size} bytes announced, but another number found")));
        }
        Ok(Array { file, key: key.into(), offset, bytes })
    }
}

/// One inflated array, and where it begins in the file.
struct Array<'a> {
    file: &'a Path,
    key: String,
    offset: u64,
    bytes: Vec<u8>,
}

impl Array<'_> {
    /// The array as numpy shapes it.
    fn view(&self) -> Result<ArrayViewD<'_, u8>, Error> {
        let [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] = self.bytes[..] else {
            return Err(self.wrong("not a numpy array of format 1".into()));
        };
        let header = usize::from(u16::from_le_bytes([low, high]));
        if header > MAX_HEADER {
            return Err(self.wrong(format!("a description of {header} bytes, longer than {MAX_HEADER}")));
        }
        ArrayViewD::<u8>::view_npy(&self.bytes)
            .map_err(|error| self.wrong(format!("not an array of bytes: {error}")))
    }

    /// An array that is not what the format says.
    fn wrong(&self, problem: String) -> Error {
        corrupt(self.file, self.offset, format!("array {}: {problem}", self.key), FORMAT)
    }
}
