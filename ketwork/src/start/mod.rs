//! Networks before the other models: first angles of an attention circuit, and of a fast circuit.
//!
//! Each is found on a chain: a matrix product state learns a target, or the circuit itself is trained as one. What comes
//! out are plain numbers for the settings of a model, so that models know nothing of networks.

mod attention;
mod fast_weights;

pub use attention::{AttentionStart, AttentionStartReport, attention_bias, neighbourhood};
pub use fast_weights::{FastStart, FastStartReport, fast_weights};
