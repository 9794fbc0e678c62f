//! Environments against traces of the Python packages, closed forms and golden numbers.

mod golden;
mod misuse;
mod reader;
mod traces;
