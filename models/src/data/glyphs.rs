//! The data set that needs no file: ten digits in many hands, drawn from strokes.
//!
//! Every image is a function of the seed, its split and its index alone. A manner of writing is chosen,
//! its points tremble, the figure is sheared, turned, stretched and shifted, the pen has a width and a
//! pressure that vary along the way, and the paper has grain and dust. Widths and distances are in pixels.

use std::f32::consts::TAU;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::strokes::{DIGITS, Point, smooth};
use super::{Dataset, Images, numbered};
use crate::rng::stream;

/// Rows and columns of an image.
pub const SIDE: usize = 28;

/// Training and test images of the default data set.
pub const DEFAULT_SIZE: (usize, usize) = (4_000, 1_000);

/// Digits drawn under `seed`: `n_train` and `n_test` images `[1 28 28]`, image `i` showing digit `i mod 10`.
///
/// Both splits are drawn from the same distribution and share no random number.
///
/// ```
/// let data = models::data::glyphs(20, 10, 0);
/// assert_eq!((data.train.n, data.test.n, data.n_classes), (20, 10, 10));
/// assert_eq!(data.test.labels, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
/// ```
pub fn glyphs(n_train: usize, n_test: usize, seed: u64) -> Dataset {
    let train = split(n_train, seed, "glyphs-train");
    let test = split(n_test, seed, "glyphs-test");
    let mut data = Dataset::measured("glyphs".into(), numbered(DIGITS.len()), train, test);
    data.sha256 = vec![("glyphs".into(), data.fingerprint())];
    data
}

fn split(n: usize, seed: u64, purpose: &str) -> Images {
    let digit = |index: usize| index % DIGITS.len();
    let pixels = (0..n)
        .into_par_iter()
        .flat_map_iter(|index| draw(digit(index), &mut stream(seed, purpose, &[index as u64])))
        .collect();
    let labels = (0..n).map(|index| digit(index) as u8).collect();
    Images { pixels, labels, n, channels: 1, height: SIDE, width: SIDE }
}

/// One picture of a digit, `[28 28]`.
fn draw(digit: usize, rng: &mut impl Rng) -> [u8; SIDE * SIDE] {
    let manners = DIGITS[digit];
    let manner = manners[rng.random_range(0..manners.len())];
    let hand = Hand::new(rng);
    let mut ink = Ink::new();
    for stroke in manner {
        let trembled = tremble(stroke, hand.tremor, rng);
        let line: Vec<Point> = smooth(&trembled).into_iter().map(|point| hand.place(point)).collect();
        ink.write(&line, &Pen::new(hand.radius, rng));
    }
    ink.dust(rng);
    ink.develop(hand.blackness, hand.grain, rng)
}

/// What stays the same while one digit is written.
struct Hand {
    /// Linear part of the map from the unit box to pixels.
    matrix: [[f32; 2]; 2],
    /// Where the middle of the box lands.
    centre: Point,
    /// Standard deviation of the points, as a share of the box.
    tremor: f32,
    /// Half the width of the line.
    radius: f32,
    /// Brightness of full ink, 0 to 1.
    blackness: f32,
    /// Standard deviation of the noise of the paper, 0 to 1.
    grain: f32,
}

impl Hand {
    fn new(rng: &mut impl Rng) -> Self {
        let (sin, cos) = (0.15 * normal(rng)).sin_cos();
        let shear = 0.2 * normal(rng);
        let height = rng.random_range(16.0..21.0_f32);
        let width = height * rng.random_range(0.5..0.9_f32);
        let upright = [[width, -shear * height], [0.0, height]];
        let turn =
            |row: [f32; 2]| [0, 1].map(|column| row[0] * upright[0][column] + row[1] * upright[1][column]);
        let middle = SIDE as f32 / 2.0;
        Self {
            matrix: [turn([cos, -sin]), turn([sin, cos])],
            centre: [middle + 1.3 * normal(rng), middle + 1.3 * normal(rng)],
            tremor: rng.random_range(0.015..0.05),
            radius: rng.random_range(0.75..1.8),
            blackness: rng.random_range(0.7..1.0),
            grain: rng.random_range(0.01..0.07),
        }
    }

    /// From the unit box to pixels.
    fn place(&self, [x, y]: Point) -> Point {
        let [x, y] = [x - 0.5, y - 0.5];
        [0, 1].map(|axis| self.centre[axis] + self.matrix[axis][0] * x + self.matrix[axis][1] * y)
    }
}

/// The points with noise; a repeated point stays repeated, so that corners stay corners.
fn tremble(stroke: &[Point], tremor: f32, rng: &mut impl Rng) -> Vec<Point> {
    let mut trembled: Vec<Point> = Vec::with_capacity(stroke.len());
    for (i, point) in stroke.iter().enumerate() {
        let same = i > 0 && *point == stroke[i - 1];
        trembled.push(if same { trembled[i - 1] } else { point.map(|x| x + tremor * normal(rng)) });
    }
    trembled
}

/// A pen whose line swells and thins, and whose ink fades, along a stroke.
struct Pen {
    radius: f32,
    swell: f32,
    fade: f32,
    phase: f32,
    waves: f32,
}

impl Pen {
    fn new(radius: f32, rng: &mut impl Rng) -> Self {
        Self {
            radius,
            swell: rng.random_range(0.0..0.3),
            fade: rng.random_range(0.0..0.3),
            phase: rng.random_range(0.0..TAU),
            waves: rng.random_range(0.5..2.0),
        }
    }

    /// Half width and ink at `progress`, the share of the stroke already written.
    fn at(&self, progress: f32) -> (f32, f32) {
        let wave = (self.phase + TAU * self.waves * progress).sin();
        (self.radius * (1.0 + self.swell * wave), 1.0 - self.fade * (0.5 + 0.5 * wave))
    }
}

/// Ink on the page, 0 to 1 per pixel.
struct Ink([f32; SIDE * SIDE]);

impl Ink {
    fn new() -> Self {
        Self([0.0; SIDE * SIDE])
    }

    /// Draws the pieces of a line; where they overlap the darker one counts.
    fn write(&mut self, line: &[Point], pen: &Pen) {
        let pieces = line.len().saturating_sub(1);
        for (i, ends) in line.windows(2).enumerate() {
            let (radius, ink) = pen.at(i as f32 / pieces as f32);
            self.for_pixels_near(ends[0], ends[1], radius + 1.0, |value, distance| {
                *value = value.max(ink * (radius + 0.5 - distance).clamp(0.0, 1.0));
            });
        }
    }

    /// Specks of ink beside the figure and blank specks that hide a part of it.
    fn dust(&mut self, rng: &mut impl Rng) {
        for _ in 0..rng.random_range(0..3) {
            let at: Point = std::array::from_fn(|_| rng.random_range(0.0..SIDE as f32));
            let radius = rng.random_range(0.3..1.1_f32);
            let ink: f32 = if rng.random_bool(0.5) { rng.random_range(0.3..0.9) } else { 0.0 };
            self.for_pixels_near(at, at, radius + 1.0, |value, distance| {
                let share = (radius + 0.5 - distance).clamp(0.0, 1.0);
                *value += share * (ink - *value);
            });
        }
    }

    /// Calls `paint(pixel, distance)` for every pixel within `reach` of the segment from `a` to `b`.
    fn for_pixels_near(&mut self, a: Point, b: Point, reach: f32, mut paint: impl FnMut(&mut f32, f32)) {
        let range = |axis: usize| {
            let low = (a[axis].min(b[axis]) - reach).clamp(0.0, SIDE as f32) as usize;
            let high = (a[axis].max(b[axis]) + reach + 1.0).clamp(0.0, SIDE as f32) as usize;
            low..high
        };
        for row in range(1) {
            for column in range(0) {
                let distance = distance([column as f32 + 0.5, row as f32 + 0.5], a, b);
                if distance < reach {
                    paint(&mut self.0[row * SIDE + column], distance);
                }
            }
        }
    }

    /// The picture in bytes, with the grain of the paper.
    fn develop(&self, blackness: f32, grain: f32, rng: &mut impl Rng) -> [u8; SIDE * SIDE] {
        self.0.map(|ink| (255.0 * (blackness * ink + grain * normal(rng))).round().clamp(0.0, 255.0) as u8)
    }
}

/// Distance of a point from the segment from `a` to `b`.
fn distance(point: Point, a: Point, b: Point) -> f32 {
    let minus = |p: Point, q: Point| [p[0] - q[0], p[1] - q[1]];
    let dot = |p: Point, q: Point| p[0] * q[0] + p[1] * q[1];
    let (along, from) = (minus(b, a), minus(point, a));
    let length = dot(along, along);
    let share = if length > 0.0 { (dot(from, along) / length).clamp(0.0, 1.0) } else { 0.0 };
    let off = minus(from, along.map(|x| share * x));
    dot(off, off).sqrt()
}

fn normal(rng: &mut impl Rng) -> f32 {
    StandardNormal.sample(rng)
}
