//! Numbers as people write them, and texts broken into lines.

/// Three significant digits: `0.873`, `1.25e6`, `2.2e-16`, `0`.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e5).contains(&size) {
        return scientific(value, 2);
    }
    let digits = (2 - size.log10().floor() as i32).max(0) as usize;
    without_trailing_zeros(&format!("{value:.digits$}"))
}

/// Like [`number`], but two digits and always an exponent below 0.01: for errors that span decades.
pub(crate) fn error(value: f64) -> String {
    let value_is_plain = value == 0.0 || (0.01..1000.0).contains(&value.abs());
    if value_is_plain { without_trailing_zeros(&format!("{value:.2}")) } else { scientific(value, 1) }
}

fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", without_trailing_zeros(mantissa))
}

fn without_trailing_zeros(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text.into() }
}

/// An upper estimate of the width of a text in a sans-serif font, in the unit of `size`.
///
/// Wide enough for DejaVu Sans and Verdana; Helvetica and Arial need about 15 % less.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | ' ' | '(' | ')' | '[' | ']' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 1.0,
        'A'..='Z' => 0.76,
        '\0'..='\u{2e7f}' => 0.64,
        '\u{2e80}'..='\u{10ffff}' => 1.05,
    };
    size * text.chars().map(em).sum::<f64>()
}

/// Breaks a text at spaces so that no line is wider than `limit`; a longer word stays whole.
pub(crate) fn wrap(text: &str, size: f64, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        let table = [
            (0.0, "0"),
            (1.0, "1"),
            (0.25, "0.25"),
            (0.123_456, "0.123"),
            (12.0, "12"),
            (0.001_234, "0.00123"),
            (99_999.0, "99999"),
            (1.25e6, "1.25e6"),
            (1e-17, "1e-17"),
            (-2.5, "-2.5"),
        ];
        for (value, text) in table {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn errors_show_their_size() {
        for (value, text) in [
            (0.0, "0"),
            (2.22e-16, "2.2e-16"),
            (0.004, "4e-3"),
            (0.414, "0.41"),
            (6.0, "6"),
            (5200.0, "5.2e3"),
        ] {
            assert_eq!(error(value), text);
        }
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "rows are queries, columns are keys; one colour scale for all panels";
        for limit in [40.0, 120.0, 4000.0] {
            let lines = wrap(text, 13.0, limit);
            assert_eq!(lines.join(" "), text);
            for line in lines {
                assert!(width(&line, 13.0) <= limit || !line.contains(' '), "{line}");
            }
        }
    }
}
