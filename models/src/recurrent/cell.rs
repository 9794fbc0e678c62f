//! The cells, step by step.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::config::{Cell, Gates, RecurrentConfig};
use super::gates::GateMaps;
use crate::Error;
use crate::init::Draws;
use crate::sequence::{Run, Steps};
use crate::vqc::Gradient;

/// What a step is to give.
#[derive(Clone, Copy)]
struct Wanted {
    value: bool,
    memory: bool,
}

/// A recurrent model; its memory is `h`, for an LSTM `[h c]`.
#[derive(Module, Debug)]
pub struct Recurrent {
    features: Option<Linear>,
    gates: GateMaps,
    outputs: Option<GateMaps>,
    hidden: usize,
    /// Width of a gate.
    width: usize,
    #[module(skip)]
    cell: Cell,
}

impl Recurrent {
    pub(crate) fn new(
        config: &RecurrentConfig,
        inputs: usize,
        gradient: Gradient,
        draws: &mut Draws,
    ) -> Result<Self, Error> {
        let (hidden, cell) = (config.hidden, config.cell);
        crate::train::at_least_one("hidden", hidden)?;
        if config.output_maps && cell != Cell::Lstm {
            let expected = "off for cells other than lstm";
            return Err(Error::invalid("output_maps", true, expected, "set output_maps = false"));
        }
        let features = config.features.map(|n| draws.linear(inputs, n));
        let (n, data) = config.features.map_or((inputs, inputs), |n| (n, 0));
        let width = match (&config.gates, config.output_maps) {
            (Gates::Circuit { circuit }, true) => circuit.observables().len(),
            (Gates::Linear, _) | (_, false) => hidden,
        };
        let count = match cell {
            Cell::Lstm => 4,
            Cell::Gru => 3,
            Cell::Rnn => 1,
        };
        let mut gates = GateMaps::new(&config.gates, count, [n + hidden, data, width], gradient, draws)?;
        let maps = |draws: &mut Draws| GateMaps::new(&config.gates, 2, [width, 0, width], gradient, draws);
        let mut outputs = config.output_maps.then(|| maps(draws)).transpose()?;
        if config.reservoir {
            gates = gates.frozen();
            outputs = outputs.map(GateMaps::frozen);
        }
        Ok(Self { features, gates, outputs, hidden, width, cell })
    }

    /// Values of a step.
    pub fn n_values(&self) -> usize {
        self.width
    }

    /// Numbers carried from step to step.
    pub fn memory_len(&self) -> usize {
        self.hidden + if self.cell == Cell::Lstm { self.width } else { 0 }
    }

    pub(crate) fn evaluations(&self) -> u64 {
        self.gates.evaluations() + self.outputs.as_ref().map_or(0, GateMaps::evaluations)
    }

    pub(crate) fn run(&self, x: Tensor<3>, memory: Option<Tensor<2>>, steps: Steps) -> Run {
        let [b, t, s] = x.dims();
        let x = match &self.features {
            Some(map) => map.forward(x.reshape([b * t, s])).reshape([b as i64, t as i64, -1]),
            None => x,
        };
        let k = x.dims()[2];
        let place = (&x.device(), x.dtype());
        let mut memory = memory.unwrap_or_else(|| Tensor::zeros([b, self.memory_len()], place));
        let mut values = Vec::new();
        for step in 0..t {
            let x = x.clone().narrow(1, step, 1).reshape([b, k]);
            let last = step + 1 == t && steps == Steps::Last;
            let wanted = Wanted { value: steps == Steps::All || last, memory: !last };
            let [value, next] = self.step(x, memory.clone(), wanted);
            memory = next.unwrap_or(memory);
            values.extend(value.map(|value| value.reshape([b, 1, self.width])));
        }
        Run { values: Tensor::cat(values, 1), memory: (steps == Steps::All).then_some(memory) }
    }

    /// Inputs `[b k]` and memory to the value `[b m]` and the next memory, where they are wanted.
    fn step(&self, x: Tensor<2>, memory: Tensor<2>, wanted: Wanted) -> [Option<Tensor<2>>; 2] {
        let h = memory.clone().narrow(1, 0, self.hidden);
        let both = |h: Tensor<2>| Tensor::cat(vec![x.clone(), h], 1);
        match self.cell {
            Cell::Lstm => {
                let [i, f, g, o] = self.all(both(h));
                let c = memory.narrow(1, self.hidden, self.width);
                let c = sigmoid(f) * c + sigmoid(i) * g.tanh();
                let m = sigmoid(o) * c.clone().tanh();
                let [h, value] = match &self.outputs {
                    None => [wanted.memory.then(|| m.clone()), wanted.value.then_some(m)],
                    Some(maps) => {
                        let h = wanted.memory.then(|| maps.one(0, m.clone()).narrow(1, 0, self.hidden));
                        [h, wanted.value.then(|| maps.one(1, m))]
                    }
                };
                [value, h.map(|h| Tensor::cat(vec![h, c], 1))]
            }
            Cell::Gru => {
                let [r, z] = [0, 1].map(|k| sigmoid(self.own(self.gates.one(k, both(h.clone())))));
                let n = self.own(self.gates.one(2, both(r * h.clone()))).tanh();
                let h = n.clone() + z * (h - n);
                [wanted.value.then(|| h.clone()), Some(h)]
            }
            Cell::Rnn => {
                let h = self.own(self.gates.one(0, both(h))).tanh();
                [wanted.value.then(|| h.clone()), Some(h)]
            }
        }
    }

    /// All gates of an LSTM in the order i, f, g, o.
    fn all(&self, x: Tensor<2>) -> [Tensor<2>; 4] {
        let gates = self.gates.forward(x).into_iter().map(|gate| self.own(gate));
        gates.collect::<Vec<_>>().try_into().expect("an LSTM has four gates")
    }

    /// The values of a gate that are used.
    fn own(&self, gate: Tensor<2>) -> Tensor<2> {
        if gate.dims()[1] == self.width { gate } else { gate.narrow(1, 0, self.width) }
    }
}
