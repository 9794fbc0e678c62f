//! Labelled images.
