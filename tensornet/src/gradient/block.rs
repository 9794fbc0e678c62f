//! A circuit as blocks: runs of ops on one qubit or one pair, which a chain absorbs as a single matrix.
//!
//! An op on one qubit commutes with whatever acts elsewhere, so it joins the block that touched its qubit last,
//! or waits for the first pair to come. A brick of 15 rotations is one block and costs one cut.

use circuit::{Angle, C64, Circuit, Gate, Op, PauliString, State};

use crate::Mps;

/// Where a block acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Support {
    /// One qubit.
    One(usize),
    /// Two qubits in ascending order; the first is the high bit of a matrix.
    Two([usize; 2]),
    /// A rotation about this string, on more than two qubits.
    Wide(PauliString),
}

/// Ops that act as one, first to last, as positions in the circuit.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) support: Support,
    pub(super) ops: Vec<usize>,
}

/// The blocks of a circuit, first to act first.
pub(super) fn blocks(circuit: &Circuit) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut last: Vec<Option<usize>> = vec![None; circuit.n_qubits()]; // the block that touched a qubit last
    for (position, op) in circuit.ops().iter().enumerate() {
        let mut qubits = op.qubits();
        qubits.sort_unstable();
        let known = qubits.first().and_then(|&q| last[q]);
        let known = known.filter(|&k| qubits.iter().all(|&q| last[q] == Some(k)) && !blocks[k].is_wide());
        match (known, qubits.as_slice()) {
            (_, []) => continue, // a global phase
            (Some(k), _) => {
                blocks[k].ops.push(position);
                continue;
            }
            (None, &[q]) => blocks.push(Block { support: Support::One(q), ops: vec![position] }),
            (None, &[a, b]) => {
                let mut ops = Vec::new();
                for q in [a, b] {
                    let waiting = last[q].filter(|&k| blocks[k].support == Support::One(q));
                    waiting.into_iter().for_each(|k| ops.append(&mut blocks[k].ops));
                }
                ops.push(position);
                blocks.push(Block { support: Support::Two([a, b]), ops });
            }
            (None, _) => {
                let Op::Rotation(string, _) = op else { unreachable!("gates act on at most two qubits") };
                blocks.push(Block { support: Support::Wide(*string), ops: vec![position] });
            }
        }
        qubits.iter().for_each(|&q| last[q] = Some(blocks.len() - 1));
    }
    blocks.retain(|block| !block.ops.is_empty());
    blocks
}

impl Block {
    fn is_wide(&self) -> bool {
        matches!(self.support, Support::Wide(_))
    }

    /// First and last qubit.
    pub(super) fn ends(&self) -> [usize; 2] {
        match self.support {
            Support::One(q) => [q, q],
            Support::Two(pair) => pair,
            Support::Wide(string) => {
                let support = string.support();
                [support[0], support[support.len() - 1]]
            }
        }
    }

    /// Parameter and scale of each rotation that has one.
    pub(super) fn scales(&self, circuit: &Circuit) -> impl Iterator<Item = (usize, f64)> {
        self.ops.iter().filter_map(|&position| match circuit.ops()[position] {
            Op::Rotation(_, Angle::Param { index, scale }) => Some((index, scale)),
            Op::Rotation(..) | Op::Gate(..) => None,
        })
    }

    fn qubits(&self) -> Vec<usize> {
        match self.support {
            Support::One(q) => vec![q],
            Support::Two(pair) => pair.to_vec(),
            Support::Wide(string) => string.support(),
        }
    }

    /// Applies the block, or its inverse, to a chain; `angle` gives the radians of the op at a position.
    pub(super) fn apply(&self, circuit: &Circuit, angle: &Angles, state: &mut Mps, inverse: bool) {
        if let Support::Wide(string) = self.support {
            let theta = angle.of(circuit, self.ops[0]);
            return state.apply_rotation(&string, if inverse { -theta } else { theta });
        }
        let whole = self.ops.iter().fold(Local::identity(self.qubits().len()), |product, &position| {
            self.step(circuit, angle, position).times(&product)
        });
        let gate = if inverse { whole.gate().dagger() } else { whole.gate() };
        state.apply_gate(&gate, &self.qubits());
    }

    /// The matrix of one op on the qubits of the block.
    fn step(&self, circuit: &Circuit, angle: &Angles, position: usize) -> Local {
        let qubits = self.qubits();
        match &circuit.ops()[position] {
            Op::Gate(gate, targets) => Local::embedded(gate, targets, &qubits),
            Op::Rotation(string, _) => {
                Local { entries: string.rotation_matrix(angle.of(circuit, position), &qubits) }
            }
        }
    }

    /// Adds `scale · Im⟨bra|P|ket⟩` of every rotation of the block to the entry of its parameter.
    ///
    /// `environment` is `⟨bra| |i⟩⟨j| |ket⟩`, row-major, for the bra behind the block and the ket before it: a
    /// generator between two parts `A` and `B` of the block contributes `Σ (A P B)_ij E_ij`. For a wide rotation it is
    /// `⟨bra|ket⟩` and `⟨bra|P|ket⟩`.
    pub(super) fn derivatives(
        &self,
        circuit: &Circuit,
        angle: &Angles,
        environment: &[C64],
        gradient: &mut [f64],
    ) {
        if self.is_wide() {
            let position = self.ops[0];
            let (sin, cos) = (angle.of(circuit, position) / 2.0).sin_cos();
            if let Op::Rotation(_, Angle::Param { index, scale }) = circuit.ops()[position] {
                gradient[index] += scale * (environment[1] * cos - environment[0] * C64::I * sin).im;
            }
            return;
        }
        let qubits = self.qubits();
        let steps: Vec<Local> = self.ops.iter().map(|&at| self.step(circuit, angle, at)).collect();
        let mut after = Local::identity(qubits.len()); // parts behind the op
        let mut afters = vec![after.clone(); steps.len()];
        for (k, step) in steps.iter().enumerate().rev() {
            afters[k] = after.clone();
            after = after.times(step);
        }
        let mut before = Local::identity(qubits.len());
        for ((step, after), &position) in steps.iter().zip(&afters).zip(&self.ops) {
            before = step.times(&before);
            if let Op::Rotation(string, Angle::Param { index, scale }) = &circuit.ops()[position] {
                let generator = Local::generator(string, &qubits);
                let whole = after.times(&generator).times(&before);
                let value: C64 = whole.entries.iter().zip(environment).map(|(a, e)| a * e).sum();
                gradient[*index] += scale * value.im;
            }
        }
    }
}

/// The angles of a circuit: its parameters, and radians added at one position.
#[derive(Clone, Copy)]
pub(super) struct Angles<'a> {
    pub(super) params: &'a [f64],
    pub(super) extra: Option<(usize, f64)>,
}

impl Angles<'_> {
    /// Radians of the rotation at a position.
    fn of(&self, circuit: &Circuit, position: usize) -> f64 {
        let extra = self.extra.filter(|&(at, _)| at == position).map_or(0.0, |(_, radians)| radians);
        match &circuit.ops()[position] {
            Op::Rotation(_, angle) => angle.value(self.params) + extra,
            Op::Gate(..) => 0.0,
        }
    }
}

/// A square matrix on one or two qubits, row-major.
#[derive(Clone)]
struct Local {
    entries: Vec<C64>,
}

impl Local {
    fn identity(n_qubits: usize) -> Self {
        let dim = 1 << n_qubits;
        let entry = |k: usize| if k / dim == k % dim { C64::ONE } else { C64::ZERO };
        Self { entries: (0..dim * dim).map(entry).collect() }
    }

    /// A gate on `targets` as a matrix on `qubits`, among which they are.
    fn embedded(gate: &Gate, targets: &[usize], qubits: &[usize]) -> Self {
        let (matrix, n) = (gate.matrix(), qubits.len());
        let (m, dim) = (matrix.entries(), 1 << n);
        let bit = |basis: usize, q: usize| {
            let k = qubits.iter().position(|&other| other == q).expect("a target of the block");
            basis >> (n - 1 - k) & 1
        };
        let local = |basis: usize| targets.iter().fold(0, |acc, &q| acc << 1 | bit(basis, q));
        let rest =
            |i: usize, j: usize| qubits.iter().all(|&q| targets.contains(&q) || bit(i, q) == bit(j, q));
        let entry = |k: usize| match rest(k / dim, k % dim) {
            true => m[local(k / dim) << targets.len() | local(k % dim)],
            false => C64::ZERO,
        };
        Self { entries: (0..dim * dim).map(entry).collect() }
    }

    /// A string as a matrix: `R(π) = -i P`.
    fn generator(string: &PauliString, qubits: &[usize]) -> Self {
        let half_turn = string.rotation_matrix(std::f64::consts::PI, qubits);
        Self { entries: half_turn.into_iter().map(|x| x * C64::I).collect() }
    }

    fn times(&self, other: &Self) -> Self {
        let dim = self.entries.len().isqrt();
        let entry = |k: usize| {
            (0..dim).map(|l| self.entries[k / dim * dim + l] * other.entries[l * dim + k % dim]).sum()
        };
        Self { entries: (0..dim * dim).map(entry).collect() }
    }

    fn gate(&self) -> Gate {
        match self.entries.len() {
            4 => Gate::Unitary1(std::array::from_fn(|k| self.entries[k])),
            _ => Gate::Unitary2(Box::new(std::array::from_fn(|k| self.entries[k]))),
        }
    }
}
