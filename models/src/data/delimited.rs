//! Text in rows and columns: cells between commas, semicolons, tabs or blanks, comments after `#`.
//!
//! What separates cells is what the first row shows. A cell may stand in double quotes, which end on its line.

use std::borrow::Cow;

/// Cells that say that a value is missing, in lower case.
const MISSING: [&str; 8] = ["", "na", "n/a", "nan", "null", "none", "-", "?"];

/// Rows of text, all of them as wide as the first.
pub(super) struct Delimited<'a> {
    /// Names of the columns, if the first row holds names.
    pub(super) header: Option<Vec<Cow<'a, str>>>,
    /// Cells of each row, and its line in the file, counted from one.
    pub(super) rows: Vec<(usize, Vec<Cow<'a, str>>)>,
}

/// A row that has another number of cells than the first.
pub(super) struct Uneven {
    pub(super) line: usize,
    pub(super) found: usize,
    pub(super) expected: usize,
}

impl<'a> Delimited<'a> {
    /// Splits a text; lines without cells are left out.
    pub(super) fn parse(text: &'a str) -> Result<Self, Uneven> {
        let lines = text.lines().zip(1..).map(|(line, number)| (number, without_comment(line)));
        let mut lines = lines.filter(|(_, line)| !line.trim().is_empty()).peekable();
        let separator = lines.peek().and_then(|(_, first)| separator(first));
        let mut rows: Vec<_> = lines.map(|(number, line)| (number, cells(line, separator))).collect();
        let width = rows.first().map_or(0, |(_, first)| first.len());
        if let Some((line, row)) = rows.iter().find(|(_, row)| row.len() != width) {
            return Err(Uneven { line: *line, found: row.len(), expected: width });
        }
        let header = rows.first().is_some_and(|(_, first)| is_header(first)).then(|| rows.remove(0).1);
        Ok(Self { header, rows })
    }

    /// The last column whose first value that is not missing is a number.
    pub(super) fn last_numeric(&self) -> Option<usize> {
        let width = self.rows.first().map_or(0, |(_, first)| first.len());
        let first_value = |column: usize| {
            let mut cells = self.rows.iter().map(|(_, row)| row[column].as_ref());
            cells.find(|cell| !is_missing(cell))
        };
        (0..width).rev().find(|&column| first_value(column).is_some_and(is_number))
    }
}

/// Whether a cell stands for a value that is not there.
pub(super) fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell.to_lowercase().as_str())
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}

/// A row with words and without numbers or gaps marked as such.
fn is_header(row: &[Cow<str>]) -> bool {
    let has_value = row.iter().any(|cell| is_number(cell) || (is_missing(cell) && !cell.is_empty()));
    !has_value && row.iter().any(|cell| cell.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// What stands between cells: the first of tab, semicolon, comma that occurs; blanks where there is none.
fn separator(line: &str) -> Option<char> {
    let unquoted: String = line.split('"').step_by(2).collect();
    ['\t', ';', ','].into_iter().find(|&c| unquoted.contains(c))
}

/// A line up to the first `#` outside quotes.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let is_start = |c: char| {
        quoted ^= c == '"';
        c == '#' && !quoted
    };
    line.find(is_start).map_or(line, |at| &line[..at])
}

/// The cells of a line without quotes and blanks around them; runs of blanks separate as one where `separator` is none.
fn cells(line: &str, separator: Option<char>) -> Vec<Cow<'_, str>> {
    let mut quoted = false;
    let is_end = |c: char| {
        quoted ^= c == '"';
        !quoted && separator.map_or(c.is_whitespace(), |separator| c == separator)
    };
    let kept = line.split(is_end).filter(|cell| separator.is_some() || !cell.is_empty());
    kept.map(|cell| unquoted(cell.trim())).collect()
}

/// The content of a cell in quotes, where two stand for one; any other cell as it is.
fn unquoted(cell: &str) -> Cow<'_, str> {
    let inner = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if inner.contains('"') => inner.replace("\"\"", "\"").into(),
        Some(inner) => inner.trim().into(),
        None => cell.into(),
    }
}
