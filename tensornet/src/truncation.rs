//! How much of a bond is kept.

use serde::{Deserialize, Serialize};

/// What a cut keeps: at most `chi_max` singular values, none below the share `floor` of the largest, and no more
/// than it takes to discard at most the share `cutoff` of the weight (the sum of their squares). At least one
/// is always kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Truncation {
    /// Largest bond dimension.
    pub chi_max: usize,
    /// Largest share of the weight discarded in one cut for the sake of a smaller bond.
    pub cutoff: f64,
    /// Smallest share of the largest singular value that is kept.
    pub floor: f64,
}

impl Truncation {
    /// Discards only what rounding put there: singular values below 1e-15 of the norm.
    pub const EXACT: Self = Self { chi_max: usize::MAX, cutoff: 1e-30, floor: 0.0 };

    /// Number of values kept and the share of the weight that goes with the others; `values` descend.
    pub(crate) fn kept(&self, values: &[f64]) -> (usize, f64) {
        let total: f64 = values.iter().map(|s| s * s).sum();
        if total == 0.0 {
            return (1, 0.0);
        }
        let mut discarded = 0.0;
        let mut kept = values.len();
        while kept > 1 {
            let next = discarded + values[kept - 1].powi(2) / total;
            let small = values[kept - 1] < self.floor * values[0];
            if next > self.cutoff && kept <= self.chi_max && !small {
                break;
            }
            (kept, discarded) = (kept - 1, next);
        }
        (kept, discarded)
    }
}

impl Default for Truncation {
    fn default() -> Self {
        Self::EXACT
    }
}

#[cfg(test)]
mod tests {
    use super::Truncation;

    #[test]
    fn a_cut_obeys_both_limits_and_reports_what_it_drops() {
        let values = [0.8, 0.5, 0.3, 0.1, 0.1]; // squares sum to one
        let table = [
            (usize::MAX, 0.0, 0.0, 5, 0.0),
            (usize::MAX, 0.015, 0.0, 4, 0.01),
            (usize::MAX, 0.025, 0.0, 3, 0.02),
            (2, 0.0, 0.0, 2, 0.11),
            (3, 0.2, 0.0, 2, 0.11),
            (0, 0.0, 0.0, 1, 0.36),
            (usize::MAX, 1.0, 0.0, 1, 0.36),
            (usize::MAX, 0.0, 0.124, 5, 0.0),
            (usize::MAX, 0.0, 0.126, 3, 0.02),
            (2, 0.0, 0.126, 2, 0.11),
            (4, 0.0, 0.7, 1, 0.36),
            (4, 0.0, 2.0, 1, 0.36),
        ];
        for (chi_max, cutoff, floor, kept, discarded) in table {
            let got = Truncation { chi_max, cutoff, floor }.kept(&values);
            assert_eq!(got.0, kept, "{chi_max} {cutoff} {floor}");
            assert!((got.1 - discarded).abs() < 1e-15, "{chi_max} {cutoff} {floor}: {}", got.1);
        }
    }

    #[test]
    fn exact_drops_rounding_and_nothing_else() {
        assert_eq!(Truncation::EXACT.kept(&[1.0, 1e-13, 1e-16]).0, 2);
        assert_eq!(Truncation::EXACT.kept(&[0.0, 0.0]), (1, 0.0));
        assert_eq!(Truncation::default(), Truncation::EXACT);
    }
}
