//! Texts never run into each other or off the sheet, whatever the sizes and labels.

use crate::common::{
    all, bars_config, curves_of, depth_of, film_config, forecast_config, gallery_of, heat_config, maps_of,
    panel, series, view_box, weights,
};
use viz::{
    AttentionMaps, Bars, Baseline, Film, HeatMap, Picture, Scale, attention_maps, bars, film, forecast,
    heat_map, stochastic_error,
};

/// Left, top, right, bottom and text.
type Box = ([f64; 4], String);

/// The boxes of all texts in a wide font (DejaVu Sans); Helvetica and Arial need less.
fn boxes(picture: &Picture) -> Vec<Box> {
    let document = roxmltree::Document::parse(&picture.svg).expect("well-formed XML");
    let nodes = document.descendants().filter(|node| node.tag_name().name() == "text");
    nodes.map(|node| text_box(node)).filter(|(_, text)| !text.is_empty()).collect()
}

fn text_box(node: roxmltree::Node) -> Box {
    let read = |name: &str| node.attribute(name).and_then(|v| v.parse::<f64>().ok()).expect("a number");
    let (x, y, size) = (read("x"), read("y"), read("font-size"));
    let text = node.text().unwrap_or_default().trim().to_string();
    let advance = |c: char| if c.is_alphanumeric() { 0.61 } else { 0.36 };
    let width = size * text.chars().map(advance).sum::<f64>();
    let left = match node.attribute("text-anchor") {
        Some("middle") => -width / 2.0,
        Some("end") => -width,
        _ => 0.0,
    };
    let half = 0.4 * size;
    let turned = node.attribute("transform").is_some_and(|t| t.starts_with("rotate(270"));
    let sides = if turned {
        [x - half, y - left - width, x + half, y - left]
    } else {
        [x + left, y - half, x + left + width, y + half]
    };
    (sides, text)
}

fn assert_clear(name: &str, picture: &Picture) {
    let boxes = boxes(picture);
    let (width, height) = view_box(picture);
    for (k, ([l, t, r, b], text)) in boxes.iter().enumerate() {
        assert!(*l >= 0.0 && *t >= 0.0 && *r <= width && *b <= height, "{name}: '{text}' leaves the sheet");
        for ([l2, t2, r2, b2], other) in &boxes[k + 1..] {
            let apart = r <= l2 || r2 <= l || b <= t2 || b2 <= t;
            assert!(apart, "{name}: '{text}' and '{other}' overlap");
        }
    }
}

#[test]
fn attention_maps_of_all_sizes_are_clear() {
    for (rows, columns, t) in [(1, 1, 1), (1, 1, 16), (1, 8, 2), (8, 1, 7), (3, 5, 4), (8, 8, 16), (2, 2, 64)]
    {
        let weights = weights(rows, columns, t);
        assert_clear("attention", &maps_of(&weights).unwrap());
        assert_clear("large sums", &maps_of(&(&weights * 20.0)).unwrap());
        assert_clear("small sums", &maps_of(&(&weights * 1e-7)).unwrap());
        let config = AttentionMaps {
            title: "a long title that goes on and on ".repeat(8),
            row_labels: (0..rows).map(|r| format!("norm-softmax-sigma{r}")).collect(),
            column_labels: (0..columns).map(|c| format!("ankle boot {c}")).collect(),
            ..AttentionMaps::default()
        };
        assert_clear("long labels", &attention_maps(weights.view(), &config).unwrap());
    }
}

#[test]
fn curves_of_all_sizes_are_clear() {
    for n in [1, 2, 7, 14] {
        let many: Vec<_> = (0..n).map(|k| series(&format!("operator number {k}"), 12, 3)).collect();
        for panels in [1, 2, 3] {
            let titled = viz::Panel { title: "Training and test".into(), ..panel(many.clone()) };
            assert_clear("curves", &curves_of(vec![titled; panels]).unwrap());
        }
        assert_clear("certificate", &stochastic_error("Certificate", "epoch", &many, "").unwrap());
    }
    for scale in [1e-9, 1e-3, 1.0, 1e4, 1e9, 1e200] {
        let mut series = series("a", 5, 2);
        series.lines.iter_mut().flatten().for_each(|y| *y *= scale);
        series.x.iter_mut().for_each(|x| *x *= scale);
        assert_clear("scaled", &curves_of(vec![panel(vec![series])]).unwrap());
    }
}

#[test]
fn depths_and_galleries_are_clear() {
    let baselines = vec![Baseline { label: "norm-softmax-sigma2".into(), values: vec![0.5] }; 3];
    let circuits = ["parted", "simple", "centrosymmetric", "trotter"].map(|name| series(name, 16, 6));
    assert_clear("depth", &depth_of(circuits.to_vec(), baselines).unwrap());
    for (n, channels, height, width) in [(1, 1, 1, 1), (7, 3, 28, 28), (2, 1, 5, 200), (30, 1, 64, 3)] {
        assert_clear("gallery", &gallery_of(n, channels, height, width).unwrap());
    }
    for (name, picture) in all() {
        assert_clear(name, &picture);
    }
}

#[test]
fn pictures_of_models_are_clear() {
    for (n, n_train, predictions) in [(1, 0, 1), (1, 1, 6), (100, 67, 6), (1000, 999, 3), (1000, 1, 2)] {
        for scale in [1e-9, 1.0, 1e6] {
            let mut config = forecast_config(n, n_train, predictions);
            config.truth.iter_mut().for_each(|v| *v *= scale);
            assert_clear("forecast", &forecast(&config).unwrap());
        }
    }
    for (rows, columns) in
        [(1, 1), (1, 2), (2, 3), (1, 4000), (400, 2), (36, 300), (9, 8), (20, 11), (3, 2561)]
    {
        for scale in [0.0, 1e-9, 1.0, 1e6] {
            let config = heat_config(rows, columns);
            let values = &config.values * scale;
            let x_label = "steps of training, each of one batch of 32 windows".into();
            assert_clear("heat map", &heat_map(&HeatMap { values, x_label, ..config }).unwrap());
        }
    }
    for (groups, runs) in [(1, 1), (40, 3), (6, 20)] {
        for scale in [Scale::Linear, Scale::Log10, Scale::Log10Floor(1e-3)] {
            assert_clear("bars", &bars(&Bars { scale, ..bars_config(groups, runs) }).unwrap());
        }
    }
    for (frames, width, height) in [(1, 1, 1), (7, 5, 5), (30, 2, 19), (4, 60, 1)] {
        for columns in [0, 1, 5] {
            let mut config = Film { columns, ..film_config(frames, width, height) };
            assert_clear("film", &film(&config).unwrap());
            config.frames[0].caption = "0: a_word_that_is_wider_than_any_frame and more".into();
            assert_clear("film", &film(&config).unwrap());
        }
    }
}
