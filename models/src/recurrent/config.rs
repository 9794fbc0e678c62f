//! Settings of recurrent models.

use serde::{Deserialize, Serialize};

use crate::vqc::{Encoding, Entangler, Measure, Rotation, VqcConfig};

/// Settings of a recurrent model; the defaults are the published cell of four circuits and its classical twin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecurrentConfig {
    /// How gates make the next memory.
    pub cell: Cell,
    /// Hidden values h.
    pub hidden: usize,
    /// What a gate is.
    pub gates: Gates,
    /// Whether two further maps of kind `gates` read the cell of an LSTM: one gives the hidden values, the other what
    /// comes out, both as wide as a gate. Reference: arXiv:2009.01783.
    pub output_maps: bool,
    /// Whether the angles of circuits stay as they were drawn: a reservoir. Reference: arXiv:2309.07339.
    pub reservoir: bool,
    /// Features of a linear map before the cell, where inputs are many.
    pub features: Option<usize>,
}

/// How gates make the next memory; `x` and `h` enter every gate side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// `c = f c + i g`, `h = o tanh c`, with `i, f, o` through sigmoid and `g` through tanh.
    Lstm,
    /// `h = (1 - z) n + z h`, with `r, z` through sigmoid and `n` through tanh of `x` and `r h`.
    Gru,
    /// `h = tanh` of one gate.
    Rnn,
}

/// What a gate is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Gates {
    /// `W [x h] + b`.
    Linear,
    /// A circuit on `[x h]`.
    Circuit {
        /// The circuit.
        circuit: VqcConfig,
    },
}

impl Default for RecurrentConfig {
    fn default() -> Self {
        Self {
            cell: Cell::Lstm,
            hidden: 5,
            gates: Gates::Linear,
            output_maps: false,
            reservoir: false,
            features: None,
        }
    }
}

impl RecurrentConfig {
    /// The cell of six circuits on four qubits. Reference: arXiv:2009.01783.
    pub fn six_circuits() -> Self {
        let circuit = VqcConfig {
            qubits: 4,
            layers: 2,
            encoding: Encoding::Arctan,
            entangler: Entangler::RingSkip,
            rotation: Rotation::Euler,
            hadamard: true,
            measure: Measure::Z { qubits: None },
        };
        Self { hidden: 3, gates: Gates::Circuit { circuit }, output_maps: true, ..Self::default() }
    }
}
