//! The sheet that pictures are drawn on: plotters' SVG backend, in pixels with quarter precision.
//!
//! Plotters places everything on whole units; a unit here is a quarter of a pixel, which keeps curves
//! smooth. Texts are placed by their anchor and never measured by plotters.

use plotters::{
    backend::SVGBackend,
    coord::Shift,
    drawing::{DrawingArea, IntoDrawingArea},
    element::{Circle, DashedPathElement, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text},
    style::{
        Color, FontStyle, FontTransform, IntoFont, RGBColor, ShapeStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{Error, Picture, colour::INK};

/// The finest step, in pixels.
pub(crate) const QUARTER: f64 = 1.0 / UNITS;
/// Units of the document per pixel.
const UNITS: f64 = 4.0;
const FONT: &str = "Helvetica, Arial, sans-serif";
/// Plotters divides font sizes by this before it writes them.
const PLOTTERS_FONT_SCALE: f64 = 1.24;

/// A point, in pixels from the upper left corner.
pub(crate) type Point = (f64, f64);

/// How a text is set: size in pixels, anchor (vertically always centred), weight, turn, colour.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    pub size: f64,
    pub anchor: HPos,
    pub bold: bool,
    pub upwards: bool,
    pub colour: RGBColor,
}

impl Type {
    pub fn left(size: f64) -> Self {
        Self { size, anchor: HPos::Left, bold: false, upwards: false, colour: INK }
    }

    pub fn right(size: f64) -> Self {
        Self { anchor: HPos::Right, ..Self::left(size) }
    }

    pub fn centre(size: f64) -> Self {
        Self { anchor: HPos::Center, ..Self::left(size) }
    }
}

/// A sheet under way.
pub(crate) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Canvas<'_> {
    /// A filled rectangle from its upper left corner.
    pub fn fill(&self, at: Point, size: (f64, f64), colour: RGBColor) -> Result<(), Error> {
        let corners = [units(at), units((at.0 + size.0, at.1 + size.1))];
        self.draw(&Rectangle::new(corners, colour.filled()))
    }

    /// The border of a rectangle.
    pub fn frame(&self, at: Point, size: (f64, f64), colour: RGBColor, stroke: f64) -> Result<(), Error> {
        let (right, bottom) = (at.0 + size.0, at.1 + size.1);
        // The first side is walked twice, so that the corner it starts from is closed too.
        let corners = [at, (right, at.1), (right, bottom), (at.0, bottom), at, (right, at.1)];
        self.path(&corners, colour, stroke)
    }

    /// A connected line through the points.
    pub fn path(&self, points: &[Point], colour: RGBColor, stroke: f64) -> Result<(), Error> {
        self.faint_path(points, colour, stroke, 1.0)
    }

    /// A connected line of an opacity between 0 and 1.
    pub fn faint_path(
        &self,
        points: &[Point],
        colour: RGBColor,
        stroke: f64,
        opacity: f64,
    ) -> Result<(), Error> {
        let style = ShapeStyle { color: colour.mix(opacity), filled: false, stroke_width: length(stroke) };
        let points: Vec<(i32, i32)> = points.iter().copied().map(units).collect();
        self.draw(&PathElement::new(points, style))
    }

    /// A dashed line through the points; the dashes run on across corners.
    pub fn dashed_path(&self, points: &[Point], colour: RGBColor, stroke: f64) -> Result<(), Error> {
        let (dash, gap) = (3.0 + 1.5 * stroke, 3.0 + stroke);
        let style = ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: length(stroke) };
        let points: Vec<(i32, i32)> = points.iter().copied().map(units).collect();
        self.draw(&DashedPathElement::new(points, length(dash), length(gap), style))
    }

    /// A filled area of an opacity between 0 and 1.
    pub fn polygon(&self, points: &[Point], colour: RGBColor, opacity: f64) -> Result<(), Error> {
        let points: Vec<(i32, i32)> = points.iter().copied().map(units).collect();
        self.draw(&Polygon::new(points, colour.mix(opacity)))
    }

    /// A filled disc of an opacity between 0 and 1.
    pub fn disc(&self, at: Point, radius: f64, colour: RGBColor, opacity: f64) -> Result<(), Error> {
        self.draw(&Circle::new(units(at), length(radius), colour.mix(opacity).filled()))
    }

    /// A circle around white.
    pub fn ring(&self, at: Point, radius: f64, colour: RGBColor, stroke: f64) -> Result<(), Error> {
        self.disc(at, radius, WHITE, 1.0)?;
        let style = ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: length(stroke) };
        self.draw(&Circle::new(units(at), length(radius), style))
    }

    /// One line of text, its anchor at `at`.
    pub fn text(&self, text: &str, at: Point, kind: Type) -> Result<(), Error> {
        let weight = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
        let turn = if kind.upwards { FontTransform::Rotate270 } else { FontTransform::None };
        let font = (FONT, kind.size * UNITS * PLOTTERS_FONT_SCALE).into_font().style(weight).transform(turn);
        let style = font.color(&kind.colour).pos(Pos::new(kind.anchor, VPos::Center));
        self.draw(&Text::new(printable(text), units(at), style))
    }

    /// Lines of text below each other, the first centred on `at`; the step is 1.45 of the size.
    pub fn lines(&self, lines: &[String], at: Point, kind: Type) -> Result<(), Error> {
        for (k, line) in lines.iter().enumerate() {
            self.text(line, (at.0, at.1 + k as f64 * line_height(kind.size)), kind)?;
        }
        Ok(())
    }

    fn draw<'e, E>(&self, element: &'e E) -> Result<(), Error>
    where
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
        for<'b> E: Drawable<SVGBackend<'b>>,
    {
        self.area.draw(element).map_err(|e| Error::Draw(e.to_string()))
    }
}

/// Height of several lines of text.
pub(crate) fn block_height(lines: &[String], size: f64) -> f64 {
    lines.len() as f64 * line_height(size)
}

/// Distance between the middles of two lines of text.
fn line_height(size: f64) -> f64 {
    1.45 * size
}

/// What a finished document says about itself.
pub(crate) struct About<'a> {
    pub title: &'a str,
    pub caption: &'a str,
    pub source: &'a str,
    pub layout: &'static str,
}

/// Draws on a white sheet of a size in pixels; the title and the description are readable by machines.
pub(crate) fn sheet(
    (width, height): (f64, f64),
    about: &About,
    data: ndarray::ArrayD<f64>,
    paint: impl FnOnce(&Canvas) -> Result<(), Error>,
) -> Result<Picture, Error> {
    let size = (length(width), length(height));
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, size).into_drawing_area();
        let canvas = Canvas { area };
        canvas.fill((0.0, 0.0), (width, height), WHITE)?;
        paint(&canvas)?;
        canvas.area.present().map_err(|e| Error::Draw(e.to_string()))?;
    }
    let body = document.split_once('\n').map_or("", |(_, body)| body);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n\
         <title>{}</title>\n<desc>{}</desc>\n{body}",
        width.round(),
        height.round(),
        size.0,
        size.1,
        escaped(about.title),
        escaped(&description(about)),
    );
    Ok(Picture { svg, data, layout: about.layout, whole: false })
}

fn description(about: &About) -> String {
    let source = if about.source.is_empty() { String::new() } else { format!(" Source: {}.", about.source) };
    format!("{} Data: {}.{source}", about.caption, about.layout)
}

fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// XML has no place for control characters.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
        .collect()
}

fn units(at: Point) -> (i32, i32) {
    ((at.0 * UNITS).round() as i32, (at.1 * UNITS).round() as i32)
}

fn length(pixels: f64) -> u32 {
    (pixels * UNITS).round().max(1.0) as u32
}
