//! Memory at the peak, beside that of the tensors themselves. One test alone: the count is that of the whole process.

use circuit::hamiltonian::{Lattice, heisenberg};
use circuit::{State, ansatz, run};
use peak_alloc::PeakAlloc;
use tensornet::{Conserve, DmrgConfig, Mpo, Mps, Truncation, dmrg};
use testkit::Stream;

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

/// Most memory at the peak, in units of the tensors.
const LIMIT: f64 = 1.5;

/// Matrices in the environment of a bond of the Heisenberg chain.
const ENVIRONMENT: usize = 5;

/// Bytes that `work` takes at its peak, and its result.
fn peak<R>(work: impl FnOnce() -> R) -> (f64, R) {
    let before = COUNTED.current_usage();
    COUNTED.reset_peak_usage();
    let result = work();
    ((COUNTED.peak_usage() - before) as f64, result)
}

/// A brick wall, five double layers deep, that fills bonds of 64, against the state at its end.
fn circuit_ratio(n_qubits: usize) -> f64 {
    let circuit = ansatz::brick_wall(n_qubits, 5).expect("a small register");
    let params: Vec<f64> = Stream(1).take(circuit.n_params()).map(|x| 3.0 * x).collect();
    let (most, state) = peak(|| {
        let truncation = Truncation { chi_max: 64, cutoff: 1e-12, ..Truncation::EXACT };
        let mut state = Mps::zero(circuit.n_qubits()).with_truncation(truncation);
        run(&circuit, &params, &mut state);
        state
    });
    assert_eq!(state.bond_dims().into_iter().max(), Some(64));
    most / state.bytes() as f64
}

/// A chain of 40 spins at bond 64 in real arithmetic, against its sites and the dense environments of all bonds.
fn dmrg_ratio(conserve: Conserve) -> f64 {
    let n = 40;
    let sum = heisenberg(&Lattice::chain(n).expect("a chain"), 0.25).expect("a coupling");
    let operator = Mpo::from_sum(&sum, n).expect("it fits");
    let start = Mps::basis(&(0..n).map(|q| q % 2 == 1).collect::<Vec<_>>());
    let config = DmrgConfig { chi_max: vec![32, 64], max_sweeps: 3, conserve, ..DmrgConfig::default() };
    let (most, (state, _)) = peak(|| dmrg(&operator, &start, &config).expect("the settings are sound"));
    let environments: usize = state.bond_dims().iter().map(|chi| ENVIRONMENT * chi * chi).sum();
    let sites: usize = state.sites().iter().map(|site| site.len()).sum();
    most / (size_of::<f64>() * (environments + sites)) as f64
}

#[test]
fn the_peak_stays_close_to_the_tensors() {
    circuit_ratio(16); // matrix products keep 64 MiB to themselves from the first one on
    let table = [
        ("circuit", circuit_ratio(64)),
        ("ground state, dense", dmrg_ratio(Conserve::Nothing)),
        ("ground state, blocks of one charge", dmrg_ratio(Conserve::Charge)),
    ];
    for (name, ratio) in table {
        assert!(ratio <= LIMIT, "{name}: {ratio:.2} times the tensors is more than {LIMIT}");
    }
}
