//! How far training is: a bar on a terminal, a line now and then elsewhere, nothing if quiet.

use std::fmt::Display;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::log::{Epoch, Step};
use crate::output::note;

/// Time between two plain lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// Shows the progress of one run.
pub enum Progress {
    /// `--quiet`.
    Silent,
    /// Standard error is a terminal.
    Bar(ProgressBar),
    /// Standard error is a file or a pipe.
    Lines(Lines),
}

/// Progress as plain lines.
pub struct Lines {
    started: Instant,
    shown: Instant,
    first_step: u64,
    total_steps: u64,
}

impl Progress {
    /// Progress of a run of `total_steps` steps that stands after `step`.
    pub fn new(quiet: bool, step: u64, total_steps: u64) -> Self {
        let now = Instant::now();
        if quiet {
            return Self::Silent;
        }
        if !std::io::stderr().is_terminal() {
            return Self::Lines(Lines { started: now, shown: now, first_step: step, total_steps });
        }
        let template = "{bar:24} step {pos}/{len}  eta {eta}  {msg}";
        let style =
            ProgressStyle::with_template(template).expect("a constant template").progress_chars("━╸─");
        let bar = ProgressBar::new(total_steps).with_style(style).with_position(step);
        bar.reset_eta();
        Self::Bar(bar)
    }

    /// Shows a step.
    pub fn step(&mut self, step: &Step) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_message(brief(step));
                bar.set_position(step.step);
            }
            Self::Lines(lines) if lines.shown.elapsed() >= INTERVAL => {
                lines.shown = Instant::now();
                let eta = lines.eta(step.step).as_secs();
                let (at, of) = (step.step, lines.total_steps);
                note(
                    false,
                    format_args!("step {at}/{of}  eta {}:{:02}  {}", eta / 60, eta % 60, brief(step)),
                );
            }
            Self::Lines(_) => {}
        }
    }

    /// Shows the report that closes an epoch.
    pub fn epoch<R: Display>(&mut self, epoch: &Epoch<R>) {
        let line = format!("epoch {:>3}  train {}  test {}", epoch.epoch, numbers(epoch), epoch.test);
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.suspend(|| note(false, line)),
            Self::Lines(_) => note(false, line),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    /// Time left if steps go on as they went since the start of the program.
    fn eta(&self, step: u64) -> Duration {
        let done = (step - self.first_step).max(1) as f64;
        self.started.elapsed().mul_f64((self.total_steps - step) as f64 / done)
    }
}

fn brief(step: &Step) -> String {
    let numbers = with_reward(loss_and_accuracy(step.loss, step.accuracy), step.reward);
    format!("epoch {}  {numbers}", step.epoch)
}

fn numbers<R>(epoch: &Epoch<R>) -> String {
    with_reward(loss_and_accuracy(epoch.train_loss, epoch.train_accuracy), epoch.train_reward)
}

fn with_reward(text: String, reward: Option<f64>) -> String {
    reward.map_or_else(|| text.clone(), |reward| format!("{text}, reward {reward:.3}"))
}

/// `loss 0.4213, accuracy 87.5 %`, the accuracy where there is one.
pub fn loss_and_accuracy(loss: f64, accuracy: Option<f64>) -> String {
    let share = accuracy.map(|share| format!(", accuracy {:.1} %", 100.0 * share)).unwrap_or_default();
    format!("loss {loss:.4}{share}")
}
