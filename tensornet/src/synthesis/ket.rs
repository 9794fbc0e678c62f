//! What gates are fitted on: a state that absorbs two-qubit gates and shows what surrounds one.

use circuit::C64;

use super::chain::Chain;
use super::unitary::U4;

/// A pure state of norm one; the two implementations are exact amplitudes and chains of tensors.
pub(super) trait Ket: Clone {
    /// What one call of [`environment`](Self::environment) may leave for the next.
    type Cache: Default;

    /// `|0..0>` on the same register with the same settings.
    fn vacuum(&self) -> Self;

    /// Applies a gate to an ordered pair of qubits, the first as its high bit.
    fn apply(&mut self, gate: &U4, pair: [usize; 2]);

    /// `G = tr_rest |self><ket|` on the pair, so that `<self| U |ket> = conj(tr(U† G))` for a gate `U`
    /// there.
    fn environment(&self, ket: &Self, pair: [usize; 2], cache: &mut Self::Cache) -> U4;

    /// `<self|ket>`.
    fn overlap(&self, ket: &Self) -> C64;

    /// The same state as a chain.
    fn chain(&self) -> Chain;

    /// Sum of the shares of weight that cuts discarded on the way here.
    fn discarded_weight(&self) -> f64;
}
