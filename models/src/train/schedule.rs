//! How the learning rate changes during training.

use serde::{Deserialize, Serialize};

use crate::Error;

/// A learning-rate schedule; time is counted in epochs and fractions of epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// The base rate throughout.
    Constant,
    /// The base rate times `factor` for every milestone that has been reached.
    Step {
        /// Numbers of finished epochs at which the rate drops.
        milestones: Vec<usize>,
        /// What the rate is multiplied by.
        factor: f64,
    },
    /// A straight line from `start` to the base rate, half a cosine down to `floor`, then `floor`.
    Cosine {
        /// Epochs of the straight line.
        warmup: usize,
        /// Rate at the very start.
        start: f64,
        /// Epochs at the end that keep the lowest rate.
        cooldown: usize,
        /// Lowest rate.
        floor: f64,
    },
}

impl Schedule {
    /// Division by ten after 31 and 45 epochs.
    ///
    /// Reference: Born et al., arXiv:2504.16275.
    pub fn two_drops() -> Self {
        Self::Step { milestones: vec![31, 45], factor: 0.1 }
    }

    /// Five epochs of warm-up from 1e-6, a cosine down to 1e-5, ten epochs there.
    ///
    /// Reference: Hoffmann et al., arXiv:2310.12956.
    pub fn eureka() -> Self {
        Self::Cosine { warmup: 5, start: 1e-6, cooldown: 10, floor: 1e-5 }
    }

    /// The rate at time `t` of `epochs`, for the base rate `base`.
    ///
    /// ```
    /// use models::train::Schedule;
    ///
    /// let schedule = Schedule::Step { milestones: vec![2, 4], factor: 0.5 };
    /// assert_eq!(schedule.rate(1.0, 1.99, 6), 1.0);
    /// assert_eq!(schedule.rate(1.0, 4.0, 6), 0.25);
    /// ```
    pub fn rate(&self, base: f64, t: f64, epochs: usize) -> f64 {
        match self {
            Self::Constant => base,
            Self::Step { milestones, factor } => {
                let reached = milestones.iter().filter(|&&milestone| t >= milestone as f64).count();
                base * factor.powi(reached as i32)
            }
            Self::Cosine { warmup, start, cooldown, floor } => {
                let [warmup, end] = [*warmup as f64, (epochs - cooldown) as f64];
                if t < warmup {
                    return start + (base - start) * t / warmup;
                }
                let progress = ((t - warmup) / (end - warmup)).min(1.0);
                floor + (base - floor) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
        }
    }

    pub(crate) fn validate(&self, epochs: usize) -> Result<(), Error> {
        match self {
            Self::Constant => Ok(()),
            Self::Step { factor, .. } => positive("schedule.factor", *factor),
            Self::Cosine { warmup, start, cooldown, floor } => {
                positive("schedule.start", *start)?;
                positive("schedule.floor", *floor)?;
                if warmup.saturating_add(*cooldown) >= epochs {
                    return Err(Error::invalid(
                        "schedule.warmup + schedule.cooldown",
                        warmup.saturating_add(*cooldown),
                        format!("less than the {epochs} epochs"),
                        "shorten them or train longer",
                    ));
                }
                Ok(())
            }
        }
    }
}

/// An error unless `value` is positive and finite.
pub(crate) fn positive(what: &str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(Error::invalid(what, value, "positive and finite", "change it"))
    }
}
