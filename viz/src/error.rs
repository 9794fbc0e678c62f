//! What can be wrong with the data of a picture.

/// Why a picture could not be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is nothing to draw.
    #[error(
        "{what} is empty (shape {shape:?}); a picture needs at least one value: draw it after the first epoch"
    )]
    Empty {
        /// The argument.
        what: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A value is NaN or infinite.
    #[error(
        "{what}{index:?} is {value}; pictures need finite values: drop the diverged run or the broken entry"
    )]
    NotFinite {
        /// The argument.
        what: String,
        /// Position of the first such value.
        index: Vec<usize>,
        /// The value.
        value: f64,
    },
    /// A value lies outside of what the picture can show.
    #[error("{what}{index:?} is {value}, but must be {limit}; {remedy}")]
    OutOfRange {
        /// The argument.
        what: String,
        /// Position of the first such value.
        index: Vec<usize>,
        /// The value.
        value: f64,
        /// The permitted range.
        limit: String,
        /// What to do.
        remedy: String,
    },
    /// Two lengths that must agree do not.
    #[error("{what} has {found} entries, but {expected} are needed {why}")]
    Length {
        /// The argument.
        what: String,
        /// Its length.
        found: usize,
        /// The length it needs.
        expected: usize,
        /// What the length must agree with.
        why: String,
    },
    /// The picture would be too large to open.
    #[error("{what}: {found} exceeds the limit of {limit}; {remedy}")]
    TooMany {
        /// What is counted.
        what: String,
        /// The count.
        found: usize,
        /// The largest permitted count.
        limit: usize,
        /// What to do.
        remedy: String,
    },
    /// The drawing library refused.
    #[error("drawing failed: {0}")]
    Draw(String),
    /// The array could not be written as `.npy`.
    #[error("writing the .npy bytes failed: {0}")]
    Npy(String),
}
