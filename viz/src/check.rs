//! Checks that data can be shown, before anything is drawn.

use ndarray::{ArrayViewD, Dimension};

use crate::Error;

/// Refuses arrays without entries.
pub(crate) fn not_empty(what: &str, shape: &[usize]) -> Result<(), Error> {
    if shape.contains(&0) {
        return Err(Error::Empty { what: what.into(), shape: shape.into() });
    }
    Ok(())
}

/// Refuses NaN and infinities, naming the first.
pub(crate) fn finite(what: &str, values: ArrayViewD<f64>) -> Result<(), Error> {
    match values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some((index, &value)) => {
            Err(Error::NotFinite { what: what.into(), index: index.slice().to_vec(), value })
        }
        None => Ok(()),
    }
}

/// Refuses a length that does not match.
pub(crate) fn length(what: &str, found: usize, expected: usize, why: &str) -> Result<(), Error> {
    if found != expected {
        return Err(Error::Length { what: what.into(), found, expected, why: why.into() });
    }
    Ok(())
}

/// Refuses a count above a limit.
pub(crate) fn at_most(what: &str, found: usize, limit: usize, remedy: &str) -> Result<(), Error> {
    if found > limit {
        return Err(Error::TooMany { what: what.into(), found, limit, remedy: remedy.into() });
    }
    Ok(())
}

/// The given labels, or `name 1`, `name 2`, .. where there are none.
pub(crate) fn labels(what: &str, given: &[String], n: usize, name: &str) -> Result<Vec<String>, Error> {
    if given.is_empty() {
        return Ok((1..=n).map(|i| format!("{name} {i}")).collect());
    }
    length(what, given.len(), n, "(one per panel, or none at all)")?;
    Ok(given.to_vec())
}
