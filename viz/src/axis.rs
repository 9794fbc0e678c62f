//! Axes: how values become positions between 0 and 1, and which of them carry a number.

use serde::{Deserialize, Serialize};

use crate::{Error, text::number};

/// Decades shown below a floor, so that values on it are not hidden by the axis.
const ROOM_BELOW_FLOOR: f64 = 0.4;

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal steps.
    #[default]
    Linear,
    /// Equal ratios, numbered by powers of two; for circuit depths.
    Log2,
    /// Equal ratios, numbered by powers of ten.
    Log10,
    /// Like `Log10`, with everything below this positive value drawn on a marked floor; for errors
    /// that reach zero.
    Log10Floor(f64),
}

impl Scale {
    /// The value on an axis of equal steps.
    fn forward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log2 => value.log2(),
            Self::Log10 => value.log10(),
            Self::Log10Floor(floor) => value.max(floor).log10(),
        }
    }

    /// The floor below which values are clamped.
    pub(crate) fn floor(self) -> Option<f64> {
        match self {
            Self::Log10Floor(floor) => Some(floor),
            Self::Linear | Self::Log2 | Self::Log10 => None,
        }
    }

    /// Refuses values that the scale cannot show.
    pub(crate) fn check(self, what: &str, values: &[f64]) -> Result<(), Error> {
        let (lowest, limit) = match self {
            Self::Linear => return Ok(()),
            Self::Log2 | Self::Log10 => (f64::MIN_POSITIVE, "positive on a log axis"),
            Self::Log10Floor(floor) if floor.is_normal() && floor > 0.0 => {
                (0.0, "0 or greater on a log axis")
            }
            Self::Log10Floor(value) => {
                return Err(Error::OutOfRange {
                    what: format!("{what}, floor of its axis"),
                    index: Vec::new(),
                    value,
                    limit: "positive and finite".into(),
                    remedy: "1e-17 suits errors of sums near 1".into(),
                });
            }
        };
        match values.iter().position(|value| *value < lowest) {
            Some(i) => Err(Error::OutOfRange {
                what: what.into(),
                index: vec![i],
                value: values[i],
                limit: limit.into(),
                remedy: "use a linear scale, or Log10Floor for errors that reach zero".into(),
            }),
            None => Ok(()),
        }
    }
}

/// An axis fitted to data.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub label: String,
    pub scale: Scale,
    low: f64,
    high: f64,
    /// Share of the axis and its number, ascending.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis around the values, which must pass [`Scale::check`] and may not be empty.
    pub fn fit(label: &str, scale: Scale, values: &[f64]) -> Self {
        let moved = values.iter().map(|v| scale.forward(*v));
        let (mut low, mut high) =
            moved.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        match scale {
            Scale::Linear | Scale::Log2 => {
                let pad = if high > low { 0.04 * (high - low) } else { 0.5 * low.abs().clamp(0.1, 1.0) };
                (low, high) = (low - pad, high + pad);
            }
            Scale::Log10 => (low, high) = (low.floor(), high.ceil().max(low.floor() + 1.0)),
            Scale::Log10Floor(floor) => {
                (low, high) = (floor.log10() - ROOM_BELOW_FLOOR, high.ceil().max(floor.log10() + 1.0));
            }
        }
        let mut axis = Self { label: label.into(), scale, low, high, ticks: Vec::new() };
        axis.ticks = axis.numbers().into_iter().map(|v| (axis.share(v), axis.name(v))).collect();
        axis
    }

    /// Where a value lies: 0 at the start of the axis, 1 at its end.
    pub fn share(&self, value: f64) -> f64 {
        (self.scale.forward(value) - self.low) / (self.high - self.low)
    }

    fn name(&self, value: f64) -> String {
        match self.scale {
            Scale::Log10Floor(floor) if value <= floor * 1.001 => format!("\u{2264} {}", number(value)),
            Scale::Linear | Scale::Log2 | Scale::Log10 | Scale::Log10Floor(_) => number(value),
        }
    }

    /// The values that carry a number.
    fn numbers(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => linear_numbers(self.low, self.high),
            Scale::Log2 => powers(self.low, self.high).map(|k| 2f64.powi(k)).collect(),
            Scale::Log10 | Scale::Log10Floor(_) => decades(self.low, self.high),
        }
    }
}

/// Multiples of 1, 2 or 5 times a power of ten, at most eight of them.
pub(crate) fn linear_numbers(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 7.0;
    let power = rough.log10().floor() as i32;
    let decade = |m: u32| format!("{m}e{power}").parse::<f64>().unwrap_or(rough);
    let step = [1, 2, 5, 10].map(decade).into_iter().find(|step| *step >= rough).unwrap_or(rough);
    ((low / step).ceil() as i64..=(high / step).floor() as i64).map(|k| k as f64 * step).collect()
}

/// The whole numbers from `low` to `high`, thinned to at most nine.
fn powers(low: f64, high: f64) -> impl Iterator<Item = i32> {
    let (first, last) = ((low - 1e-9).ceil() as i32, (high + 1e-9).floor() as i32);
    (first..=last).step_by(((last - first) as usize).div_ceil(8).max(1))
}

/// Powers of ten; over two decades or fewer also their double and fivefold.
fn decades(low: f64, high: f64) -> Vec<f64> {
    let within: &[f64] = if high - low <= 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let values = powers(low, high).flat_map(|k| within.iter().map(move |m| format!("{m}e{k}")));
    let values = values.filter_map(|text| text.parse::<f64>().ok());
    values.filter(|v| (low - 1e-9..=high + 1e-9).contains(&v.log10())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALES: [Scale; 4] = [Scale::Linear, Scale::Log2, Scale::Log10, Scale::Log10Floor(1e-17)];

    #[test]
    fn every_axis_holds_its_data_and_numbers_ascending() {
        let tables: [&[f64]; 6] =
            [&[1.0], &[0.25, 0.875], &[1e-9, 3.0], &[1.0, 2.0, 4.0, 64.0], &[1e5, 7e8], &[0.999_999, 1.0]];
        for scale in SCALES {
            for values in tables {
                let axis = Axis::fit("x", scale, values);
                for v in values {
                    assert!((-1e-9..=1.0 + 1e-9).contains(&axis.share(*v)), "{scale:?} {values:?}");
                }
                for pair in axis.ticks.windows(2) {
                    assert!(pair[0].0 < pair[1].0, "{scale:?} {values:?} {:?}", axis.ticks);
                }
                assert!(axis.ticks.iter().all(|t| (-1e-9..=1.0 + 1e-9).contains(&t.0)));
                assert!(axis.ticks.len() <= 10, "{scale:?} {values:?} {:?}", axis.ticks);
            }
        }
    }

    #[test]
    fn numbers_are_round() {
        let texts = |scale, values: &[f64]| {
            Axis::fit("", scale, values).ticks.into_iter().map(|t| t.1).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(texts(Scale::Linear, &[0.0, 0.9]), "0 0.2 0.4 0.6 0.8");
        assert_eq!(texts(Scale::Linear, &[-0.3, 0.3]), "-0.3 -0.2 -0.1 0 0.1 0.2 0.3");
        assert_eq!(texts(Scale::Log2, &[1.0, 16.0]), "1 2 4 8 16");
        assert_eq!(texts(Scale::Log10, &[1e-3, 0.5]), "0.001 0.01 0.1 1");
        assert_eq!(texts(Scale::Log10Floor(1e-17), &[0.0, 0.4]), "\u{2264} 1e-17 1e-14 1e-11 1e-8 1e-5 0.01");
    }

    #[test]
    fn the_floor_catches_zero_and_smaller_values() {
        let axis = Axis::fit("", Scale::Log10Floor(1e-17), &[0.0, 1e-19, 0.1]);
        let floor = axis.share(1e-17);
        assert_eq!((axis.share(0.0), axis.share(1e-19)), (floor, floor));
        assert!(0.0 < floor && floor < axis.share(1e-16));
    }

    #[test]
    fn log_axes_refuse_what_they_cannot_show() {
        for (scale, value, accepted) in [
            (Scale::Linear, -1.0, true),
            (Scale::Log2, 0.0, false),
            (Scale::Log10, 0.0, false),
            (Scale::Log10Floor(1e-17), 0.0, true),
            (Scale::Log10Floor(1e-17), -1e-20, false),
        ] {
            assert_eq!(scale.check("y", &[1.0, value]).is_ok(), accepted, "{scale:?} {value}");
        }
    }
}
