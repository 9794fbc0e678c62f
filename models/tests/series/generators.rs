//! The generators against values computed with SciPy (`odeint`, `jv`) and against what defines them.

use models::series::{Task, bessel_j, narma_input};

fn output(task: Task) -> Vec<f64> {
    task.series().output
}

fn extreme(values: &[f64], sign: f64) -> (f64, usize) {
    let better =
        |best: (f64, usize), (k, &x): (usize, &f64)| if sign * x > sign * best.0 { (x, k) } else { best };
    values.iter().enumerate().fold((values[0], 0), better)
}

/// Values, how far they may be off, and of the stored ones: the first four, the last two, the least and the largest
/// with their places.
type Row = (Vec<f64>, f64, [f64; 4], [f64; 2], (f64, usize), (f64, usize));

fn table() -> [Row; 5] {
    let narma = [0.196, 0.1607208, 0.15108286, 0.14916088];
    [
        (
            output(Task::Shm),
            2e-6, // what `odeint` gathers at its default tolerance
            [3.0, 2.86149389, 2.53699663, 2.06313997],
            [-0.05249592, 0.12408528],
            (-2.7589754142, 13),
            (3.0, 0),
        ),
        (
            output(Task::Bessel),
            1e-7,
            [0.35283403, 0.42842966, 0.47540969, 0.48513869],
            [0.00886086, -0.02152876],
            (-0.3122545716, 12),
            (0.4851386893, 3),
        ),
        (
            narma_input(300),
            1e-7,
            [0.1, 0.10002964, 0.1002353, 0.10078393],
            [0.07299029, 0.06642312],
            (0.0229296262, 97),
            (0.1776195335, 21),
        ),
        (output(Task::Narma5), 1e-7, narma, [0.17084561, 0.16896203], (0.1491608803, 3), (0.2257676002, 25)),
        (output(Task::Narma10), 1e-7, narma, [0.18655363, 0.18502367], (0.1491608803, 3), (0.2387258062, 28)),
    ]
}

#[test]
fn stored_values() {
    for (row, (values, tolerance, first, last, least, largest)) in table().into_iter().enumerate() {
        let ends = values[..4].iter().zip(first).chain(values[values.len() - 2..].iter().zip(last));
        for (found, expected) in ends {
            assert!((found - expected).abs() < tolerance, "row {row}: {found} is not {expected}");
        }
        for ((found, at), (expected, place)) in
            [(extreme(&values, -1.0), least), (extreme(&values, 1.0), largest)]
        {
            assert_eq!(at, place, "row {row}");
            assert!((found - expected).abs() < tolerance, "row {row}: {found} is not {expected}");
        }
    }
}

#[test]
fn bessel_functions_satisfy_their_recurrence() {
    for x in [0.1, 1.0, 7.3, 42.0, 100.0] {
        for n in 1..8 {
            let residue = bessel_j(n - 1, x) + bessel_j(n + 1, x) - 2.0 * f64::from(n) / x * bessel_j(n, x);
            assert!(residue.abs() < 2e-13 / x, "order {n} at {x}: {residue}");
        }
    }
}

#[test]
fn closed_forms_start_where_physics_says() {
    for (task, n, first) in [(Task::Inversion, 2500, 1.0), (Task::Jc, 3000, 0.0), (Task::Transmon, 3000, 2.0)]
    {
        let values = output(task);
        assert_eq!(values.len(), n, "{task:?}");
        assert!((values[0] - first).abs() < 1e-12, "{task:?} starts at {}", values[0]);
    }
    // The pulses repeat every 200 values, weaker by exp(-2/16).
    let control = output(Task::Control);
    let ratio = control[600] / control[400];
    assert!((ratio - (-0.125_f64).exp()).abs() < 1e-9, "{ratio}");
}
