//! How many doubly stochastic matrices a grid of values can spell.

use std::collections::BTreeMap;

/// Number of n x n doubly stochastic matrices whose entries are among 0, 1/(levels - 1), .., 1.
///
/// Scaled by `levels` - 1 these are the non-negative integer matrices with all line sums `levels` - 1; they are
/// counted row by row, keeping how much each column still lacks. None where the count exceeds 128 bits.
///
/// ```
/// use models::attention::dsm_count;
///
/// assert_eq!(dsm_count(3, 2), Some(6)); // the permutations of three
/// assert_eq!(dsm_count(2, 11), Some(11));
/// ```
///
/// # Panics
/// For fewer than two levels.
pub fn dsm_count(n: usize, levels: usize) -> Option<u128> {
    assert!(
        levels >= 2,
        "doubly stochastic matrices need at least the levels 0 and 1, but there is {levels}"
    );
    let mut lacking = BTreeMap::from([(vec![levels - 1; n], 1_u128)]); // sorted columns -> ways to get there
    for _ in 0..n {
        let mut next = BTreeMap::new();
        for (columns, ways) in lacking {
            for mut left in rows(&columns, levels - 1) {
                left.sort_unstable();
                let total = next.entry(left).or_insert(0_u128);
                *total = total.checked_add(ways)?;
            }
        }
        lacking = next;
    }
    lacking.into_values().next()
}

/// What `columns` lack after each row of sum `sum` they have room for.
fn rows(columns: &[usize], sum: usize) -> Vec<Vec<usize>> {
    let Some((&first, rest)) = columns.split_first() else {
        return if sum == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let room: usize = rest.iter().sum();
    let entries = sum.saturating_sub(room)..=first.min(sum);
    entries
        .flat_map(|entry| {
            rows(rest, sum - entry).into_iter().map(move |tail| [vec![first - entry], tail].concat())
        })
        .collect()
}
