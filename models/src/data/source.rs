//! Where images come from, as a user names it.

use std::fs;
use std::path::{Path, PathBuf};

use super::file::file_name;
use super::mnist::is_folder;
use crate::Error;

/// What is accepted, for messages.
const ACCEPTED: &str = "`glyphs` (drawn by the program), a folder with the four IDX files of MNIST or \
                        Fashion-MNIST, a MedMNIST file ending in .npz, or `eureka:DIR` where DIR holds the \
                        folders mnist and fashion_mnist";

/// Where images come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Digits drawn by the library.
    Glyphs,
    /// A folder of IDX files in the layout of MNIST.
    Idx(PathBuf),
    /// A MedMNIST archive.
    Medmnist(PathBuf),
    /// Composite pictures of digits and garments.
    Eureka {
        /// Folder of MNIST.
        mnist: PathBuf,
        /// Folder of Fashion-MNIST.
        fashion: PathBuf,
    },
}

impl Source {
    /// The source that `text` names: `glyphs`, a folder, a file ending in `.npz`, or `eureka:DIR`.
    ///
    /// ```
    /// use models::data::Source;
    ///
    /// assert_eq!(Source::parse("glyphs").unwrap(), Source::Glyphs);
    /// let error = Source::parse("no/such/folder").unwrap_err().to_string();
    /// assert!(error.contains("no/such/folder") && error.contains("glyphs"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] if it names none; the message lists what was found there and what is accepted.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text == "glyphs" {
            return Ok(Self::Glyphs);
        }
        if let Some(dir) = text.strip_prefix("eureka:") {
            return eureka(Path::new(dir));
        }
        let path = PathBuf::from(text);
        let npz = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz"));
        match (path.is_file(), path.is_dir()) {
            (true, _) if npz => Ok(Self::Medmnist(path)),
            (true, _) => Err(invalid(text, "a file that does not end in .npz", hint(&path))),
            (_, true) if is_folder(&path) => Ok(Self::Idx(path)),
            (_, true) => Err(invalid(text, &format!("a folder with {}", contents(&path)), hint(&path))),
            _ => Err(invalid(text, "neither a file nor a folder", "check the path".into())),
        }
    }
}

fn eureka(dir: &Path) -> Result<Source, Error> {
    let (mnist, fashion) = (dir.join("mnist"), dir.join("fashion_mnist"));
    if is_folder(&mnist) && is_folder(&fashion) {
        return Ok(Source::Eureka { mnist, fashion });
    }
    let text = format!("eureka:{}", dir.display());
    let got = if dir.is_dir() { format!("a folder with {}", contents(dir)) } else { "not a folder".into() };
    let remedy = "put the IDX files of MNIST and Fashion-MNIST into its folders mnist and fashion_mnist";
    Err(invalid(&text, &got, remedy.into()))
}

/// What to try for a path that names no data itself.
fn hint(path: &Path) -> String {
    let dir = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    if is_folder(dir) {
        return format!("try {}", dir.display());
    }
    if eureka(dir).is_ok() {
        return format!("try {}, or eureka:{}", dir.join("mnist").display(), dir.display());
    }
    let mut inside: Vec<PathBuf> = entries(dir);
    inside.retain(|entry| is_folder(entry) || entry.extension().is_some_and(|ending| ending == "npz"));
    inside.first().map_or("name one of these".into(), |entry| format!("try {}", entry.display()))
}

/// The first names in a folder, for a message.
fn contents(dir: &Path) -> String {
    const SHOWN: usize = 8;
    let entries = entries(dir);
    let names: Vec<String> = entries.iter().take(SHOWN).map(|entry| file_name(entry)).collect();
    match entries.len() {
        0 => "nothing in it".into(),
        n if n > SHOWN => format!("{} and {} more", names.join(", "), n - SHOWN),
        _ => names.join(", "),
    }
}

/// What is in a folder, in order of name; nothing if it cannot be listed.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(dir).into_iter().flatten();
    let mut entries: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries
}

fn invalid(text: &str, got: &str, remedy: String) -> Error {
    Error::Invalid {
        what: format!("the data source {text}"),
        got: got.into(),
        expected: ACCEPTED.into(),
        remedy,
    }
}
