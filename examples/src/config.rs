//! Settings in layers: a preset, a TOML file over it, flags over both; unknown keys are errors.

use std::path::Path;

use models::attention::nearest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::error::CliError;

/// `base` with the keys of a TOML file put over it.
///
/// # Errors
/// The file cannot be read, is not TOML, or has a key or value the settings do not know.
pub fn over<T: Serialize + DeserializeOwned>(base: &T, file: &Path) -> Result<T, CliError> {
    let text = std::fs::read_to_string(file).map_err(CliError::io(file))?;
    let wrong = |error: toml::de::Error| CliError::Usage(format!("{}: {}", file.display(), explain(&error)));
    let mut table = table(base);
    merge(&mut table, text.parse::<Table>().map_err(wrong)?);
    table.try_into().map_err(wrong)
}

/// The settings a file holds in full.
///
/// # Errors
/// As [`over`]; a missing key is an error too.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<T, CliError> {
    let text = std::fs::read_to_string(file).map_err(CliError::io(file))?;
    toml::from_str(&text).map_err(|error| CliError::Data(format!("{}: {}", file.display(), explain(&error))))
}

/// All settings as TOML text.
pub fn text(config: &impl Serialize) -> String {
    toml::to_string(config).expect("settings are plain data")
}

/// The first setting in which two configurations differ: `key: left, right`.
pub fn difference<T: Serialize>(left: &T, right: &T) -> Option<String> {
    table_difference("", &table(left), &table(right))
}

fn table(config: &impl Serialize) -> Table {
    Table::try_from(config).expect("settings are plain data")
}

/// Puts `upper` over `lower` key by key; a table of another `kind` replaces the old one whole.
fn merge(lower: &mut Table, upper: Table) {
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) if same_kind(below, &above) => {
                merge(below, above)
            }
            (_, value) => {
                lower.insert(key, value);
            }
        }
    }
}

fn same_kind(below: &Table, above: &Table) -> bool {
    above.get("kind").is_none_or(|kind| below.get("kind") == Some(kind))
}

fn table_difference(path: &str, left: &Table, right: &Table) -> Option<String> {
    let missing = Value::String("nothing".into());
    left.keys().chain(right.keys()).find_map(|key| {
        let here = format!("{path}{key}");
        match (left.get(key).unwrap_or(&missing), right.get(key).unwrap_or(&missing)) {
            (Value::Table(l), Value::Table(r)) => table_difference(&format!("{here}."), l, r),
            (l, r) => (l != r).then(|| format!("{here}: {l}, {r}")),
        }
    })
}

/// One line out of a TOML error, with the nearest known key where a key or name is unknown.
fn explain(error: &toml::de::Error) -> String {
    let whole = error.to_string();
    let line = whole.trim_end().replace('\n', " ");
    if error.span().is_some() && !error.message().starts_with("unknown") {
        return format!("{} ({})", error.message(), whole.lines().next().unwrap_or_default());
    }
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let (Some(unknown), true) = (quoted.next(), error.message().starts_with("unknown")) else { return line };
    let known: Vec<&str> = quoted.collect();
    if known.is_empty() {
        return line;
    }
    let place = whole.lines().find(|text| text.starts_with("in `")).unwrap_or_default();
    format!("unknown key or name `{unknown}` {place}; did you mean `{}`?", nearest(unknown, &known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(lower: &str, upper: &str) -> Table {
        let mut table: Table = lower.parse().unwrap();
        merge(&mut table, upper.parse().unwrap());
        table
    }

    #[test]
    fn files_override_key_by_key_and_replace_other_kinds() {
        for (lower, upper, expected) in [
            ("a = 1\nb = 2", "b = 3", "a = 1\nb = 3"),
            ("[t]\na = 1\nb = 2", "[t]\nb = 3", "[t]\na = 1\nb = 3"),
            ("[t]\nkind = 'x'\na = 1", "[t]\nkind = 'x'\nb = 2", "[t]\nkind = 'x'\na = 1\nb = 2"),
            ("[t]\nkind = 'x'\na = 1", "[t]\nb = 2", "[t]\nkind = 'x'\na = 1\nb = 2"),
            ("[t]\nkind = 'x'\na = 1", "[t]\nkind = 'y'", "[t]\nkind = 'y'"),
        ] {
            assert_eq!(merged(lower, upper), expected.parse::<Table>().unwrap(), "{lower:?} under {upper:?}");
        }
    }

    #[test]
    fn differences_name_the_key_and_both_values() {
        let parse = |text: &str| text.parse::<Table>().unwrap();
        for (left, right, expected) in [
            ("a = 1", "a = 1", None),
            ("a = 1\n[t]\nb = 2", "a = 1\n[t]\nb = 3", Some("t.b: 2, 3")),
            ("a = 1", "", Some("a: 1, \"nothing\"")),
        ] {
            assert_eq!(difference(&parse(left), &parse(right)).as_deref(), expected, "{left:?} {right:?}");
        }
    }
}
