//! Windows: counts, scaling, order, and what is refused.

use models::series::{Scaling, Series, Task, WindowConfig, Windows};

#[test]
fn published_counts() {
    for (task, n, n_train) in [
        (Task::Shm, 235, 157),
        (Task::Bessel, 251, 168),
        (Task::Narma5, 295, 197),
        (Task::Narma10, 295, 197),
        (Task::Control, 2195, 1470),
        (Task::Inversion, 2495, 1671),
    ] {
        let windows = task.windows(&WindowConfig::default()).unwrap();
        assert_eq!((windows.targets.len(), windows.n_train), (n, n_train), "{task:?}");
        let all = task.windows(&WindowConfig { drop_last: false, ..WindowConfig::default() }).unwrap();
        assert_eq!(all.targets.len(), n + 1, "{task:?}");
    }
}

#[test]
fn published_first_windows() {
    for (task, window, target) in [
        (Task::Shm, [1.0, 0.95189905, 0.83920634, 0.67464351], 0.47364731),
        (Task::Bessel, [0.66815706, 0.85776397, 0.97559798, 1.0], 0.92138362),
    ] {
        let windows = task.windows(&WindowConfig::default()).unwrap();
        for (found, expected) in windows.input(0).iter().zip(window).chain([(&windows.targets[0], target)]) {
            assert!((found - expected).abs() < 1e-7, "{task:?}: {found} is not {expected}");
        }
    }
}

fn ramp(n: usize) -> Series {
    let values: Vec<f64> = (0..n).map(|k| k as f64).collect();
    Series { input: values.clone(), output: values }
}

#[test]
fn targets_follow_their_windows_for_any_length() {
    for length in [1, 2, 5, 9] {
        let config = WindowConfig { length, scaling: Scaling::None, drop_last: false, train_share: 0.5 };
        let windows = Windows::cut(&ramp(20), &config).unwrap();
        assert_eq!(windows.targets.len(), 20 - length);
        for (i, target) in windows.targets.iter().enumerate() {
            let expected: Vec<f64> = (i..i + length).map(|k| k as f64).collect();
            assert_eq!((windows.input(i), *target), (expected.as_slice(), (i + length) as f64));
        }
    }
}

#[test]
fn scaling_by_training_values_sees_no_test_target() {
    let config = WindowConfig { scaling: Scaling::TrainOnly, train_share: 0.5, ..WindowConfig::default() };
    let windows = Windows::cut(&ramp(25), &config).unwrap();
    let largest_seen = windows.targets[windows.n_train - 1];
    assert!((largest_seen - 1.0).abs() < 1e-15, "{largest_seen}");
    assert!(windows.targets[windows.n_train] > 1.0);
    let whole =
        Windows::cut(&ramp(25), &WindowConfig { drop_last: false, ..WindowConfig::default() }).unwrap();
    assert_eq!((whole.input(0)[0], *whole.targets.last().unwrap()), (-1.0, 1.0));
}

#[test]
fn bad_series_are_refused_with_value_limit_and_remedy() {
    let default = WindowConfig::default();
    let constant = Series { input: vec![2.5; 30], output: vec![2.5; 30] };
    let uneven = Series { input: vec![0.0; 9], ..ramp(10) };
    let mut broken = ramp(30);
    broken.output[7] = f64::NAN;
    for (series, config, words) in [
        (ramp(5), default, vec!["length of the series", "5", "windows of 4", "shorter"]),
        (constant, default, vec!["2.5", "not all the same", "scaling"]),
        (uneven, default, vec!["number of inputs", "9", "10"]),
        (broken, default, vec!["value 7", "output", "NaN", "finite"]),
        (ramp(30), WindowConfig { length: 0, ..default }, vec!["length of a window", "at least 1"]),
        (ramp(30), WindowConfig { train_share: 1.0, ..default }, vec!["train_share", "1", "0.67"]),
        (ramp(30), WindowConfig { train_share: f64::NAN, ..default }, vec!["train_share", "NaN"]),
    ] {
        let message = Windows::cut(&series, &config).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{word:?} is not in {message:?}");
        }
    }
}

#[test]
fn unknown_tasks_get_a_suggestion() {
    let message = Task::from_name("shn").unwrap_err().to_string();
    assert!(message.contains("shm") && message.contains("shn"), "{message}");
    for (name, task) in Task::NAMES {
        assert_eq!(Task::from_name(name).unwrap(), task);
        assert_eq!(serde_json::to_string(&task).unwrap(), format!("{name:?}"));
    }
}
