//! Settings of a run on images, and what they must satisfy.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::attention::{AttentionConfig, CircuitDiff, SoftmaxConfig};
use crate::train::{NonFinite, OptimiserConfig, Plan, Precision, Schedule, at_least_one, positive};
use crate::vit::{ScoreGradient, VitConfig};

/// Settings of a training run; every one has a default, and unknown ones are errors.
///
/// The defaults are the transformer and the optimiser of arXiv:2504.16275 with softmax attention.
///
/// ```
/// use models::classify::TrainConfig;
///
/// let config: TrainConfig = serde_json::from_str(r#"{ "epochs": 3, "vit": { "layers": 1 } }"#)?;
/// assert_eq!((config.epochs, config.batch, config.vit.layers), (3, 100, 1));
/// assert!(serde_json::from_str::<TrainConfig>(r#"{ "epoch": 3 }"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Root of every random stream.
    pub seed: u64,
    /// Passes over the training images.
    pub epochs: usize,
    /// Images per step; the last step of an epoch takes what is left.
    pub batch: usize,
    /// Trains on this many images, drawn once by the seed with every class at its share; all if absent.
    pub subset: Option<usize>,
    /// Probability mass taken from the true class and spread over all classes.
    pub label_smoothing: f64,
    /// Scales gradients down to this Euclidean norm, all parameters together; never if absent.
    pub clip_norm: Option<f64>,
    /// What happens when a loss or a gradient is not finite.
    pub non_finite: NonFinite,
    /// Number format of parameters and activations.
    pub precision: Precision,
    /// What is trained.
    pub model: Model,
    /// How the angles of the attention operator are treated.
    pub strategy: Strategy,
    /// Settings of the transformer.
    pub vit: VitConfig,
    /// From attention scores to attention weights.
    pub attention: AttentionConfig,
    /// From gradients to new parameters.
    pub optimiser: OptimiserConfig,
    /// How the learning rate changes.
    pub schedule: Schedule,
}

/// What is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The vision transformer.
    Vit,
    /// Multinomial logistic regression on the pixels: the baseline to beat.
    Linear,
}

/// How the angles `theta` of the attention operator are treated; operators without angles are the same
/// under the strategies that differ in `theta` alone.
///
/// Reference: Born et al., arXiv:2504.16275.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Strategy {
    /// `theta` stays as it was drawn; gradients flow through the operator to the scores.
    Static,
    /// `theta` stays as it was drawn; no gradient reaches the scores.
    StopGradient,
    /// `theta` stays as it was drawn; backwards, the operator passes for scaled scores:
    /// `dL/dscores = dL/dweights / sqrt(head_dim)`.
    StraightThrough,
    /// `theta` is trained with all other parameters, by reverse differentiation.
    Differentiable,
    /// As differentiable, with gradients from the parameter-shift rule, as hardware gives them; for
    /// circuits alone.
    ParameterShift,
    /// As static, but after every `every` epochs an evolution strategy improves `theta` on one batch.
    Mixed {
        /// Epochs between searches.
        every: usize,
        /// Evaluations of the loss in a search.
        budget: usize,
        /// Standard deviation of the first mutation, in radians.
        sigma: f64,
    },
}

impl Strategy {
    /// The gradient-free search of arXiv:2504.16275: 200 evaluations after every epoch.
    pub fn mixed() -> Self {
        Self::Mixed { every: 1, budget: 200, sigma: 0.05 }
    }

    /// Whether `theta` receives gradients.
    pub fn trains_angles(&self) -> bool {
        match self {
            Self::Differentiable | Self::ParameterShift => true,
            Self::Static | Self::StopGradient | Self::StraightThrough | Self::Mixed { .. } => false,
        }
    }

    /// What reaches the scores in the backward pass.
    pub fn score_gradient(&self) -> ScoreGradient {
        match self {
            Self::StopGradient => ScoreGradient::Stop,
            Self::StraightThrough => ScoreGradient::StraightThrough,
            Self::Static | Self::Differentiable | Self::ParameterShift | Self::Mixed { .. } => {
                ScoreGradient::Exact
            }
        }
    }

    fn validate(&self) -> Result<(), Error> {
        let Self::Mixed { every, budget, sigma } = *self else { return Ok(()) };
        at_least_one("strategy.every", every)?;
        at_least_one("strategy.budget", budget)?;
        positive("strategy.sigma", sigma)
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            epochs: 50,
            batch: 100,
            subset: None,
            label_smoothing: 0.0,
            clip_norm: None,
            non_finite: NonFinite::Abort,
            precision: Precision::F32,
            model: Model::Vit,
            strategy: Strategy::Static,
            vit: VitConfig::default(),
            attention: AttentionConfig::Softmax(SoftmaxConfig::default()),
            optimiser: OptimiserConfig::default(),
            schedule: Schedule::two_drops(),
        }
    }
}

impl TrainConfig {
    /// The settings for the composite images of 56 x 56 pixels.
    ///
    /// Reference: Hoffmann et al., arXiv:2310.12956; Born et al., arXiv:2504.16275.
    pub fn eureka() -> Self {
        Self {
            epochs: 100,
            batch: 512,
            label_smoothing: 0.1,
            vit: VitConfig::eureka(),
            optimiser: OptimiserConfig::adamw(),
            schedule: Schedule::eureka(),
            ..Self::default()
        }
    }

    /// The attention operator as the strategy wants it: differentiated by shifts, or as configured.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for the parameter-shift strategy with an operator that is no circuit.
    pub fn operator(&self) -> Result<AttentionConfig, Error> {
        let mut operator = self.attention.clone();
        if self.strategy == Strategy::ParameterShift {
            let AttentionConfig::Qontot(circuit) = &mut operator else {
                let expected = "used with the attention operator qontot";
                let got = format!("parameter-shift with {}", self.attention.name());
                return Err(Error::invalid("the strategy", got, expected, "choose differentiable"));
            };
            circuit.diff = CircuitDiff::ParameterShift;
        }
        Ok(operator)
    }

    /// The settings of the loop.
    pub(super) fn plan(&self) -> Plan {
        Plan {
            seed: self.seed,
            epochs: self.epochs,
            batch: self.batch,
            shuffle: true,
            clip_norm: self.clip_norm,
            non_finite: self.non_finite,
            optimiser: self.optimiser,
            schedule: self.schedule.clone(),
        }
    }

    /// Checks every setting that does not depend on the images.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] names the first setting out of range.
    pub fn validate(&self) -> Result<(), Error> {
        self.plan().validate()?;
        at_least_one("subset", self.subset.unwrap_or(1))?;
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return Err(Error::invalid(
                "label_smoothing",
                self.label_smoothing,
                "at least 0 and below 1",
                "use 0 for none",
            ));
        }
        self.operator()?;
        self.strategy.validate()?;
        self.vit.validate()
    }
}
