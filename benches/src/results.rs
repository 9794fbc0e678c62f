//! Times, rates and goals.

use std::io::{self, Write};

/// Times of one case, one entry for each round, in seconds per call.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// Wall time.
    pub wall: Vec<f64>,
    /// Processor time of the process; empty where the system does not tell.
    pub processor: Vec<f64>,
}

impl Timing {
    pub(crate) fn extend(&mut self, more: Timing) {
        self.wall.extend(more.wall);
        self.processor.extend(more.processor);
    }

    /// Median wall time.
    pub fn wall(&self) -> f64 {
        median(&self.wall)
    }

    /// Median processor time, or wall time where the system does not tell.
    pub fn processor(&self) -> f64 {
        if self.processor.is_empty() { self.wall() } else { median(&self.processor) }
    }

    /// Shortest wall time.
    pub fn best(&self) -> f64 {
        least(&self.wall)
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Which case: its name, precision and number of threads.
pub type Key<'a> = (&'a str, &'a str, usize);

/// A case that was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) precision: &'static str,
    pub(crate) threads: usize,
    pub(crate) samples: usize,
    pub(crate) flop: Option<f64>,
    pub(crate) timing: Timing,
}

impl Measured {
    /// Seconds of a call: processor time on one thread, for others may use the machine; else wall time.
    fn seconds(&self) -> f64 {
        if self.threads == 1 { self.timing.processor() } else { self.timing.wall() }
    }

    /// The shortest of those times: for a yardstick, whatever slows it is not its own doing.
    fn least(&self) -> f64 {
        let Timing { wall, processor } = &self.timing;
        least(if self.threads == 1 && !processor.is_empty() { processor } else { wall })
    }
}

/// What a goal asks for.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// At least this share of the peak.
    Share(f64),
    /// At least this factor.
    Faster(f64),
    /// At most this factor.
    Cost(f64),
}

impl Goal {
    /// Whether `value` meets the goal.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Goal::Share(goal) | Goal::Faster(goal) => value >= goal,
            Goal::Cost(goal) => value <= goal,
        }
    }

    /// The goal and the value in words.
    pub fn line(self, what: &str, value: f64) -> String {
        let end = if self.is_met(value) { "" } else { ", missed" };
        match self {
            Goal::Share(goal) => format!("goal {:.0} % {what}: {:.0} %{end}", 100.0 * goal, 100.0 * value),
            Goal::Faster(goal) => format!("goal {goal}x {what}: {value:.2}x{end}"),
            Goal::Cost(goal) => format!("goal at most {goal}x {what}: {value:.2}x{end}"),
        }
    }
}

/// What was measured in one run.
#[derive(Clone, Debug, Default)]
pub struct Results {
    measured: Vec<Measured>,
    silent: bool,
}

impl Results {
    pub(crate) fn new(measured: Vec<Measured>, silent: bool) -> Self {
        Self { measured, silent }
    }

    fn find(&self, (name, precision, threads): Key) -> Option<&Measured> {
        self.measured.iter().find(|m| m.name == name && m.precision == precision && m.threads == threads)
    }

    /// Share of the peak of the same run, precision and number of threads.
    pub fn share(&self, key: Key) -> Option<f64> {
        let (case, peak) = (self.find(key)?, self.find(("peak", key.1, key.2))?);
        Some(case.flop? / case.seconds() / (peak.flop? / peak.least()))
    }

    /// How much longer `slow` takes than `fast`; in wall time where the numbers of threads differ.
    pub fn ratio(&self, slow: Key, fast: Key) -> Option<f64> {
        let (slow, fast) = (self.find(slow)?, self.find(fast)?);
        Some(match slow.threads == fast.threads {
            true => slow.seconds() / fast.seconds(),
            false => slow.timing.wall() / fast.timing.wall(),
        })
    }

    /// How much faster the case is than `seconds` on a thread whose peak is `gflops`, scaled to the peak here.
    pub fn against(&self, key: Key, seconds: f64, gflops: f64) -> Option<f64> {
        let (case, peak) = (self.find(key)?, self.find(("peak", key.1, key.2))?);
        Some(seconds * gflops * 1e9 / (peak.flop? / peak.least()) / case.seconds())
    }

    /// Prints a goal and what was reached, if it was measured.
    ///
    /// # Errors
    /// If standard output is closed.
    pub fn goal(&self, goal: Goal, what: &str, value: Option<f64>) -> io::Result<()> {
        match value {
            Some(value) if !self.silent => writeln!(io::stdout(), "  {}", goal.line(what, value)),
            Some(_) | None => Ok(()),
        }
    }

    /// Prints times, rates and shares of the peak.
    pub(crate) fn table(&self, bench: &str) -> io::Result<()> {
        let mut out = io::stdout();
        writeln!(out, "{bench}")?;
        for m in &self.measured {
            let threads = if m.threads == 1 { "1 thread " } else { &format!("{} threads", m.threads) };
            let time = duration(m.seconds() / m.samples as f64);
            write!(out, "  {:28} {} {threads} {time:>10}", m.name, m.precision)?;
            if let Some(flop) = m.flop {
                write!(out, " {:8.1} GFLOP/s", flop / m.seconds() / 1e9)?;
            }
            let share = self.share((&m.name, m.precision, m.threads)).filter(|_| m.name != "peak");
            writeln!(out, "{}", share.map_or(String::new(), |s| format!(" {:4.0} % of peak", 100.0 * s)))?;
        }
        match self.taken_by_others() {
            Some(share) if share > 0.1 => writeln!(
                out,
                "  note: others took {:.0} % of the time. Times on one thread are processor time and stay\n  \
                 comparable; those on more threads are wall time and do not.",
                100.0 * share
            ),
            Some(_) | None => Ok(()),
        }
    }

    /// Share of wall time in which cases on one thread did not run.
    fn taken_by_others(&self) -> Option<f64> {
        let single = self.measured.iter().filter(|m| m.threads == 1 && !m.timing.processor.is_empty());
        let (wall, processor) = single.fold((0.0, 0.0), |(wall, processor), m| {
            (wall + m.timing.wall.iter().sum::<f64>(), processor + m.timing.processor.iter().sum::<f64>())
        });
        (wall > 0.0).then(|| 1.0 - processor / wall)
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} us", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &str, threads: usize, flop: f64, wall: &[f64]) -> Measured {
        let timing = Timing { wall: wall.to_vec(), processor: wall.iter().map(|s| s / 2.0).collect() };
        Measured { name: name.into(), precision: "f32", threads, samples: 1, flop: Some(flop), timing }
    }

    #[test]
    fn medians_ignore_outliers() {
        for (values, expected) in
            [(vec![3.0], 3.0), (vec![1.0, 9.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 90.0], 3.0)]
        {
            assert_eq!(median(&values), expected);
        }
    }

    #[test]
    fn shares_and_ratios_come_from_the_same_run() {
        let cases = vec![
            measured("peak", 1, 100.0, &[2.0, 1.0, 4.0]),
            measured("a", 1, 30.0, &[1.0, 8.0, 2.0]),
            measured("a", 2, 30.0, &[1.0, 1.0, 1.0]),
        ];
        let results = Results::new(cases, true);
        let (one, two) = (("a", "f32", 1), ("a", "f32", 2));
        assert_eq!(results.share(one), Some(30.0 / 1.0 / (100.0 / 0.5)));
        assert_eq!(results.share(two), None);
        assert_eq!(results.ratio(one, two), Some(2.0));
        assert_eq!(results.ratio(one, ("peak", "f32", 1)), Some(1.0));
        assert_eq!(results.against(one, 1.0, 400e-9), Some(2.0));
        assert_eq!(results.taken_by_others(), Some(0.5));
    }

    #[test]
    fn goals_say_whether_they_are_met() {
        for (goal, value, line) in [
            (Goal::Share(0.3), 0.47, "goal 30 % x: 47 %"),
            (Goal::Share(0.3), 0.28, "goal 30 % x: 28 %, missed"),
            (Goal::Faster(1.8), 1.9, "goal 1.8x x: 1.90x"),
            (Goal::Cost(3.0), 3.5, "goal at most 3x x: 3.50x, missed"),
        ] {
            assert_eq!(goal.line("x", value), line);
        }
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        for (seconds, text) in
            [(2.5e-9, "2.5 ns"), (1.25e-5, "12.50 us"), (0.5, "500.00 ms"), (2.0, "2.00 s")]
        {
            assert_eq!(duration(seconds), text);
        }
    }
}
