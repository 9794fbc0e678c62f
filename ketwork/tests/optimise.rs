//! Every minimiser finds the minima of functions whose minima are known.

use faer::Mat;
use ketwork::optimise::{End, MinimiseConfig, Minimiser, Objective, minimise};

/// `Σ 100 (x[k+1] - x[k]²)² + (1 - x[k])²`: a bent valley, least at ones.
struct Rosenbrock;

impl Objective for Rosenbrock {
    fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; x.len()];
        let mut value = 0.0;
        for k in 0..x.len() - 1 {
            let (bend, rest) = (x[k + 1] - x[k] * x[k], 1.0 - x[k]);
            value += 100.0 * bend * bend + rest * rest;
            gradient[k] += -400.0 * bend * x[k] - 2.0 * rest;
            gradient[k + 1] += 200.0 * bend;
        }
        (value, gradient)
    }
}

/// `Σ 10^(6k/(n-1)) x[k]²`, least at zero, with its own curvature as the metric.
struct Ellipsoid;

fn weight(k: usize, n: usize) -> f64 {
    10f64.powf(6.0 * k as f64 / (n - 1) as f64)
}

impl Objective for Ellipsoid {
    fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let terms = x.iter().enumerate().map(|(k, x)| (weight(k, 8), x));
        (terms.clone().map(|(w, x)| w * x * x).sum(), terms.map(|(w, x)| 2.0 * w * x).collect())
    }

    fn metric(&self, x: &[f64]) -> Option<Mat<f64>> {
        let n = x.len();
        Some(Mat::from_fn(n, n, |i, j| if i == j { 2.0 * weight(i, n) } else { 0.0 }))
    }
}

/// Not a number beyond one.
struct Cliff;

impl Objective for Cliff {
    fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
        (if x[0] > 1.0 { f64::NAN } else { -x[0] }, vec![-1.0])
    }
}

fn config(minimiser: Minimiser, iterations: usize) -> MinimiseConfig {
    MinimiseConfig { minimiser, iterations, target: None }
}

#[test]
fn valleys_are_followed_to_the_end() {
    let cma = |separable| Minimiser::Cma { population: None, sigma: 0.3, separable };
    // Separable evolution cannot turn with the valley and is given the ellipsoid alone.
    let valley = [
        (Minimiser::Adam { learning_rate: 0.02 }, 6000, 1e-6),
        (Minimiser::LBFGS, 100, 1e-16),
        (cma(false), 900, 1e-12),
    ];
    for (minimiser, iterations, bound) in valley {
        let report =
            minimise(&Rosenbrock, vec![-0.5; 6], &config(minimiser, iterations), 1).expect("fine settings");
        assert!(report.value < bound, "{minimiser:?}: {}", report.value);
        assert_eq!(report.value, report.history.iter().copied().fold(f64::INFINITY, f64::min));
        assert_eq!(report.value, Rosenbrock.value(&report.params));
    }
    let ellipsoid = [
        (Minimiser::LBFGS, 200, 1e-14),
        (Minimiser::Natural { learning_rate: 0.5, damping: 1e-9 }, 60, 1e-14),
        (cma(true), 300, 1e-12),
        (cma(false), 600, 1e-12),
    ];
    for (minimiser, iterations, bound) in ellipsoid {
        let report =
            minimise(&Ellipsoid, vec![1.0; 8], &config(minimiser, iterations), 2).expect("fine settings");
        assert!(report.value < bound, "{minimiser:?}: {}", report.value);
    }
}

#[test]
fn runs_repeat_and_stop_as_asked() {
    for (name, minimiser) in Minimiser::NAMED {
        assert_eq!(Minimiser::from_name(name).expect("a name"), minimiser);
        let run =
            |config: &MinimiseConfig, seed| minimise(&Ellipsoid, vec![0.3; 8], config, seed).expect("fine");
        let plain = run(&config(minimiser, 12), 3);
        assert_eq!(plain, run(&config(minimiser, 12), 3), "{name}");
        assert!(plain.history.len() <= 13 && plain.value < plain.history[0], "{name}");
        let half = plain.history[0] / 2.0;
        let stopped = run(&MinimiseConfig { minimiser, iterations: 4000, target: Some(half) }, 3);
        assert_eq!(stopped.end, End::Target, "{name}");
        assert!(stopped.value <= half);
    }
    assert!(Minimiser::from_name("newton").expect_err("no such name").to_string().contains("lbfgs"));
}

/// A chain of springs, least at zero, whose metric has all entries filled.
struct Springs;

impl Objective for Springs {
    fn value_and_gradient(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let pull = |k: usize| x[k] - x[(k + 1) % x.len()];
        let gradient = |k: usize| 2.0 * (x[k] + pull(k) - pull((k + x.len() - 1) % x.len()));
        let value = (0..x.len()).map(|k| x[k] * x[k] + pull(k) * pull(k)).sum();
        (value, (0..x.len()).map(gradient).collect())
    }

    fn metric(&self, x: &[f64]) -> Option<Mat<f64>> {
        let n = x.len();
        Some(Mat::from_fn(n, n, |i, j| (-(i.abs_diff(j) as f64) / 20.0).exp() + f64::from(u8::from(i == j))))
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    let start: Vec<f64> = (0..400).map(|k| (0.3 * k as f64).sin()).collect();
    for minimiser in [Minimiser::NATURAL, Minimiser::CMA, Minimiser::SEPARABLE_CMA] {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| {
                minimise(&Springs, start.clone(), &config(minimiser, 15), 5).expect("fine settings")
            })
        };
        let one = on(1);
        assert!(one.value < one.history[0]);
        for threads in [2, 3] {
            assert!(one == on(threads), "{minimiser:?} on {threads} threads");
        }
    }
}

#[test]
fn what_is_not_finite_ends_the_search_at_the_best_before() {
    let report =
        minimise(&Cliff, vec![0.0], &config(Minimiser::Adam { learning_rate: 0.3 }, 50), 0).expect("fine");
    assert_eq!(report.end, End::NonFinite);
    assert!(report.params[0] <= 1.0 && report.value <= -0.85);
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let table = [
        (Minimiser::Adam { learning_rate: 0.0 }, "learning_rate is 0"),
        (Minimiser::Lbfgs { memory: 0 }, "memory is 0"),
        (Minimiser::Natural { learning_rate: 0.1, damping: -1.0 }, "damping is -1"),
        (Minimiser::Cma { population: Some(3), sigma: 0.1, separable: true }, "population is 3"),
        (Minimiser::Cma { population: None, sigma: f64::NAN, separable: true }, "sigma is NaN"),
    ];
    for (minimiser, text) in table {
        let error = minimise(&Rosenbrock, vec![0.0; 4], &config(minimiser, 1), 0).expect_err("out of range");
        assert!(error.to_string().contains(text), "{error}");
    }
    let empty = minimise(&Rosenbrock, vec![], &config(Minimiser::ADAM, 1), 0);
    assert!(empty.expect_err("nothing to move").to_string().contains("number of parameters is 0"));
    let none = minimise(&Rosenbrock, vec![0.0; 3], &config(Minimiser::NATURAL, 1), 0);
    assert!(none.expect_err("no metric").to_string().contains("metric"));
    let far = minimise(&Cliff, vec![2.0], &config(Minimiser::ADAM, 1), 0);
    assert!(far.expect_err("not a number").to_string().contains("value at the start"));
}
