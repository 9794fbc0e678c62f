//! Counts of doubly stochastic matrices on grids, against closed forms and published figures.

use models::attention::{dsm_count, low_sum_count};

#[test]
fn two_levels_count_permutations() {
    let mut factorial = 1;
    for n in 1..=7 {
        factorial *= n as u128;
        assert_eq!(dsm_count(n, 2), Some(factorial));
    }
}

#[test]
fn three_by_three_has_a_closed_form() {
    for levels in (2..=12).chain([43]) {
        let r = levels as u128 - 1;
        assert_eq!(dsm_count(3, levels), Some((r + 1) * (r + 2) * (r * r + 3 * r + 4) / 8));
    }
    assert_eq!(dsm_count(3, 43), Some(447_931));
}

#[test]
fn published_counts() {
    for (n, counts) in
        [(4, vec![24, 282, 2008, 10147, 40176, 132_724, 381_424]), (5, vec![120, 6210, 153_040])]
    {
        for (levels, expected) in (2..).zip(counts) {
            assert_eq!(dsm_count(n, levels), Some(expected), "{n} x {n}, {levels} levels");
        }
    }
}

/// Tables of arXiv:2504.16275, appendix E, and by trying all blocks where they are few.
#[test]
fn blocks_of_low_sum() {
    for (n, levels, expected) in [(3, 3, 5), (4, 3, 211), (5, 3, 17_901), (5, 4, 658_071)] {
        assert_eq!(low_sum_count(n, levels), Some(expected), "n {n}, {levels} levels");
    }
    for (n, levels) in [(2_usize, 2_usize), (2, 5), (3, 2), (3, 4), (3, 7), (4, 2)] {
        let cells = (n - 1) * (n - 1);
        let sum = |block: usize| (0..cells as u32).map(|k| block / levels.pow(k) % levels).sum::<usize>();
        let tried = (0..levels.pow(cells as u32)).filter(|&b| sum(b) < (n - 2) * (levels - 1)).count();
        assert_eq!(low_sum_count(n, levels), Some(tried as u128), "n {n}, {levels} levels");
    }
}
