//! From a series to windows and targets, in order of time.

use serde::{Deserialize, Serialize};

use super::Series;
use crate::Error;

/// How a series is cut, scaled and split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WindowConfig {
    /// Values per window, T.
    pub length: usize,
    /// Share of the windows, the first ones, that is trained on.
    pub train_share: f64,
    /// How values are scaled.
    pub scaling: Scaling,
    /// Leaves out the last possible window, as the published scripts do.
    pub drop_last: bool,
}

/// How values are scaled; input and output each by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// Not at all.
    None,
    /// Least value to -1, largest to 1, of the whole series: the test values are seen. As published.
    WholeSeries,
    /// The same by the values before the first test target alone.
    TrainOnly,
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self { length: 4, train_share: 0.67, scaling: Scaling::WholeSeries, drop_last: true }
    }
}

/// Windows of a series and the values that follow them.
#[derive(Clone, Debug, PartialEq)]
pub struct Windows {
    /// Values per window, T.
    pub length: usize,
    /// Windows, shape `[n T]`.
    pub inputs: Vec<f64>,
    /// What follows each, shape `[n]`.
    pub targets: Vec<f64>,
    /// Number of windows to train on; the rest, later in time, is for testing.
    pub n_train: usize,
}

impl Windows {
    /// Window i holds the inputs `i .. i + T`, its target is output `i + T`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a series that is too short, is constant where it is to be scaled, or holds a value that
    /// is not finite, for lengths that differ, and for settings out of range.
    pub fn cut(series: &Series, config: &WindowConfig) -> Result<Self, Error> {
        let (length, n) = (config.length, series.output.len());
        let n_windows = n.saturating_sub(length).saturating_sub(usize::from(config.drop_last));
        let n_train = (config.train_share * n_windows as f64) as usize;
        check(series, config, n_train, n_windows)?;
        let seen = match config.scaling {
            Scaling::None | Scaling::WholeSeries => n,
            Scaling::TrainOnly => n_train + length,
        };
        let scaled = |values: &[f64]| match config.scaling {
            Scaling::None => Ok(values.to_vec()),
            Scaling::WholeSeries | Scaling::TrainOnly => min_max(values, &values[..seen]),
        };
        let (input, output) = (scaled(&series.input)?, scaled(&series.output)?);
        let inputs = input.windows(length).take(n_windows).flatten().copied().collect(); // n T
        Ok(Self { length, inputs, targets: output[length..][..n_windows].to_vec(), n_train })
    }

    /// Window `i`, shape `[T]`.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn input(&self, i: usize) -> &[f64] {
        &self.inputs[i * self.length..][..self.length]
    }
}

fn check(series: &Series, config: &WindowConfig, n_train: usize, n_windows: usize) -> Result<(), Error> {
    let [n_in, n_out] = [series.input.len(), series.output.len()];
    if n_in != n_out {
        let expected = format!("as many as outputs, {n_out}");
        return Err(Error::invalid("the number of inputs", n_in, expected, "give both at the same times"));
    }
    if config.length == 0 {
        return Err(Error::invalid("the length of a window", 0, "at least 1", "use 4"));
    }
    let share = config.train_share;
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::invalid("train_share", share, "between 0 and 1", "use 0.67"));
    }
    if n_train == 0 || n_train == n_windows {
        let expected = format!("long enough for windows of {} to train on and to test", config.length);
        return Err(Error::invalid("the length of the series", n_out, expected, "use shorter windows"));
    }
    for (what, values) in [("input", &series.input), ("output", &series.output)] {
        if let Some((k, value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            let what = format!("value {k} of the {what}, counted from 0,");
            return Err(Error::invalid(what, value, "finite", "fill the gap or cut the series there"));
        }
    }
    Ok(())
}

/// `2 (x - min) / (max - min) - 1`, with extremes of `seen`.
fn min_max(values: &[f64], seen: &[f64]) -> Result<Vec<f64>, Error> {
    let least = seen.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == largest {
        let what = "every value that sets the scale";
        return Err(Error::invalid(what, least, "not all the same", "set scaling = \"none\""));
    }
    Ok(values.iter().map(|x| 2.0 * (x - least) / (largest - least) - 1.0).collect())
}
