//! Fast-weight programmers: a slow network that writes the weights of a fast one through time.
//!
//! At every step the slow programmer reads the input and asks for a change of the fast weights; an [`UpdateRule`] says
//! how changes accumulate, and the fast network, usually a circuit, maps the input to values with the weights of that
//! step. There is no other memory, and no gradient flows from circuit to circuit: the weights of all steps are known
//! before the first circuit runs.
//!
//! Reference: S. Y.-C. Chen, arXiv:2402.17760.

mod config;
mod fast;
mod generator;
mod maps;
mod model;
mod observable;
mod programmer;
mod recurrence;
mod transition;
mod update;

pub use config::{Encoder, Fast, FwpConfig, Generation, Heads, Input};
pub use model::Fwp;
pub use recurrence::Order;
pub use update::{Bound, Modulated, Shape, UpdateRule};
