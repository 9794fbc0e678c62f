//! Series of numbers: one column of a table in text or of a NumPy array.

use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

use super::delimited::{Delimited, Uneven, is_missing};
use super::file::{corrupt, read_unpacked};
use super::npy::{MAGIC, Npy};
use crate::Error;
use crate::attention::nearest;

const OTHER_COLUMN: &str = "name another column, or none for the last one of numbers";

/// Reads one column of a table, plain or gzip.
///
/// A table is text whose cells are separated by commas, semicolons, tabs or blanks, with or without a first row of
/// names, and with comments from `#` to the end of a line; or a NumPy array (`.npy`) of one or two dimensions of
/// floating or whole numbers. `column` is a name of the first row, or else a number counted from 0; without it the last
/// column that holds numbers is read.
///
/// ```no_run
/// let sunspots = models::data::load_series("sunspots.csv".as_ref(), Some("SUNACTIVITY"))?;
/// # Ok::<(), models::Error>(())
/// ```
///
/// # Errors
/// [`Error::Invalid`] where there is no such column, or where a value is missing, not a number or not finite: row and
/// column are named as a spreadsheet would, from one and with the row of names. [`Error::Io`], [`Error::Data`] or
/// [`Error::Memory`] if the file cannot be read or is no table.
pub fn load_series(path: &Path, column: Option<&str>) -> Result<Vec<f64>, Error> {
    let bytes = read_unpacked(path)?;
    let values = if bytes.starts_with(MAGIC) {
        from_array(path, &bytes, column)
    } else {
        from_text(path, &bytes, column)
    }?;
    if values.is_empty() {
        return Err(corrupt(path, 0, "no row of numbers", "name a file with one value per row"));
    }
    Ok(values)
}

/// Whether a path names a file.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

fn from_text(path: &Path, bytes: &[u8], column: Option<&str>) -> Result<Vec<f64>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let remedy = "name a table in UTF-8 text, or a NumPy array ending in .npy";
        corrupt(path, error.valid_up_to() as u64, "neither text nor a NumPy array", remedy)
    })?;
    let table = Delimited::parse(text.trim_start_matches('\u{feff}')).map_err(|row| uneven(path, &row))?;
    let names = table.header.as_deref().unwrap_or_default();
    let width = table.rows.first().map_or(names.len(), |(_, row)| row.len());
    let named = |name: &str| names.iter().position(|known| known == name);
    let column = match column {
        Some(name) => {
            named(name).or_else(|| number(name, width)).ok_or_else(|| unknown(path, name, names, width))
        }
        None => table.last_numeric().ok_or_else(|| {
            corrupt(path, 0, "no column of numbers", "write numbers like 0.5, with a decimal point")
        }),
    }?;
    let name = names.get(column).map(AsRef::as_ref);
    let read = |(line, row): &(usize, Vec<Cow<str>>)| {
        let cell = row[column].as_ref();
        cell.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
            let got = if cell.is_empty() { "empty".into() } else { format!("{cell:?}") };
            let gap = "fill the gap or cut the file there";
            let remedy = if is_missing(cell) { gap.into() } else { format!("mend it, or {OTHER_COLUMN}") };
            bad_cell(path, *line, column, name, got, &remedy)
        })
    };
    table.rows.iter().map(read).collect()
}

fn from_array(path: &Path, bytes: &[u8], column: Option<&str>) -> Result<Vec<f64>, Error> {
    let array = Npy::parse(bytes).map_err(|(offset, problem)| {
        corrupt(path, offset, problem, "save a list or a matrix of floating or whole numbers")
    })?;
    let width = array.n_columns();
    let column = match column {
        Some(name) => number(name, width).ok_or_else(|| unknown(path, name, &[], width))?,
        None => width.saturating_sub(1),
    };
    if width == 0 {
        return Ok(Vec::new());
    }
    let values = array.column(column);
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => {
            let remedy = "fill the gap or cut the array there";
            Err(bad_cell(path, row + 1, column, None, values[row], remedy))
        }
        None => Ok(values),
    }
}

/// A column given by a number below `width`.
fn number(text: &str, width: usize) -> Option<usize> {
    text.parse().ok().filter(|&column| column < width)
}

fn unknown(path: &Path, name: &str, names: &[Cow<str>], width: usize) -> Error {
    let numbers = format!("a number from 0 to {}", width.saturating_sub(1));
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).filter(|name| !name.is_empty()).collect();
    let (expected, remedy) = if names.is_empty() {
        (numbers, OTHER_COLUMN.into())
    } else {
        let meant = format!("did you mean {}?", nearest(name, &names));
        (format!("one of {}, or {numbers}", names.join(", ")), meant)
    };
    Error::invalid(format!("the column of {}", path.display()), name, expected, remedy)
}

fn uneven(path: &Path, row: &Uneven) -> Error {
    let what = format!("the number of cells in row {} of {}", row.line, path.display());
    let expected = format!("{} as in the first row", row.expected);
    Error::invalid(
        what,
        row.found,
        expected,
        "fill the row, or put cells that hold the separator into quotes",
    )
}

/// A cell that holds no number; `row` is counted from one.
fn bad_cell(
    path: &Path,
    row: usize,
    column: usize,
    name: Option<&str>,
    got: impl Display,
    remedy: &str,
) -> Error {
    let name = name.filter(|name| !name.is_empty()).map_or(String::new(), |name| format!(" ({name})"));
    let what = format!("row {row}, column {}{name} of {}", column + 1, path.display());
    Error::invalid(what, got, "a finite number", remedy)
}
