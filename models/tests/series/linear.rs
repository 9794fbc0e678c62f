//! Linear predictions against figures computed with NumPy's least squares.

use models::series::{LinearBaselines, Scaling, Task, WindowConfig};

/// Mean, last value (where it means something), regression on four values; to the digits given.
const FIGURES: [(Task, f64, Option<f64>, f64); 6] = [
    (Task::Shm, 4.69e-2, Some(3.22e-3), 9.5e-8),
    (Task::Bessel, 2.39e-2, Some(3.59e-3), 1.2e-8),
    (Task::Control, 9.64e-2, Some(9.96e-5), 2.9e-12),
    (Task::Narma5, 1.30e-4, None, 5.4e-6),
    (Task::Narma10, 1.15e-4, None, 1.3e-5),
    (Task::Inversion, 2.07e-2, Some(1.95e-2), 4.1e-6),
];

#[test]
fn known_errors() {
    for (task, mean, last_value, regression) in FIGURES {
        let scaling = if last_value.is_some() { Scaling::WholeSeries } else { Scaling::None };
        let windows = task.windows(&WindowConfig { scaling, ..WindowConfig::default() }).unwrap();
        let found = LinearBaselines::of(&windows);
        let close = |found: f64, expected: f64, digits: f64| (found / expected - 1.0).abs() < digits;
        assert!(close(found.mean, mean, 0.005), "{task:?}: {found:?}");
        assert!(
            last_value.is_none_or(|expected| close(found.last_value, expected, 0.005)),
            "{task:?}: {found:?}"
        );
        assert!(close(found.regression, regression, 0.05), "{task:?}: {found:?}");
    }
}
