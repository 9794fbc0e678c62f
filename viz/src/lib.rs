//! Pictures of training runs: attention heat maps and curves.
