//! What cannot change the result is not computed: rotations that slide off either end of the circuit.
//!
//! The result sums over the auxiliary qubits on both sides and sees only moduli. A rotation that
//! commutes with everything after it, and then acts on data qubits by phases alone, is invisible; so
//! is one that slides to the front, for the matrix is summed over the auxiliary columns as well.
//! A controlled X is dropped where it acts on auxiliary qubits that nothing joins to the data any more.

use circuit::PauliString;

use super::plan::Element;

/// Marks the elements that do not matter; `data` is the mask of the data qubits.
pub fn dead(elements: &[Element], data: u128) -> Vec<bool> {
    let mut dead = vec![false; elements.len()];
    let forward: Vec<usize> = (0..elements.len()).collect();
    let backward: Vec<usize> = forward.iter().rev().copied().collect();
    loop {
        let before = dead.clone();
        for order in [&forward, &backward] {
            drop_rotations(elements, order, data, &mut dead);
            drop_permutations(elements, order, data, &mut dead);
        }
        if dead == before {
            return dead;
        }
    }
}

/// Rotations that slide along `order` to its end unseen.
fn drop_rotations(elements: &[Element], order: &[usize], data: u128, dead: &mut [bool]) {
    for position in (0..order.len()).rev() {
        if let Element::Rotation(string, _) = elements[order[position]] {
            let rest = order[position + 1..].iter().filter(|&&k| !dead[k]).map(|&k| &elements[k]);
            dead[order[position]] |= slides_off(string, rest, data);
        }
    }
}

fn slides_off<'a>(mut string: PauliString, rest: impl Iterator<Item = &'a Element>, data: u128) -> bool {
    for element in rest {
        match *element {
            Element::Cx(control, target) => string = through_cx(string, control, target),
            Element::Rotation(other, _) if !string.commutes_with(&other) => return false,
            Element::Rotation(..) => {}
        }
    }
    string.x & data == 0
}

/// Controlled X on auxiliary qubits outside the light cone of the end of `order`.
fn drop_permutations(elements: &[Element], order: &[usize], data: u128, dead: &mut [bool]) {
    let mut live = data;
    for &k in order.iter().rev().filter(|&&k| !dead[k]).collect::<Vec<_>>() {
        let support = match elements[k] {
            Element::Cx(control, target) => 1 << control | 1 << target,
            Element::Rotation(string, _) => string.x | string.z,
        };
        match elements[k] {
            Element::Cx(..) if support & live == 0 => dead[k] = true,
            Element::Cx(..) | Element::Rotation(..) => live |= support,
        }
    }
}

/// `CX P CX`: X spreads to the target, Z to the control. The sign is left out.
pub fn through_cx(mut string: PauliString, control: usize, target: usize) -> PauliString {
    string.x ^= (string.x >> control & 1) << target;
    string.z ^= (string.z >> target & 1) << control;
    string
}
