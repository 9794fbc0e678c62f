//! A named quantity over one axis, measured once or with several seeds.

use ndarray::{ArrayD, ArrayView1, Ix2};
use serde::{Deserialize, Serialize};

use crate::{Error, Spread, check};

/// A named quantity over `x`, with one line of values per seed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Series {
    /// Name in the legend; the same name has the same colour in every panel.
    pub label: String,
    /// Positions, growing; shared by all lines.
    pub x: Vec<f64>,
    /// One line per seed, each as long as `x`.
    pub lines: Vec<Vec<f64>>,
}

impl Series {
    /// A series measured once.
    pub fn single(label: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { label: label.into(), x, lines: vec![y] }
    }

    /// The middle of the seeds at every `x`.
    pub(crate) fn centres(&self, spread: Spread) -> Vec<f64> {
        (0..self.x.len()).map(|i| spread.centre(&self.at(i))).collect()
    }

    /// Low and high end of the band at every `x`, where there are seeds enough.
    pub(crate) fn band(&self, spread: Spread) -> Option<(Vec<f64>, Vec<f64>)> {
        (0..self.x.len()).map(|i| spread.band(&self.at(i))).collect()
    }

    /// The values of all seeds at position `i`.
    pub(crate) fn at(&self, i: usize) -> Vec<f64> {
        self.lines.iter().map(|line| line[i]).collect()
    }

    /// Refuses what cannot be drawn.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let name = format!("series '{}'", self.label);
        check::not_empty(&name, &[self.lines.len(), self.x.len()])?;
        check::finite(&format!("{name}, x"), ArrayView1::from(&self.x).into_dyn())?;
        if let Some(i) = (1..self.x.len()).find(|&i| self.x[i] <= self.x[i - 1]) {
            return Err(Error::OutOfRange {
                what: format!("{name}, x"),
                index: vec![i],
                value: self.x[i],
                limit: format!("greater than {}, the one before", self.x[i - 1]),
                remedy: "sort the points and drop repeated ones".into(),
            });
        }
        for (seed, line) in self.lines.iter().enumerate() {
            let what = format!("{name}, line {seed}");
            check::length(&what, line.len(), self.x.len(), "(one value per x)")?;
            check::finite(&what, ArrayView1::from(line).into_dyn())?;
        }
        Ok(())
    }
}

/// All points of all series as a table: group, series, line, x, y (indices count from zero).
pub(crate) fn table<'a>(groups: impl Iterator<Item = (usize, usize, &'a Series)>) -> ArrayD<f64> {
    let mut rows = Vec::new();
    for (group, index, series) in groups {
        for (seed, line) in series.lines.iter().enumerate() {
            for (x, y) in series.x.iter().zip(line) {
                rows.extend([group as f64, index as f64, seed as f64, *x, *y]);
            }
        }
    }
    let shape = Ix2(rows.len() / 5, 5);
    ndarray::Array2::from_shape_vec(shape, rows).expect("five columns per row").into_dyn()
}
