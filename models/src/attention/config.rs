//! What a user says about attention: an operator and its settings.

use super::control::Control;
use super::operator::{Attention, Operator};
use super::{
    BirkhoffConfig, NormSoftmaxConfig, OrthostochasticConfig, QontotConfig, QrConfig, SinkhornConfig,
    SinkhornNaiveConfig, SoftmaxConfig, Spread, nearest,
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An attention operator and its settings; in a file, `kind` names the operator and its fields stand beside.
///
/// ```
/// use models::attention::AttentionConfig;
///
/// let attention = AttentionConfig::from_name("sinkhorn")?.build(8, 64, 0)?;
/// assert_eq!(attention.n_params(), 0);
/// let error = AttentionConfig::from_name("sinkhron").unwrap_err();
/// assert!(error.to_string().contains("did you mean sinkhorn?"));
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AttentionConfig {
    /// Row softmax.
    Softmax(SoftmaxConfig),
    /// Row softmax with a temperature taken from the row's spread.
    NormSoftmax(NormSoftmaxConfig),
    /// Alternate normalisation of rows and columns of the exponential.
    SinkhornNaive(SinkhornNaiveConfig),
    /// Entropic optimal transport with uniform marginals, in the log domain.
    Sinkhorn(SinkhornConfig),
    /// Nearest doubly stochastic matrix.
    Birkhoff(BirkhoffConfig),
    /// Squared entries of the orthogonal factor of the scores.
    Qr(QrConfig),
    /// Block sums of squared entries of an orthogonal matrix, the Cayley transform of scaled scores.
    Orthostochastic(OrthostochasticConfig),
    /// Transition probabilities of a quantum circuit.
    Qontot(QontotConfig),
    /// Every entry 1/t: a control that mixes all tokens alike.
    Uniform {},
    /// The identity: a control that mixes nothing.
    Identity {},
    /// One doubly stochastic matrix drawn from the seed: a control that mixes without looking.
    RandomDsm {},
}

impl AttentionConfig {
    /// Names of all operators, as [`Self::from_name`] takes them.
    pub const NAMES: &[&str] = &[
        "softmax",
        "norm-softmax-sigma",
        "norm-softmax-sigma2",
        "sinkhorn-naive",
        "sinkhorn",
        "birkhoff",
        "qr",
        "qontot",
        "orthostochastic",
        "uniform",
        "identity",
        "random-dsm",
    ];

    /// The operator called `name`, with its default settings.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown name, with the nearest known one.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "softmax" => Self::Softmax(SoftmaxConfig::default()),
            "norm-softmax-sigma" => Self::NormSoftmax(NormSoftmaxConfig::new(Spread::Sigma)),
            "norm-softmax-sigma2" => Self::NormSoftmax(NormSoftmaxConfig::new(Spread::Sigma2)),
            "sinkhorn-naive" => Self::SinkhornNaive(SinkhornNaiveConfig::default()),
            "sinkhorn" => Self::Sinkhorn(SinkhornConfig::default()),
            "birkhoff" => Self::Birkhoff(BirkhoffConfig::default()),
            "qr" => Self::Qr(QrConfig::default()),
            "orthostochastic" => Self::Orthostochastic(OrthostochasticConfig::default()),
            "qontot" => Self::Qontot(QontotConfig::default()),
            "uniform" => Self::Uniform {},
            "identity" => Self::Identity {},
            "random-dsm" => Self::RandomDsm {},
            unknown => {
                return Err(Error::Invalid {
                    what: "the attention operator".into(),
                    got: format!("{unknown:?}"),
                    expected: format!("one of {}", Self::NAMES.join(", ")),
                    remedy: format!("did you mean {}?", nearest(unknown, Self::NAMES)),
                });
            }
        })
    }

    /// The operator's name, one of [`Self::NAMES`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Softmax(_) => "softmax",
            Self::NormSoftmax(config) => match config.spread {
                Spread::Sigma => "norm-softmax-sigma",
                Spread::Sigma2 => "norm-softmax-sigma2",
            },
            Self::SinkhornNaive(_) => "sinkhorn-naive",
            Self::Sinkhorn(_) => "sinkhorn",
            Self::Birkhoff(_) => "birkhoff",
            Self::Qr(_) => "qr",
            Self::Orthostochastic(_) => "orthostochastic",
            Self::Qontot(_) => "qontot",
            Self::Uniform {} => "uniform",
            Self::Identity {} => "identity",
            Self::RandomDsm {} => "random-dsm",
        }
    }

    /// Binds the operator to `tokens` x `tokens` scores of heads of width `head_dim`; `seed` decides all it draws.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than two tokens, a head of width zero, or a setting outside its range.
    pub fn build(&self, tokens: usize, head_dim: usize, seed: u64) -> Result<Attention, Error> {
        at_least("the number of tokens", tokens, 2)?;
        at_least("the width of a head", head_dim, 1)?;
        let operator: Arc<dyn Operator> = match self {
            Self::Softmax(config) => Arc::new(config.build(head_dim)?),
            Self::NormSoftmax(config) => Arc::new(config.build(head_dim)?),
            Self::SinkhornNaive(config) => Arc::new(config.build(head_dim)?),
            Self::Sinkhorn(config) => Arc::new(config.build(head_dim)?),
            Self::Birkhoff(config) => Arc::new(config.build(tokens, head_dim)?),
            Self::Qr(config) => Arc::new(config.build(tokens, seed)?),
            Self::Orthostochastic(config) => Arc::new(config.build(tokens, head_dim, seed)?),
            Self::Qontot(config) => Arc::new(config.build(tokens, head_dim, seed)?),
            Self::Uniform {} => Arc::new(Control::uniform(tokens)),
            Self::Identity {} => Arc::new(Control::identity(tokens)),
            Self::RandomDsm {} => Arc::new(Control::random(tokens, seed)),
        };
        Ok(Attention::new(tokens, operator))
    }
}

/// The factor between Q K^T and what an operator sees.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// 1 / sqrt(d) for heads of width d.
    #[default]
    InverseSqrtDim,
    /// This factor.
    Fixed(f64),
}

impl Scale {
    /// The factor for heads of width `head_dim`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a factor that is not positive and finite.
    pub fn factor(self, head_dim: usize) -> Result<f64, Error> {
        match self {
            Self::InverseSqrtDim => Ok(1.0 / (head_dim as f64).sqrt()),
            Self::Fixed(factor) => positive("the scale of the scores", factor),
        }
    }
}

/// `got`, where it is no less than `least`.
pub(super) fn at_least(what: &str, got: usize, least: usize) -> Result<usize, Error> {
    if got >= least {
        return Ok(got);
    }
    Err(invalid(what, got.to_string(), format!("at least {least}")))
}

/// `got`, where it is positive and finite.
pub(super) fn positive(what: &str, got: f64) -> Result<f64, Error> {
    if got > 0.0 && got.is_finite() {
        return Ok(got);
    }
    Err(invalid(what, got.to_string(), "positive and finite".into()))
}

/// `got`, where it is zero or positive, and finite.
pub(super) fn not_negative(what: &str, got: f64) -> Result<f64, Error> {
    if got >= 0.0 && got.is_finite() {
        return Ok(got);
    }
    Err(invalid(what, got.to_string(), "zero or positive, and finite".into()))
}

pub(super) fn invalid(what: &str, got: String, expected: String) -> Error {
    Error::Invalid { what: what.into(), got, expected, remedy: "correct the attention settings".into() }
}
