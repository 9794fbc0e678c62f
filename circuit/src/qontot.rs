//! The circuits of quantum doubly stochastic attention.
//!
//! Two registers A and B of `q` qubits start in `q` Bell pairs; `U1` acts on A and `U2` on B. Because
//! `(U1 ⊗ U2)|Φ⟩ = (1 ⊗ U2 U1ᵀ)|Φ⟩`, measuring both gives `p(a, b) = |⟨b|W|a⟩|²/2^q` for
//! `W = U2 U1ᵀ`, at half the depth of `W`. Both marginals are uniform: `2^q p` is doubly stochastic.
//!
//! Reference: Born et al., arXiv:2504.16275, appendix D.2; Mariella et al., arXiv:2402.14991. The papers
//! give the number of angles of a block; its gate order is that of Madden and Simonetto, arXiv:2106.05649.

use serde::{Deserialize, Serialize};

use crate::ansatz::{bricks, euler};
use crate::{Angle, Circuit, Error, Pauli};

/// How the two halves `U1` and `U2` are built from `L` layers each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ansatz {
    /// `L` layers of blocks on A; Euler rotations and `L` layers of blocks on B. `3q + 8L(q - 1)`
    /// parameters; all zero gives the identity.
    #[default]
    Parted,
    /// Everything on B: Euler rotations, then `L` times a layer and a mirrored layer, so that all
    /// zero gives the identity. `3q + 8L(q - 1)` parameters.
    Simple,
    /// Blocks of `RX RX RZZ RYY`, which commute with the flip of all qubits: the matrix is symmetric
    /// under reversal of rows and columns together. `q + 8L(q - 1)` parameters.
    Centrosymmetric,
    /// Second-order Trotter steps of a spin chain: half of the even bonds, the odd ones, half of the
    /// even ones, then a field; every bond and site with its own strength. `3q + 2L(4q - 3)` parameters.
    Trotter,
    /// The same with one `XX`, `YY`, `ZZ` and field strength per step. `3q + 8L` parameters.
    TrotterTied,
}

impl Ansatz {
    /// All of them.
    pub const ALL: [Ansatz; 5] =
        [Ansatz::Parted, Ansatz::Simple, Ansatz::Centrosymmetric, Ansatz::Trotter, Ansatz::TrotterTied];

    /// `U1` and `U2` on `q` qubits, each over parameters of its own; those of `U1` come first.
    ///
    /// # Errors
    /// If the register is too large.
    pub fn halves(self, q: usize, layers: usize) -> Result<(Circuit, Circuit), Error> {
        let (mut first, mut second) = (Circuit::new(q)?, Circuit::new(q)?);
        self.prologue(&mut second)?;
        for _ in 0..layers {
            match self {
                Ansatz::Parted => {
                    layer(&mut first, brick)?;
                    layer(&mut second, brick)?;
                }
                Ansatz::Simple => {
                    layer(&mut second, brick)?;
                    mirrored_layer(&mut second)?;
                }
                Ansatz::Centrosymmetric => {
                    layer(&mut first, centrosymmetric)?;
                    layer(&mut second, centrosymmetric)?;
                }
                Ansatz::Trotter | Ansatz::TrotterTied => {
                    trotter_step(&mut first, self == Ansatz::TrotterTied)?;
                    trotter_step(&mut second, self == Ansatz::TrotterTied)?;
                }
            }
        }
        Ok((first, second))
    }

    /// `W = U2 U1ᵀ` as one circuit on `q` qubits.
    ///
    /// ```
    /// use circuit::qontot::Ansatz;
    /// assert_eq!(Ansatz::Parted.matrix_circuit(8, 16)?.n_params(), 920);
    /// # Ok::<(), circuit::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the register is too large.
    pub fn matrix_circuit(self, q: usize, layers: usize) -> Result<Circuit, Error> {
        let (first, second) = self.halves(q, layers)?;
        first.transpose().then(&second)
    }

    /// The circuit that runs on hardware: Bell pairs between A (qubits `0..q`) and B (`q..2q`), then
    /// `U1` on A and `U2` on B.
    ///
    /// # Errors
    /// If the register is too large.
    pub fn bell_circuit(self, q: usize, layers: usize) -> Result<Circuit, Error> {
        let (first, second) = self.halves(q, layers)?;
        let mut bell = Circuit::new(2 * q)?;
        for k in 0..q {
            bell.h(k)?.cx(k, q + k)?;
        }
        bell.then(&first.embed(2 * q, 0)?)?.then(&second.embed(2 * q, q)?)
    }

    fn prologue(self, circuit: &mut Circuit) -> Result<(), Error> {
        for qubit in 0..circuit.n_qubits() {
            match self {
                Ansatz::Centrosymmetric => {
                    let angle = circuit.param();
                    circuit.rx(qubit, angle)?;
                }
                Ansatz::Parted | Ansatz::Simple | Ansatz::Trotter | Ansatz::TrotterTied => {
                    euler(circuit, qubit)?
                }
            }
        }
        Ok(())
    }
}

fn layer(circuit: &mut Circuit, block: fn(&mut Circuit, usize) -> Result<(), Error>) -> Result<(), Error> {
    bricks(circuit.n_qubits()).try_for_each(|a| block(circuit, a))
}

/// `CX(a, b); RY RZ on a; RY RX on b` with `b = a + 1`.
fn brick(circuit: &mut Circuit, a: usize) -> Result<(), Error> {
    let t = [(); 4].map(|()| circuit.param());
    circuit.cx(a, a + 1)?.ry(a, t[0])?.rz(a, t[1])?.ry(a + 1, t[2])?.rx(a + 1, t[3])?;
    Ok(())
}

/// The transposed gate order of [`layer`] of [`brick`]s.
fn mirrored_layer(circuit: &mut Circuit) -> Result<(), Error> {
    for a in bricks(circuit.n_qubits()).rev() {
        let t = [(); 4].map(|()| circuit.param());
        circuit.rx(a + 1, t[0])?.ry(a + 1, t[1])?.rz(a, t[2])?.ry(a, t[3])?.cx(a, a + 1)?;
    }
    Ok(())
}

/// `RX RX RZZ RYY`: all commute with `X ⊗ X`.
fn centrosymmetric(circuit: &mut Circuit, a: usize) -> Result<(), Error> {
    let t = [(); 4].map(|()| circuit.param());
    circuit.rx(a, t[0])?.rx(a + 1, t[1])?.rzz(a, a + 1, t[2])?.ryy(a, a + 1, t[3])?;
    Ok(())
}

/// Reference: Smith et al., arXiv:1906.06343.
fn trotter_step(circuit: &mut Circuit, tied: bool) -> Result<(), Error> {
    let q = circuit.n_qubits();
    let common = [(); 3].map(|()| if tied { circuit.param() } else { Angle::Const(0.0) });
    let bonds: Vec<(usize, [Angle; 3])> =
        bricks(q).map(|a| (a, if tied { common } else { [(); 3].map(|()| circuit.param()) })).collect();
    let (even, odd): (Vec<_>, Vec<_>) = bonds.into_iter().partition(|(a, _)| a.is_multiple_of(2));
    for (bonds, share) in [(&even, 0.5), (&odd, 1.0), (&even, 0.5)] {
        for (a, strengths) in bonds {
            for (pauli, strength) in [Pauli::X, Pauli::Y, Pauli::Z].into_iter().zip(strengths) {
                circuit.rotation(&[(*a, pauli), (a + 1, pauli)], strength.scaled(share))?;
            }
        }
    }
    let field = circuit.param();
    for qubit in 0..q {
        let angle = if tied || qubit == 0 { field } else { circuit.param() };
        circuit.rz(qubit, angle)?;
    }
    Ok(())
}
