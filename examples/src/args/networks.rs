//! Flags of the commands on tensor networks.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::seed;

/// Where results of a command that is done at once go.
#[derive(Debug, Args)]
pub struct Results {
    /// TOML file with settings; `config.toml` of any run shows all of them.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Seed of every random stream [default: 0].
    #[arg(long, value_name = "N", value_parser = seed)]
    pub seed: Option<u64>,
    /// Folder of the results [default: runs/<command>-<problem>-<seed>].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the results in the folder.
    #[arg(long)]
    pub overwrite: bool,
}

/// Flags of `pretrain`.
#[derive(Debug, Args)]
pub struct PretrainArgs {
    /// Problem: bas:4x3, cardinality:12,6, tfim:12, heisenberg:12, xxz:12,0.5, j1j2:12,0.5, lattice:4x3, or a file: bit
    /// strings as text, a molecule as JSON [default: bas:4x3].
    #[arg(long, value_name = "NAME|FILE")]
    pub problem: Option<String>,
    /// Largest bonds of the networks; one start for each [default: 2,4,8].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',', conflicts_with = "starts")]
    pub chi: Vec<usize>,
    /// Starts: haar, uniform, near-identity[:SIGMA], identity-blocks, mps:CHI, vtne:CHI
    /// [default: haar, near-identity and one mps for each bond].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub starts: Vec<String>,
    /// Staircases of gates; one gate on every other pair is added [default: 4].
    #[arg(long, value_name = "N")]
    pub layers: Option<usize>,
    /// Standard deviation of the angles of added gates [default: 0.01, less for many gates].
    #[arg(long, value_name = "RADIANS")]
    pub sigma: Option<f64>,
    /// Loss: kl, nll, mmd, energy [default: kl or energy].
    #[arg(long, value_name = "NAME")]
    pub loss: Option<String>,
    /// Optimiser: adam, lbfgs, natural, cma, separable-cma [default: adam].
    #[arg(long, value_name = "NAME")]
    pub optimiser: Option<String>,
    /// Iterations of training [default: 200].
    #[arg(long, value_name = "N")]
    pub iterations: Option<usize>,
    /// Where results go.
    #[command(flatten)]
    pub results: Results,
}

/// Flags of `dmrg`.
#[derive(Debug, Args)]
pub struct DmrgArgs {
    /// Problem: tfim:N, heisenberg:N, xxz:N,DELTA, j1j2:N,J2, lattice:ROWSxCOLUMNS, or a molecule as JSON
    /// [default: heisenberg:32].
    #[arg(long, value_name = "NAME|FILE")]
    pub problem: Option<String>,
    /// Largest bond of each sweep; the last one holds for all later sweeps [default: 8,16,32,64].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub chi_max: Vec<usize>,
    /// Most sweeps [default: 20].
    #[arg(long, value_name = "N")]
    pub sweeps: Option<usize>,
    /// States to find, from the ground state up [default: 1].
    #[arg(long, value_name = "N")]
    pub states: Option<usize>,
    /// Number of ones of the states, if the problem conserves it [default: that of the ground state, or, with --states
    /// 2 or more, any].
    #[arg(long, value_name = "K")]
    pub ones: Option<usize>,
    /// Where results go.
    #[command(flatten)]
    pub results: Results,
}

/// Flags of `synthesize`.
#[derive(Debug, Args)]
pub struct SynthesizeArgs {
    /// The state: site tensors as `dmrg` writes them, or a circuit in OpenQASM that prepares it.
    #[arg(value_name = "FILE.npz|FILE.qasm")]
    pub state: PathBuf,
    /// Protocols: d-all, o-all, d-all-o-all, iter-d-o-i, iter-d-o-i-o-all, iter-i-o-all, iter-d-o-all; the circuit is of
    /// the best one [default: iter-d-o-all].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub protocol: Vec<String>,
    /// Most layers [default: 4].
    #[arg(long, value_name = "N")]
    pub layers: Option<usize>,
    /// Sweeps whenever gates are fitted [default: 100].
    #[arg(long, value_name = "N")]
    pub sweeps: Option<usize>,
    /// Power of a step towards the best gate, above 0 and at most 1 [default: 0.6].
    #[arg(long, value_name = "R")]
    pub learning_power: Option<f64>,
    /// Where results go.
    #[command(flatten)]
    pub results: Results,
}

/// What to measure over a range of sizes.
#[derive(Debug, Subcommand)]
pub enum Scan {
    /// The mean square of gradients against the number of qubits, by start.
    Gradients(ScanGradients),
}

/// Flags of `scan gradients`.
#[derive(Debug, Args)]
pub struct ScanGradients {
    /// Problems: tfim, heisenberg or cardinality, one of each size [default: heisenberg].
    #[arg(long, value_name = "NAME")]
    pub family: Option<String>,
    /// Numbers of qubits [default: 4,6,8,10,12].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub qubits: Vec<usize>,
    /// Circuits drawn for each size and start [default: 200].
    #[arg(long, value_name = "N")]
    pub draws: Option<usize>,
    /// Standard deviation of angles near the identity [default: 0.1].
    #[arg(long, value_name = "RADIANS")]
    pub sigma: Option<f64>,
    /// Starts: haar, near-identity, network [default: all three; on chains without haar, with --closed-form none].
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub starts: Vec<String>,
    /// The simulator [default: state-vector].
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// Largest bond of a chain [default: 32].
    #[arg(long, value_name = "N")]
    pub chi_max: Option<usize>,
    /// Largest share of the weight that one cut discards for a smaller bond [default: 1e-12].
    #[arg(long, value_name = "SHARE")]
    pub cutoff: Option<f64>,
    /// Gates on pairs up to this far apart [default: on all pairs; with --closed-form 3].
    #[arg(long, value_name = "D")]
    pub distance: Option<usize>,
    /// Strings to draw of the family cardinality, over which its loss is taken [default: all].
    #[arg(long, value_name = "R")]
    pub rows: Option<usize>,
    /// Gradients in closed form of gates behind ground states of these bonds, by distance.
    #[arg(long, value_name = "CHI,..", value_delimiter = ',')]
    pub closed_form: Vec<usize>,
    /// Where results go.
    #[command(flatten)]
    pub results: Results,
}

/// Flags of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A circuit in OpenQASM, or brick-wall:QUBITS,LAYERS with random angles [default: brick-wall:24,8].
    #[arg(value_name = "FILE.qasm|NAME")]
    pub circuit: Option<String>,
    /// The simulator [default: mps].
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// Largest bond of a chain [default: 64].
    #[arg(long, value_name = "N")]
    pub chi_max: Option<usize>,
    /// Largest share of the weight that one cut discards for a smaller bond [default: 1e-12].
    #[arg(long, value_name = "SHARE")]
    pub cutoff: Option<f64>,
    /// Outcomes to draw [default: 0].
    #[arg(long, value_name = "N")]
    pub shots: Option<usize>,
    /// An observable such as "Z0*Z1 - 0.5*X2"; may be given several times.
    #[arg(long, value_name = "SUM", allow_hyphen_values = true)]
    pub observable: Vec<String>,
    /// Where results go.
    #[command(flatten)]
    pub results: Results,
}

/// A simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// Matrix product state: cost grows with entanglement.
    Mps,
    /// All amplitudes: cost doubles with every qubit.
    StateVector,
}
