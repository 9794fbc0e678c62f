//! Colours that stay apart for colour-blind readers and in print.

use plotters::style::RGBColor;

/// Viridis at eleven equal steps, linear in between (S. van der Walt and N. Smith, CC0).
const VIRIDIS: [[f64; 3]; 11] = [
    [68.0, 1.0, 84.0],
    [72.0, 36.0, 117.0],
    [65.0, 68.0, 135.0],
    [53.0, 95.0, 141.0],
    [42.0, 120.0, 142.0],
    [33.0, 145.0, 140.0],
    [34.0, 168.0, 132.0],
    [68.0, 191.0, 112.0],
    [122.0, 209.0, 81.0],
    [189.0, 223.0, 38.0],
    [253.0, 231.0, 37.0],
];

/// Okabe and Ito's palette without its yellow, which is too pale for lines on white.
pub(crate) const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

pub(crate) const INK: RGBColor = RGBColor(32, 32, 32);
pub(crate) const FAINT_INK: RGBColor = RGBColor(96, 96, 96);
pub(crate) const GRID: RGBColor = RGBColor(225, 225, 225);
pub(crate) const SHADE: RGBColor = RGBColor(243, 240, 231);
pub(crate) const BAR: RGBColor = RGBColor(150, 160, 172);
pub(crate) const WRONG: RGBColor = RGBColor(186, 60, 0);

/// The perceptually uniform colour of a share of the scale: `0` dark violet, `1` yellow; values
/// outside are clamped.
///
/// Red, green and blue, 8 bits each; luminance grows with the argument.
///
/// ```
/// assert_eq!(viz::viridis(0.0), [68, 1, 84]);
/// assert_eq!(viz::viridis(7.0), viz::viridis(1.0));
/// ```
pub fn viridis(share: f64) -> [u8; 3] {
    between(&VIRIDIS, share.clamp(0.0, 1.0))
}

/// The colour of a heat-map cell.
pub(crate) fn heat(share: f64) -> RGBColor {
    let [r, g, b] = viridis(share);
    RGBColor(r, g, b)
}

/// Blue over white to vermilion, both darkened at their ends, at equal steps from -1 to 1.
const DIVERGING: [[f64; 3]; 7] = [
    [0.0, 52.0, 96.0],
    [0.0, 114.0, 178.0],
    [130.0, 184.0, 220.0],
    [247.0, 247.0, 247.0],
    [240.0, 170.0, 110.0],
    [213.0, 94.0, 0.0],
    [118.0, 42.0, 0.0],
];

/// The colour of a signed share of a scale around zero: `-1` dark blue, `0` nearly white, `1` dark
/// vermilion; values outside are clamped.
///
/// Red, green and blue, 8 bits each; luminance falls with the distance from 0.
///
/// ```
/// assert_eq!(viz::diverging(0.0), [247, 247, 247]);
/// assert_eq!(viz::diverging(-7.0), viz::diverging(-1.0));
/// ```
pub fn diverging(share: f64) -> [u8; 3] {
    between(&DIVERGING, (share.clamp(-1.0, 1.0) + 1.0) / 2.0)
}

/// The colour of a cell of signed values.
pub(crate) fn signed(share: f64) -> RGBColor {
    let [r, g, b] = diverging(share);
    RGBColor(r, g, b)
}

/// A colour mixed with white; a share of 0 leaves it, 1 gives white.
pub(crate) fn paler(RGBColor(r, g, b): RGBColor, share: f64) -> RGBColor {
    let mix = |c: u8| (f64::from(c) + share * (255.0 - f64::from(c))).round() as u8;
    RGBColor(mix(r), mix(g), mix(b))
}

/// The colour at a share between 0 and 1 of a table of equal steps.
fn between(table: &[[f64; 3]], share: f64) -> [u8; 3] {
    let position = share * (table.len() - 1) as f64;
    let below = (position as usize).min(table.len() - 2);
    let part = position - below as f64;
    std::array::from_fn(|k| (table[below][k] * (1.0 - part) + table[below + 1][k] * part).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of sRGB, as in WCAG 2.
    fn luminance([r, g, b]: [u8; 3]) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn luminance_grows_along_the_whole_map() {
        let steps: Vec<f64> = (0..=200).map(|i| luminance(viridis(f64::from(i) / 200.0))).collect();
        for pair in steps.windows(2) {
            assert!(pair[1] > pair[0], "luminance falls from {} to {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn luminance_falls_on_both_sides_of_zero() {
        for side in [-1.0, 1.0] {
            let steps: Vec<f64> =
                (0..=100).map(|i| luminance(diverging(side * f64::from(i) / 100.0))).collect();
            for pair in steps.windows(2) {
                assert!(pair[1] < pair[0], "luminance grows from {} to {} on side {side}", pair[0], pair[1]);
            }
        }
    }

    #[test]
    fn every_series_colour_is_readable_on_white() {
        for RGBColor(r, g, b) in PALETTE {
            let contrast = 1.05 / (luminance([r, g, b]) + 0.05);
            assert!(contrast > 2.0, "contrast {contrast} of ({r}, {g}, {b})");
        }
    }
}
