//! Settings of the vision transformer, and what they must satisfy.

use serde::{Deserialize, Serialize};

use crate::Error;

/// Settings of a [`Vit`](super::Vit); the defaults are the small transformer of arXiv:2504.16275.
///
/// ```
/// use models::vit::VitConfig;
///
/// let config: VitConfig = serde_json::from_str(r#"{ "layers": 4, "heads": 2 }"#)?;
/// assert_eq!((config.layers, config.heads, config.dim), (4, 2, 128));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VitConfig {
    /// Height and width of a patch in pixels.
    pub patch: [usize; 2],
    /// What happens to an image that the patches do not tile.
    pub ragged: Ragged,
    /// Width of a token.
    pub dim: usize,
    /// Number of blocks.
    pub layers: usize,
    /// Number of attention heads in a block.
    pub heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// When the heads are mapped back to `dim` by a linear map.
    pub out_projection: OutProjection,
    /// Hidden width of the perceptron in units of `dim`.
    pub mlp_ratio: f64,
    /// How tokens become one vector.
    pub pooling: Pooling,
    /// Added to the variance in every layer norm.
    pub norm_epsilon: f64,
    /// Probability that a sample skips the branches of the last block; earlier blocks linearly less.
    pub drop_path: f64,
    /// How initial weights are drawn.
    pub init: Init,
    /// Whether all layers use one set of angles of the attention operator.
    pub shared_params: bool,
}

/// What happens to an image that the patches do not tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ragged {
    /// An error names the sizes.
    Error,
    /// Zeros (the mean colour) are added at the right and at the bottom.
    Pad,
}

/// When a block maps its heads, `heads * head_dim` wide, back to `dim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutProjection {
    /// Always but for one head of width `dim`.
    Auto,
    /// Always.
    Always,
}

/// How the tokens of the last block become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// A learned class token is put before the patches, and read at the end.
    Cls,
    /// The mean over the patches.
    Mean,
}

/// How initial weights are drawn; layer norms always start at scale 1 and shift 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Init {
    /// Weights and biases uniform in `+-1/sqrt(fan_in)`, positions and class token from `N(0, 1)`.
    FanIn,
    /// Weights, positions and class token from `N(0, std^2)` cut at two deviations, biases zero.
    TruncatedNormal {
        /// Standard deviation before the cut.
        std: f64,
    },
}

impl Default for VitConfig {
    fn default() -> Self {
        Self {
            patch: [4, 28],
            ragged: Ragged::Error,
            dim: 128,
            layers: 2,
            heads: 1,
            head_dim: 64,
            out_projection: OutProjection::Auto,
            mlp_ratio: 1.0,
            pooling: Pooling::Cls,
            norm_epsilon: 1e-5,
            drop_path: 0.0,
            init: Init::FanIn,
            shared_params: false,
        }
    }
}

impl VitConfig {
    /// The settings for the composite images of 56 x 56 pixels: eight patches of 14 x 28, mean pooling.
    ///
    /// Reference: Hoffmann et al., arXiv:2310.12956; Born et al., arXiv:2504.16275.
    pub fn eureka() -> Self {
        Self {
            patch: [14, 28],
            dim: 256,
            layers: 4,
            mlp_ratio: 2.0,
            pooling: Pooling::Mean,
            norm_epsilon: 1e-6,
            drop_path: 0.1,
            init: Init::TruncatedNormal { std: 0.02 },
            ..Self::default()
        }
    }

    /// Width of all heads together.
    pub fn inner_dim(&self) -> usize {
        self.heads * self.head_dim
    }

    /// Hidden width of the perceptron.
    pub fn hidden_dim(&self) -> usize {
        (self.mlp_ratio * self.dim as f64).round() as usize
    }

    /// Whether blocks map their heads back by a linear map.
    pub fn projects_out(&self) -> bool {
        match self.out_projection {
            OutProjection::Auto => self.heads > 1 || self.head_dim != self.dim,
            OutProjection::Always => true,
        }
    }

    /// Checks every setting that does not depend on the images.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] names the first setting out of range.
    pub fn validate(&self) -> Result<(), Error> {
        let sizes = [
            ("vit.patch height", self.patch[0]),
            ("vit.patch width", self.patch[1]),
            ("vit.dim", self.dim),
            ("vit.layers", self.layers),
            ("vit.heads", self.heads),
            ("vit.head_dim", self.head_dim),
            ("vit.mlp_ratio * vit.dim", self.hidden_dim()),
        ];
        for (what, size) in sizes {
            if !(1..=MAX_SIZE).contains(&size) {
                return Err(Error::invalid(what, size, format!("1 to {MAX_SIZE}"), "change it"));
            }
        }
        self.validate_numbers()
    }

    fn validate_numbers(&self) -> Result<(), Error> {
        if !(0.0..1.0).contains(&self.drop_path) {
            return Err(Error::invalid(
                "vit.drop_path",
                self.drop_path,
                "at least 0 and below 1",
                "use 0 to keep every branch",
            ));
        }
        if !(self.norm_epsilon > 0.0 && self.norm_epsilon.is_finite()) {
            return Err(Error::invalid("vit.norm_epsilon", self.norm_epsilon, "positive", "use 1e-5"));
        }
        if let Init::TruncatedNormal { std } = self.init
            && !(std > 0.0 && std.is_finite())
        {
            return Err(Error::invalid("vit.init.std", std, "positive", "use 0.02"));
        }
        Ok(())
    }
}

/// Largest permitted size of any dimension; keeps products of sizes far from overflow.
const MAX_SIZE: usize = 1 << 16;
