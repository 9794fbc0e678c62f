//! Time series against stored values of other programs, closed forms, and each other.

mod generators;
mod linear;
mod physics;
mod source;
mod windows;
