//! Arrays of numbers as NumPy stores them (`.npy`, formats 1 to 3), widened to double precision.
//!
//! Reference: NumPy Enhancement Proposal 1, A Simple File Format for NumPy Arrays.

/// First bytes of a file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// Types of elements that are read, as NumPy names them without their byte order.
const TYPES: [&str; 10] = ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"];

/// A matrix; a list of n numbers is one of shape n 1.
#[derive(Debug)]
pub(super) struct Npy {
    n_columns: usize,
    fortran_order: bool,
    values: Vec<f64>,
}

/// Where a file is not what it should be, in bytes, and how.
pub(super) type Fault = (u64, String);

impl Npy {
    /// Reads a file that begins with [`MAGIC`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let (header, start) =
            header(bytes).ok_or((6, "the description of the array is cut off".to_string()))?;
        let fault = |problem: String| (10, problem);
        let lacks = |key: &str| fault(format!("the description {header:?} lacks {key}"));
        let descr = value(header, "descr").ok_or_else(|| lacks("descr"))?;
        let shape = value(header, "shape").and_then(sizes).ok_or_else(|| lacks("shape"))?;
        let fortran_order = value(header, "fortran_order").is_some_and(|text| text.starts_with("True"));
        let (n_rows, n_columns) = match shape[..] {
            [n] => (n, 1),
            [n_rows, n_columns] => (n_rows, n_columns),
            _ => return Err(fault(format!("an array of shape {shape:?}, not of one or two dimensions"))),
        };
        let (big_endian, kind) = element(descr).ok_or_else(|| {
            let name = descr.split([',', '}']).next().unwrap_or(descr);
            fault(format!("elements of type {name}, not one of {}", TYPES.join(", ")))
        })?;
        let data = &bytes[start..];
        let size = usize::from(kind.as_bytes()[1] - b'0');
        if n_rows.checked_mul(n_columns).and_then(|n| n.checked_mul(size)) != Some(data.len()) {
            let problem = format!("{} bytes for shape {shape:?} of {kind}", data.len());
            return Err((start as u64, problem));
        }
        let values = data.chunks_exact(size).map(|bytes| number(bytes, big_endian, kind)).collect();
        Ok(Self { n_columns, fortran_order, values })
    }

    /// Numbers per row.
    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The numbers of a column from the first row to the last.
    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        if self.fortran_order {
            let n_rows = self.values.len() / self.n_columns;
            return self.values[column * n_rows..][..n_rows].to_vec();
        }
        self.values.iter().skip(column).step_by(self.n_columns).copied().collect()
    }
}

/// The description of the array, and where its elements begin.
fn header(bytes: &[u8]) -> Option<(&str, usize)> {
    let version = *bytes.get(MAGIC.len())?;
    let width = if version == 1 { 2 } else { 4 }; // bytes of the length
    let start = MAGIC.len() + 2 + width;
    let digits = bytes.get(start - width..start)?;
    let length = digits.iter().rev().fold(0, |length, &digit| (length << 8) | usize::from(digit));
    let text = bytes.get(start..start.checked_add(length)?)?;
    Some((std::str::from_utf8(text).ok()?, start + length))
}

/// What follows a key of the description, to its end.
fn value<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    Some(rest.trim())
}

/// The sizes between parentheses.
fn sizes(text: &str) -> Option<Vec<usize>> {
    let (inner, _) = text.strip_prefix('(')?.split_once(')')?;
    let sizes = inner.split(',').map(str::trim).filter(|size| !size.is_empty());
    sizes.map(|size| size.parse().ok()).collect()
}

/// Whether elements are big-endian, and their type; `'>f4'` for instance.
fn element(descr: &str) -> Option<(bool, &'static str)> {
    let quoted = descr.strip_prefix('\'')?;
    let (name, _) = quoted.split_once('\'')?;
    let kind = name.strip_prefix(['<', '>', '|', '='])?;
    let kind = TYPES.into_iter().find(|known| *known == kind)?;
    Some((name.starts_with('>'), kind))
}

/// One element of a type of [`TYPES`].
fn number(bytes: &[u8], big_endian: bool, kind: &str) -> f64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    if big_endian {
        word[..bytes.len()].reverse();
    }
    let bits = u64::from_le_bytes(word);
    let unused = 64 - 8 * bytes.len() as u32;
    match (kind.as_bytes()[0], bytes.len()) {
        (b'f', 4) => f64::from(f32::from_bits(bits as u32)),
        (b'f', _) => f64::from_bits(bits),
        (b'i', _) => ((bits << unused) as i64 >> unused) as f64,
        _ => bits as f64,
    }
}
