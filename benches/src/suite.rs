//! Cases, and how they are run.

use std::env;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::results::{Measured, Results, Timing};

/// Shortest measurement: quicker cases are called several times in a row.
const SHORTEST: Duration = Duration::from_millis(20);

/// Rounds after which a suite that takes long may stop, and how long that is.
const FEW_ROUNDS: (usize, Duration) = (3, Duration::from_secs(15));

/// Something to measure, in a thread pool of its own.
pub struct Case<'a> {
    name: String,
    precision: &'static str,
    samples: usize,
    flop: Option<f64>,
    work: Box<dyn FnMut() -> Option<f64> + Send + 'a>,
    value: Option<f64>,
    pool: ThreadPool,
}

impl<'a> Case<'a> {
    /// A case that calls `work` in a pool of `threads` threads.
    ///
    /// # Panics
    /// If the threads cannot be started.
    pub fn new(
        name: impl Into<String>,
        precision: &'static str,
        threads: usize,
        mut work: impl FnMut() + Send + 'a,
    ) -> Self {
        let silent = move || {
            work();
            None
        };
        Self::from_work(name.into(), precision, threads, Box::new(silent))
    }

    /// As [`Case::new`], for work that comes to a number: other tools have to come to the same one.
    ///
    /// # Panics
    /// If the threads cannot be started.
    pub fn answering(
        name: impl Into<String>,
        precision: &'static str,
        threads: usize,
        mut work: impl FnMut() -> f64 + Send + 'a,
    ) -> Self {
        Self::from_work(name.into(), precision, threads, Box::new(move || Some(work())))
    }

    fn from_work(
        name: String,
        precision: &'static str,
        threads: usize,
        work: Box<dyn FnMut() -> Option<f64> + Send + 'a>,
    ) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        Self { name, precision, samples: 1, flop: None, work, value: None, pool }
    }

    /// The same with the number of samples that one call works on.
    pub fn samples(self, samples: usize) -> Self {
        Self { samples, ..self }
    }

    /// The same with the floating-point operations of one call.
    pub fn flop(self, flop: f64) -> Self {
        Self { flop: Some(flop), ..self }
    }

    /// What words on the command line are looked for in: `"vjp f32, 2 threads"`.
    fn label(&self) -> String {
        let threads = self.pool.current_num_threads();
        format!("{} {}, {threads} thread{}", self.name, self.precision, if threads == 1 { "" } else { "s" })
    }

    /// Mean of `calls` calls.
    fn time(&mut self, calls: usize) -> Timing {
        let work = &mut self.work;
        let ((wall, processor), value) = self.pool.install(|| {
            let start = Moment::now();
            let value = (0..calls).fold(None, |_, _| work());
            (start.elapsed(), value)
        });
        self.value = value;
        let mean = |seconds: f64| seconds / calls as f64;
        Timing { wall: vec![mean(wall)], processor: processor.map(mean).into_iter().collect() }
    }

    fn measured(self, timing: Timing) -> Measured {
        let Self { name, precision, samples, flop, pool, .. } = self;
        Measured { name, precision, threads: pool.current_num_threads(), samples, flop, timing }
    }

    fn record(&self, bench: &str, timing: &Timing) -> Value {
        let rate = self.flop.map(|flop| flop / timing.wall() / 1e9);
        json!({
            "bench": bench, "peer": "ketwork", "mode": self.name, "precision": self.precision,
            "batch": self.samples, "threads": self.pool.current_num_threads(), "repeats": timing.wall.len(),
            "best_s": timing.best(), "median_s": timing.wall(), "cpu_s": timing.processor(),
            "sample_ms": 1e3 * timing.wall() / self.samples as f64, "gflops": rate, "value": self.value,
        })
    }
}

/// The cases of a bench and what the command line wants of them.
///
/// `--json` prints one JSON line per case; `--serve` warms up and then measures each case once for every line of
/// standard input, as JSON, until the input ends; `--repeat N` sets the number of rounds; any other word selects
/// the cases whose label contains it.
pub struct Suite<'a> {
    bench: &'static str,
    cases: Vec<Case<'a>>,
    repeat: usize,
    json: bool,
    serve: bool,
}

impl<'a> Suite<'a> {
    /// The selected ones of `cases`.
    ///
    /// # Panics
    /// For a command line that is wrong.
    pub fn new(bench: &'static str, cases: Vec<Case<'a>>) -> Self {
        let mut suite = Self { bench, cases, repeat: 5, json: false, serve: false };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => {}
                "--json" => suite.json = true,
                "--serve" => suite.serve = true,
                "--repeat" => {
                    let number = words.next().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
                    suite.repeat = number.expect("--repeat takes a number of rounds, 1 or more");
                }
                word => suite.cases.retain(|case| case.label().contains(word)),
            }
        }
        suite
    }

    /// Measures all cases and prints them; what is returned is for goals.
    ///
    /// # Errors
    /// If standard output is closed.
    pub fn run(mut self) -> io::Result<Results> {
        let calls: Vec<usize> = self.cases.iter_mut().map(warm_up).collect();
        if self.serve {
            self.answer(&calls)?;
            return Ok(Results::default());
        }
        let mut timings = vec![Timing::default(); self.cases.len()];
        let start = Instant::now();
        for round in 0..self.repeat {
            if round >= FEW_ROUNDS.0 && start.elapsed() > FEW_ROUNDS.1 {
                break;
            }
            for ((case, &calls), timing) in self.cases.iter_mut().zip(&calls).zip(&mut timings) {
                timing.extend(case.time(calls));
            }
        }
        self.report(timings)
    }

    /// One round for each line of standard input.
    fn answer(&mut self, calls: &[usize]) -> io::Result<()> {
        let mut out = io::stdout();
        writeln!(out, "{}", json!({ "ready": true }))?;
        for line in io::stdin().lock().lines() {
            line?;
            for (case, &calls) in self.cases.iter_mut().zip(calls) {
                let timing = case.time(calls);
                writeln!(out, "{}", case.record(self.bench, &timing))?;
            }
            writeln!(out, "{}", json!({ "done": true }))?;
        }
        Ok(())
    }

    fn report(self, timings: Vec<Timing>) -> io::Result<Results> {
        let mut measured = Vec::new();
        for (case, timing) in self.cases.into_iter().zip(timings) {
            if self.json {
                writeln!(io::stdout(), "{}", case.record(self.bench, &timing))?;
            }
            measured.push(case.measured(timing));
        }
        let results = Results::new(measured, self.json);
        if !self.json {
            results.table(self.bench)?;
        }
        Ok(results)
    }
}

/// Calls a case twice; returns how many calls make a measurement.
fn warm_up(case: &mut Case) -> usize {
    case.time(1);
    let once = case.time(1).best();
    (SHORTEST.as_secs_f64() / once).ceil().clamp(1.0, 1e6) as usize
}
