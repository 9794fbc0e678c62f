//! Attention operators: from scores to attention weights.
//!
//! An operator maps the score matrices M = Q K^T of all heads, unscaled, to row-stochastic or doubly
//! stochastic (DSM) weights. [`AttentionConfig`] is what a user writes, [`Attention`] the operator bound to a
//! number of tokens.
//!
//! | name | weights | rows sum to 1 | columns sum to 1 |
//! |---|---|---|---|
//! | `softmax` | row softmax | exact | no |
//! | `norm-softmax-sigma`, `norm-softmax-sigma2` | row softmax, temperature from the row's spread | exact | no |
//! | `sinkhorn-naive`, `sinkhorn` | alternate row and column normalisation | exact (odd iterations) | in the limit |
//! | `birkhoff` | nearest DSM | exact | exact |
//! | `qr` | squared entries of the orthogonal factor | exact | exact |
//! | `qontot` | transition probabilities of a quantum circuit | exact | exact |
//! | `orthostochastic` | block sums of a squared Cayley transform | exact | exact |
//! | `uniform`, `identity`, `random-dsm` | controls that ignore the scores | exact | exact |
//!
//! Operators are written in burn's operations where burn can differentiate them; the others cross the bridge of
//! [`crate::bridge`], most of them one matrix at a time ([`per_matrix`]).

mod birkhoff;
mod certificate;
mod config;
mod control;
mod counting;
mod nearest;
mod norm_softmax;
mod operator;
mod orthostochastic;
pub mod per_matrix;
mod qontot;
mod qr;
mod shots;
mod sinkhorn;
mod sinkhorn_naive;
mod softmax;

pub use birkhoff::BirkhoffConfig;
pub use certificate::{Certificate, certificate, mean_diagonal, mean_entropy};
pub use config::{AttentionConfig, Scale};
pub use counting::{dsm_count, low_sum_count};
pub use nearest::nearest;
pub use norm_softmax::{NormSoftmaxConfig, Spread};
pub use operator::Attention;
pub use orthostochastic::OrthostochasticConfig;
pub use qontot::{CircuitDiff, Injection, Order, Placement, QontotConfig};
pub use qr::QrConfig;
pub use shots::{depolarise, sample_weights};
pub use sinkhorn::SinkhornConfig;
pub use sinkhorn_naive::{Axis, SinkhornNaiveConfig};
pub use softmax::SoftmaxConfig;
