//! Weighted bit strings: what a Born machine learns.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::Error;

/// Most strings a constructor writes out.
const MOST: usize = 1 << 22;

/// A distribution over bit strings of one length: each string once, in lexicographic order, with weights that
/// add up to one.
///
/// ```
/// use tensornet::BitStrings;
///
/// let images = BitStrings::bars_and_stripes(4, 3)?;
/// assert_eq!((images.n_qubits(), images.rows().len()), (12, 22));
/// assert!((images.entropy() - 22_f64.ln()).abs() < 1e-14);
/// let counted: BitStrings = "011 3\n100 1\n".parse()?;
/// assert_eq!(counted.weights(), [0.75, 0.25]);
/// # Ok::<(), tensornet::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BitStrings {
    rows: Vec<Vec<bool>>,
    weights: Vec<f64>,
}

impl BitStrings {
    /// Equal weight for each row, qubit 0 first; a row listed twice counts twice.
    ///
    /// # Errors
    /// If there is no row, rows are empty, or their lengths differ.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<bool>>) -> Result<Self, Error> {
        Self::from_weighted(rows.into_iter().map(|row| (row, 1.0)))
    }

    /// Rows with positive weights of any sum; equal rows are merged.
    ///
    /// # Errors
    /// As [`from_rows`](Self::from_rows), and if a weight is not positive and finite.
    pub fn from_weighted(rows: impl IntoIterator<Item = (Vec<bool>, f64)>) -> Result<Self, Error> {
        let mut table: BTreeMap<Vec<bool>, f64> = BTreeMap::new();
        let mut length = None;
        for (row, (bits, weight)) in rows.into_iter().enumerate() {
            let expected = *length.get_or_insert(bits.len());
            if bits.len() != expected {
                return Err(Error::RowLength { row, got: bits.len(), expected });
            }
            if !(weight > 0.0 && weight.is_finite()) {
                return Err(Error::Setting { name: "a weight", value: weight, range: "positive and finite" });
            }
            *table.entry(bits).or_default() += weight;
        }
        match length {
            None => Err(Error::Setting { name: "the number of rows", value: 0.0, range: "1 or more" }),
            Some(0) => Err(Error::Qubits { n_qubits: 0, min: 1, max: usize::MAX }),
            Some(_) => {
                let total: f64 = table.values().sum();
                let (rows, weights) = table.into_iter().map(|(row, weight)| (row, weight / total)).unzip();
                Ok(Self { rows, weights })
            }
        }
    }

    /// Images of which all rows, or all columns, are constant, row by row: `2^rows + 2^columns - 2` strings,
    /// for the two uniform images are both.
    ///
    /// # Errors
    /// If a side is not from 1 to 20.
    pub fn bars_and_stripes(rows: usize, columns: usize) -> Result<Self, Error> {
        for (name, side) in [("rows", rows), ("columns", columns)] {
            if !(1..=20).contains(&side) {
                return Err(Error::Setting { name, value: side as f64, range: "from 1 to 20" });
            }
        }
        let image = |bit: &dyn Fn(usize, usize) -> bool| -> Vec<bool> {
            (0..rows * columns).map(|k| bit(k / columns, k % columns)).collect()
        };
        let stripes = (0..1usize << rows).map(|code| image(&|row, _| code >> row & 1 == 1));
        let bars = (1..(1usize << columns) - 1).map(|code| image(&|_, column| code >> column & 1 == 1));
        let all = stripes.chain(bars).collect::<std::collections::BTreeSet<_>>();
        Self::from_rows(all)
    }

    /// All strings of `n_qubits` bits of which `ones` are set.
    ///
    /// # Errors
    /// If there is no qubit, `ones` exceeds it, or there are more than `2^22` strings.
    pub fn cardinality(n_qubits: usize, ones: usize) -> Result<Self, Error> {
        if n_qubits == 0 {
            return Err(Error::Qubits { n_qubits, min: 1, max: usize::MAX });
        }
        if ones > n_qubits {
            let range = "at most the number of qubits";
            return Err(Error::Setting { name: "ones", value: ones as f64, range });
        }
        let few = ones.min(n_qubits - ones);
        let count = (0..few).fold(1.0, |count, k| count * (n_qubits - k) as f64 / (k + 1) as f64);
        if count > MOST as f64 {
            return Err(Error::Setting {
                name: "the number of strings",
                value: count,
                range: "at most 2^22",
            });
        }
        let mut rows = vec![(Vec::with_capacity(n_qubits), 0)]; // prefix, ones in it
        for length in 1..=n_qubits {
            let next = |(prefix, set): (Vec<bool>, usize)| {
                [false, true].into_iter().filter_map(move |bit| {
                    let set = set + usize::from(bit);
                    let reachable = set <= ones && ones - set <= n_qubits - length;
                    reachable.then(|| ([prefix.as_slice(), &[bit]].concat(), set))
                })
            };
            rows = rows.into_iter().flat_map(next).collect();
        }
        Self::from_rows(rows.into_iter().map(|(row, _)| row))
    }

    /// Length of the strings.
    pub fn n_qubits(&self) -> usize {
        self.rows[0].len()
    }

    /// The distinct strings, qubit 0 first, in lexicographic order.
    pub fn rows(&self) -> &[Vec<bool>] {
        &self.rows
    }

    /// Probability of each string, positive, with sum one.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// `-Σ w ln w` in nats, the least negative log-likelihood a model can reach.
    pub fn entropy(&self) -> f64 {
        -self.weights.iter().map(|w| w * w.ln()).sum::<f64>()
    }
}

/// One string a line, digits 0 and 1, after which a count may follow; blank lines are skipped.
impl FromStr for BitStrings {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let rows = filled.map(|(k, line)| read_line(k + 1, line)).collect::<Result<Vec<_>, _>>()?;
        let length = rows.first().map_or(0, |(_, bits, _)| bits.len());
        if let Some((line, bits, _)) = rows.iter().find(|(_, bits, _)| bits.len() != length) {
            let found = format!("{} digits", bits.len());
            let column = bits.len().min(length) + 1;
            return Err(Error::Text { line: *line, column, found, expected: "as many as in the first line" });
        }
        Self::from_weighted(rows.into_iter().map(|(_, bits, count)| (bits, count)))
    }
}

/// Line number, bits and count.
fn read_line(line: usize, text: &str) -> Result<(usize, Vec<bool>, f64), Error> {
    let wrong = |column: usize, found: &str, expected| {
        Err(Error::Text { line, column: column + 1, found: found.into(), expected })
    };
    let trimmed = text.trim_start();
    let indent = text.chars().count() - trimmed.chars().count();
    let (digits, rest) = trimmed.split_at(trimmed.find(char::is_whitespace).unwrap_or(trimmed.len()));
    let mut bits = Vec::with_capacity(digits.len());
    for (k, digit) in digits.chars().enumerate() {
        match digit {
            '0' => bits.push(false),
            '1' => bits.push(true),
            other => return wrong(indent + k, &other.to_string(), "the digit 0 or 1"),
        }
    }
    let count = rest.trim();
    let column = text.chars().count() - rest.trim_start().chars().count();
    match (count, count.parse::<f64>()) {
        ("", _) => Ok((line, bits, 1.0)),
        (_, Ok(value)) if value > 0.0 && value.is_finite() => Ok((line, bits, value)),
        _ => wrong(column, count, "a positive count"),
    }
}
