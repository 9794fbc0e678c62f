//! Two outputs: standard error for people, standard output for programs.
//!
//! Writing never panics: a closed pipe ends the output, not the training.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;

/// Says something to the person at the terminal, unless `quiet`.
pub fn note(quiet: bool, text: impl Display) {
    if !quiet {
        write_line(&mut std::io::stderr(), text);
    }
}

/// Says where pictures are, unless `quiet`.
pub fn pictures(quiet: bool, paths: &[PathBuf]) {
    paths.iter().for_each(|path| note(quiet, format_args!("picture: {}", path.display())));
}

/// Says why the command failed; not silenced by `--quiet`.
pub fn error(text: impl Display) {
    write_line(&mut std::io::stderr(), format_args!("error: {text}"));
}

/// Prints text on standard output.
pub fn text(text: impl Display) {
    write_line(&mut std::io::stdout(), text);
}

/// Prints one value as one line of JSON on standard output.
pub fn json(value: &impl Serialize) {
    text(serde_json::to_string(value).expect("reports hold plain data"));
}

fn write_line(stream: &mut impl Write, text: impl Display) {
    let _closed_pipe = writeln!(stream, "{text}");
}
