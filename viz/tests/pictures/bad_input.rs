//! Bad data gives an error that names the value and the remedy, never a panic.

use crate::common::{curves_of, depth_of, maps_of, panel, series, weights};
use ndarray::Array4;
use viz::{
    AttentionMaps, Baseline, Error, Gallery, ImageLabel, Panel, Scale, Series, attention_maps, gallery,
    stochastic_error,
};

fn message(result: Result<viz::Picture, Error>) -> String {
    result.expect_err("must be refused").to_string()
}

#[test]
fn every_value_that_is_not_finite_is_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut maps = weights(2, 2, 3);
        maps[[1, 0, 2, 1]] = bad;
        let mut y = series("a", 3, 2);
        y.lines[1][2] = bad;
        let mut x = series("a", 3, 2);
        x.x[1] = bad;
        let baseline = Baseline { label: "qr".into(), values: vec![0.1, bad] };
        let cases = [
            (maps_of(&maps), "weights[1, 0, 2, 1]"),
            (curves_of(vec![panel(vec![y.clone()])]), "series 'a', line 1[2]"),
            (curves_of(vec![panel(vec![x])]), "series 'a', x[1]"),
            (stochastic_error("", "", &[y.clone()], ""), "series 'a', line 1[2]"),
            (depth_of(vec![y], vec![]), "series 'a', line 1[2]"),
            (depth_of(vec![series("a", 2, 1)], vec![baseline]), "baseline 'qr'[1]"),
        ];
        for (result, place) in cases {
            assert!(matches!(result, Err(Error::NotFinite { .. })), "{result:?}");
            let text = message(result);
            assert!(text.contains(place) && text.contains(&bad.to_string()), "{text}");
        }
    }
}

#[test]
fn nothing_to_draw_is_an_error() {
    let empty_line = Series { label: "a".into(), x: vec![], lines: vec![vec![]] };
    let no_line = Series { label: "a".into(), x: vec![1.0], lines: vec![] };
    let mut results = vec![curves_of(vec![]), curves_of(vec![panel(vec![])]), depth_of(vec![], vec![])];
    for series in [empty_line, no_line] {
        results.push(curves_of(vec![panel(vec![series.clone()])]));
        results.push(depth_of(vec![series], vec![]));
    }
    results.push(depth_of(vec![series("a", 1, 1)], vec![Baseline::default()]));
    for shape in [(0, 1, 2, 2), (1, 0, 2, 2), (1, 1, 0, 0)] {
        results.push(maps_of(&Array4::zeros(shape)));
    }
    for shape in [(0, 1, 2, 2), (1, 1, 0, 2), (1, 0, 2, 2)] {
        results.push(gallery(Array4::zeros(shape).view(), &[], &Gallery::default()));
    }
    for result in results {
        assert!(matches!(result, Err(Error::Empty { .. })), "{result:?}");
    }
}

#[test]
fn lengths_that_do_not_match_are_errors() {
    let mut short = series("a", 3, 2);
    short.lines[1].pop();
    let labels = AttentionMaps { row_labels: vec!["a".into(), "b".into()], ..AttentionMaps::default() };
    let pixels = Array4::zeros((2, 1, 3, 3));
    let colours = Array4::zeros((1, 2, 3, 3));
    let label = [ImageLabel::default()];
    let cases = [
        (curves_of(vec![panel(vec![short.clone()])]), 2, 3),
        (depth_of(vec![short], vec![]), 2, 3),
        (maps_of(&Array4::zeros((1, 1, 2, 3))), 3, 2),
        (attention_maps(weights(3, 1, 2).view(), &labels), 2, 3),
        (gallery(pixels.view(), &label, &Gallery::default()), 1, 2),
        (gallery(colours.view(), &label, &Gallery::default()), 2, 3),
    ];
    for (result, wrong, right) in cases {
        match result {
            Err(Error::Length { found, expected, .. }) => assert_eq!((found, expected), (wrong, right)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn values_outside_of_the_range_are_errors_with_a_remedy() {
    let with = |x: Vec<f64>, y: Vec<f64>| vec![Series::single("a", x, y)];
    let log = |series| curves_of(vec![Panel { y_scale: Scale::Log10, ..panel(series) }]);
    let log_x = |series| curves_of(vec![Panel { x_scale: Scale::Log2, ..panel(series) }]);
    let floor = |floor| Panel { y_scale: Scale::Log10Floor(floor), ..panel(vec![series("a", 2, 1)]) };
    let mut negative = weights(1, 1, 2);
    negative[[0, 0, 1, 0]] = -0.25;
    let cases = [
        (maps_of(&negative), "scores"),
        (log(with(vec![1.0, 2.0], vec![0.5, 0.0])), "Log10Floor"),
        (log_x(with(vec![0.0, 2.0], vec![0.5, 0.1])), "linear"),
        (stochastic_error("", "", &with(vec![1.0], vec![-1e-3]), ""), "linear"),
        (curves_of(vec![panel(with(vec![2.0, 2.0], vec![0.5, 0.1]))]), "sort"),
        (depth_of(with(vec![0.0, 2.0], vec![0.5, 0.1]), vec![]), "baselines"),
        (curves_of(vec![floor(0.0)]), "positive"),
        (curves_of(vec![floor(f64::NAN)]), "positive"),
    ];
    for (result, remedy) in cases {
        assert!(matches!(result, Err(Error::OutOfRange { .. })), "{result:?}");
        let text = message(result);
        assert!(text.contains(remedy), "{text}");
    }
}

/// Extreme but legal values are drawn.
#[test]
fn extreme_values_do_not_panic() {
    for y in [
        vec![0.0, 0.0],
        vec![-1e300, 1e300],
        vec![1e-300, 2e-300],
        vec![f64::MIN_POSITIVE, 1.0],
        vec![1e15, 1e15 + 1.0],
    ] {
        let series = Series::single("a", vec![1.0, 1e9], y.clone());
        curves_of(vec![panel(vec![series.clone()])]).unwrap_or_else(|e| panic!("{y:?}: {e}"));
        if y.iter().all(|v| *v > 0.0) {
            curves_of(vec![Panel { y_scale: Scale::Log10, ..panel(vec![series]) }]).unwrap();
        }
    }
    maps_of(&Array4::zeros((1, 1, 3, 3))).unwrap();
    maps_of(&Array4::from_elem((1, 1, 3, 3), 1e300)).unwrap();
}
