//! Counts of doubly stochastic matrices on grids, against closed forms and published figures.

use models::attention::dsm_count;

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
