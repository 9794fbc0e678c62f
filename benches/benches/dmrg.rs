//! Ground states of the open Heisenberg chain of 64 qubits by two-site sweeps on one thread, in double precision.
//!
//! A case runs from the alternating state, at a fixed schedule of bonds, until a sweep changes the energy by less than 1e-8;
//! the time is that of the whole request, operator and variance included. `blocks` keeps the number of ones apart,
//! `dense` does not. The goals are that blocks pay by 1.5 times or more, and that twice the bond costs at most the
//! eightfold, the growth of its matrix products; `peers/dmrg_tenpy.py` and `peers/dmrg_quimb.py` solve the same chain.

use benches::{Case, Goal, Suite, peak};
use circuit::hamiltonian::{Lattice, heisenberg};
use tensornet::{Conserve, DmrgConfig, Mpo, Mps, dmrg};

const QUBITS: usize = 64;

/// Largest bonds.
const BONDS: [usize; 2] = [64, 128];

/// Change of the energy at which a search ends.
const SETTLED: f64 = 1e-8;

/// What is conserved, and how cases are called.
const KINDS: [(Conserve, &str); 2] = [(Conserve::Charge, "blocks"), (Conserve::Nothing, "dense")];

fn config(chi: usize, conserve: Conserve) -> DmrgConfig {
    DmrgConfig {
        chi_max: vec![chi / 4, chi / 2, chi],
        cutoff: 1e-12,
        energy_tolerance: SETTLED / QUBITS as f64, // it is relative to the energy, which is less than that
        conserve,
        ..DmrgConfig::default()
    }
}

fn name(chi: usize, kind: &str) -> String {
    format!("n={QUBITS} chi={chi} {kind}")
}

fn case<'a>(chi: usize, (conserve, kind): (Conserve, &str)) -> Case<'a> {
    let start = Mps::basis(&(0..QUBITS).map(|q| q % 2 == 1).collect::<Vec<_>>());
    Case::answering(name(chi, kind), "f64", 1, move || {
        let lattice = Lattice::chain(QUBITS).expect("a chain");
        let sum = heisenberg(&lattice, 0.25).expect("a coupling");
        let operator = Mpo::from_sum(&sum, QUBITS).expect("the sum fits the chain");
        dmrg(&operator, &start, &config(chi, conserve)).expect("the settings are sound").1.energy
    })
}

fn main() -> std::io::Result<()> {
    let sizes = BONDS.into_iter().flat_map(|chi| KINDS.map(|kind| case(chi, kind)));
    let results = Suite::new("dmrg", peak::cases(&["f64"], &[1]).into_iter().chain(sizes).collect()).run()?;
    for chi in BONDS {
        let gain = results.ratio((&name(chi, "dense"), "f64", 1), (&name(chi, "blocks"), "f64", 1));
        results.goal(Goal::Faster(1.5), &format!("of dense tensors, blocks at chi={chi}"), gain)?;
    }
    for (_, kind) in KINDS {
        let [half, whole] = BONDS.map(|chi| name(chi, kind));
        let cost = results.ratio((&whole, "f64", 1), (&half, "f64", 1));
        results.goal(Goal::Cost(8.0), &format!("of {half}, {whole}"), cost)?;
    }
    Ok(())
}
