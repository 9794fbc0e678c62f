//! Files whole in memory: their digest, and the errors that name file and offset.

use std::fmt::Display;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::Error;

/// The most memory that loading a data set may take, in bytes.
pub(super) const LIMIT: u64 = 8 << 30;

/// Most bytes that one byte of a deflate stream can stand for.
pub(super) const INFLATION: u64 = 1032;

/// First bytes of a gzip file.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The bytes of a file, and its name and SHA-256.
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: (String, String),
}

/// Reads a file of at most [`LIMIT`] bytes.
pub(super) fn read(file: &Path) -> Result<Bytes, Error> {
    let io = |source| Error::Io { file: file.to_owned(), source };
    permit(file, fs::metadata(file).map_err(io)?.len())?;
    let bytes = fs::read(file).map_err(io)?;
    let digest = (file_name(file), hex(&Sha256::digest(&bytes)));
    Ok(Bytes { bytes, digest })
}

/// What a file holds, unpacked where it is a gzip file.
pub(super) fn read_unpacked(file: &Path) -> Result<Vec<u8>, Error> {
    let Bytes { bytes, .. } = read(file)?;
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    let stream = MultiGzDecoder::new(&bytes[..]).take(LIMIT + 1).read_to_end(&mut unpacked);
    let broken = |error| corrupt(file, unpacked.len() as u64, error, "pack or fetch the file again");
    stream.map_err(|error| broken(format!("broken gzip: {error}")))?;
    permit(file, unpacked.len() as u64)?;
    Ok(unpacked)
}

/// Refuses what would need more memory than [`LIMIT`].
pub(super) fn permit(what: &Path, needed: impl Into<u128>) -> Result<(), Error> {
    let (needed, limit) = (needed.into(), u128::from(LIMIT));
    if needed <= limit {
        return Ok(());
    }
    let remedy = "use a smaller data set, or one of smaller images".into();
    Err(Error::Memory { what: format!("loading {}", what.display()), needed, limit, remedy })
}

/// A file whose content is wrong from `offset` on.
pub(super) fn corrupt(file: &Path, offset: u64, problem: impl Display, remedy: &str) -> Error {
    Error::Data { file: file.to_owned(), offset, problem: problem.to_string(), remedy: remedy.into() }
}

/// The last part of a path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
