//! Circuits on chains as differentiable functions of their parameters.
//!
//! The idea is that of every gradient here: with `dL = 2 Re⟨bra|dψ⟩`, a parameter of scale `s` on `exp(-i θ P/2)`
//! contributes `s Im⟨bra|P|ket⟩`. Ket and bra are chains; the sweep costs `O(m χ³)` for `m` blocks of gates,
//! whatever the number of parameters and of values.

mod block;
mod identity;
mod readout;
mod sweep;

use circuit::{Circuit, Diff, Differentiable, finite_difference, parameter_shift};
use serde::{Deserialize, Serialize};

use crate::{Error, Mpo, Mps, Truncation};
use block::{Angles, Block, blocks};
use sweep::Program;

pub(crate) use identity::generators;
pub use identity::identity_gate_gradients;
pub use readout::MpsReadout;

/// `params ↦ readout(circuit(params) |initial⟩)` on chains, differentiable.
///
/// ```
/// use circuit::hamiltonian::{Lattice, tfim};
/// use circuit::{Circuit, Differentiable};
/// use tensornet::{MpsNode, MpsReadout, Truncation};
///
/// let mut circuit = Circuit::new(60)?;
/// for q in 0..60 {
///     let theta = circuit.param();
///     circuit.ry(q, theta)?;
/// }
/// let energy = tfim(&Lattice::chain(60)?, 1.0, 0.0)?;
/// let node = MpsNode::new(circuit, MpsReadout::Expectations(vec![energy]))?
///     .with_truncation(Truncation { chi_max: 32, ..Truncation::default() });
/// assert!((node.forward(&[0.0; 60])[0] + 59.0).abs() < 1e-12);
/// let gradient = node.vjp(&[0.1; 60], &[1.0]); // -cos² on each bond
/// assert!((gradient[1] - 4.0 * 0.1f64.sin() * 0.1f64.cos() / 2.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MpsNode {
    circuit: Circuit,
    initial: Mps,
    readout: MpsReadout,
    operators: Vec<Mpo>,
    blocks: Vec<Block>,
    diff: Diff,
    truncation: Truncation,
    bra_truncation: Truncation,
}

/// Values and gradient at one point.
#[derive(Clone, Debug, PartialEq)]
pub struct MpsGradient {
    /// The readout; shape `[n_values]`.
    pub values: Vec<f64>,
    /// `cotangentᵀ · ∂values/∂params`; shape `[n_params]`.
    pub gradient: Vec<f64>,
    /// What the cuts cost.
    pub report: GradientReport,
}

/// What cuts did to a gradient of the adjoint sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GradientReport {
    /// Sum over all cuts of the ket of the share of weight each discarded.
    pub discarded_weight: f64,
    /// The same for the bra.
    pub bra_discarded_weight: f64,
    /// Largest bond of the ket on its way.
    pub chi: usize,
    /// Largest bond of the bra on its way.
    pub bra_chi: usize,
    /// No entry of the gradient is further from that of the exact circuit with the same cotangent than this, up to
    /// rounding: the largest over the parameters of `Σ_j |s_j| (‖b_j‖ 2 ‖ψ‖ sin(α_j / 2) + β_j ‖ψ‖)`.
    ///
    /// The sum goes over the rotations `j` of a parameter, with their scales `s_j`; `α_j` is the sum of `arcsin √e` over
    /// the shares `e` of weight that the cuts of the ket before `j` discarded. `β_j` adds up `‖O‖ 2 ‖ψ‖ sin(α / 2)` for
    /// the ket at the end, with `‖O‖` bounded by the sum of the absolute coefficients of `Σ_k w_k O_k` without its mean,
    /// what was cut of `O|ψ⟩`, and `‖b‖ Σ arcsin √e` of the cuts of the bra behind `j`. As the worst cases of all cuts are
    /// added up, it is far from tight.
    pub error_bound: f64,
}

impl MpsNode {
    /// A node that starts from `|0…0⟩`, cuts nothing but rounding, and is differentiated by the adjoint sweep.
    ///
    /// # Errors
    /// If the register is empty, or the readout does not fit it.
    pub fn new(circuit: Circuit, readout: MpsReadout) -> Result<Self, Error> {
        let n_qubits = circuit.n_qubits();
        if n_qubits == 0 {
            return Err(Error::Qubits { n_qubits, min: 1, max: circuit::PauliString::MAX_QUBITS });
        }
        let (operators, blocks) = (readout.compile(n_qubits)?, blocks(&circuit));
        let initial = Mps::basis(&vec![false; n_qubits]);
        let [truncation, bra_truncation] = [Truncation::EXACT; 2];
        let diff = Diff::default();
        Ok(Self { circuit, initial, readout, operators, blocks, diff, truncation, bra_truncation })
    }

    /// The same with another initial state.
    ///
    /// # Errors
    /// If it has another number of qubits, or norm zero.
    pub fn with_initial(self, initial: Mps) -> Result<Self, Error> {
        let (got, expected) = (initial.n_qubits(), self.circuit.n_qubits());
        if got != expected {
            return Err(Error::Length { what: "the initial state", got, expected });
        }
        if initial.norm() == 0.0 {
            return Err(Error::ZeroState);
        }
        let initial = Mps::with_gauge(initial.sites, initial.gauge); // without cuts of its past
        Ok(Self { initial, ..self })
    }

    /// The same, with bonds of ket and bra cut as `truncation` says.
    pub fn with_truncation(self, truncation: Truncation) -> Self {
        Self { truncation, bra_truncation: truncation, ..self }
    }

    /// The same, with bonds of the bra cut in another way than those of the ket.
    pub fn with_bra_truncation(self, bra_truncation: Truncation) -> Self {
        Self { bra_truncation, ..self }
    }

    /// The same, differentiated by another method.
    pub fn with_diff(self, diff: Diff) -> Self {
        Self { diff, ..self }
    }

    /// The state the circuit prepares; its discarded weight is that of this run.
    ///
    /// # Panics
    /// If `params` has another length than the circuit's parameters.
    pub fn state(&self, params: &[f64]) -> Mps {
        self.program(params, None).run(self.start())
    }

    /// Values, the gradient for the cotangent that `cotangent` makes of them, and what the cuts cost; one way forward
    /// serves both. Only the adjoint sweep reports on its cuts.
    ///
    /// # Panics
    /// If `params` or the cotangent has a wrong length.
    pub fn differentiate(&self, params: &[f64], cotangent: impl FnOnce(&[f64]) -> Vec<f64>) -> MpsGradient {
        let program = self.program(params, None);
        if self.diff != Diff::Adjoint {
            let values = self.values(&program.run(self.start()));
            let gradient = self.by_values(params, &self.checked(cotangent(&values)));
            return MpsGradient { values, gradient, report: GradientReport::default() };
        }
        let forward = program.forward(self.start());
        let values = self.values(&forward.ket);
        let cotangent = self.checked(cotangent(&values));
        let bra = self.readout.bra(&forward.ket, &cotangent, self.bra_truncation);
        let backward = program.backward(&forward, bra.expect("the readout was checked"));
        let report = GradientReport {
            discarded_weight: forward.ket.discarded_weight(),
            bra_discarded_weight: backward.discarded_weight,
            chi: forward.chi,
            bra_chi: backward.chi,
            error_bound: backward.error_bound,
        };
        MpsGradient { values, gradient: backward.gradient, report }
    }

    fn by_values(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
        match self.diff {
            Diff::FiniteDifference => finite_difference(params, cotangent, |moved| self.forward(moved)),
            Diff::Adjoint | Diff::ParameterShift => {
                let all = 0..self.circuit.n_params();
                parameter_shift(&self.circuit, cotangent, all, |op, radians| {
                    self.values(&self.program(params, Some((op, radians))).run(self.start()))
                })
            }
        }
    }

    fn start(&self) -> Mps {
        self.initial.clone().with_truncation(self.truncation)
    }

    fn program<'a>(&'a self, params: &'a [f64], extra: Option<(usize, f64)>) -> Program<'a> {
        assert_eq!(params.len(), self.circuit.n_params(), "one value per parameter of the circuit");
        Program { circuit: &self.circuit, blocks: &self.blocks, angles: Angles { params, extra } }
    }

    fn values(&self, ket: &Mps) -> Vec<f64> {
        self.readout.values(&self.operators, ket).expect("the readout was checked")
    }

    fn checked(&self, cotangent: Vec<f64>) -> Vec<f64> {
        assert_eq!(cotangent.len(), self.readout.n_values(), "one cotangent per measured value");
        cotangent
    }
}

impl Differentiable for MpsNode {
    fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    fn n_values(&self) -> usize {
        self.readout.n_values()
    }

    fn forward(&self, params: &[f64]) -> Vec<f64> {
        self.values(&self.state(params))
    }

    fn vjp(&self, params: &[f64], cotangent: &[f64]) -> Vec<f64> {
        self.differentiate(params, |_| cotangent.to_vec()).gradient
    }
}
