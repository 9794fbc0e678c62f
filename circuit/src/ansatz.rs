//! Standard parametrised circuits.

use crate::{Circuit, Error, Pauli};

/// Layers of `RY` and `RZ` on every qubit, each closed by a ring of `CX`: `2 n L` parameters.
///
/// Reference: Kandala et al., arXiv:1704.05018.
///
/// # Errors
/// If the register is too large.
pub fn hardware_efficient(n_qubits: usize, layers: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for _ in 0..layers {
        for q in 0..n_qubits {
            let (y, z) = (circuit.param(), circuit.param());
            circuit.ry(q, y)?.rz(q, z)?;
        }
        ring(&mut circuit, 1)?;
    }
    Ok(circuit)
}

/// Layers of Euler rotations `RZ RY RZ` on every qubit, each closed by a ring of `CX` whose range
/// grows with the layer, `1 + layer mod (n - 1)`: `3 n L` parameters.
///
/// Reference: Schuld et al., arXiv:1804.00633.
///
/// # Errors
/// If the register is too large.
pub fn strongly_entangling(n_qubits: usize, layers: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for layer in 0..layers {
        for q in 0..n_qubits {
            euler(&mut circuit, q)?;
        }
        ring(&mut circuit, 1 + layer % n_qubits.saturating_sub(1).max(1))?;
    }
    Ok(circuit)
}

/// Layers of two-qubit blocks on pairs `(0,1), (2,3), ..` then `(1,2), (3,4), ..`; a block is Euler
/// rotations on both qubits, then `RXX RYY RZZ`, then Euler rotations again: 15 parameters, any two-qubit unitary.
///
/// Reference: Vatan and Williams, arXiv:quant-ph/0308006.
///
/// # Errors
/// If the register is too large.
pub fn brick_wall(n_qubits: usize, layers: usize) -> Result<Circuit, Error> {
    let mut circuit = Circuit::new(n_qubits)?;
    for _ in 0..layers {
        for a in bricks(n_qubits) {
            let b = a + 1;
            euler(&mut circuit, a)?;
            euler(&mut circuit, b)?;
            for pauli in [Pauli::X, Pauli::Y, Pauli::Z] {
                let angle = circuit.param();
                circuit.rotation(&[(a, pauli), (b, pauli)], angle)?;
            }
            euler(&mut circuit, a)?;
            euler(&mut circuit, b)?;
        }
    }
    Ok(circuit)
}

/// First qubits of the pairs of one checkerboard layer: even ones, then odd ones; `n - 1` in all.
pub fn bricks(n_qubits: usize) -> impl DoubleEndedIterator<Item = usize> {
    let last = n_qubits.saturating_sub(1);
    (0..last).step_by(2).chain((1..last).step_by(2))
}

/// `RZ RY RZ` on one qubit with three fresh parameters.
///
/// # Errors
/// If the qubit is outside the register.
pub fn euler(circuit: &mut Circuit, qubit: usize) -> Result<(), Error> {
    let (a, b, c) = (circuit.param(), circuit.param(), circuit.param());
    circuit.rz(qubit, a)?.ry(qubit, b)?.rz(qubit, c)?;
    Ok(())
}

fn ring(circuit: &mut Circuit, range: usize) -> Result<(), Error> {
    let n = circuit.n_qubits();
    match n {
        0 | 1 => {}
        2 => _ = circuit.cx(0, 1)?,
        _ => {
            for q in 0..n {
                circuit.cx(q, (q + range) % n)?;
            }
        }
    }
    Ok(())
}
