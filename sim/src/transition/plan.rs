//! A circuit compiled into passes over panels.

use circuit::{Angle, Circuit, Gate, Op, PauliString};

use super::prune;
use crate::Error;
use crate::kernels::panel::{Rows, Shape};

/// The two kinds of operation that the fast route knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Element {
    /// Controlled X: control, target.
    Cx(usize, usize),
    /// `exp(-i θ/2 P)` on at most two qubits.
    Rotation(PauliString, Angle),
}

/// One pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What is done to each quad.
    pub shape: Shape,
    /// Where.
    pub rows: Rows,
    /// Position of the first rotation in the list of all rotations.
    pub first: usize,
}

/// Live elements in order, and the passes that carry them out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is left after pruning.
    pub elements: Vec<Element>,
    /// The same as passes.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Compiles `circuit`; `data` is the mask of the qubits whose bits label the result.
    pub fn new(circuit: &Circuit, data: u128) -> Result<Self, Error> {
        let all = circuit.ops().iter().map(element).collect::<Result<Vec<_>, _>>()?;
        let dead = prune::dead(&all, data);
        let elements: Vec<Element> = all.into_iter().zip(dead).filter(|(_, d)| !d).map(|(e, _)| e).collect();
        let steps = passes(&elements, circuit.n_qubits());
        Ok(Self { elements, steps })
    }

    /// Number of rotations that are carried out.
    pub fn n_rotations(&self) -> usize {
        self.steps.iter().map(|step| step.shape.len()).sum()
    }
}

fn element(op: &Op) -> Result<Element, Error> {
    match op {
        Op::Gate(Gate::Cx, qubits) => Ok(Element::Cx(qubits[0], qubits[1])),
        Op::Rotation(string, angle) if (1..=2).contains(&(string.x | string.z).count_ones()) => {
            Ok(Element::Rotation(*string, *angle))
        }
        Op::Gate(gate, _) => Err(Error::Unsupported { op: gate.name().into() }),
        Op::Rotation(string, _) => Err(Error::Unsupported { op: format!("a rotation about {string}") }),
    }
}

fn qubits(element: &Element) -> u128 {
    match element {
        Element::Cx(control, target) => 1 << control | 1 << target,
        Element::Rotation(string, _) => string.x | string.z,
    }
}

/// Splits the elements into runs on one pair of qubits, and each run into passes.
fn passes(elements: &[Element], n_qubits: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut start, mut pair, mut first) = (0, 0u128, 0);
    for k in 0..=elements.len() {
        let joined = elements.get(k).map(|e| pair | qubits(e));
        if joined.is_none_or(|mask| mask.count_ones() > 2) {
            let run = Run::new(pair, n_qubits, first);
            first += run.compile(&elements[start..k], &mut steps);
            start = k;
            pair = elements.get(k).map_or(0, qubits);
        } else if let Some(mask) = joined {
            pair = mask;
        }
    }
    steps
}

/// The pair of qubits of one run.
struct Run {
    pair: [usize; 2],
    n_qubits: usize,
    first: usize,
}

const UNMOVED: [u8; 4] = [0, 1, 2, 3];

impl Run {
    fn new(mask: u128, n_qubits: usize, first: usize) -> Self {
        let a = mask.trailing_zeros().min(127) as usize;
        let b = match mask.count_ones() {
            2 => 127 - mask.leading_zeros() as usize,
            _ if a == 0 => 1,
            _ => a - 1,
        };
        Self { pair: [a.min(b), a.max(b)], n_qubits, first }
    }

    /// Appends the passes of `elements` and returns the number of rotations among them.
    fn compile(&self, elements: &[Element], steps: &mut Vec<Step>) -> usize {
        let mut position = 0;
        let mut first = self.first;
        while position < elements.len() {
            let read = self.permutation(elements, &mut position, false);
            let masks: Vec<(u8, u8)> = elements[position..].iter().map_while(|e| self.masks(e)).collect();
            position += masks.len();
            let write = self.permutation(elements, &mut position, true);
            let shapes = split(&masks);
            for (k, shape) in shapes.iter().enumerate() {
                let read = if k == 0 { read } else { UNMOVED };
                let write = if k + 1 == shapes.len() { write } else { UNMOVED };
                steps.push(Step { shape: *shape, rows: self.rows(read, write), first });
                first += shape.len();
            }
        }
        first - self.first
    }

    /// Consumes controlled X gates and composes them to a permutation of the four rows.
    fn permutation(&self, elements: &[Element], position: &mut usize, write: bool) -> [u8; 4] {
        let mut order = UNMOVED;
        while let Some(&Element::Cx(control, _)) = elements.get(*position) {
            let flip = if control == self.pair[0] { [0, 1, 3, 2] } else { [0, 3, 2, 1] };
            order = match write {
                true => order.map(|k| flip[usize::from(k)]),
                false => flip.map(|k: u8| order[usize::from(k)]),
            };
            *position += 1;
        }
        order
    }

    fn masks(&self, element: &Element) -> Option<(u8, u8)> {
        let local = |mask: u128| ((mask >> self.pair[0] & 1) << 1 | (mask >> self.pair[1] & 1)) as u8;
        match element {
            Element::Rotation(string, _) => Some((local(string.x), local(string.z))),
            Element::Cx(..) => None,
        }
    }

    fn rows(&self, read: [u8; 4], write: [u8; 4]) -> Rows {
        let bits = self.pair.map(|qubit| 1 << (self.n_qubits - 1 - qubit));
        Rows { bits, others: ((1 << self.n_qubits) - 1) & !(bits[0] | bits[1]), read, write }
    }
}

/// Covers a list of rotations by shapes, blocks first; an empty list is a bare permutation.
fn split(mut masks: &[(u8, u8)]) -> Vec<Shape> {
    if masks.is_empty() {
        return vec![Shape::Permutation];
    }
    let mut shapes = Vec::new();
    while let Some(&(x, z)) = masks.first() {
        let block = Shape::BLOCKS.iter().find(|(_, pattern)| masks.starts_with(pattern));
        let shape = block.map_or(Shape::Single(x, z), |(shape, _)| *shape);
        masks = &masks[shape.len()..];
        shapes.push(shape);
    }
    shapes
}
