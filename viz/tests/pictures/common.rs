//! Small pictures of every kind, and what is read from an SVG document.

use ndarray::{Array2, Array4};
use viz::{
    AccuracyByDepth, AttentionMaps, BarGroup, Bars, Baseline, Cell, Curves, Error, Film, Forecast, Frame,
    Gallery, HeatMap, ImageLabel, Panel, Picture, Scale, Series, Spread, accuracy_by_depth, attention_maps,
    bars, curves, film, forecast, gallery, heat_map, stochastic_error,
};

/// A series of `seeds` wavy positive lines over `points` positions from 1 on.
pub fn series(label: &str, points: usize, seeds: usize) -> Series {
    let value = |seed: usize, i: usize| 1.5 + ((seed * 7 + i * 3) as f64).sin();
    Series {
        label: label.into(),
        x: (1..=points).map(|i| i as f64).collect(),
        lines: (0..seeds).map(|seed| (0..points).map(|i| value(seed, i)).collect()).collect(),
    }
}

/// Positive matrices with rows that sum to 1.
pub fn weights(rows: usize, columns: usize, t: usize) -> Array4<f64> {
    let mut weights = Array4::from_shape_fn((rows, columns, t, t), |(r, c, i, j)| {
        1.1 + ((3 * r + 5 * c + 7 * i + 11 * j) as f64).sin()
    });
    for mut row in weights.rows_mut() {
        let sum = row.sum();
        row /= sum;
    }
    weights
}

pub fn panel(series: Vec<Series>) -> Panel {
    Panel { x_label: "epoch".into(), y_label: "loss".into(), series, ..Panel::default() }
}

pub fn curves_of(panels: Vec<Panel>) -> Result<Picture, Error> {
    curves(&Curves { title: "Curves".into(), panels, ..Curves::default() })
}

pub fn depth_of(series: Vec<Series>, baselines: Vec<Baseline>) -> Result<Picture, Error> {
    let y_label = "accuracy".into();
    accuracy_by_depth(&AccuracyByDepth {
        title: "Depth".into(),
        y_label,
        series,
        baselines,
        ..Default::default()
    })
}

pub fn maps_of(weights: &Array4<f64>) -> Result<Picture, Error> {
    attention_maps(weights.view(), &AttentionMaps { title: "Maps".into(), ..Default::default() })
}

pub fn gallery_of(n: usize, channels: usize, height: usize, width: usize) -> Result<Picture, Error> {
    let pixels = Array4::from_shape_fn((n, channels, height, width), |(i, c, y, x)| {
        (i * 31 + c * 17 + y * 5 + x) as u8
    });
    let guess = |i: usize| (!i.is_multiple_of(3)).then(|| format!("class {}", i % 4));
    let labels: Vec<ImageLabel> =
        (0..n).map(|i| ImageLabel { truth: format!("class {}", i % 2), predicted: guess(i) }).collect();
    gallery(pixels.view(), &labels, &Gallery { title: "Gallery".into(), ..Gallery::default() })
}

/// `n` values with the first `n_train` for training, and predictions that are each farther off.
pub fn forecast_config(n: usize, n_train: usize, predictions: usize) -> Forecast {
    let truth: Vec<f64> = (0..n).map(|t| (0.3 * t as f64).sin()).collect();
    let prediction = |k: usize| truth.iter().map(|v| v + 0.1 * (k + 1) as f64).collect();
    let predictions = (0..predictions).map(|k| (format!("model number {k}"), prediction(k))).collect();
    let (title, y_label) = ("Forecast".into(), "angle, rad".into());
    Forecast { title, y_label, truth, predictions, n_train, ..Forecast::default() }
}

pub fn heat_config(rows: usize, columns: usize) -> HeatMap {
    HeatMap {
        title: "Angles".into(),
        values: Array2::from_shape_fn((rows, columns), |(r, c)| 3.0 * ((3 * r + c) as f64).sin()),
        row_labels: (0..rows).map(|r| format!("theta[{}][{}]", r / 4, r % 4)).collect(),
        x_label: "step".into(),
        value_label: "angle, rad".into(),
        dead_rows: (0..rows).map(|r| r % 3 == 1).collect(),
        ..HeatMap::default()
    }
}

/// Positive values over some decades; the last run of every third group is stuck.
pub fn bars_config(groups: usize, runs: usize) -> Bars {
    let value = |g: usize, run: usize| 10f64.powf(-1.0 - ((5 * g + 3 * run) as f64).sin());
    let group = |g: usize| BarGroup {
        label: format!("model number {g}"),
        values: (0..runs).map(|run| value(g, run)).collect(),
        stuck: (0..runs).map(|run| g.is_multiple_of(3) && run + 1 == runs).collect(),
    };
    let (title, value_label) = ("Models".into(), "test MSE".into());
    let groups = (0..groups).map(group).collect();
    Bars { title, value_label, scale: Scale::Log10, groups, ..Bars::default() }
}

/// Frames with every kind of field, the agent on its way along the diagonal.
pub fn film_config(frames: usize, width: usize, height: usize) -> Film {
    let kinds = [Cell::Empty, Cell::Wall, Cell::Goal, Cell::Lava, Cell::Door, Cell::Unseen];
    let frame = |k: usize| Frame {
        width,
        height,
        cells: (0..width * height).map(|i| kinds[(i + k) % kinds.len()]).collect(),
        agent: (k % width, k % height, (k % 4) as u8),
        caption: format!("{k}: pick up the ball"),
    };
    Film { title: "Film".into(), frames: (0..frames).map(frame).collect(), ..Film::default() }
}

/// Curves of medians and quartiles on a log axis.
pub fn quartiles_of(series: Vec<Series>) -> Result<Picture, Error> {
    let panels = vec![Panel { y_scale: Scale::Log10, ..panel(series) }];
    let (title, spread) = ("Quartiles".into(), Spread::MedianQuartiles);
    curves(&Curves { title, panels, spread, ..Curves::default() })
}

/// Those of [`all`] that show models and episodes.
fn models(hostile: &str) -> [(&'static str, Result<Picture, Error>); 4] {
    let mut truth = forecast_config(9, 5, 2);
    truth.y_label = hostile.into();
    truth.predictions[1].0 = hostile.into();
    let mut angles = heat_config(4, 7);
    (angles.row_labels[1], angles.value_label, angles.x_label) =
        (hostile.into(), hostile.into(), hostile.into());
    let mut groups = bars_config(3, 5);
    (groups.groups[1].label, groups.value_label) = (hostile.into(), hostile.into());
    let mut episode = film_config(3, 4, 3);
    (episode.title, episode.frames[1].caption) = (hostile.into(), hostile.into());
    [
        ("forecast", forecast(&truth)),
        ("heat map", heat_map(&angles)),
        ("bars", bars(&groups)),
        ("film", film(&episode)),
    ]
}

/// One picture of every kind, with hostile texts.
pub fn all() -> Vec<(&'static str, Picture)> {
    let hostile = "a<b & \"c\" 'd' \u{0}\u{7} \u{e9}\u{fffe}]]>";
    let log = Panel { y_scale: Scale::Log10, x_scale: Scale::Log2, ..panel(vec![series(hostile, 9, 6)]) };
    let maps = AttentionMaps {
        title: hostile.into(),
        source: hostile.into(),
        row_labels: vec![hostile.into()],
        ..Default::default()
    };
    let label = ImageLabel { truth: hostile.into(), predicted: Some("--> <!--".into()) };
    let baseline = Baseline { label: hostile.into(), values: vec![0.5, 0.6] };
    let pixels = Array4::from_elem((1, 3, 2, 2), 9);
    let pictures = [
        ("attention", attention_maps(weights(1, 3, 5).view(), &maps)),
        ("curves", curves_of(vec![panel(vec![series("a", 4, 1), series("b", 3, 2)]), log])),
        ("certificate", stochastic_error(hostile, "epoch", &[series(hostile, 3, 1)], hostile)),
        ("depth", depth_of(vec![series(hostile, 5, 5), series("b", 2, 3)], vec![baseline])),
        (
            "gallery",
            gallery(pixels.view(), &[label], &Gallery { title: hostile.into(), ..Gallery::default() }),
        ),
    ];
    let quartiles = [("quartiles", quartiles_of(vec![series(hostile, 4, 6)]))];
    let pictures = pictures.into_iter().chain(models(hostile)).chain(quartiles);
    pictures.map(|(name, picture)| (name, picture.expect(name))).collect()
}

/// The texts of a document, in order; fails unless it is well-formed.
pub fn texts(picture: &Picture) -> Vec<String> {
    let document = roxmltree::Document::parse(&picture.svg).expect("well-formed XML");
    let nodes =
        document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    nodes.filter_map(|node| node.text()).map(|text| text.trim().to_string()).collect()
}

/// The numbers of a kind of element's attributes.
pub fn attributes(picture: &Picture, tag: &str, names: [&str; 4]) -> Vec<[f64; 4]> {
    let document = roxmltree::Document::parse(&picture.svg).expect("well-formed XML");
    let nodes = document.descendants().filter(|node| node.tag_name().name() == tag);
    let read = |node: roxmltree::Node, name: &str| {
        node.attribute(name).and_then(|v| v.parse().ok()).unwrap_or(f64::NAN)
    };
    nodes.map(|node| names.map(|name| read(node, name))).collect()
}

/// Width and height of the coordinate system.
pub fn view_box(picture: &Picture) -> (f64, f64) {
    let document = roxmltree::Document::parse(&picture.svg).expect("well-formed XML");
    let text = document.root_element().attribute("viewBox").expect("a view box");
    let numbers: Vec<f64> = text.split(' ').map(|v| v.parse().expect("a number")).collect();
    (numbers[2], numbers[3])
}
