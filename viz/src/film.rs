//! An episode in a grid world, frame by frame.

use ndarray::{Array3, ArrayD};
use plotters::style::{RGBColor, WHITE};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Picture,
    canvas::{About, Canvas, Point, Type, block_height, sheet},
    cells::{self, MAX_CELLS},
    chart::{NOTE, NUMBER, TITLE},
    check,
    colour::{FAINT_INK, GRID, INK, PALETTE},
    text,
};

/// What is on a field of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Nothing; code 0.
    #[default]
    Empty,
    /// A wall; code 1.
    Wall,
    /// Where the agent should go; code 2.
    Goal,
    /// Lava, which ends the episode; code 3.
    Lava,
    /// A door; code 4.
    Door,
    /// A field that the agent does not see; code 5.
    Unseen,
}

/// The world at one step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Fields in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` fields, row by row from the top.
    pub cells: Vec<Cell>, // y x
    /// Column, row and direction of the agent: 0 right, 1 down, 2 left, 3 up.
    pub agent: (usize, usize, u8),
    /// The line below the frame, such as `7: turn left`.
    pub caption: String,
}

/// An episode as a strip of frames.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Film {
    /// Title of the picture.
    pub title: String,
    /// The command or run that made it, for the description inside the SVG; may be empty.
    #[serde(default)]
    pub source: String,
    /// Frames in a row; 0 chooses a grid about as wide as high.
    #[serde(default)]
    pub columns: usize,
    /// Frames in reading order, all of one size.
    pub frames: Vec<Frame>,
}

const LAYOUT: &str = "codes [frame, y, x]: 0 empty, 1 wall, 2 goal, 3 lava, 4 door, 5 unseen; where the agent \
                      stands, 10, 20, 30 or 40 more as it faces right, down, left or up";
const KINDS: [(Cell, &str); 6] = [
    (Cell::Empty, "empty"),
    (Cell::Wall, "wall"),
    (Cell::Goal, "goal"),
    (Cell::Lava, "lava"),
    (Cell::Door, "door"),
    (Cell::Unseen, "unseen"),
];
const SIDE: f64 = 116.0;
const MARGIN: f64 = 22.0;
const GAP: f64 = 16.0;
const SWATCH: f64 = 15.0;
const LEGEND_ROW: f64 = 24.0;

/// Draws an episode in a grid world as frames in reading order, each with its caption: fields by their
/// colour, the agent as a triangle that points where it faces.
///
/// The data is an array of whole numbers `[frame, y, x]`: the code of each field, see [`Cell`], and
/// where the agent stands `10 (direction + 1)` more.
///
/// # Errors
/// No frames or empty ones, frames of several sizes, cells that do not fill their frame, an agent
/// outside of it or with a direction beyond 3, more than 160,000 fields in all.
///
/// ```
/// use viz::{Cell, Film, Frame, film};
///
/// let cells = vec![Cell::Empty, Cell::Empty, Cell::Goal];
/// let step = |x: usize, caption: &str| Frame { width: 3, height: 1, cells: cells.clone(), agent: (x, 0, 0), caption: caption.into() };
/// let frames = vec![step(0, "0: forward"), step(1, "1: forward"), step(2, "2: end")];
/// let picture = film(&Film { title: "Corridor".into(), frames, ..Film::default() })?;
/// assert_eq!(picture.data.into_raw_vec_and_offset().0, [10.0, 0.0, 2.0, 0.0, 10.0, 2.0, 0.0, 0.0, 12.0]);
/// # Ok::<(), viz::Error>(())
/// ```
pub fn film(config: &Film) -> Result<Picture, Error> {
    let (width, height) = check_config(config)?;
    let n = config.frames.len();
    let columns = match config.columns {
        0 => (n as f64 * 1.5).sqrt().ceil() as usize,
        columns => columns,
    }
    .min(n);
    let cell = cells::side(width.max(height), SIDE);
    let size = (cell * width as f64, cell * height as f64);
    let words = config.frames.iter().flat_map(|f| f.caption.split_whitespace());
    let words = words.map(|word| text::width(word, NUMBER)).fold(size.0.max(96.0), f64::max);
    let captions: Vec<_> = config.frames.iter().map(|f| text::wrap(&f.caption, NUMBER, words)).collect();
    let below = captions.iter().map(|lines| block_height(lines, NUMBER)).fold(0.0, f64::max);
    let step = (words + GAP, size.1 + below + 8.0 + GAP);
    let sheet_width = (2.0 * MARGIN + columns as f64 * step.0).max(420.0);
    let inner = sheet_width - 2.0 * MARGIN;
    let titles = text::wrap(&config.title, TITLE, inner);
    let caption = caption(config);
    let note = text::wrap(&caption, NOTE, inner);
    let legend = legend(config, inner);
    let top = MARGIN + block_height(&titles, TITLE) + 10.0;
    let legend_top = top + n.div_ceil(columns) as f64 * step.1 + 4.0;
    let note_top = legend_top + legend.iter().map(|e| e.1.1).fold(0.0, f64::max) + LEGEND_ROW + 12.0;

    let about = About { title: &config.title, caption: &caption, source: &config.source, layout: LAYOUT };
    let sheet_size = (sheet_width, note_top + block_height(&note, NOTE) + 8.0);
    let picture = sheet(sheet_size, &about, codes(config, (width, height)), |canvas| {
        canvas.lines(&titles, (MARGIN, MARGIN + 8.0), Type { bold: true, ..Type::left(TITLE) })?;
        for (k, frame) in config.frames.iter().enumerate() {
            let corner = (MARGIN + (k % columns) as f64 * step.0, top + (k / columns) as f64 * step.1);
            let at = (corner.0 + (words - size.0) / 2.0, corner.1);
            draw_frame(canvas, frame, at, cell)?;
            canvas.lines(&captions[k], (at.0 + size.0 / 2.0, at.1 + size.1 + 15.0), Type::centre(NUMBER))?;
        }
        draw_legend(canvas, &legend, (MARGIN, legend_top))?;
        canvas.lines(&note, (MARGIN, note_top), Type { colour: FAINT_INK, ..Type::left(NOTE) })
    })?;
    Ok(Picture { whole: true, ..picture })
}

/// Checks the frames and returns their common width and height.
fn check_config(config: &Film) -> Result<(usize, usize), Error> {
    check::not_empty("frames", &[config.frames.len()])?;
    let (width, height) = (config.frames[0].width, config.frames[0].height);
    for (k, frame) in config.frames.iter().enumerate() {
        check::not_empty(&format!("frame {k}"), &[frame.height, frame.width])?;
        check::length(&format!("a row of frame {k}"), frame.width, width, "(as in frame 0)")?;
        check::length(&format!("a column of frame {k}"), frame.height, height, "(as in frame 0)")?;
        check::length(
            &format!("the cells of frame {k}"),
            frame.cells.len(),
            width * height,
            "(width * height)",
        )?;
        let (x, y, direction) = frame.agent;
        let parts = [("column", x, width), ("row", y, height), ("direction", usize::from(direction), 4)];
        for (part, value, limit) in parts {
            if value >= limit {
                return Err(Error::OutOfRange {
                    what: format!("frame {k}, {part} of the agent"),
                    index: Vec::new(),
                    value: value as f64,
                    limit: format!("below {limit}"),
                    remedy: "count from 0; directions are 0 right, 1 down, 2 left, 3 up".into(),
                });
            }
        }
    }
    check::at_most(
        "fields of all frames",
        config.frames.len() * width * height,
        MAX_CELLS,
        "show fewer frames",
    )?;
    Ok((width, height))
}

fn codes(config: &Film, (width, height): (usize, usize)) -> ArrayD<f64> {
    let code = |(k, y, x): (usize, usize, usize)| {
        let Frame { cells, agent, .. } = &config.frames[k];
        let facing = if (agent.0, agent.1) == (x, y) { 10 * (u32::from(agent.2) + 1) } else { 0 };
        f64::from(cells[y * width + x] as u32 + facing)
    };
    Array3::from_shape_fn((config.frames.len(), height, width), code).into_dyn()
}

fn caption(config: &Film) -> String {
    let frames = if config.frames.len() == 1 { "frame" } else { "frames in reading order" };
    format!("{} {frames}; the triangle is the agent and points where it faces.", config.frames.len())
}

fn colour(cell: Cell) -> RGBColor {
    match cell {
        Cell::Empty => WHITE,
        Cell::Wall => RGBColor(110, 110, 110),
        Cell::Goal => PALETTE[2],
        Cell::Lava => PALETTE[1],
        Cell::Door => PALETTE[5],
        Cell::Unseen => RGBColor(214, 214, 214),
    }
}

fn draw_frame(canvas: &Canvas, frame: &Frame, at: Point, cell: f64) -> Result<(), Error> {
    let (width, height) = (frame.width, frame.height);
    let size = (cell * width as f64, cell * height as f64);
    cells::draw(canvas, at, (height, width), (cell, cell), |y, x| colour(frame.cells[y * width + x]))?;
    for x in 1..width {
        let x = at.0 + x as f64 * cell;
        canvas.path(&[(x, at.1), (x, at.1 + size.1)], GRID, 0.5)?;
    }
    for y in 1..height {
        let y = at.1 + y as f64 * cell;
        canvas.path(&[(at.0, y), (at.0 + size.0, y)], GRID, 0.5)?;
    }
    for (k, kind) in frame.cells.iter().enumerate() {
        let corner = (at.0 + (k % width) as f64 * cell, at.1 + (k / width) as f64 * cell);
        mark(canvas, *kind, corner, cell)?;
    }
    let (x, y, direction) = frame.agent;
    draw_agent(canvas, (at.0 + x as f64 * cell, at.1 + y as f64 * cell), cell, direction)?;
    canvas.frame(at, size, INK, 0.75)
}

/// A sign that tells lava and doors apart without colour: a wave, a frame with a handle.
fn mark(canvas: &Canvas, kind: Cell, at: Point, cell: f64) -> Result<(), Error> {
    let place = |(x, y): (f64, f64)| (at.0 + x * cell, at.1 + y * cell);
    let stroke = (0.07 * cell).clamp(0.5, 1.5);
    match kind {
        Cell::Lava => [0.35, 0.65].into_iter().try_for_each(|y| {
            let wave = [(0.15, y + 0.07), (0.38, y - 0.07), (0.62, y + 0.07), (0.85, y - 0.07)];
            canvas.path(&wave.map(place), WHITE, stroke)
        }),
        Cell::Door => {
            canvas.frame(place((0.15, 0.15)), (0.7 * cell, 0.7 * cell), INK, stroke)?;
            canvas.disc(place((0.68, 0.5)), 0.07 * cell, INK, 1.0)
        }
        Cell::Empty | Cell::Wall | Cell::Goal | Cell::Unseen => Ok(()),
    }
}

/// A black triangle with a white rim that points where the agent faces.
fn draw_agent(canvas: &Canvas, at: Point, cell: f64, direction: u8) -> Result<(), Error> {
    let (dx, dy) = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][usize::from(direction % 4)];
    let place = |(ahead, aside): (f64, f64)| {
        (at.0 + cell * (0.5 + ahead * dx - aside * dy), at.1 + cell * (0.5 + ahead * dy + aside * dx))
    };
    let corners = [(0.38, 0.0), (-0.32, 0.34), (-0.32, -0.34)].map(place);
    canvas.polygon(&corners, INK, 1.0)?;
    let [tip, left, right] = corners;
    canvas.path(&[tip, left, right, tip, left], WHITE, (0.05 * cell).clamp(0.25, 1.0))
}

/// The kinds of fields that occur, with the place of each in the legend.
fn legend(config: &Film, width: f64) -> Vec<((Cell, &'static str), Point)> {
    let occurs = |kind: Cell| config.frames.iter().any(|frame| frame.cells.contains(&kind));
    let (mut x, mut y) = (0.0, 0.0);
    let mut entries = Vec::new();
    for (kind, name) in KINDS.into_iter().filter(|(kind, _)| occurs(*kind)) {
        let room = SWATCH + 8.0 + text::width(name, NUMBER);
        if x + room > width {
            (x, y) = (0.0, y + LEGEND_ROW);
        }
        entries.push(((kind, name), (x, y)));
        x += room + 18.0;
    }
    entries
}

fn draw_legend(canvas: &Canvas, legend: &[((Cell, &str), Point)], at: Point) -> Result<(), Error> {
    for ((kind, name), (x, y)) in legend {
        let corner = (at.0 + x, at.1 + y);
        canvas.fill(corner, (SWATCH, SWATCH), colour(*kind))?;
        mark(canvas, *kind, corner, SWATCH)?;
        canvas.frame(corner, (SWATCH, SWATCH), FAINT_INK, 0.75)?;
        canvas.text(name, (corner.0 + SWATCH + 8.0, corner.1 + SWATCH / 2.0), Type::left(NUMBER))?;
    }
    Ok(())
}
