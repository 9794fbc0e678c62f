//! Fitting the gates of a circuit to a state of 12 qubits on one thread: time for one update of a gate.
//!
//! `updates` are full steps in sweeps over six staircases, backward and forward, each gate replaced by the polar factor of
//! its environment; `peers/synthesis_numpy.py` does the same in NumPy. `growth` is the whole of the protocol
//! `Iter[D_i O_all]` with steps of power 0.6: six analytic layers on the residual, 100 sweeps over all gates after each.
//! The state is the sum of all words with as many ones as zeros. The goal is that fractional powers and growth cost at
//! most twice a plain update.

use benches::{Case, Goal, Suite, peak};
use circuit::C64;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tensornet::synthesis::{Synthesis, SynthesisConfig, Topology, refine, synthesize};
use tensornet::{Mps, Truncation};

const QUBITS: usize = 12;
const LAYERS: usize = 6;
const SWEEPS: usize = 100;

/// Both ways through all gates of the first `layers` layers.
const fn updates(layers: usize) -> usize {
    2 * SWEEPS * layers * (QUBITS - 1)
}

fn target() -> Mps {
    let chosen = |word: usize| word.count_ones() as usize == QUBITS / 2;
    let amps: Vec<C64> = (0..1 << QUBITS).map(|word| C64::from(f64::from(u8::from(chosen(word))))).collect();
    Mps::from_amps(&amps, Truncation::EXACT).expect("a small register")
}

/// No end before all sweeps are done.
fn config() -> SynthesisConfig {
    SynthesisConfig { layers: LAYERS, sweeps: SWEEPS, tolerance: 0.0, polish_sweeps: 0, ..Default::default() }
}

fn cases<'a>() -> [Case<'a>; 2] {
    let (state, same) = (target(), target());
    let start = Synthesis::haar(QUBITS, &Topology::Staircase, LAYERS, &mut ChaCha8Rng::seed_from_u64(1));
    let full = SynthesisConfig { learning_power: 1.0, ..config() };
    let fit = Case::new("updates", "f64", 1, move || {
        std::hint::black_box(refine(&state, &start, &full).expect("the settings are sound"));
    });
    let grow = Case::new("growth", "f64", 1, move || {
        std::hint::black_box(synthesize(&same, &config()).expect("the settings are sound"));
    });
    [fit.samples(updates(LAYERS)), grow.samples((1..=LAYERS).map(updates).sum())]
}

fn main() -> std::io::Result<()> {
    let results =
        Suite::new("synthesis", peak::cases(&["f64"], &[1]).into_iter().chain(cases()).collect()).run()?;
    let each = updates(LAYERS) as f64 / (1..=LAYERS).map(updates).sum::<usize>() as f64;
    let cost = results.ratio(("growth", "f64", 1), ("updates", "f64", 1)).map(|ratio| ratio * each);
    results.goal(Goal::Cost(2.0), "of an update, an update of growth", cost)?;
    Ok(())
}
