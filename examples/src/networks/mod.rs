//! Commands on tensor networks: each computes once and writes settings, a report and pictures to a folder.

mod dmrg;
mod pretrain;
mod problem;
mod qasm_file;
mod results;
mod run;
mod scan;
mod start;
mod state_file;
mod synthesize;

pub use dmrg::{dmrg, plot as plot_dmrg};
pub use pretrain::{plot as plot_pretrain, pretrain};
pub use results::summary;
pub use run::{plot as plot_run, run};
pub use scan::{gradients as scan_gradients, plot as plot_scan};
pub use start::{attention as start_attention, programmer as start_programmer};
pub use synthesize::{plot as plot_synthesize, synthesize};
