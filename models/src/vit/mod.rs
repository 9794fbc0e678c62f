//! The vision transformer: patches, pre-norm blocks, and an attention operator that is a choice.
//!
//! Images become `t` tokens (patches, and a class token unless the tokens are averaged); `layers` blocks
//! of multi-head attention and perceptron follow; a norm and a linear map give the logits. The operator
//! that turns scores into attention weights is an [`Attention`](crate::attention::Attention) value; its
//! angles are parameters of the model, one set per layer or one for all.
//!
//! Reference: Born et al., arXiv:2504.16275; Sander et al., arXiv:2110.11773.

mod attention;
mod block;
mod config;
mod init;
mod model;
mod norm;
mod patches;

pub use attention::{MultiHeadAttention, ScoreGradient};
pub use block::Block;
pub use config::{Init, OutProjection, Pooling, Ragged, VitConfig};
pub use model::{Output, Pass, Vit};
pub use norm::LayerNorm;
pub use patches::{ImageShape, Patches};
