//! What moves amplitudes: vectorised loops that know masks, strides and matrices, never gate names.
//!
//! Every kernel is written once, over the vector type of whatever instruction set the processor turns
//! out to have at run time (AVX-512, AVX2 with FMA, NEON, or plain scalars), by way of [`pulp`].

pub(crate) mod angle;
pub(crate) mod dense;
pub(crate) mod panel;
pub(crate) mod plane;
pub(crate) mod quad;
mod vector;

pub use vector::Real;
