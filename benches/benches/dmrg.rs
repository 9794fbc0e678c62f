//! Ground states of open Heisenberg chains by two-site sweeps on one thread, in double precision.
//!
//! A case runs a fixed number of sweeps from the alternating state at a fixed schedule of bonds; the time is that of the
//! whole request, operator and variance included. The goal is that twice the bond costs at most the eightfold, the
//! growth of its matrix products; `peers/dmrg_tenpy.py` runs the same sweeps in TeNPy.

use benches::{Case, Goal, Suite, peak};
use circuit::{PauliString, PauliSum};
use tensornet::{DmrgConfig, Mpo, Mps, dmrg};

/// Qubits and largest bond.
const SIZES: [(usize, usize); 2] = [(64, 64), (64, 128)];

const SWEEPS: usize = 6;

fn heisenberg(n: usize) -> PauliSum {
    let kinds = ["X", "Y", "Z"];
    let term = |kind: &str, q: usize| -> PauliString {
        format!("{kind}{q}*{kind}{}", q + 1).parse().expect("two Pauli operators")
    };
    (0..n - 1).flat_map(|q| kinds.map(|kind| (0.25, term(kind, q)))).collect()
}

fn config(chi: usize) -> DmrgConfig {
    DmrgConfig {
        chi_max: vec![chi / 4, chi / 2, chi],
        cutoff: 1e-12,
        max_sweeps: SWEEPS,
        energy_tolerance: 0.0,
        ..DmrgConfig::default()
    }
}

fn case<'a>(n: usize, chi: usize) -> Case<'a> {
    let start = Mps::basis(&(0..n).map(|q| q % 2 == 1).collect::<Vec<_>>());
    Case::new(format!("n={n} chi={chi}"), "f64", 1, move || {
        let operator = Mpo::from_sum(&heisenberg(n), n).expect("the sum fits the chain");
        std::hint::black_box(dmrg(&operator, &start, &config(chi)).expect("the settings are sound"));
    })
}

fn main() -> std::io::Result<()> {
    let sizes = SIZES.into_iter().map(|(n, chi)| case(n, chi));
    let results = Suite::new("dmrg", peak::cases(&["f64"], &[1]).into_iter().chain(sizes).collect()).run()?;
    let [half, whole] = SIZES.map(|(n, chi)| format!("n={n} chi={chi}"));
    let cost = results.ratio((&whole, "f64", 1), (&half, "f64", 1));
    results.goal(Goal::Cost(8.0), &format!("of {half}, {whole}"), cost)?;
    Ok(())
}
