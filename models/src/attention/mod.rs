//! Attention operators: from scores to attention weights.

pub mod foreign;
pub mod per_matrix;
