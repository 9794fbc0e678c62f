//! The command line: `ketwork <command> <model> [flags]`.

mod networks;

use std::path::PathBuf;

pub use networks::{Backend, DmrgArgs, PretrainArgs, Results, RunArgs, Scan, ScanGradients, SynthesizeArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Trains models with quantum circuits inside, compares, evaluates and plots them.
///
/// What people read goes to standard error, what programs read to standard output. Exit codes: 0 done,
/// 2 wrong usage, 3 refused for memory or lack of support, 4 data or files, 5 a number that is not
/// finite, 6 done but not converged, 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "ketwork", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Threads to compute with [default: all processors]; the numbers do not depend on it.
    #[arg(long, global = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Say nothing but the result and errors.
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a model; writes a folder with settings, metrics, checkpoints and pictures.
    #[command(subcommand)]
    Train(Train),
    /// Train several variants with several seeds and print a table.
    #[command(subcommand)]
    Compare(Compare),
    /// Train a matrix product state, turn it into a circuit, train that on, beside other starts.
    Pretrain(PretrainArgs),
    /// Find a ground state, and states above it, as matrix product states.
    Dmrg(DmrgArgs),
    /// Run a circuit on a simulator.
    Run(RunArgs),
    /// Turn a matrix product state into a shallow circuit.
    Synthesize(SynthesizeArgs),
    /// Measure a quantity over a range of sizes.
    #[command(subcommand)]
    Scan(Scan),
    /// Evaluate the newest checkpoint of a run on the test data.
    Eval(Folder),
    /// Draw the pictures of a run, or of a comparison, again.
    Plot(Folder),
}

/// The model to train.
#[derive(Debug, Subcommand)]
pub enum Train {
    /// A vision transformer with (quantum) doubly stochastic attention.
    Qdsformer(TrainQdsformer),
    /// A forecaster of time series: a quantum fast-weight programmer, or what it is compared with.
    Qfwp(TrainQfwp),
    /// An agent for reinforcement learning.
    Rl(TrainRl),
}

/// The model whose variants to compare.
#[derive(Debug, Subcommand)]
pub enum Compare {
    /// Attention operators in one vision transformer, and logistic regression on the pixels.
    Qdsformer(CompareQdsformer),
    /// Forecasters on time series, beside what predictions without a network reach.
    Qfwp(CompareQfwp),
    /// Agents in environments.
    Rl(CompareRl),
}

/// A folder that training or comparing has written.
#[derive(Debug, Args)]
pub struct Folder {
    /// The folder.
    pub folder: PathBuf,
}

/// Flags of `train qdsformer`.
#[derive(Debug, Args)]
pub struct TrainQdsformer {
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
    /// Attention operator [default: qontot].
    #[arg(long, value_name = "NAME")]
    pub attention: Option<String>,
    /// Circuit layers of the attention qontot.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub circuit_layers: Option<u32>,
    /// First angles from tensor networks with bonds up to CHI, such as mps:16.
    #[arg(long, value_name = "mps:CHI")]
    pub start: Option<String>,
    /// The run.
    #[command(flatten)]
    pub run: RunFlags,
}

/// Which runs to train and where; the same for every model.
#[derive(Debug, Args)]
pub struct RunFlags {
    /// Seed of every random stream [default: 0].
    #[arg(long, value_name = "N", conflicts_with = "seeds", value_parser = seed)]
    pub seed: Option<u64>,
    /// Several seeds, trained one after the other.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', value_parser = seed)]
    pub seeds: Vec<u64>,
    /// Folder of the run [default: runs/<model>-<data>-<variant>-<seed>].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with the run in the folder, with its settings.
    #[arg(long, conflicts_with = "overwrite")]
    pub resume: bool,
    /// Replace the run in the folder.
    #[arg(long)]
    pub overwrite: bool,
}

/// Where a comparison goes; the same for every model.
#[derive(Debug, Args)]
pub struct ComparisonFlags {
    /// Folder of the comparison; runs in it that are complete are used as they are, others go on
    /// [default: runs/compare-<model>, followed by the data of images].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Train anew where a run in the folder has other settings.
    #[arg(long)]
    pub overwrite: bool,
}

/// Flags of `compare qdsformer`.
#[derive(Debug, Args)]
pub struct CompareQdsformer {
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
    /// Attention operators.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', default_value = "softmax,sinkhorn,qr,qontot")]
    pub attention: Vec<String>,
    /// Circuit layers of the attention qontot; several make one variant each.
    #[arg(long, value_name = "N,..", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    pub circuit_layers: Vec<u32>,
    /// Seeds, each trained with every operator.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', default_value = "1,2,3", value_parser = seed)]
    pub seeds: Vec<u64>,
    /// Where the comparison goes.
    #[command(flatten)]
    pub place: ComparisonFlags,
}

/// Settings that every command on the transformer takes; they override the file, the file the preset.
#[derive(Debug, Args)]
pub struct Settings {
    /// Settings to start from [default: quick].
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    /// TOML file with settings; `config.toml` of any run shows all of them.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Images: glyphs (drawn by the program), a folder of IDX files, a MedMNIST .npz file, or eureka:DIR
    /// [default: glyphs].
    #[arg(long, value_name = "glyphs|DIR|FILE.npz|eureka:DIR")]
    pub data: Option<String>,
    /// Train on this many images.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub subset: Option<u32>,
    /// Passes over the training images.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Layers of the transformer.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub layers: Option<u32>,
}

/// Flags of `train qfwp`.
#[derive(Debug, Args)]
pub struct TrainQfwp {
    /// Settings.
    #[command(flatten)]
    pub settings: ForecastSettings,
    /// Model: qfwp, gated-qfwp, qlstm, qlstm6, qgru, qrnn, lstm, gru, vqc, mlp, .. [default: qfwp].
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Update rule of a fast-weight programmer: additive, scalar-gate, modulate-old, bounded, delta, ..
    #[arg(long, value_name = "NAME")]
    pub update: Option<String>,
    /// First angles from tensor networks with bonds up to CHI, such as mps:16.
    #[arg(long, value_name = "mps:CHI")]
    pub start: Option<String>,
    /// The run.
    #[command(flatten)]
    pub run: RunFlags,
}

/// Flags of `compare qfwp`.
#[derive(Debug, Args)]
pub struct CompareQfwp {
    /// Settings.
    #[command(flatten)]
    pub settings: ForecastSettings,
    /// Tasks, as --task takes them.
    #[arg(
        long,
        value_name = "A,B,..",
        value_delimiter = ',',
        default_value = "shm",
        conflicts_with = "task"
    )]
    pub tasks: Vec<String>,
    /// Models; an update rule may follow a colon.
    #[arg(
        long,
        value_name = "A,B:RULE,..",
        value_delimiter = ',',
        default_value = "qfwp,gated-qfwp,qlstm,lstm"
    )]
    pub model: Vec<String>,
    /// Seeds, each trained with every model on every task.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', default_value = "0,1,2,3,4", value_parser = seed)]
    pub seeds: Vec<u64>,
    /// Where the comparison goes.
    #[command(flatten)]
    pub place: ComparisonFlags,
}

/// Settings that every command on forecasters takes; they override the file, the file the preset.
#[derive(Clone, Debug, Args)]
pub struct ForecastSettings {
    /// Settings to start from [default: default].
    #[arg(long, value_enum)]
    pub preset: Option<ForecastPreset>,
    /// TOML file with settings; `config.toml` of any run shows all of them.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Series: shm, bessel, control, inversion, jc, transmon, narma2, narma5, narma10 (narma5:y for its own past), or a
    /// table FILE[:COLUMN[:INPUT]] in CSV or NPY [default: shm].
    #[arg(long, value_name = "NAME|FILE")]
    pub task: Option<String>,
    /// Passes over the training windows.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Values per window.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub window: Option<u32>,
    /// Begin again with other weights where training is stuck.
    #[arg(long)]
    pub restart: bool,
}

/// Settings to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForecastPreset {
    /// Weights from streams of the seed.
    Default,
    /// The program released with arXiv:2402.17760, with weights as torch draws them from the seed.
    ReleasedScript,
}

/// Flags of `train rl`.
#[derive(Debug, Args)]
pub struct TrainRl {
    /// Settings.
    #[command(flatten)]
    pub settings: RlSettings,
    /// Agent: qfwp, gated-qfwp, gqkan-qfwp, vqc, qlstm, lstm, mlp [default: qfwp].
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// The run.
    #[command(flatten)]
    pub run: RunFlags,
}

/// Flags of `compare rl`.
#[derive(Debug, Args)]
pub struct CompareRl {
    /// Settings.
    #[command(flatten)]
    pub settings: RlSettings,
    /// Environments, as --env takes them.
    #[arg(
        long,
        value_name = "A,B,..",
        value_delimiter = ',',
        default_value = "empty-5x5",
        conflicts_with = "env"
    )]
    pub envs: Vec<String>,
    /// Agents.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', default_value = "qfwp,gated-qfwp,vqc,mlp")]
    pub agent: Vec<String>,
    /// Seeds, each trained with every agent in every environment.
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', default_value = "0,1,2,3,4", value_parser = seed)]
    pub seeds: Vec<u64>,
    /// Where the comparison goes.
    #[command(flatten)]
    pub place: ComparisonFlags,
}

/// Settings that every command on agents takes; they override the file.
#[derive(Clone, Debug, Args)]
pub struct RlSettings {
    /// TOML file with settings; `config.toml` of any run shows all of them.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Environment: empty-5x5, .., simple-crossing-s9n1, .., four-rooms, cartpole, acrobot [default: empty-5x5].
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// How the agent learns, with its usual settings [default: a3c].
    #[arg(long, value_enum)]
    pub algorithm: Option<AlgorithmFlag>,
    /// Episodes in all [default: 2000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub episodes: Option<u32>,
    /// Workers, each with an environment and, under a3c, a copy of the agent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub workers: Option<u32>,
    /// Learning rate.
    #[arg(long, value_name = "RATE")]
    pub learning_rate: Option<f64>,
}

/// How the agent learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlgorithmFlag {
    /// Asynchronous advantage actor-critic, workers in turn.
    A3c,
    /// Proximal policy optimisation.
    Ppo,
}

/// Settings to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// A small circuit that learns in about two minutes.
    Quick,
    /// Sizes of arXiv:2504.16275: 16 qubits, 16 circuit layers, 50 epochs.
    Paper,
}

/// Seeds are stored in TOML, whose integers end at 2^63.
fn seed(text: &str) -> Result<u64, String> {
    let limit = i64::MAX as u64;
    text.parse()
        .ok()
        .filter(|seed| *seed <= limit)
        .ok_or_else(|| format!("a seed is an integer from 0 to {limit}"))
}

/// The command line that goes on where this one stopped; comparisons go on by themselves.
pub fn resume_command() -> String {
    let mut words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--overwrite").collect();
    if words.first().is_some_and(|word| word == "train") && !words.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    let quoted =
        words.iter().map(|word| if word.contains(' ') { format!(" '{word}'") } else { format!(" {word}") });
    format!("ketwork{}", quoted.collect::<String>())
}
