//! "Did you mean ..?": the known name nearest to a mistyped one.

/// The element of `names` at the smallest edit distance from `name`, the first of several.
///
/// ```
/// assert_eq!(models::attention::nearest("sofmtax", &["sinkhorn", "softmax"]), "softmax");
/// ```
///
/// # Panics
/// Where `names` is empty.
pub fn nearest<'a>(name: &str, names: &[&'a str]) -> &'a str {
    names.iter().min_by_key(|known| edit_distance(name, known)).expect("there are names to choose from")
}

/// Least number of insertions, deletions and substitutions that turn `a` into `b` (Levenshtein).
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}
