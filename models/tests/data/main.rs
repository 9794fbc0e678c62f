//! Data sets: read from fixtures, from broken files, from real files, and drawn.

mod eureka;
mod fixtures;
mod glyphs;
mod idx;
mod images;
mod npz;
mod real;
mod source;
mod table;
