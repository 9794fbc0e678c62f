//! How many doubly stochastic matrices a grid of values can spell, and how many blocks spell none.

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

/// Number of (n - 1) x (n - 1) blocks with entries among 0, 1/(levels - 1), .., 1 whose entries add up to less
/// than n - 2: the last entry of the n x n matrix with unit line sums around such a block would be negative.
///
/// This is the term `c2` of `f = levels^k - c1 - c2 + c12`, `k = (n - 1)^2`, where `f` is [`dsm_count`], `c1` counts
/// blocks with a line sum above one and `c12` those with both faults. None where the count exceeds 128 bits.
/// Reference: Born et al., arXiv:2504.16275, appendix E.
///
/// ```
/// use models::attention::low_sum_count;
///
/// assert_eq!(low_sum_count(3, 3), Some(5)); // 2 x 2 blocks of 0, 1/2, 1: all zero, or one entry of 1/2
/// ```
///
/// # Panics
/// For n below two or fewer than two levels.
pub fn low_sum_count(n: usize, levels: usize) -> Option<u128> {
    assert!(
        n >= 2 && levels >= 2,
        "blocks need n >= 2 and 2 levels, but n is {n} and there are {levels} levels"
    );
    let below = (n - 2) * (levels - 1);
    let mut ways = vec![0_u128; below]; // sum of the entries so far, in units of 1/(levels - 1) -> blocks
    if let Some(empty) = ways.first_mut() {
        *empty = 1;
    }
    for _ in 0..(n - 1).pow(2) {
        let reach = |sum: usize| (sum + 1).saturating_sub(levels)..=sum;
        let add = |sum| ways[reach(sum)].iter().try_fold(0_u128, |total, &w| total.checked_add(w));
        ways = (0..below).map(add).collect::<Option<_>>()?;
    }
    ways.into_iter().try_fold(0_u128, u128::checked_add)
}
