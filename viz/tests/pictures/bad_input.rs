//! Bad data gives an error that names the value and the remedy, never a panic.

use crate::common::{
    bars_config, curves_of, depth_of, film_config, forecast_config, heat_config, maps_of, panel,
    quartiles_of, series, weights,
};
use ndarray::Array4;
use viz::{
    AttentionMaps, Bars, Baseline, Error, Film, Forecast, Gallery, HeatMap, ImageLabel, Panel, Scale, Series,
    attention_maps, bars, film, forecast, gallery, heat_map, stochastic_error,
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
        let (mut truth, mut predicted) = (forecast_config(4, 2, 2), forecast_config(4, 2, 2));
        truth.truth[3] = bad;
        predicted.predictions[1].1[2] = bad;
        let (mut angles, mut runs) = (heat_config(3, 4), bars_config(2, 3));
        angles.values[[2, 1]] = bad;
        runs.groups[1].values[2] = bad;
        let cases = [
            (maps_of(&maps), "weights[1, 0, 2, 1]"),
            (curves_of(vec![panel(vec![y.clone()])]), "series 'a', line 1[2]"),
            (curves_of(vec![panel(vec![x])]), "series 'a', x[1]"),
            (stochastic_error("", "", &[y.clone()], ""), "series 'a', line 1[2]"),
            (depth_of(vec![y], vec![]), "series 'a', line 1[2]"),
            (depth_of(vec![series("a", 2, 1)], vec![baseline]), "baseline 'qr'[1]"),
            (forecast(&truth), "truth[3]"),
            (forecast(&predicted), "prediction 'model number 1'[2]"),
            (heat_map(&angles), "values[2, 1]"),
            (bars(&runs), "group 'model number 1'[2]"),
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
    results.extend([
        forecast(&Forecast::default()),
        forecast(&forecast_config(3, 1, 0)),
        heat_map(&heat_config(0, 3)),
        heat_map(&heat_config(3, 0)),
        bars(&Bars::default()),
        bars(&bars_config(2, 0)),
        film(&Film::default()),
    ]);
    let mut hollow = film_config(2, 3, 3);
    hollow.frames[1].height = 0;
    results.push(film(&hollow));
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
    let mut predicted = forecast_config(5, 2, 2);
    predicted.predictions[1].1.pop();
    let angles = |row_labels, dead_rows| HeatMap { row_labels, dead_rows, ..heat_config(3, 2) };
    let mut runs = bars_config(2, 3);
    runs.groups[1].stuck.pop();
    let films = [film_config(2, 3, 4), film_config(2, 3, 4), film_config(2, 3, 4)];
    let [mut wide, mut high, mut sparse] = films;
    (wide.frames[1].width, high.frames[1].height) = (4, 5);
    sparse.frames[1].cells.pop();
    let cases = [
        (forecast(&predicted), 4, 5),
        (heat_map(&angles(vec!["a".into()], vec![])), 1, 3),
        (heat_map(&angles(vec![], vec![true; 4])), 4, 3),
        (bars(&runs), 2, 3),
        (film(&wide), 4, 3),
        (film(&high), 5, 4),
        (film(&sparse), 11, 12),
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
    let agents = [(3, 0, 0), (0, 4, 0), (0, 0, 4)].map(|agent| {
        let mut config = film_config(2, 3, 4);
        config.frames[1].agent = agent;
        film(&config)
    });
    for (result, limit) in agents.into_iter().zip([3, 4, 4]) {
        assert!(message(result).contains(&format!("must be below {limit}")));
    }
    let mut zero = bars_config(2, 3);
    zero.groups[1].values[0] = 0.0;
    let cases = [
        (forecast(&Forecast { n_train: 6, ..forecast_config(5, 2, 1) }), "count the values"),
        (bars(&zero), "Log10Floor"),
        (quartiles_of(with(vec![1.0, 2.0], vec![0.5, 0.0])), "Log10Floor"),
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
    for scale in [0.0, 1e-300, 1e150] {
        let mut config = forecast_config(9, 4, 2);
        config.truth.iter_mut().for_each(|v| *v *= scale);
        config.predictions.iter_mut().flat_map(|p| &mut p.1).for_each(|v| *v *= scale);
        forecast(&config).unwrap_or_else(|e| panic!("{scale}: {e}"));
        let angles = heat_config(3, 4);
        let values = &angles.values * scale;
        heat_map(&HeatMap { values, ..angles }).unwrap_or_else(|e| panic!("{scale}: {e}"));
    }
    maps_of(&Array4::zeros((1, 1, 3, 3))).unwrap();
    maps_of(&Array4::from_elem((1, 1, 3, 3), 1e300)).unwrap();
}
