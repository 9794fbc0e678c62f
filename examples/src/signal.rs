//! Ctrl-C and SIGTERM: the first asks to stop after the current batch, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether someone asked the program to stop.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Installs the handler of SIGINT and SIGTERM.
    pub fn on_signals() -> Self {
        let stop = Self::default();
        let asked = stop.clone();
        let handler = move || {
            if asked.0.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler).expect("the handler is installed once, at the start of the program");
        stop
    }

    /// Whether a signal has arrived.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
