//! Tests of the attention operators: one binary, one module per subject.

mod foreign;
