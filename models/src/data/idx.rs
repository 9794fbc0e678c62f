//! The IDX format of MNIST: a big-endian header and one byte per pixel or label, plain or gzip.
//!
//! Reference: LeCun, Cortes, Burges, The MNIST database of handwritten digits (1998).

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::Images;
use super::file::{Bytes, GZIP, INFLATION, LIMIT, corrupt, permit, read};
use crate::Error;

/// First word of a file of images: unsigned bytes in three dimensions.
const IMAGES: u32 = 0x0803;
/// First word of a file of labels: unsigned bytes in one dimension.
const LABELS: u32 = 0x0801;
/// Bytes of a word of the header.
const WORD: usize = 4;

const DOWNLOAD: &str = "fetch the file again";

/// Digests of the two files of a split, images first.
pub(super) type Digests = [(String, String); 2];

/// The images of one file with the labels of another, and the digests of both.
///
/// # Errors
/// [`Error::Io`], [`Error::Data`] or [`Error::Memory`] if a file cannot be read, is not what its header
/// says, or holds another number of items than the other.
pub(super) fn split(images: &Path, labels: &Path) -> Result<(Images, Digests), Error> {
    let pixels = Array::<3>::read(images, IMAGES)?;
    let classes = Array::<1>::read(labels, LABELS)?;
    let ([n, height, width], [count]) = (pixels.dims, classes.dims);
    if count != n {
        let problem = format!("{count} labels for the {n} images of {}", images.display());
        return Err(corrupt(labels, WORD as u64, problem, "fetch both files again"));
    }
    let split = Images { pixels: pixels.data, labels: classes.data, n, channels: 1, height, width };
    Ok((split, [pixels.digest, classes.digest]))
}

/// The content of a file, `dims`, and its digest.
struct Array<const D: usize> {
    data: Vec<u8>,
    dims: [usize; D],
    digest: (String, String),
}

impl<const D: usize> Array<D> {
    /// Reads a file that must begin with `magic`.
    fn read(file: &Path, magic: u32) -> Result<Self, Error> {
        let Bytes { bytes, digest } = read(file)?;
        let len = bytes.len() as u64;
        let (data, dims) = if bytes.starts_with(&GZIP) {
            decode(file, MultiGzDecoder::new(&bytes[..]), magic, len * INFLATION)?
        } else {
            decode(file, &bytes[..], magic, len)?
        };
        Ok(Self { data, dims, digest })
    }
}

/// Header and data of a stream that cannot yield more than `most` bytes.
fn decode<const D: usize>(
    file: &Path,
    mut stream: impl Read,
    magic: u32,
    most: u64,
) -> Result<(Vec<u8>, [usize; D]), Error> {
    let start = WORD * (D + 1);
    let header = take(file, &mut stream, start as u64, 0)?;
    let word = |i: usize| u32::from_be_bytes(std::array::from_fn(|byte| header[WORD * i + byte]));
    if header.len() < WORD || word(0) != magic {
        let problem =
            format!("magic number {:02x?} instead of {:02x?}", prefix(&header), magic.to_be_bytes());
        return Err(corrupt(file, 0, problem, "name an IDX file of unsigned bytes, or fetch the file again"));
    }
    if header.len() < start {
        return Err(corrupt(
            file,
            header.len() as u64,
            format!("the header ends before byte {start}"),
            DOWNLOAD,
        ));
    }
    let dims: [u32; D] = std::array::from_fn(|axis| word(axis + 1));
    if let Some(axis) = dims.iter().position(|&size| size == 0) {
        let problem = format!("the dimensions {dims:?} hold nothing");
        return Err(corrupt(file, (WORD * (axis + 1)) as u64, problem, DOWNLOAD));
    }
    let len: u128 = dims.iter().map(|&size| u128::from(size)).product(); // below 2^96
    let promise = format!("the header promises {len} bytes of data {dims:?}");
    if len > u128::from(most) {
        let problem = format!("{promise}, but the file cannot hold more than {most}");
        return Err(corrupt(file, WORD as u64, problem, DOWNLOAD));
    }
    permit(file, 2 * len)?;
    let data = take(file, &mut stream, len as u64 + 1, start as u64)?;
    if data.len() as u128 != len {
        let more = if data.len() as u128 > len { "more" } else { "less" };
        let offset = start as u64 + (data.len() as u64).min(len as u64);
        return Err(corrupt(file, offset, format!("{promise}, but the file holds {more}"), DOWNLOAD));
    }
    Ok((data, dims.map(|size| size as usize)))
}

/// At most `len` further bytes of a stream, fewer if it ends before; `offset` is where they begin.
fn take(file: &Path, stream: impl Read, len: u64, offset: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(len.min(LIMIT) as usize);
    match stream.take(len).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            Err(corrupt(file, offset + bytes.len() as u64, format!("broken gzip: {error}"), DOWNLOAD))
        }
    }
}

/// The first word, or what there is of it.
fn prefix(header: &[u8]) -> &[u8] {
    &header[..header.len().min(WORD)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_header_is_refused() {
        let header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1];
        let file: Vec<u8> = header.into_iter().chain(0..6).collect();
        let parse = |file: &[u8]| decode::<3>(Path::new("file"), file, IMAGES, file.len() as u64);
        assert_eq!(parse(&file).unwrap(), ((0..6).collect(), [2, 3, 1]));
        for byte in 0..header.len() {
            for value in (0..=255).filter(|&value| value != file[byte]) {
                let mut other = file.clone();
                other[byte] = value;
                let Err(Error::Data { offset, .. }) = parse(&other) else {
                    panic!("byte {byte} is {value} and the file is not refused for its content");
                };
                assert!(offset <= file.len() as u64, "offset {offset} is outside the file");
            }
        }
    }
}
