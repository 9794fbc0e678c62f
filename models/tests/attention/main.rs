//! Tests of the attention operators: one binary, one module per subject.

mod bridge;
mod configs;
mod counting;
mod gradients;
mod grids;
mod hypercube;
mod sinkhorn;
mod support;
mod weights;
