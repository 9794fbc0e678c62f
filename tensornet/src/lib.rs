//! Matrix product states as a second simulator of circuits.
