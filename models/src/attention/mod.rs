//! Attention operators.
