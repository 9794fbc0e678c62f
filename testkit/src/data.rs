//! Where tests find real data sets.

use std::path::PathBuf;

/// The folder named by the environment variable `KETWORK_DATA`; where it is unset, `None`, and the reason
/// of the skip is printed.
///
/// # Panics
/// If the variable names something that is not a folder.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub fn data_dir() -> Option<PathBuf> {
    let Some(name) = std::env::var_os("KETWORK_DATA") else {
        eprintln!("skipped: set KETWORK_DATA to a folder of data sets to run this test on real data");
        return None;
    };
    let folder = PathBuf::from(name);
    assert!(folder.is_dir(), "KETWORK_DATA is {}, not a folder; give an absolute path", folder.display());
    Some(folder)
}
