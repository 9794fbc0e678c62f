//! Benchmarks, each of which states its goal.
