//! Where a series comes from, as a user names it: a standard task or a column of a file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Scaling, Series, Task};
use crate::Error;
use crate::attention::nearest;
use crate::data::{is_file, load_series};

/// A series to forecast, by its origin.
///
/// | text | is |
/// |---|---|
/// | `shm` | a task of [`Task::NAMES`] |
/// | `narma5`, `narma5:u` | the response of order 5, forecast from the input that drives it |
/// | `narma5:y` | the same response, forecast from its own past |
/// | `FILE` | the last column of numbers of a table, see [`load_series`] |
/// | `FILE:COLUMN` | a column by its name, or by its number from 0 |
/// | `FILE:COLUMN:INPUT` | a column to be forecast from another one |
///
/// ```
/// use models::series::{Driver, SeriesSource, Task};
///
/// let source = SeriesSource::parse("narma5:y")?;
/// assert_eq!(source, SeriesSource::Task { task: Task::Narma5, driver: Driver::Y });
/// let series = source.series()?;
/// assert_eq!(series.input, series.output);
/// assert_eq!(source.to_string(), "narma5:y");
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SeriesSource {
    /// A standard task.
    Task {
        /// The task.
        task: Task,
        /// What a driven response is forecast from; other tasks heed it not.
        #[serde(default)]
        driver: Driver,
    },
    /// A column of a file.
    File {
        /// The file.
        path: PathBuf,
        /// The column to forecast, as [`load_series`] takes it.
        #[serde(default)]
        column: Option<String>,
        /// The column to forecast it from, where that is another.
        #[serde(default)]
        input: Option<String>,
    },
}

/// What the response of a driven task, NARMA, is forecast from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// The input `u` that drives it, as in the published scripts.
    #[default]
    U,
    /// Its own past, `y`.
    Y,
}

impl SeriesSource {
    /// The source that `text` names; see the table above.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is neither a task nor begins with the path of a file.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (name, driver) = match text.rsplit_once(':') {
            Some((name, "u")) => (name, Some(Driver::U)),
            Some((name, "y")) => (name, Some(Driver::Y)),
            Some(_) | None => (text, None),
        };
        match Task::NAMES.iter().find(|(known, _)| *known == name) {
            Some(&(_, task)) if driver.is_none() || task.is_driven() => {
                Ok(Self::Task { task, driver: driver.unwrap_or_default() })
            }
            Some(_) | None => file(text).ok_or_else(|| unknown(text)),
        }
    }

    /// The values, unscaled.
    ///
    /// # Errors
    /// As [`load_series`], for files.
    pub fn series(&self) -> Result<Series, Error> {
        match self {
            Self::Task { task, driver: Driver::U } => Ok(task.series()),
            Self::Task { task, driver: Driver::Y } => Ok(Series::of(task.series().output)),
            Self::File { path, column, input: None } => load_series(path, column.as_deref()).map(Series::of),
            Self::File { path, column, input } => Ok(Series {
                output: load_series(path, column.as_deref())?,
                input: load_series(path, input.as_deref())?,
            }),
        }
    }

    /// How the values are scaled where nothing else is asked for.
    pub fn default_scaling(&self) -> Scaling {
        match self {
            Self::Task { task, .. } => task.default_scaling(),
            Self::File { .. } => Scaling::WholeSeries,
        }
    }
}

/// The text that [`SeriesSource::parse`] reads as this source; an input column without an output column has none.
impl std::fmt::Display for SeriesSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Task { task, driver } => {
                f.write_str(task.name())?;
                f.write_str(if *driver == Driver::Y && task.is_driven() { ":y" } else { "" })
            }
            Self::File { path, column, input } => {
                write!(f, "{}", path.display())?;
                [column, input].into_iter().flatten().try_for_each(|column| write!(f, ":{column}"))
            }
        }
    }
}

/// The longest beginning of `text` that is a file, and up to two columns after it.
fn file(text: &str) -> Option<SeriesSource> {
    let source = |path: &str, column: Option<&str>, input: Option<&str>| {
        let source = || SeriesSource::File {
            path: path.into(),
            column: column.map(String::from),
            input: input.map(String::from),
        };
        is_file(Path::new(path)).then(source)
    };
    source(text, None, None).or_else(|| {
        let (path, last) = text.rsplit_once(':')?;
        source(path, Some(last), None).or_else(|| {
            let (path, column) = path.rsplit_once(':')?;
            source(path, Some(column), Some(last))
        })
    })
}

fn unknown(text: &str) -> Error {
    let names = Task::NAMES.map(|(known, _)| known);
    let expected = format!("a task ({}), or FILE or FILE:COLUMN where FILE is a table", names.join(", "));
    let remedy = if text.contains(['.', '/', '\\']) {
        "check the path of the file".into()
    } else {
        format!("did you mean {}?", nearest(text, &names))
    };
    Error::invalid("the series", text, expected, remedy)
}
