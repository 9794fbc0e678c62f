//! State-vector simulation of variational circuits, with gradients.
