//! Settings of the synthesis of circuits from states.

use serde::{Deserialize, Serialize};

use super::tree::tree_pairs;
use crate::Error;
use crate::error::check_settings;

/// How layers come about and what is fitted when: `d` an analytic layer, `i` an identity layer, `o-i`
/// sweeps over the newest layer, `o-all` sweeps over all gates.
///
/// Reference: Rudolph et al., arXiv:2209.00595.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Analytic layers, each on what the layers so far left over.
    DAll,
    /// Identity layers behind a first one of fixed gates without symmetry, all gates fitted once.
    OAll,
    /// Analytic layers, then all gates fitted once.
    DAllOAll,
    /// Analytic layers, each fitted alone when it is added.
    IterDOI,
    /// As before, then all gates fitted once.
    IterDOIOAll,
    /// As `OAll`, all gates fitted after each layer.
    IterIOAll,
    /// Analytic layers, all gates fitted after each: the best of the seven.
    #[default]
    IterDOAll,
}

/// Pairs of qubits of a layer, in the order in which gates act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topology {
    /// `(0,1), (1,2), .., (n-2,n-1)`.
    #[default]
    Staircase,
    /// `(0,1), (2,3), ..`, then `(1,2), (3,4), ..`.
    BrickWall,
    /// A binary tree from the root to the leaves, `⌈log2 n⌉` time steps: a gate hands one qubit on to two.
    Tree,
    /// Any pairs, neighbours or not.
    Pairs(Vec<[usize; 2]>),
}

/// How the columns of an analytic gate that the state leaves open are filled; from the second layer on it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Completion {
    /// From the coordinate axes: sparse gates, the better start where nothing is fitted.
    Axes,
    /// The same columns turned into each other by fixed angles: no symmetry holds fitting fast.
    #[default]
    Mixed,
}

/// What circuit is to be made of a state, and with how much effort.
///
/// ```
/// use tensornet::synthesis::{Protocol, SynthesisConfig};
///
/// let config = SynthesisConfig { layers: 2, protocol: Protocol::DAllOAll, ..Default::default() };
/// assert_eq!((config.learning_power, config.sweeps), (0.6, 100));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SynthesisConfig {
    /// How layers come about.
    pub protocol: Protocol,
    /// Pairs of a layer; analytic layers need the staircase or the tree.
    pub topology: Topology,
    /// How analytic gates are completed.
    pub completion: Completion,
    /// Most layers, at least 1.
    pub layers: usize,
    /// Most sweeps whenever gates are fitted; each goes backward and forward.
    pub sweeps: usize,
    /// Power `r` of a step towards the best gate, in (0, 1]; at 1 the fidelity never falls.
    pub learning_power: f64,
    /// Most sweeps with `r = 1` at the end of protocols that fit all gates.
    pub polish_sweeps: usize,
    /// Fidelity at which nothing more is done, in (0, 1].
    pub stop_fidelity: f64,
    /// Gain of fidelity per sweep below which fitting ends; not negative.
    pub tolerance: f64,
    /// Registers up to this size are fitted on all amplitudes, without error; at most 20.
    pub exact_qubits: usize,
    /// Largest bond of the chains used on larger registers, at least 2.
    pub chi_max: usize,
    /// Largest share of weight one cut of such a chain discards for a smaller bond, in [0, 1).
    pub cutoff: f64,
}

impl Default for SynthesisConfig {
    fn default() -> Self {
        Self {
            protocol: Protocol::default(),
            topology: Topology::default(),
            completion: Completion::default(),
            layers: 4,
            sweeps: 100,
            learning_power: 0.6,
            polish_sweeps: 20,
            stop_fidelity: 1.0 - 1e-12,
            tolerance: 1e-12,
            exact_qubits: 14,
            chi_max: 64,
            cutoff: 1e-12,
        }
    }
}

impl Protocol {
    /// All seven, so that a test can quantify over them.
    pub const ALL: [Protocol; 7] = [
        Protocol::DAll,
        Protocol::OAll,
        Protocol::DAllOAll,
        Protocol::IterDOI,
        Protocol::IterDOIOAll,
        Protocol::IterIOAll,
        Protocol::IterDOAll,
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::DAll => "d-all",
            Protocol::OAll => "o-all",
            Protocol::DAllOAll => "d-all-o-all",
            Protocol::IterDOI => "iter-d-o-i",
            Protocol::IterDOIOAll => "iter-d-o-i-o-all",
            Protocol::IterIOAll => "iter-i-o-all",
            Protocol::IterDOAll => "iter-d-o-all",
        }
    }

    /// True if new layers are analytic, false if they are identities.
    pub(super) fn is_analytic(self) -> bool {
        !matches!(self, Protocol::OAll | Protocol::IterIOAll)
    }

    /// What is fitted after each layer.
    pub(super) fn each(self) -> Scope {
        match self {
            Protocol::DAll | Protocol::OAll | Protocol::DAllOAll => Scope::Nothing,
            Protocol::IterDOI | Protocol::IterDOIOAll => Scope::Newest,
            Protocol::IterIOAll | Protocol::IterDOAll => Scope::All,
        }
    }

    /// True if all gates are fitted after the last layer.
    pub(super) fn fits_at_end(self) -> bool {
        matches!(self, Protocol::OAll | Protocol::DAllOAll | Protocol::IterDOIOAll)
    }
}

/// Gates that are fitted at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// None.
    Nothing,
    /// Those of the layer added last.
    Newest,
    /// Every gate.
    All,
}

impl Topology {
    /// The pairs of one layer on `n_qubits`.
    pub(super) fn pairs(&self, n_qubits: usize) -> Vec<[usize; 2]> {
        match self {
            Topology::Staircase => (1..n_qubits).map(|q| [q - 1, q]).collect(),
            Topology::BrickWall => circuit::ansatz::bricks(n_qubits).map(|q| [q, q + 1]).collect(),
            Topology::Tree => tree_pairs(n_qubits),
            Topology::Pairs(pairs) => pairs.clone(),
        }
    }
}

impl SynthesisConfig {
    /// Checks the settings against each other and a register of `n_qubits`.
    pub(super) fn check(&self, n_qubits: usize) -> Result<(), Error> {
        let power = self.learning_power;
        let settings = [
            ("layers", self.layers as f64, self.layers >= 1, "at least 1"),
            ("learning_power", power, power > 0.0 && power <= 1.0, "a number in (0, 1]"),
            (
                "stop_fidelity",
                self.stop_fidelity,
                self.stop_fidelity > 0.0 && self.stop_fidelity <= 1.0,
                "a number in (0, 1]",
            ),
            ("tolerance", self.tolerance, self.tolerance >= 0.0, "a number that is not negative"),
            ("exact_qubits", self.exact_qubits as f64, self.exact_qubits <= 20, "at most 20"),
            ("chi_max", self.chi_max as f64, self.chi_max >= 2, "at least 2"),
            ("cutoff", self.cutoff, (0.0..1.0).contains(&self.cutoff), "a number in [0, 1)"),
        ];
        check_settings(settings)?;
        if n_qubits < 2 {
            return Err(Error::Qubits { n_qubits, min: 2, max: usize::MAX });
        }
        let analytic = [Topology::Staircase, Topology::Tree].contains(&self.topology);
        if self.protocol.is_analytic() && !analytic {
            return Err(Error::AnalyticTopology { protocol: self.protocol.name() });
        }
        let mut probe = circuit::Circuit::new(n_qubits)?;
        for [a, b] in self.topology.pairs(n_qubits) {
            probe.gate(circuit::Gate::Cz, &[a, b])?;
        }
        Ok(())
    }
}
