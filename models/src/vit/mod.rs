//! The vision transformer.
