//! Attention that starts from a known map: tokens look at their neighbours.
//!
//! A doubly stochastic matrix over `t` tokens is, divided by `t`, a distribution over pairs of tokens, `2 log2 t` bits. A
//! matrix product state learns it; then the attention circuit, between Bell pairs and on a chain, is brought to what the
//! network says, `KL(network || circuit)`. The angles become the bias of the attention: its matrix at zero scores.

use circuit::{Circuit, Differentiable, PauliString, PauliSum};
use models::attention::{Placement, QontotConfig};
use models::rng::stream;
use ndarray::Array2;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use tensornet::{BitStrings, BornConfig, MpsNode, MpsReadout, Truncation, born_machine};

use crate::Error;
use crate::divergence::{Likelihood, over_bits};
use crate::optimise::{MinimiseConfig, Objective, minimise};

/// Least probability that counts.
const LEAST: f64 = 1e-12;

/// Settings of [`attention_bias`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttentionStart {
    /// Largest bond of the network and of the chain that simulates the circuit.
    pub chi: usize,
    /// Training of the circuit on the chain.
    pub training: MinimiseConfig,
    /// Seed of every random stream.
    pub seed: u64,
}

impl Default for AttentionStart {
    fn default() -> Self {
        Self { chi: 16, training: MinimiseConfig { iterations: 60, ..Default::default() }, seed: 0 }
    }
}

/// What a start of attention came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionStartReport {
    /// Divergence of the network from the target, in nats.
    pub network: f64,
    /// Divergence of the circuit from the network: first, and at the end.
    pub circuit: [f64; 2],
    /// Share of the weight that cuts of the chain discarded at the end.
    pub discarded_weight: f64,
}

/// A doubly stochastic matrix over a grid of tokens, row by row: weights fall as a Gaussian of the distance, rows and
/// columns are then brought to sum one.
///
/// ```
/// use ketwork::start::neighbourhood;
///
/// let map = neighbourhood(2, 4, 1.0);
/// assert!(map.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
/// assert!(map.columns().into_iter().all(|column| (column.sum() - 1.0).abs() < 1e-12));
/// assert!(map[[0, 1]] > map[[0, 3]]);
/// ```
pub fn neighbourhood(rows: usize, columns: usize, sigma: f64) -> Array2<f64> {
    let n = rows * columns;
    let place = |k: usize| ((k / columns) as f64, (k % columns) as f64);
    let mut map = Array2::from_shape_fn((n, n), |(i, j)| {
        let (a, b) = (place(i), place(j));
        (-((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)) / (2.0 * sigma * sigma)).exp()
    });
    // A symmetric positive kernel: alternating normalisation converges, to a symmetric matrix.
    for _ in 0..200 {
        let scale = map.sum_axis(ndarray::Axis(1)).mapv(|sum| sum.sqrt().recip());
        map = Array2::from_shape_fn((n, n), |(i, j)| scale[i] * map[[i, j]] * scale[j]);
    }
    map
}

/// Bias angles of the attention `config` whose matrix at zero scores comes close to `target`, `t t`, doubly stochastic.
///
/// # Errors
/// If the number of tokens is no power of two or below 2, an entry is not positive, or a setting is out of range.
pub fn attention_bias(
    config: &QontotConfig,
    target: &Array2<f64>,
    start: &AttentionStart,
) -> Result<(Vec<f64>, AttentionStartReport), Error> {
    let tokens = target.nrows();
    if !tokens.is_power_of_two() || tokens < 2 || target.ncols() != tokens {
        let range = "a power of two from 2, as many as columns";
        return Err(Error::Setting { name: "the number of rows", value: tokens as f64, range });
    }
    let bits = tokens.ilog2() as usize;
    let word = |k: usize| (0..bits).rev().map(move |b| k >> b & 1 == 1);
    // The first register is the input of the circuit, the column of the matrix; the second its output, the row.
    let rows = target.indexed_iter().map(|((i, j), &p)| (word(j).chain(word(i)).collect(), p));
    let data = BitStrings::from_weighted(rows)?;
    let born = BornConfig { chi_max: start.chi, ..Default::default() };
    let (network, report) = born_machine(&data, &born, &mut stream(start.seed, "attention network", &[]))?;
    let wanted: Vec<f64> = (0..tokens * tokens)
        .map(|k| network.amplitude(&word(k / tokens).chain(word(k % tokens)).collect::<Vec<_>>()).norm_sqr())
        .collect();

    let q = config.register(tokens);
    // The two registers interleaved: Bell pairs are neighbours, and bonds small.
    let apart = config.ansatz.bell_circuit(q, config.layers)?;
    let circuit = apart.relabel(2 * q, |k| if k < q { 2 * k } else { 2 * (k - q) + 1 })?;
    let place = |k: usize| match config.placement {
        Placement::Contiguous => k,
        Placement::Interleaved => k * q / bits,
    };
    let measured: Vec<usize> =
        (0..bits).map(|k| 2 * place(k)).chain((0..bits).map(|k| 2 * place(k) + 1)).collect();
    let mut rng = stream(start.seed, "attention angles", &[]);
    let params: Vec<f64> = (0..circuit.n_params()).map(|_| rng.random_range(-0.1..0.1)).collect();
    let objective = OnChain::new(circuit, &measured, wanted, start.chi)?;
    let trained = minimise(&objective, params, &start.training, start.seed)?;
    let discarded_weight = objective.node.state(&trained.params).discarded_weight();
    let circuit = [trained.history[0], trained.value];
    Ok((trained.params, AttentionStartReport { network: report.kl, circuit, discarded_weight }))
}

/// `KL(wanted || circuit)` over the values of some of the qubits.
struct OnChain {
    node: MpsNode,
    wanted: Likelihood,
}

impl OnChain {
    /// One product of `Z` for each subset of the measured qubits: their expectations are the Walsh transform of the
    /// probabilities.
    fn new(circuit: Circuit, measured: &[usize], wanted: Vec<f64>, chi: usize) -> Result<Self, Error> {
        let last = measured.len() - 1;
        let product = |subset: usize| {
            let chosen = measured.iter().enumerate().filter(|(k, _)| subset >> (last - k) & 1 == 1);
            let factors: Vec<_> = chosen.map(|(_, &qubit)| (qubit, circuit::Pauli::Z)).collect();
            PauliSum { terms: vec![(1.0, PauliString::new(&factors))] }
        };
        let observables = (0..wanted.len()).map(product).collect();
        let truncation = Truncation { chi_max: chi, ..Truncation::EXACT };
        let node = MpsNode::new(circuit, MpsReadout::Expectations(observables))?.with_truncation(truncation);
        Ok(Self { node, wanted: Likelihood::divergence(wanted, LEAST) })
    }

    /// Probabilities from the expectations of signs.
    fn probabilities(signs: &[f64]) -> impl Iterator<Item = f64> {
        let n = signs.len() as f64;
        walsh(signs).into_iter().map(move |sum| sum / n)
    }
}

impl Objective for OnChain {
    fn value(&self, params: &[f64]) -> f64 {
        self.wanted.value(Self::probabilities(&self.node.forward(params)))
    }

    fn value_and_gradient(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let result = self.node.differentiate(params, |signs| {
            let slopes = self.wanted.slopes(Self::probabilities(signs));
            walsh(&slopes).into_iter().map(|slope| slope / signs.len() as f64).collect()
        });
        (self.wanted.value(Self::probabilities(&result.values)), result.gradient)
    }
}

/// The Walsh-Hadamard transform, its own inverse up to a factor.
fn walsh(values: &[f64]) -> Vec<f64> {
    over_bits(values.to_vec(), |a, b| (a + b, a - b))
}
