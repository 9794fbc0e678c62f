//! A finished picture: the SVG document and the numbers behind it.

use std::io::Cursor;

use ndarray::ArrayD;
use ndarray_npy::WriteNpyExt;

use crate::Error;

/// An SVG document with the data it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// A complete SVG document, UTF-8, without references to anything outside of it.
    pub svg: String,
    /// The plotted numbers.
    pub data: ArrayD<f64>,
    /// What the axes or columns of `data` mean, in one line; also in the description of the SVG.
    pub layout: &'static str,
    /// Whether the numbers are whole, codes for example, and are written as such.
    pub whole: bool,
}

impl Picture {
    /// The bytes of a NumPy `.npy` file holding [`Picture::data`] in C order, little-endian: `f64`, or
    /// `i64` where the numbers are [whole](Picture::whole).
    ///
    /// # Errors
    /// [`Error::Npy`] when the array cannot be encoded.
    pub fn npy(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Cursor::new(Vec::new());
        let written = if self.whole {
            self.data.mapv(|v| v as i64).write_npy(&mut bytes)
        } else {
            self.data.write_npy(&mut bytes)
        };
        written.map_err(|e| Error::Npy(e.to_string()))?;
        Ok(bytes.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, IxDyn};
    use ndarray_npy::ReadNpyExt;

    use super::*;

    #[test]
    fn npy_bytes_read_back_as_the_data() {
        for shape in [vec![1], vec![2, 3], vec![2, 2, 4, 4]] {
            let n: usize = shape.iter().product();
            let values = (0..n).map(|i| (i as f64).sqrt()).collect();
            let data = ArrayD::from_shape_vec(IxDyn(&shape), values).unwrap();
            let picture = Picture { svg: String::new(), data: data.clone(), layout: "", whole: false };
            let back = ArrayD::<f64>::read_npy(Cursor::new(picture.npy().unwrap())).unwrap();
            assert_eq!(back, data);

            let codes = data.mapv(f64::floor);
            let picture = Picture { data: codes.clone(), whole: true, ..picture };
            let back = ArrayD::<i64>::read_npy(Cursor::new(picture.npy().unwrap())).unwrap();
            assert_eq!(back.mapv(|v| v as f64), codes);
        }
    }
}
