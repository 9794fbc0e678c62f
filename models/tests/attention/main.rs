//! Tests of the attention operators: one binary, one module per subject.

mod configs;
mod counting;
mod foreign;
mod gradients;
mod grids;
mod hypercube;
mod sinkhorn;
mod support;
mod weights;
