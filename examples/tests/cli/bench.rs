//! A temporary folder with small data to run the program in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const SIDE: usize = 8;
const CLASSES: usize = 4;

/// Settings that train in a moment: two tokens a row, two layers, a circuit of four qubits in all.
const SETTINGS: &str = "
    [train]
    epochs = 2
    batch = 10
    [train.vit]
    patch = [4, 8]
    pooling = 'mean'
    dim = 8
    head_dim = 4
    layers = 2
    [train.attention]
    kind = 'qontot'
    layers = 1
    auxiliary = 1
    extra = 0
    [train.optimiser]
    learning_rate = 0.02
    [train.schedule]
    kind = 'constant'
";

/// A folder with the data set `images` and the settings `small.toml`.
pub struct Bench(TempDir);

/// What a run of the program left.
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// What programs read.
    pub stdout: String,
    /// What people read.
    pub stderr: String,
}

impl Bench {
    /// A folder with 60 images to train on and 20 to test on.
    pub fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        fs::create_dir(bench.path("images")).unwrap();
        write_split(&bench.path("images/train"), 60);
        write_split(&bench.path("images/t10k"), 20);
        fs::write(bench.path("small.toml"), SETTINGS).unwrap();
        bench
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &str) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    /// Trains with the small settings into `out`, with more flags.
    pub fn train(&self, out: &str, flags: &str) -> Ended {
        self.run(&train_arguments(out, flags))
    }

    /// Begins to train as [`train`](Self::train) and returns once `step` steps are saved.
    pub fn train_until(&self, out: &str, flags: &str, step: u64) -> Child {
        let mut child = self.command(&train_arguments(out, flags)).spawn().unwrap();
        let start = Instant::now();
        while newest_checkpoint(&self.path(out)).is_none_or(|saved| saved < step) {
            assert!(child.try_wait().unwrap().is_none(), "training ended before step {step}");
            assert!(start.elapsed() < Duration::from_secs(60), "step {step} was not reached");
            std::thread::sleep(Duration::from_millis(5));
        }
        child
    }

    /// Lines of the log of a run, without wall times.
    pub fn log(&self, out: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(out).join("metrics.jsonl")).unwrap();
        let line = |line: &str| {
            let mut value: Value = serde_json::from_str(line).unwrap();
            value.as_object_mut().unwrap().remove("seconds").unwrap();
            value
        };
        text.lines().map(line).collect()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ketwork"));
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ended {
    /// Asserts success and gives the lines of standard output as JSON.
    #[track_caller]
    pub fn results(&self) -> Vec<Value> {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Asserts an exit code and that standard error ends with one line that begins `error:` and has all of
    /// `words`.
    #[track_caller]
    pub fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        let line = self.stderr.lines().last().unwrap_or_default();
        assert!(line.starts_with("error: "), "{}", self.stderr);
        for word in words {
            assert!(line.contains(word), "no {word:?} in {line}");
        }
        assert_eq!(self.stdout, "");
    }
}

/// The step of the newest checkpoint of a run.
pub fn newest_checkpoint(run: &Path) -> Option<u64> {
    checkpoints(run)
        .into_iter()
        .filter_map(|path| path.file_stem()?.to_str()?.strip_prefix("step-")?.parse().ok())
        .max()
}

/// The checkpoints of a run, the newest last.
pub fn checkpoints(run: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(run.join("checkpoints")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "safetensors")).collect();
    all.sort();
    all
}

fn train_arguments(out: &str, flags: &str) -> String {
    format!("train qdsformer --config small.toml --data images --out {out} {flags}")
}

/// Images whose class is where they are bright, on a floor of pseudo-random noise.
fn write_split(stem: &Path, n: usize) {
    let label = |index: usize| (index % CLASSES) as u8;
    let pixel = |index: usize, position: usize| {
        let noise = (index * 7919 + position * 104_729) % 97;
        let bright = position * CLASSES / (SIDE * SIDE) == index % CLASSES;
        (noise + if bright { 120 } else { 0 }) as u8
    };
    let pixels = (0..n).flat_map(|index| (0..SIDE * SIDE).map(move |position| pixel(index, position)));
    write_idx(&stem.with_file_name(file_name(stem, "images-idx3-ubyte")), &[n, SIDE, SIDE], pixels.collect());
    write_idx(&stem.with_file_name(file_name(stem, "labels-idx1-ubyte")), &[n], (0..n).map(label).collect());
}

fn file_name(stem: &Path, ending: &str) -> String {
    format!("{}-{ending}", stem.file_name().unwrap().to_str().unwrap())
}

fn write_idx(path: &Path, shape: &[usize], content: Vec<u8>) {
    let mut bytes = vec![0, 0, 8, shape.len() as u8];
    shape.iter().for_each(|side| bytes.extend((*side as u32).to_be_bytes()));
    bytes.extend(content);
    fs::write(path, bytes).unwrap();
}
