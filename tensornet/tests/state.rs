//! The chain as a state: exact where nothing is cut, optimal and honest where something is.

use circuit::{C64, Circuit, Gate, PauliString, State, ansatz, run};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use tensornet::{Mps, PermutedMps, Truncation};
use testkit::{Dense, Stream, check_state, matrix::distance, random_circuit};

fn random_state(n: usize, n_ops: usize, seed: u64) -> Mps {
    let (circuit, params) = random_circuit(n, n_ops, &mut Stream(seed));
    let mut state = Mps::zero(n);
    run(&circuit, &params, &mut state);
    state
}

fn overlap(a: &Mps, b: &Mps) -> C64 {
    a.amps().iter().zip(b.amps()).map(|(x, y)| x.conj() * y).sum()
}

/// Distance of every site from the isometry its side of the centre makes it.
fn gauge_error(state: &Mps) -> f64 {
    let error = |k: usize| {
        let site = &state.sites()[k];
        let (l, d, r) = site.dim();
        let flat = match k < state.centre() {
            true => site.to_shape((l * d, r)).expect("same size").to_owned(),
            false => site.to_shape((l, d * r)).expect("same size").t().to_owned(),
        };
        let gram = flat.t().mapv(|x| x.conj()).dot(&flat) - Array2::<C64>::eye(flat.ncols());
        gram.iter().map(|x| x.norm()).fold(0.0, f64::max)
    };
    (0..state.n_qubits()).filter(|&k| k != state.centre()).map(error).fold(0.0, f64::max)
}

#[test]
fn conforms_to_the_reference() {
    check_state::<Mps>(1e-11);
    check_state::<PermutedMps>(1e-11);
}

#[test]
fn amplitudes_agree_with_the_reference_phase_included() {
    for (n, seed) in (1..=5).flat_map(|n| (0..4).map(move |seed| (n, seed))) {
        let (circuit, params) = random_circuit(n, 40, &mut Stream(seed));
        let (mut state, mut reference) = (Mps::zero(n), Dense::zero(n));
        run(&circuit, &params, &mut state);
        run(&circuit, &params, &mut reference);
        assert!(distance(&state.amps(), reference.amps()) < 1e-12, "n = {n}, seed {seed}");
        for (basis, want) in reference.amps().iter().enumerate() {
            let bits: Vec<bool> = (0..n).map(|q| basis >> (n - 1 - q) & 1 == 1).collect();
            assert!((state.amplitude(&bits) - want).norm() < 1e-12, "n = {n}, seed {seed}, {bits:?}");
        }
    }
}

#[test]
fn the_gauge_holds_after_circuits_and_moves() {
    let mut state = random_state(7, 60, 1);
    let amps = state.amps();
    for to in [0, 6, 3, 3, 5, 1] {
        state.move_centre(to);
        assert_eq!(state.centre(), to);
        assert!(gauge_error(&state) < 1e-13, "centre {to}");
        assert!(distance(&state.amps(), &amps) < 1e-13, "centre {to}");
    }
    assert!(gauge_error(&random_state(7, 61, 2)) < 1e-13);
}

#[test]
fn a_circuit_and_its_dagger_return_to_the_start() -> Result<(), circuit::Error> {
    let circuit = ansatz::strongly_entangling(12, 2)?;
    let params: Vec<f64> = Stream(9).take(circuit.n_params()).map(|x| 3.0 * x).collect();
    let mut state = Mps::zero(12);
    run(&circuit, &params, &mut state);
    assert_eq!(state.bond_dims()[5], 64, "a generic state fills the middle bond");
    run(&circuit.dagger(), &params, &mut state);
    assert!((state.amplitude(&[false; 12]) - 1.0).norm() < 1e-12);
    assert!(state.discarded_weight() < 1e-25);
    Ok(())
}

#[test]
fn little_entanglement_needs_small_bonds() -> Result<(), circuit::Error> {
    let mut circuit = Circuit::new(20)?;
    (0..20).try_for_each(|q| circuit.ry(q, 0.1 * q as f64).map(|_| ()))?;
    circuit.swap(0, 19)?.rotation(&[(2, circuit::Pauli::X), (15, circuit::Pauli::Y)], 0.4)?;
    let mut state = Mps::zero(20);
    run(&circuit, &[], &mut state);
    let expected: Vec<usize> = (0..19).map(|bond| if (2..15).contains(&bond) { 2 } else { 1 }).collect();
    assert_eq!(state.bond_dims(), expected);
    Ok(())
}

#[test]
fn a_cut_loses_exactly_the_weight_it_reports() {
    for (chi_max, seed) in [(1, 3), (2, 4), (5, 5)] {
        let start = random_state(8, 80, seed);
        let (mut exact, mut cut) =
            (start.clone(), start.with_truncation(Truncation { chi_max, cutoff: 0.0, ..Truncation::EXACT }));
        exact.apply_gate(&Gate::Cx, &[3, 4]);
        cut.apply_gate(&Gate::Cx, &[3, 4]);
        assert_eq!(cut.bond_dims()[3], chi_max);
        let lost = 1.0 - overlap(&exact, &cut).norm_sqr();
        let reported = cut.discarded_weight() - exact.discarded_weight();
        assert!(reported > 1e-3 && (lost / reported - 1.0).abs() < 1e-12, "{lost} is not {reported}");
        assert!((overlap(&cut, &cut).re - 1.0).abs() < 1e-12, "the norm is kept");
    }
}

/// Uniformly random 4 x 4 unitaries: normal columns, made orthonormal one after the other.
fn random_gate(generator: &mut ChaCha8Rng) -> Gate {
    let mut columns: Vec<Vec<C64>> = Vec::new();
    while columns.len() < 4 {
        let mut entry = || C64::new(generator.sample(StandardNormal), generator.sample(StandardNormal));
        let mut column: Vec<C64> = (0..4).map(|_| entry()).collect();
        for other in &columns {
            let share: C64 = other.iter().zip(&column).map(|(x, y)| x.conj() * y).sum();
            column.iter_mut().zip(other).for_each(|(x, y)| *x -= share * y);
        }
        let norm = column.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
        columns.push(column.iter().map(|x| x / norm).collect());
    }
    Gate::Unitary2(Box::new(std::array::from_fn(|k| columns[k % 4][k / 4])))
}

/// Random gates on the bonds that begin at even, then at odd qubits.
fn brick_wall(n: usize, layers: usize, seed: u64) -> Vec<(Gate, usize)> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let pairs = (0..layers).flat_map(|layer| (layer % 2..n - 1).step_by(2));
    pairs.map(|q| (random_gate(&mut generator), q)).collect()
}

#[test]
fn kept_shares_multiply_to_the_fidelity() {
    let apply = |gates: &[(Gate, usize)], truncation| {
        let mut state = Mps::zero(14).with_truncation(truncation);
        gates.iter().for_each(|(gate, q)| state.apply_gate(gate, &[*q, q + 1]));
        state
    };
    for seed in 0..3 {
        let gates = brick_wall(14, 8, seed);
        let exact = apply(&gates, Truncation::EXACT);
        assert!((exact.fidelity_estimate() - 1.0).abs() < 1e-12);
        for (chi_max, most) in [(8, 0.85), (16, 0.98), (32, 0.9995)] {
            let state = apply(&gates, Truncation { chi_max, ..Truncation::EXACT });
            let fidelity = exact.overlap(&state).expect("one length").norm_sqr();
            let estimate = state.fidelity_estimate();
            assert!((estimate - fidelity).abs() < 0.005, "chi {chi_max}, seed {seed}: {estimate} {fidelity}");
            assert!(fidelity < most, "chi {chi_max}, seed {seed}: nothing was cut, {fidelity}");
        }
    }
}

#[test]
fn a_floor_cuts_what_is_small_beside_the_largest() {
    let start = random_state(8, 80, 3);
    for floor in [0.1, 0.3, 0.6] {
        let mut state = start.clone();
        let lost = state.compress(Truncation { floor, ..Truncation::EXACT });
        assert!(lost > 0.0 && (state.norm() - 1.0).abs() < 1e-12, "{floor}");
        for bond in 0..7 {
            let values = state.schmidt_values(bond).expect("a bond");
            assert!(values[values.len() - 1] > 0.5 * floor * values[0], "{floor}, {bond}: {values:?}");
        }
    }
}

#[test]
fn local_operations_leave_the_other_sites_alone() {
    let mut state = random_state(7, 60, 5);
    state.move_centre(6);
    let before = state.clone();
    state.apply_gate(&Gate::H, &[1]);
    state.apply_rotation(&PauliString::z(2), 0.3);
    assert_eq!(state.centre(), 6);
    for q in [0, 3, 4, 5, 6] {
        assert_eq!(state.sites()[q], before.sites()[q], "site {q}");
    }
    assert!(gauge_error(&state) < 1e-13);
}

#[test]
fn qubits_out_of_order_are_read_and_written_in_order() {
    for (n, seed) in [(2, 1), (4, 2), (6, 3), (7, 4)] {
        let (circuit, params) = random_circuit(n, 60, &mut Stream(seed));
        let (mut state, mut reference) = (PermutedMps::zero(n), Mps::zero(n));
        run(&circuit, &params, &mut state);
        run(&circuit, &params, &mut reference);
        let amps = reference.amps();
        assert!(n < 3 || state.qubit_at().windows(2).any(|pair| pair[0] > pair[1]), "{:?}", state.qubit_at());
        assert!(distance(&state.amps(), &amps) < 1e-12, "n = {n}");
        for (basis, want) in amps.iter().enumerate() {
            let bits: Vec<bool> = (0..n).map(|q| basis >> (n - 1 - q) & 1 == 1).collect();
            assert!((state.amplitude(&bits) - want).norm() < 1e-12, "n = {n}, {bits:?}");
        }
        for qubits in (0..n * n).map(|k| [k / n, k % n]).filter(|pair| pair[0] != pair[1]) {
            let [got, want] = [state.reduced_density(&qubits), reference.reduced_density(&qubits)];
            let error = got.expect("two qubits") - want.expect("two qubits");
            assert!(error.iter().all(|x| x.norm() < 1e-12), "n = {n}, {qubits:?}");
        }
        assert!(state.reduced_density(&[n]).is_err());
        assert!(distance(&state.clone().into_mps().amps(), &amps) < 1e-12, "n = {n}");
    }
    let mut moved = PermutedMps::from(Mps::basis(&[true, false, false, true, false]));
    moved.apply_gate(&Gate::Cx, &[0, 4]);
    let shots = moved.sample(3, &mut ChaCha8Rng::seed_from_u64(1)).expect("not zero");
    assert!(shots.iter().all(|shot| *shot == [true, false, false, true, true]), "{:?}", moved.qubit_at());
}

#[test]
fn qubits_that_stay_where_they_met_are_swapped_half_as_often() {
    let mut circuit = Circuit::new(12).expect("a small register");
    (0..12).try_for_each(|q| circuit.ry(q, 0.4 + q as f64).map(|_| ())).expect("qubits");
    (0..6).try_for_each(|q| circuit.cx(q, q + 6).map(|_| ())).expect("pairs of qubits");
    let rough = Truncation { chi_max: 4, cutoff: 0.0, ..Truncation::EXACT };
    let mut lazy = PermutedMps::zero(12).with_truncation(rough);
    let mut back = Mps::zero(12).with_truncation(rough);
    let mut exact = Mps::zero(12);
    run(&circuit, &[], &mut lazy);
    run(&circuit, &[], &mut back);
    run(&circuit, &[], &mut exact);
    assert!(lazy.chain().fidelity_estimate() > back.fidelity_estimate());
    let fidelity = fidelity_of(&lazy.amps(), &exact.amps());
    assert!((fidelity - lazy.chain().fidelity_estimate()).abs() < 0.02, "{fidelity}");
}

fn fidelity_of(a: &[C64], b: &[C64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x.conj() * y).sum::<C64>().norm_sqr()
}

#[test]
#[should_panic(expected = "more than the limit of")]
fn amplitudes_beyond_memory_are_refused() {
    Mps::zero(40).amps();
}

#[test]
#[should_panic(expected = "more than the limit of")]
fn random_states_beyond_memory_are_refused() {
    Mps::random(100, 1 << 20, &mut ChaCha8Rng::seed_from_u64(1));
}

#[test]
fn settings_belong_to_one_object() {
    let rough = Truncation { chi_max: 2, cutoff: 0.0, ..Truncation::EXACT };
    let (mut a, mut b) = (Mps::zero(6), Mps::zero(6).with_truncation(rough));
    let (circuit, params) = random_circuit(6, 80, &mut Stream(6));
    for op in circuit.ops() {
        for state in [&mut b, &mut a] {
            match op {
                circuit::Op::Gate(gate, qubits) => state.apply_gate(gate, qubits),
                circuit::Op::Rotation(pauli, angle) => state.apply_rotation(pauli, angle.value(&params)),
            }
        }
    }
    assert!(distance(&a.amps(), &random_state(6, 80, 6).amps()) < 1e-15);
    assert!(b.bond_dims().into_iter().all(|chi| chi <= 2) && b.discarded_weight() > 1e-3);
}

#[test]
fn concurrent_runs_agree_bit_for_bit() {
    let once = || random_state(8, 60, 7).amps();
    let first = once();
    let others: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(once)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(others.iter().all(|amps| *amps == first));
}

#[test]
fn a_basis_state_is_the_product_it_names() {
    let state = Mps::basis(&[true, false, true]);
    assert_eq!(state.amps()[0b101], C64::ONE);
    assert_eq!((state.n_qubits(), state.centre(), state.bond_dims()), (3, 0, vec![1, 1]));
    let z1: circuit::PauliSum = [(1.0, PauliString::z(1))].into_iter().collect();
    assert_eq!(state.expectation(&z1), 1.0);
}

#[test]
#[should_panic(expected = "one bit per qubit")]
fn an_amplitude_takes_one_bit_per_qubit() {
    Mps::zero(3).amplitude(&[true]);
}

#[test]
#[should_panic(expected = "gate cx on qubits [1, 1]")]
fn a_gate_takes_distinct_qubits() {
    Mps::zero(3).apply_gate(&Gate::Cx, &[1, 1]);
}
