//! Every number shown is the number in the data.

use crate::common::{attributes, curves_of, depth_of, gallery_of, maps_of, panel, series, texts, weights};
use ndarray::{Array4, Axis};
use viz::{MIN_SEEDS, Picture, mean_interval, stochastic_error};

/// The number that follows a phrase in the texts of a picture.
fn after(picture: &Picture, phrase: &str) -> f64 {
    let all = texts(picture).join(" ");
    let (_, rest) = all.split_once(phrase).unwrap_or_else(|| panic!("no '{phrase}' in {all}"));
    let word = rest.split_whitespace().next().expect("a number").trim_end_matches([',', '.', ':']);
    word.parse().unwrap_or_else(|_| panic!("'{word}' after '{phrase}' is not a number"))
}

/// Agreement to the digits that are shown.
fn assert_shown(shown: f64, value: f64, relative: f64) {
    assert!(
        (shown - value).abs() <= relative * value.abs() + 5e-3 * f64::from(value > 0.01),
        "{shown} for {value}"
    );
}

#[test]
fn attention_maps_show_their_maximum_and_their_errors() {
    for (rows, columns, t) in [(1, 1, 2), (2, 3, 5), (8, 8, 16)] {
        let weights = weights(rows, columns, t);
        let picture = maps_of(&weights).unwrap();
        let max = weights.fold(0.0, |a: f64, b| a.max(*b));
        let error =
            |axis| weights.sum_axis(Axis(axis)).mapv(|s| (s - 1.0).abs()).fold(0.0, |a: f64, b| a.max(*b));
        assert_shown(after(&picture, "panels, 0 to"), max, 5e-3);
        assert_shown(after(&picture, "over all panels: rows"), error(3), 0.05);
        let caption = picture.svg.split("over all panels").nth(1).unwrap().to_string();
        let column: f64 =
            caption.split("columns ").nth(1).unwrap().split(". ").next().unwrap().parse().unwrap();
        assert_shown(column, error(2), 0.05);
        assert_eq!(picture.data, weights.into_dyn());
    }
}

#[test]
fn attention_cells_are_square_and_share_one_scale() {
    let mut weights = Array4::zeros((1, 2, 2, 2)); // layers heads t t
    weights[[0, 0, 0, 0]] = 0.5;
    weights[[0, 1, 1, 1]] = 1.0;
    let picture = maps_of(&weights).unwrap();
    let colour = |share: f64| {
        let [r, g, b] = viz::viridis(share);
        format!("#{r:02X}{g:02X}{b:02X}")
    };
    let document = roxmltree::Document::parse(&picture.svg).unwrap();
    let sides = |share: f64| {
        let cells = document.descendants().filter(|n| n.attribute("fill") == Some(colour(share).as_str()));
        let read =
            |n: roxmltree::Node, name| n.attribute(name).and_then(|v: &str| v.parse::<f64>().ok()).unwrap();
        let sides: Vec<(f64, f64)> = cells.map(|n| (read(n, "width"), read(n, "height"))).collect();
        sides.into_iter().filter(|(w, _)| *w > 200.0).collect::<Vec<_>>() // not those of the colour bar
    };
    for share in [0.5, 1.0] {
        let cells = sides(share);
        assert_eq!(cells.len(), 1, "one cell at {share} of the scale, in {cells:?}");
        assert_eq!(cells[0].0, cells[0].1, "square");
    }
}

#[test]
fn bands_need_five_seeds_and_enclose_the_mean() {
    for seeds in 1..9 {
        let series = series("a", 4, seeds);
        let picture = curves_of(vec![panel(vec![series.clone()])]).unwrap();
        assert_eq!(picture.svg.contains("<polygon"), seeds >= MIN_SEEDS, "{seeds} seeds");
        assert_eq!(picture.svg.contains("Bands:"), seeds >= MIN_SEEDS);
        assert_eq!(picture.svg.contains("No band below 5 seeds"), (2..MIN_SEEDS).contains(&seeds));
        assert_eq!(picture.data.shape(), [4 * seeds, 5]);
        let at_two: Vec<f64> = series.lines.iter().map(|line| line[2]).collect();
        assert_eq!(mean_interval(&at_two).is_some(), seeds >= MIN_SEEDS);
    }
}

#[test]
fn the_table_holds_every_point_once() {
    let (first, second) = (series("a", 3, 2), series("b", 2, 1));
    let picture =
        curves_of(vec![panel(vec![first.clone()]), panel(vec![first.clone(), second.clone()])]).unwrap();
    let mut expected = Vec::new();
    for (p, s, series) in [(0.0, 0.0, &first), (1.0, 0.0, &first), (1.0, 1.0, &second)] {
        for (seed, line) in series.lines.iter().enumerate() {
            for (x, y) in series.x.iter().zip(line) {
                expected.extend([p, s, seed as f64, *x, *y]);
            }
        }
    }
    assert_eq!(picture.data.into_raw_vec_and_offset().0, expected);
}

#[test]
fn baselines_are_in_the_table_at_depth_zero() {
    let baseline = viz::Baseline { label: "softmax".into(), values: vec![0.5, 0.75] };
    let picture = depth_of(vec![series("a", 2, 1)], vec![baseline]).unwrap();
    let rows: Vec<Vec<f64>> =
        picture.data.outer_iter().skip(2).map(|row| row.iter().copied().collect()).collect();
    assert_eq!(rows, [[1.0, 0.0, 0.0, 0.0, 0.5], [1.0, 0.0, 1.0, 0.0, 0.75]]);
}

#[test]
fn errors_below_the_floor_lie_on_it() {
    let heights = |y: f64| {
        let series = viz::Series::single("a", vec![1.0, 2.0], vec![0.1, y]);
        let picture = stochastic_error("", "epoch", &[series], "").unwrap();
        attributes(&picture, "circle", ["cy"; 4]).iter().map(|c| c[0]).collect::<Vec<_>>()
    };
    assert_eq!(heights(0.0), heights(1e-17));
    assert_eq!(heights(1e-30), heights(1e-17));
    assert!(heights(1e-16)[1] < heights(1e-17)[1]);
}

#[test]
fn the_gallery_counts_its_right_predictions() {
    // Predictions exist where i % 3 > 0 and are right where i % 4 == i % 2.
    for n in [1, 2, 5, 12] {
        let predicted = (0..n).filter(|i| i % 3 > 0);
        let right = predicted.clone().filter(|i| i % 4 == i % 2).count();
        let picture = gallery_of(n, 1, 4, 4).unwrap();
        let expected = match predicted.count() {
            0 => format!("{n} images."),
            count => format!("{right} of {count} right"),
        };
        assert!(texts(&picture).join(" ").contains(&expected), "{expected}");
    }
}
