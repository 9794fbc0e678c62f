//! Sequence models by name and in full.

use serde::{Deserialize, Serialize};

use super::feed_forward::{FeedForwardConfig, Hidden};
use crate::Error;
use crate::fwp::{Encoder, Fast, FwpConfig, Generation, UpdateRule};
use crate::recurrent::{Cell, Gates, RecurrentConfig};
use crate::vqc::{Encoding, Entangler, Measure, Rotation, VqcConfig};

/// A sequence model in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ModelConfig {
    /// A fast-weight programmer.
    Fwp(FwpConfig),
    /// A recurrent cell.
    Recurrent(RecurrentConfig),
    /// A network without memory.
    FeedForward(FeedForwardConfig),
}

impl ModelConfig {
    /// Names of the models for time series.
    pub const NAMES: [&'static str; 18] = [
        "qfwp",
        "gated-qfwp",
        "qt-qfwp",
        "gqkan-qfwp",
        "gqkan-qkanfwp",
        "gqkanfwp",
        "gqkan-fwp",
        "qfwp-ano-r",
        "qfwp-ano-o",
        "qfwp-ano-ro",
        "qlstm",
        "qlstm6",
        "qgru",
        "qrnn",
        "lstm",
        "gru",
        "vqc",
        "mlp",
    ];

    /// Whether the model carries a memory from step to step.
    pub fn has_memory(&self) -> bool {
        match self {
            Self::Fwp(_) | Self::Recurrent(_) => true,
            Self::FeedForward(_) => false,
        }
    }

    /// The model of a name, at the sizes of the publications.
    ///
    /// # Errors
    /// There is none of that name; the message suggests the nearest.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let table = Self::NAMES.map(|name| (name, name));
        let name = crate::names::find("the model", name, &table)?;
        let gate = UpdateRule::ScalarGate { bias: 2.0 };
        let qkan = Encoder::Qkan { inner: 3, reps: 1 };
        let fwp =
            |encoder, latent, fast| FwpConfig { update: gate, encoder, latent, fast, ..FwpConfig::default() };
        let circuit = || Fast::Circuit { circuit: VqcConfig::default() };
        let fast_qkan = || Fast::Qkan { outputs: 4, reps: 1 };
        let recurrent =
            |cell, gates| Self::Recurrent(RecurrentConfig { cell, gates, ..RecurrentConfig::default() });
        let quantum = || Gates::Circuit { circuit: recurrent_circuit() };
        Ok(match name {
            "gated-qfwp" => Self::Fwp(FwpConfig { update: gate, ..FwpConfig::default() }),
            "qt-qfwp" => {
                let generation = Generation::QuantumTrain { layers: 4, hidden: 4 };
                Self::Fwp(FwpConfig { generation, ..FwpConfig::default() })
            }
            "gqkan-qfwp" => Self::Fwp(fwp(qkan, 3, circuit())),
            "gqkan-qkanfwp" => Self::Fwp(fwp(qkan, 3, fast_qkan())),
            "gqkanfwp" => Self::Fwp(fwp(Encoder::Linear, 8, fast_qkan())),
            "gqkan-fwp" => Self::Fwp(fwp(qkan, 3, Fast::Linear { outputs: 4 })),
            "qfwp-ano-r" => Self::Fwp(programmed_observables(true, 1)),
            "qfwp-ano-o" => Self::Fwp(programmed_observables(false, 2)),
            "qfwp-ano-ro" => Self::Fwp(programmed_observables(true, 2)),
            "qlstm" => recurrent(Cell::Lstm, quantum()),
            "qlstm6" => Self::Recurrent(RecurrentConfig::six_circuits()),
            "qgru" => recurrent(Cell::Gru, quantum()),
            "qrnn" => recurrent(Cell::Rnn, quantum()),
            "lstm" => recurrent(Cell::Lstm, Gates::Linear),
            "gru" => recurrent(Cell::Gru, Gates::Linear),
            "vqc" => Self::FeedForward(FeedForwardConfig::default()),
            "mlp" => Self::FeedForward(FeedForwardConfig {
                hidden: Hidden::Linear { outputs: 8 },
                ..FeedForwardConfig::default()
            }),
            _ => Self::Fwp(FwpConfig::default()),
        })
    }
}

/// The circuit of the gates of recurrent cells: five layers, as many qubits as inputs, hidden values measured.
pub(crate) fn recurrent_circuit() -> VqcConfig {
    VqcConfig { layers: 5, qubits: 6, measure: Measure::Z { qubits: Some(5) }, ..VqcConfig::default() }
}

/// Every input by itself, as QFWP-ANO has it: what is written is forgotten at the next step.
fn programmed_observables(angles: bool, weight: usize) -> FwpConfig {
    let circuit = VqcConfig {
        qubits: 4,
        layers: 1,
        encoding: Encoding::Reupload,
        entangler: Entangler::Ring,
        rotation: Rotation::RzRy,
        ..VqcConfig::default()
    };
    let fast = if angles && weight == 1 {
        Fast::Circuit { circuit: VqcConfig { measure: Measure::Z { qubits: None }, ..circuit } }
    } else {
        Fast::Observables { circuit, weight, angles }
    };
    FwpConfig {
        encoder: Encoder::Mlp { hidden: 16 },
        update: UpdateRule::Overwrite,
        fast,
        ..FwpConfig::default()
    }
}
