//! What holds for every picture: valid, self-contained, reproducible, and inside its sheet.

use crate::common::{
    all, attributes, bars_config, curves_of, depth_of, film_config, forecast_config, gallery_of, heat_config,
    maps_of, panel, series, texts, view_box, weights,
};
use ndarray::ArrayD;
use ndarray_npy::ReadNpyExt;
use viz::{Error, Picture, bars, film, forecast, heat_map};

#[test]
fn every_document_is_well_formed_and_needs_nothing_else() {
    for (name, picture) in all() {
        assert!(!texts(&picture).is_empty(), "{name} has no text");
        let document = roxmltree::Document::parse(&picture.svg).unwrap();
        for node in document.descendants() {
            assert!(node.attribute("href").is_none(), "{name} refers to something outside");
        }
        let desc = document.descendants().find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "desc")));
        let desc = desc.and_then(|n| n.text()).unwrap_or_default();
        assert!(desc.contains(picture.layout), "{name} does not describe its data: {desc}");
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    for ((name, first), (_, second)) in all().into_iter().zip(all()) {
        assert_eq!(first.svg, second.svg, "{name}");
        assert_eq!(first.npy().unwrap(), second.npy().unwrap(), "{name}");
    }
}

#[test]
fn the_data_beside_a_picture_reads_back() {
    for (name, picture) in all() {
        let bytes = picture.npy().unwrap();
        let back = if picture.whole {
            ArrayD::<i64>::read_npy(bytes.as_slice()).unwrap().mapv(|v| v as f64)
        } else {
            ArrayD::<f64>::read_npy(bytes.as_slice()).unwrap()
        };
        assert_eq!(back, picture.data, "{name}");
    }
}

/// Rectangles, discs and text anchors lie on the sheet.
fn assert_inside(name: &str, picture: &Picture) {
    let (width, height) = view_box(picture);
    for [x, y, w, h] in attributes(picture, "rect", ["x", "y", "width", "height"]) {
        assert!(x >= 0.0 && y >= 0.0 && w >= 0.0 && h >= 0.0, "{name}: rectangle {x} {y} {w} {h}");
        assert!(x + w <= width && y + h <= height, "{name}: rectangle {x} {y} {w} {h} on {width} {height}");
    }
    for [x, y, ..] in attributes(picture, "text", ["x", "y", "x", "y"]) {
        assert!(0.0 < x && x < width && 0.0 < y && y < height, "{name}: text at {x} {y} on {width} {height}");
    }
    for [x, y, r, _] in attributes(picture, "circle", ["cx", "cy", "r", "r"]) {
        assert!(x >= r && y >= r && x + r <= width && y + r <= height, "{name}: disc at {x} {y}");
    }
}

#[test]
fn pictures_of_all_sizes_stay_on_their_sheet() {
    for (name, picture) in all() {
        assert_inside(name, &picture);
    }
    for (rows, columns, t) in
        [(1, 1, 1), (1, 1, 16), (1, 8, 2), (8, 1, 7), (3, 5, 4), (8, 8, 16), (1, 1, 400)]
    {
        assert_inside("attention", &maps_of(&weights(rows, columns, t)).unwrap());
    }
    for (points, seeds) in [(1, 1), (2, 5), (30, 3), (200, 10)] {
        let wide = vec![panel(vec![series("a", points, seeds)]); 3];
        assert_inside("curves", &curves_of(wide).unwrap());
        assert_inside("depth", &depth_of(vec![series("a", points, seeds)], vec![]).unwrap());
    }
    for (n, channels, height, width) in [(1, 1, 1, 1), (7, 3, 28, 28), (2, 1, 5, 200), (30, 1, 64, 3)] {
        assert_inside("gallery", &gallery_of(n, channels, height, width).unwrap());
    }
    for (n, n_train) in [(1, 0), (1, 1), (2, 1), (100, 67), (1000, 999), (1000, 1)] {
        assert_inside("forecast", &forecast(&forecast_config(n, n_train, 2)).unwrap());
    }
    for (rows, columns) in [(1, 1), (1, 4000), (400, 2), (36, 300)] {
        assert_inside("heat map", &heat_map(&heat_config(rows, columns)).unwrap());
    }
    for (groups, runs) in [(1, 1), (40, 3), (6, 20)] {
        assert_inside("bars", &bars(&bars_config(groups, runs)).unwrap());
    }
    for (frames, width, height) in [(1, 1, 1), (7, 5, 5), (30, 2, 19), (4, 60, 1)] {
        assert_inside("film", &film(&film_config(frames, width, height)).unwrap());
    }
}

#[test]
fn pictures_too_large_to_open_are_refused() {
    for result in [maps_of(&weights(1, 2, 300)), gallery_of(50, 1, 80, 80)] {
        assert!(matches!(result, Err(Error::TooMany { limit: 160_000, .. })), "{result:?}");
    }
    let more = [
        (heat_map(&heat_config(1, 4001)), 4001, 4000),
        (heat_map(&heat_config(401, 1)), 401, 400),
        (heat_map(&heat_config(100, 2000)), 200_000, 160_000),
        (bars(&bars_config(41, 1)), 41, 40),
        (film(&film_config(50, 60, 60)), 180_000, 160_000),
        (forecast(&forecast_config(2, 1, 7)), 7, 6),
    ];
    for (result, count, most) in more {
        match result {
            Err(Error::TooMany { found, limit, .. }) => assert_eq!((found, limit), (count, most)),
            other => panic!("{other:?}"),
        }
    }
    let many = (0..15).map(|i| series(&format!("series {i}"), 2, 1)).collect();
    assert!(matches!(curves_of(vec![panel(many)]), Err(Error::TooMany { found: 15, limit: 14, .. })));
}
