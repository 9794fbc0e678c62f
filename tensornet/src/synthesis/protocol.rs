//! The seven ways to grow and fit layers.

use super::config::{Scope, SynthesisConfig, Topology};
use super::ket::Ket;
use super::staircase::{analytic_layer, generic_layer};
use super::sweep::{Brick, Fit, Schedule, fit, measure, undo};
use super::tree::tree_layer;
use super::unitary::{U4, from_rows};
use super::{PairGate, Stage, Synthesis};

/// Gains of fidelity up to this are none.
const STATIONARY: f64 = 1e-9;

/// Layers under construction; the first acts first on `|0..0>`.
struct Growth<'a, K> {
    target: &'a K,
    config: &'a SynthesisConfig,
    pairs: Vec<[usize; 2]>,
    layers: Vec<Vec<Brick>>,
    stages: Vec<Stage>,
}

/// What [`grow`] and [`refine`] return: the circuit, what each stage reached, and the last fit.
pub(super) type Grown = (Synthesis, Vec<Stage>, Fit);

/// The layers of `config.protocol` for `target`.
pub(super) fn grow<K: Ket>(target: &K, n_qubits: usize, config: &SynthesisConfig) -> Grown {
    let pairs = config.topology.pairs(n_qubits);
    let mut growth = Growth { target, config, pairs, layers: Vec::new(), stages: Vec::new() };
    for _ in 0..config.layers {
        growth.add_layer();
        if growth.reached() >= config.stop_fidelity {
            break;
        }
    }
    if config.protocol.each() == Scope::All {
        growth.leave_stationary_point();
    }
    if config.protocol.fits_at_end() {
        growth.fit_all(growth.schedule());
    }
    if config.protocol.fits_at_end() || config.protocol.each() == Scope::All {
        growth.fit_all(growth.polish());
    }
    growth.finish(n_qubits)
}

/// Fits all gates of `start`.
pub(super) fn refine<K: Ket>(target: &K, start: &Synthesis, config: &SynthesisConfig) -> Grown {
    let layers = start.layers.iter().map(|layer| layer.iter().map(brick).collect()).collect();
    let mut growth = Growth { target, config, pairs: Vec::new(), layers, stages: Vec::new() };
    growth.fit_all(growth.schedule());
    growth.fit_all(growth.polish());
    growth.finish(start.n_qubits)
}

impl<K: Ket> Growth<'_, K> {
    fn add_layer(&mut self) {
        let residual = undo(&self.layers.concat(), self.target.clone());
        let mut layer = self.new_layer(&residual);
        let start = measure(&layer, &residual);
        let each = self.config.protocol.each();
        let fitted = if each == Scope::Newest { fit(&mut layer, &residual, self.schedule()) } else { start };
        self.layers.insert(0, layer);
        match each {
            Scope::All => self.fit_all(self.schedule()),
            Scope::Nothing | Scope::Newest => self.record(start.fidelity, fitted),
        }
    }

    /// Where fitting all gates has gained nothing the analytic layer is a stationary point of the sweeps, as it is for
    /// states with a conserved charge. It is a good start for further layers, which lead away from it; where it is the
    /// last, a generic layer for the same residual, fitted too, takes its place if that ends higher.
    fn leave_stationary_point(&mut self) {
        let Some(&Stage { start_fidelity, fidelity, .. }) = self.stages.last() else { return };
        let stationary = fidelity - start_fidelity <= STATIONARY && fidelity < self.config.stop_fidelity;
        if !stationary || !self.config.protocol.is_analytic() {
            return;
        }
        let others = self.layers[1..].concat();
        let residual = undo(&others, self.target.clone());
        let generic = generic_layer(residual.chain(), &self.pairs).iter().map(brick).collect();
        let mut gates = [generic, others].concat();
        let fitted = fit(&mut gates, self.target, self.schedule());
        if fitted.fidelity > fidelity {
            self.replace(gates);
            self.stages.pop();
            self.record(start_fidelity, fitted);
        }
    }

    /// An analytic layer or identities, as the protocol says.
    fn new_layer(&self, residual: &K) -> Vec<Brick> {
        if !self.config.protocol.is_analytic() && self.layers.is_empty() {
            return generic_layer(residual.chain(), &self.pairs).iter().map(brick).collect();
        }
        let identity: Vec<Brick> =
            self.pairs.iter().map(|&pair| Brick { pair, unitary: U4::identity() }).collect();
        if !self.config.protocol.is_analytic() {
            return identity;
        }
        let before = residual.overlap(&residual.vacuum()).norm_sqr();
        let layer = match self.config.topology {
            Topology::Tree => tree_layer(&residual.chain(), self.config.completion),
            Topology::Staircase | Topology::BrickWall | Topology::Pairs(_) => {
                analytic_layer(residual.chain(), self.config.completion)
            }
        };
        let analytic: Vec<Brick> = layer.iter().map(brick).collect();
        // Truncation is not optimal: where the layer would do harm, identities take its place.
        if measure(&analytic, residual).fidelity < before { identity } else { analytic }
    }

    fn fit_all(&mut self, schedule: Schedule) {
        let mut gates = self.layers.concat();
        let start = measure(&gates, self.target).fidelity;
        let fitted = fit(&mut gates, self.target, schedule);
        self.replace(gates);
        self.record(start, fitted);
    }

    /// Puts fitted gates in the places of those there are.
    fn replace(&mut self, gates: Vec<Brick>) {
        let mut rest = gates.into_iter();
        for layer in &mut self.layers {
            let count = layer.len();
            *layer = rest.by_ref().take(count).collect();
        }
    }

    fn record(&mut self, start_fidelity: f64, fitted: Fit) {
        let Fit { fidelity, sweeps, .. } = fitted;
        self.stages.push(Stage { layers: self.layers.len(), start_fidelity, fidelity, sweeps });
    }

    fn reached(&self) -> f64 {
        self.stages.last().map_or(0.0, |stage| stage.fidelity)
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            sweeps: self.config.sweeps,
            power: self.config.learning_power,
            stop: self.config.stop_fidelity,
            tolerance: self.config.tolerance,
        }
    }

    fn polish(&self) -> Schedule {
        Schedule { sweeps: self.config.polish_sweeps, power: 1.0, ..self.schedule() }
    }

    fn finish(self, n_qubits: usize) -> Grown {
        let end = measure(&self.layers.concat(), self.target);
        let gate = |brick: &Brick| PairGate::from_unitary(brick.pair, &brick.unitary);
        let layers = self.layers.iter().map(|layer| layer.iter().map(gate).collect()).collect();
        (Synthesis { n_qubits, layers }, self.stages, end)
    }
}

fn brick(gate: &PairGate) -> Brick {
    Brick { pair: gate.qubits, unitary: from_rows(&gate.matrix) }
}
