//! The command line of Ketwork.

fn main() {}
