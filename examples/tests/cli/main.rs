//! The program as its users meet it: run as a process on small data, judged by its files and exit codes.

mod bench;
mod compare;
mod interrupt;
mod networks;
mod refuse;
mod sequences;
mod train;
