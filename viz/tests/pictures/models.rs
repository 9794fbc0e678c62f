//! Every mark of the pictures of models lies where its number says, in the colour that its state says.

use crate::common::{
    attributes, bars_config, film_config, forecast_config, heat_config, panel, quartiles_of, series, texts,
};
use ndarray::ArrayD;
use viz::{
    BarGroup, Bars, Cell, Curves, Film, HeatMap, MIN_SEEDS, Picture, Scale, Series, Spread, bars, curves,
    diverging, film, forecast, heat_map, quartiles,
};

/// Quarters of a pixel between a place and its rounding.
const STEP: f64 = 1.01;

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// The points of every element of a kind, with its fill.
fn outlines(picture: &Picture, tag: &str) -> Vec<(String, Vec<(f64, f64)>)> {
    let document = roxmltree::Document::parse(&picture.svg).expect("well-formed XML");
    let nodes = document.descendants().filter(|node| node.tag_name().name() == tag);
    let pair = |text: &str| {
        let (x, y) = text.split_once(',').expect("a pair");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    };
    let read = |node: roxmltree::Node| {
        let points = node.attribute("points").expect("points").split_whitespace().map(pair).collect();
        (node.attribute("fill").unwrap_or_default().to_string(), points)
    };
    nodes.map(read).collect()
}

/// The affine map that takes one number to another at two places.
fn between((a, b): (f64, f64), (c, d): (f64, f64)) -> impl Fn(f64) -> f64 {
    move |v| b + (v - a) * (d - b) / (c - a)
}

#[test]
fn forecasts_show_the_errors_of_the_test_part() {
    for (n, n_train) in [(10, 4), (10, 0), (3, 2)] {
        let mut config = forecast_config(n, n_train, 2);
        // Off by 5 while training: must not count.
        config.predictions[0].1[..n_train].iter_mut().for_each(|v| *v += 5.0);
        let picture = forecast(&config).unwrap();
        let all = texts(&picture).join("|");
        assert!(
            all.contains("model number 0 (MSE 0.01)") && all.contains("model number 1 (MSE 0.04)"),
            "{all}"
        );
        assert_eq!(all.contains("training|"), n_train > 0);
        assert!(all.contains(&format!("first {n_train} of {n} values")), "{all}");
        assert_eq!(picture.data.shape(), [3, n]);
        let expected = [&config.truth, &config.predictions[0].1, &config.predictions[1].1];
        let flat: Vec<f64> = expected.into_iter().flatten().copied().collect();
        assert_eq!(picture.data.into_raw_vec_and_offset().0, flat);
    }
    let trained = texts(&forecast(&forecast_config(5, 5, 1)).unwrap()).join("|");
    assert!(
        !trained.contains("(MSE") && !trained.contains("test|") && trained.contains("All 5"),
        "{trained}"
    );
}

/// Truth, then predictions, then residuals, as lines of `n` points; one ground per chart from half a
/// step before the first value of the test on.
#[test]
fn forecasts_draw_every_value_on_shared_axes() {
    let config = forecast_config(12, 7, 2);
    let picture = forecast(&config).unwrap();
    let lines = outlines(&picture, "polyline").into_iter().map(|(_, points)| points);
    let lines: Vec<Vec<(f64, f64)>> = lines.filter(|points| points.len() == 12).collect();
    assert_eq!(lines.len(), 5);
    let data = picture.data.outer_iter().map(|row| row.iter().copied().collect()).collect::<Vec<Vec<f64>>>();
    let residuals = (1..3).map(|k| (0..12).map(|t| data[k][t] - data[0][t]).collect());
    let values: Vec<Vec<f64>> = data.iter().cloned().chain(residuals).collect();
    let x = between((0.0, lines[0][0].0), (11.0, lines[0][11].0));
    let upper = between((data[0][0], lines[0][0].1), (data[0][5], lines[0][5].1));
    let lower = between((values[3][0], lines[3][0].1), (values[4][0], lines[4][0].1));
    for (k, (line, values)) in lines.iter().zip(&values).enumerate() {
        for (t, (point, value)) in line.iter().zip(values).enumerate() {
            let y = if k < 3 { upper(*value) } else { lower(*value) };
            assert!((point.0 - x(t as f64)).abs() <= STEP, "line {k} at {t}");
            assert!((point.1 - y).abs() <= 3.0 * STEP, "line {k} at {t}: {} for {y}", point.1);
        }
    }
    let grounds = attributes(&picture, "rect", ["x", "width", "y", "height"]);
    let starts: Vec<f64> = grounds.iter().skip(1).map(|g| g[0]).collect(); // the first is the sheet
    assert_eq!(starts.len(), 2);
    assert!(starts.iter().all(|start| (start - x(6.5)).abs() <= STEP), "{starts:?} for {}", x(6.5));
}

#[test]
fn heat_maps_colour_by_sign_and_size_and_mark_dead_rows() {
    let values = ndarray::arr2(&[[2.0, -2.0, 0.0], [2.0, 1.0, -1.0]]); // row time
    let config = |dead_rows| HeatMap { values: values.clone(), dead_rows, ..HeatMap::default() };
    let fills = |picture: &Picture| {
        let document = roxmltree::Document::parse(&picture.svg).unwrap();
        let cells = document.descendants().filter(|n| n.attribute("height").is_some_and(|h| h == "96"));
        let tall = document.descendants().filter(|n| n.attribute("height").is_some_and(|h| h == "192"));
        tall.chain(cells).map(|n| n.attribute("fill").unwrap_or_default().to_string()).collect::<Vec<_>>()
    };
    let plain = heat_map(&config(vec![])).unwrap();
    let expected = [1.0, -1.0, 0.0, 1.0, 0.5, -0.5].map(|share| hex(diverging(share)));
    assert_eq!(fills(&plain), expected);
    assert_eq!(plain.data, values.clone().into_dyn());
    assert!(!texts(&plain).join(" ").contains("no influence"));

    let dead = heat_map(&config(vec![false, true])).unwrap();
    assert_eq!(fills(&dead)[..3], expected[..3], "the row that lives keeps its colours");
    assert!(fills(&dead)[3..].iter().zip(&expected[3..]).all(|(pale, full)| pale > full), "paler");
    assert!(texts(&dead).join(" ").contains("1 of 2 rows have no influence"));
    let strokes = |picture: &Picture| outlines(picture, "polyline").len();
    assert!(strokes(&dead) > strokes(&plain) + 10, "hatched");
}

#[test]
fn heat_maps_keep_every_row_and_round_numbers() {
    let picture = heat_map(&heat_config(8, 200)).unwrap();
    let all = texts(&picture);
    for word in ["theta[0][0]", "theta[1][3]", "step", "angle, rad", "0", "50", "100", "150", "-2", "2"] {
        assert!(all.iter().any(|text| text == word), "no '{word}' in {all:?}");
    }
}

#[test]
fn rows_of_bars_show_runs_medians_and_quartiles() {
    let values = vec![1e-3, 1e-2, 1e-1, 1e-4, 1.0];
    let stuck = vec![false, false, true, false, true];
    let groups = vec![
        BarGroup { label: "a".into(), values: values.clone(), stuck },
        BarGroup { label: "b".into(), values: vec![1e-3, 1e-1], stuck: vec![] },
    ];
    let config = Bars { value_label: "MSE".into(), scale: Scale::Log10, groups, ..Bars::default() };
    let picture = bars(&config).unwrap();
    let rows: Vec<f64> = [0.0, 1.0].into_iter().flat_map(|g| [g; 5]).take(7).collect();
    let table: Vec<Vec<f64>> = picture.data.outer_iter().map(|r| r.iter().copied().collect()).collect();
    assert_eq!(table.iter().map(|r| r[0]).collect::<Vec<_>>(), rows);
    assert_eq!(table.iter().map(|r| r[2]).collect::<Vec<_>>(), [&values[..], &[1e-3, 1e-1]].concat());
    assert_eq!(table.iter().map(|r| r[3]).collect::<Vec<_>>(), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);

    // Stuck runs are a white disc under a ring: filled, filled, filled and ring, ...
    let discs = attributes(&picture, "circle", ["cx", "cy", "r", "cx"]);
    assert_eq!(discs.len(), 7 + 2);
    let x = between((-4.0, discs[4][0]), (-2.0, discs[1][0])); // of the logarithm
    for (disc, value) in discs.iter().zip([1e-3, 1e-2, 1e-1, 1e-1, 1e-4, 1.0, 1.0, 1e-3, 1e-1f64]) {
        assert!((disc[0] - x(value.log10())).abs() <= 2.0 * STEP, "{disc:?} for {value}");
    }
    let boxes = outlines(&picture, "polygon");
    assert_eq!(boxes.len(), 1, "no bar below {MIN_SEEDS} runs");
    let q = quartiles(&values).unwrap();
    for ((at, _), value) in boxes[0].1.iter().zip([q.low, q.high]) {
        assert!((at - x(value.log10())).abs() <= 2.0 * STEP, "{at} for {value}");
    }
    let all = texts(&picture).join("|");
    assert!(all.contains("0.01 (2 of 5 stuck)") && all.contains("0.0505"), "{all}");
    assert!(all.contains("No bar below 5 runs") && all.contains("Hollow"), "{all}");
    assert!(!texts(&bars(&bars_config(1, 1)).unwrap()).is_empty());
}

#[test]
fn films_hold_the_codes_of_fields_and_agent() {
    for (frames, width, height) in [(1, 1, 1), (5, 4, 3), (9, 2, 6)] {
        let config = film_config(frames, width, height);
        let picture = film(&config).unwrap();
        let expected = ArrayD::from_shape_fn(vec![frames, height, width], |i| {
            let (k, y, x) = (i[0], i[1], i[2]);
            let here = k % width == x && k % height == y;
            ((y * width + x + k) % 6 + if here { 10 * (k % 4 + 1) } else { 0 }) as f64
        });
        assert_eq!(picture.data, expected);
        assert!(picture.whole);
        assert_eq!(outlines(&picture, "polygon").len(), frames, "an agent in every frame");
    }
}

/// The tip of the triangle is the farthest corner in the direction that the agent faces.
#[test]
fn agents_point_where_they_face() {
    for (direction, (dx, dy)) in [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].into_iter().enumerate() {
        let mut config = film_config(1, 3, 3);
        config.frames[0].agent = (1, 1, direction as u8);
        let picture = film(&config).unwrap();
        let corners = outlines(&picture, "polygon").remove(0).1;
        let ahead: Vec<f64> = corners.iter().take(3).map(|(x, y)| x * dx + y * dy).collect();
        assert!(ahead[0] > ahead[1] + 10.0 && (ahead[1] - ahead[2]).abs() <= STEP, "{direction}: {ahead:?}");
    }
}

#[test]
fn films_name_the_fields_that_occur() {
    let mut config = film_config(1, 3, 2);
    let names = |config: &Film| texts(&film(config).unwrap());
    for name in ["empty", "wall", "goal", "lava", "door", "unseen"] {
        assert!(names(&config).iter().any(|text| text == name), "{name}");
    }
    config.frames[0].cells = vec![Cell::Lava; 6];
    assert!(names(&config).iter().any(|t| t == "lava") && !names(&config).iter().any(|t| t == "empty"));
}

/// With an odd number of seeds the thick line is a seed's value, however far the worst seed is off.
#[test]
fn medians_ignore_a_seed_that_fails_and_means_do_not() {
    let lines =
        |worst: f64| vec![vec![1.0, 2.0], vec![1.5, 2.5], vec![2.0, 3.0], vec![2.5, 3.5], vec![9.0, worst]];
    let thick = |worst: f64, spread: Spread| {
        let series = Series { label: "a".into(), x: vec![1.0, 2.0], lines: lines(worst) };
        let panels = vec![viz::Panel { y_scale: Scale::Log10, ..panel(vec![series]) }];
        let picture = curves(&Curves { panels, spread, ..Curves::default() }).unwrap();
        attributes(&picture, "circle", ["cy"; 4]).iter().map(|c| c[0]).collect::<Vec<_>>()
    };
    assert_eq!(thick(9.0, Spread::MedianQuartiles), thick(10.0, Spread::MedianQuartiles));
    assert_ne!(thick(9.0, Spread::MeanInterval), thick(10.0, Spread::MeanInterval));
}

#[test]
fn bands_of_quartiles_need_five_seeds_and_are_the_quartiles() {
    for seeds in 1..12 {
        let series = series("a", 4, seeds);
        let picture = quartiles_of(vec![series.clone()]).unwrap();
        let bands = outlines(&picture, "polygon");
        assert_eq!(bands.len(), usize::from(seeds >= MIN_SEEDS), "{seeds} seeds");
        assert_eq!(texts(&picture).join(" ").contains("quartile"), seeds >= MIN_SEEDS);
        assert_eq!(texts(&picture).join(" ").contains("their median"), seeds > 1);
        let Some((_, band)) = bands.first() else { continue };
        let at = |i: usize| quartiles(&series.lines.iter().map(|l| l[i]).collect::<Vec<_>>()).unwrap();
        let marks = attributes(&picture, "circle", ["cy"; 4]); // the medians
        let y = between((at(0).low.log10(), band[0].1), (at(0).high.log10(), band[7].1));
        for i in 0..4 {
            for (place, value) in
                [(band[i].1, at(i).low), (band[7 - i].1, at(i).high), (marks[i][0], at(i).median)]
            {
                assert!((place - y(value.log10())).abs() <= 3.0 * STEP, "{seeds} seeds at {i}: {place}");
            }
        }
    }
}
