//! Tests of finished pictures: valid documents, true numbers, clear layout, errors for bad data.

mod bad_input;
mod common;
mod documents;
mod layout;
mod models;
mod numbers;
