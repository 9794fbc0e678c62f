//! What cuts cost a state: an account of the shares of weight they discarded, and what follows from it.
//!
//! A cut that discards the share `e` of the weight and restores the norm turns a state by the angle `arcsin √e`. Unitary
//! operations leave angles between states as they are, and on a sphere the way round is never shorter than the way
//! straight on: however many cuts there were, the state is off by the sum of their angles at most.

use std::f64::consts::PI;

/// The account of a state, or of a stretch of its history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cuts {
    /// Sum of the shares discarded.
    pub(crate) weight: f64,
    /// Product of the shares kept.
    pub(crate) fidelity: f64,
    /// Sum of the angles by which the state was turned.
    pub(crate) angle: f64,
}

impl Cuts {
    /// Nothing was cut.
    pub(crate) const NONE: Self = Self { weight: 0.0, fidelity: 1.0, angle: 0.0 };

    /// Accounts for a cut that left out what is orthogonal to the rest.
    pub(crate) fn record(&mut self, discarded: f64) {
        self.estimate(discarded);
        self.angle += discarded.clamp(0.0, 1.0).sqrt().asin();
    }

    /// Accounts for a cut whose angle is known in another way.
    pub(crate) fn estimate(&mut self, discarded: f64) {
        self.weight += discarded;
        self.fidelity *= 1.0 - discarded;
    }

    /// `1 - |⟨exact|ψ⟩|²` of states of norm one is no larger than this.
    pub(crate) fn infidelity_bound(&self) -> f64 {
        self.angle.min(PI / 2.0).sin().powi(2)
    }

    /// `‖exact - ψ‖` of vectors of norm one is no larger than this.
    pub(crate) fn distance_bound(&self) -> f64 {
        2.0 * (self.angle.min(PI) / 2.0).sin()
    }
}
