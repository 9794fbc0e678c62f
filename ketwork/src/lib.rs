//! Hybrid quantum-classical learning: circuits, simulators, tensor networks and models in one crate.
