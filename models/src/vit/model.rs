//! The whole transformer: images in, logits and attention weights out.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{DType, Tensor, TensorCreationOptions};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::attention::{Operator, ScoreGradient};
use super::block::{Block, Drop};
use super::init::Draws;
use super::{ImageShape, LayerNorm, Patches, Pooling, VitConfig};
use crate::Error;
use crate::attention::{Attention, AttentionConfig};
use crate::rng::stream;

/// A vision transformer.
#[derive(Module, Debug)]
pub struct Vit {
    embed: Linear,
    cls: Option<Param<Tensor<2>>>,
    positions: Param<Tensor<2>>,
    blocks: Vec<Block>,
    theta: Vec<Param<Tensor<1>>>,
    norm: LayerNorm,
    head: Linear,
    drop_path: f64,
    #[module(skip)]
    patches: Patches,
    #[module(skip)]
    operators: Operators,
}

/// The operators of all layers, and how they are used.
#[derive(Clone, Debug)]
struct Operators {
    /// One per layer, or one for all.
    attention: Vec<Attention>,
    head_dim: usize,
    gradient: ScoreGradient,
}

/// How to run the model once.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether the attention weights of every layer are kept.
    pub keep_weights: bool,
    /// Source of the draws of stochastic depth; `None` keeps every branch, as in evaluation.
    pub drop_path: Option<ChaCha8Rng>,
}

/// What the model returns.
#[derive(Clone, Debug)]
pub struct Output {
    /// Class scores before normalisation, `[b classes]`.
    pub logits: Tensor<2>,
    /// Attention weights per layer, each `[b h n n]` with `n` the operator's number of tokens; empty
    /// unless they were to be kept.
    pub weights: Vec<Tensor<4>>,
}

impl Vit {
    /// A model for images of one size, with weights drawn from `seed`; single precision on a device that
    /// is given alone, `(&device, DType::F64)` for double.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a setting out of range or an operator that rejects the number of tokens.
    pub fn new(
        config: &VitConfig,
        attention: &AttentionConfig,
        image: ImageShape,
        n_classes: usize,
        seed: u64,
        options: impl Into<TensorCreationOptions>,
    ) -> Result<Self, Error> {
        config.validate()?;
        let patches = Patches::new(config, image)?;
        let tokens = patches.count() + usize::from(config.pooling == Pooling::Cls);
        let operators = Operators::new(config, attention, tokens, seed)?;
        let options = options.into();
        let mut draws = Draws::new(config, seed, &options.device, options.dtype_or(DType::F32));
        let angles = operators.attention.iter().map(Attention::initial_params);
        let theta = angles.filter(|angles| !angles.is_empty()).map(|angles| draws.angles(&angles)).collect();
        Ok(Self {
            embed: draws.linear(patches.dim(), config.dim, true),
            cls: (config.pooling == Pooling::Cls).then(|| draws.tokens(1)),
            positions: draws.tokens(tokens),
            blocks: (0..config.layers).map(|_| Block::new(config, &mut draws)).collect(),
            theta,
            norm: draws.norm(),
            head: draws.linear(config.dim, n_classes, true),
            drop_path: config.drop_path,
            patches,
            operators,
        })
    }

    /// The same model, with angles that carry gradients or do not (as at the start).
    pub fn with_trained_angles(mut self, trained: bool) -> Self {
        self.theta = self.theta.into_iter().map(|theta| theta.set_require_grad(trained)).collect();
        self
    }

    /// The same model, with another backward pass through the operators (exact at the start).
    pub fn with_score_gradient(mut self, gradient: ScoreGradient) -> Self {
        self.operators.gradient = gradient;
        self
    }

    /// Logits and attention weights of a batch of normalised images, `[b c h w]`.
    ///
    /// # Panics
    ///
    /// If the images have another size than the model was made for.
    pub fn forward(&self, images: Tensor<4>, mut pass: Pass) -> Output {
        let mut x = self.embed(images); // b t d
        let mut kept = Vec::new();
        for (layer, block) in self.blocks.iter().enumerate() {
            let probability = self.drop_probability(layer);
            let rng = pass.drop_path.as_mut().filter(|_| probability > 0.0);
            let drop = rng.map(|rng| Drop { probability, rng });
            let (y, weights) = block.forward(x, &self.operator(layer), drop);
            x = y;
            if pass.keep_weights {
                kept.push(weights);
            }
        }
        let logits = self.head.forward(self.norm.forward(self.pool(x)));
        Output { logits, weights: kept }
    }

    /// Attention matrices that one image needs in a forward pass.
    pub fn matrices_per_image(&self) -> usize {
        self.blocks.len() * self.blocks.first().map_or(0, Block::heads)
    }

    /// Angles of the operator behind one attention matrix.
    pub fn angles_per_matrix(&self) -> usize {
        self.theta.first().map_or(0, |theta| theta.shape().num_elements())
    }

    /// Angles of all operators together, trained or not.
    pub fn n_angles(&self) -> usize {
        self.theta.iter().map(|theta| theta.shape().num_elements()).sum()
    }

    /// Side of the attention matrices, the class token and any padding included.
    pub fn tokens(&self) -> usize {
        self.operators.attention[0].tokens()
    }

    fn embed(&self, images: Tensor<4>) -> Tensor<3> {
        let [batch, ..] = images.dims();
        let patches = self.embed.forward(self.patches.cut(images)); // b p d
        let tokens = match &self.cls {
            Some(cls) => {
                let cls = cls.val().unsqueeze::<3>().expand([batch as i64, -1, -1]); // b 1 d
                Tensor::cat(vec![cls, patches], 1)
            }
            None => patches,
        };
        tokens + self.positions.val().unsqueeze::<3>() // b t d
    }

    fn pool(&self, x: Tensor<3>) -> Tensor<2> {
        let pooled = match self.cls {
            Some(_) => x.narrow(1, 0, 1),
            None => x.mean_dim(1),
        };
        pooled.squeeze_dim(1) // b d
    }

    fn operator(&self, layer: usize) -> Operator<'_> {
        let Operators { attention, head_dim, gradient } = &self.operators;
        let theta = match self.theta.get(layer.min(self.theta.len().saturating_sub(1))) {
            Some(theta) => theta.val(),
            None => Tensor::zeros([0], (&self.positions.device(), self.positions.dtype())),
        };
        Operator {
            attention: &attention[layer.min(attention.len() - 1)],
            theta,
            head_dim: *head_dim,
            gradient: *gradient,
        }
    }

    /// Grows linearly from 0 in the first block to the configured value in the last.
    fn drop_probability(&self, layer: usize) -> f64 {
        match self.blocks.len() {
            1 => self.drop_path,
            layers => self.drop_path * layer as f64 / (layers - 1) as f64,
        }
    }
}

impl Operators {
    fn new(config: &VitConfig, attention: &AttentionConfig, tokens: usize, seed: u64) -> Result<Self, Error> {
        let sets = if config.shared_params { 1 } else { config.layers };
        let build = |layer| {
            let seed = stream(seed, "attention", &[layer as u64]).next_u64();
            attention.build(matrix_side(attention, tokens), config.head_dim, seed)
        };
        Ok(Self {
            attention: (0..sets).map(build).collect::<Result<_, _>>()?,
            head_dim: config.head_dim,
            gradient: ScoreGradient::Exact,
        })
    }
}

/// Side of the matrices an operator works on: a circuit needs a power of two.
fn matrix_side(attention: &AttentionConfig, tokens: usize) -> usize {
    if let AttentionConfig::Qontot(_) = attention { tokens.next_power_of_two() } else { tokens }
}
