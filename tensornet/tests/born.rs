//! Born machines against known minima, and their data.

mod common;

use circuit::State;
use common::random_state;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tensornet::{BitStrings, BornConfig, BornReport, Error, Mps, born_machine};

fn learn(data: &BitStrings, config: &BornConfig) -> (Mps, BornReport) {
    born_machine(data, config, &mut ChaCha8Rng::seed_from_u64(1)).expect("a sound request")
}

fn bits(text: &str) -> Vec<bool> {
    text.chars().map(|digit| digit == '1').collect()
}

fn images() -> BitStrings {
    BitStrings::bars_and_stripes(4, 3).expect("a small image")
}

/// Compares with the best minima known for each bond.
fn check_table(data: &BitStrings, table: &[(usize, f64)], starts: usize) {
    for &(chi_max, kl) in table {
        let config = BornConfig { chi_max, starts, ..BornConfig::default() };
        let (state, report) = learn(data, &config);
        assert!((report.kl - kl).abs() < 1e-4 + 1e-3 * kl, "chi = {chi_max}: {report:?}");
        assert!(report.converged && report.bond_dims.iter().all(|&chi| chi <= chi_max), "{report:?}");
        let least = report.kl_of_starts.iter().copied().fold(f64::INFINITY, f64::min);
        assert!((least - report.kl).abs() < 1e-12, "chi = {chi_max}: {report:?}");
        assert!((state.norm() - 1.0).abs() < 1e-12);
        let from_amps: f64 = (data.rows().iter().zip(data.weights()))
            .map(|(row, w)| w * (w.ln() - state.amplitude(row).norm_sqr().ln()))
            .sum();
        assert!((from_amps - report.kl).abs() < 1e-10, "chi = {chi_max}: {from_amps}, {report:?}");
    }
}

#[test]
fn images_are_learnt_as_well_as_known() {
    let table =
        [(2, 2.49599), (3, 1.42699), (4, 0.74494), (5, 0.42565), (6, 0.24433), (7, 0.11058), (8, 0.0)];
    check_table(&images(), &table, 6);
}

#[test]
fn strings_of_one_weight_are_learnt_as_well_as_known() {
    let table = [(2, 0.76667), (3, 0.34855), (4, 0.10385), (5, 0.01853), (6, 0.00150), (7, 0.0)];
    check_table(&BitStrings::cardinality(12, 6).expect("few strings"), &table, 1);
}

#[test]
fn the_order_of_pixels_decides_the_bond() {
    let turned = |row: &Vec<bool>| (0..12).map(|k| row[k % 4 * 3 + k / 4]).collect();
    let data = BitStrings::from_rows(images().rows().iter().map(turned)).expect("rows of one length");
    let kl = |chi_max| learn(&data, &BornConfig { chi_max, starts: 2, ..BornConfig::default() }).1.kl;
    assert!(kl(8) > 1e-2 && kl(16).abs() < 1e-6, "{} {}", kl(8), kl(16));
}

#[test]
fn weights_become_probabilities() {
    let rows = [("00110", 0.5), ("10101", 2.0), ("11111", 1.5), ("00111", 1.0)];
    let data = BitStrings::from_weighted(rows.map(|(text, w)| (bits(text), w))).expect("sound rows");
    let (state, report) = learn(&data, &BornConfig::default());
    assert!(report.kl.abs() < 1e-8, "{report:?}");
    for (text, w) in rows {
        assert!((state.amplitude(&bits(text)).norm_sqr() - w / 5.0).abs() < 1e-5, "{text}");
    }
    let shots = state.sample(50, &mut ChaCha8Rng::seed_from_u64(2)).expect("not zero");
    assert!(shots.iter().all(|shot| data.rows().contains(shot)));
}

#[test]
fn sweeps_over_single_sites_never_lose_and_cut_nothing() {
    let config = BornConfig { chi_max: 3, starts: 1, max_sweeps: 3, tolerance: 0.0, ..BornConfig::default() };
    let (_, report) = learn(&images(), &config);
    assert_eq!(report.history.len(), 33);
    assert!(report.history[2..].windows(2).all(|pair| pair[1] < pair[0] + 1e-12), "{report:?}");
    assert!(!report.converged && report.discarded_weight > 1e-4, "{report:?}");
}

#[test]
fn long_chains_learn_and_are_judged_without_underflow() {
    let cat = BitStrings::from_rows([vec![false; 1200], vec![true; 1200]]).expect("two rows");
    let config = BornConfig { chi_max: 2, starts: 1, ..BornConfig::default() };
    let (_, report) = learn(&cat, &config);
    assert!(report.kl.abs() < 1e-8, "{}", report.kl);
    let mut flat = Mps::zero(1200);
    (0..1200).for_each(|q| flat.apply_gate(&circuit::Gate::H, &[q]));
    let nll = flat.nll(&cat).expect("one length");
    assert!((nll - 1200.0 * std::f64::consts::LN_2).abs() < 1e-8, "{nll}");
}

#[test]
fn likelihoods_are_those_of_the_amplitudes() {
    let data = BitStrings::from_weighted((0..13).map(|k| {
        let row = (0..5).map(|q| (5 * k + 3) >> q & 1 == 1).collect();
        (row, f64::from(k + 1))
    }))
    .expect("sound rows");
    for seed in 0..4 {
        let mut state = random_state(5, 40, seed);
        let log = |row: &Vec<bool>| state.amplitude(row).norm_sqr().ln();
        let want: f64 = data.rows().iter().zip(data.weights()).map(|(row, w)| -w * log(row)).sum();
        state.scale(circuit::C64::new(0.0, 3.0));
        assert!((state.nll(&data).expect("one length") - want).abs() < 1e-11, "seed {seed}");
        let kl = state.kl(&data).expect("one length");
        assert!((kl - (want - data.entropy())).abs() < 1e-11, "seed {seed}");
    }
    assert_eq!(Mps::zero(5).nll(&data), Ok(f64::INFINITY));
}

#[test]
fn the_same_generator_gives_the_same_bits() {
    let [(a, first), (b, second)] = [0, 1].map(|_| learn(&images(), &BornConfig::default()));
    assert_eq!(first, second);
    assert_eq!(a.sites(), b.sites());
}

#[test]
fn data_sets_are_what_their_names_say() {
    for (rows, columns) in [(1, 1), (1, 3), (2, 2), (4, 3), (4, 4)] {
        let data = BitStrings::bars_and_stripes(rows, columns).expect("a small image");
        let expected = if rows * columns == 1 { 2 } else { (1 << rows) + (1 << columns) - 2 };
        let expected = if rows.min(columns) == 1 { 1 << rows.max(columns) } else { expected };
        assert_eq!(data.rows().len(), expected, "{rows} x {columns}");
        for row in data.rows() {
            let stripes = row.chunks(columns).all(|line| line.iter().all(|&bit| bit == line[0]));
            let bars = row.chunks(columns).all(|line| line == &row[..columns]);
            assert!(stripes || bars, "{rows} x {columns}: {row:?}");
        }
        assert!((data.entropy() - (expected as f64).ln()).abs() < 1e-12);
    }
    for (n, k, count) in [(1, 0, 1), (4, 2, 6), (5, 5, 1), (12, 6, 924), (30, 1, 30)] {
        let data = BitStrings::cardinality(n, k).expect("few strings");
        assert_eq!((data.n_qubits(), data.rows().len()), (n, count));
        assert!(data.rows().iter().all(|row| row.iter().filter(|&&bit| bit).count() == k), "{n} {k}");
    }
}

#[test]
fn texts_are_read_and_equal_rows_merged() {
    let data: BitStrings = "01\n\n  10 2.5\r\n01\t0.5\n".parse().expect("a sound text");
    let expected = BitStrings::from_weighted([(bits("01"), 1.5), (bits("10"), 2.5)]).expect("sound rows");
    assert_eq!(data, expected);
    assert_eq!(data.weights(), [0.375, 0.625]);
    let table = [
        ("012", "line 1, column 3: found 2; expected the digit 0 or 1"),
        ("01\n 1x 3", "line 2, column 3: found x; expected the digit 0 or 1"),
        ("01\n\n011", "line 3, column 3: found 3 digits; expected as many as in the first line"),
        ("01  many", "line 1, column 5: found many; expected a positive count"),
        ("01 -2", "line 1, column 4: found -2; expected a positive count"),
        (" \n", "the number of rows is 0; it has to be 1 or more"),
    ];
    for (text, message) in table {
        let error = text.parse::<BitStrings>().expect_err(text);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn requests_without_meaning_are_refused() {
    assert!(matches!(BitStrings::from_rows([]), Err(Error::Setting { name: "the number of rows", .. })));
    assert!(matches!(BitStrings::from_rows([vec![]]), Err(Error::Qubits { .. })));
    let uneven = BitStrings::from_rows([bits("01"), bits("011")]);
    assert_eq!(uneven, Err(Error::RowLength { row: 1, got: 3, expected: 2 }));
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let got = BitStrings::from_weighted([(bits("01"), weight)]);
        assert!(matches!(got, Err(Error::Setting { name: "a weight", .. })), "{weight}");
    }
    for (rows, columns) in [(0, 3), (3, 0), (21, 1)] {
        assert!(BitStrings::bars_and_stripes(rows, columns).is_err(), "{rows} x {columns}");
    }
    for (n, k) in [(0, 0), (3, 4), (60, 30)] {
        assert!(BitStrings::cardinality(n, k).is_err(), "{n} {k}");
    }
    assert!(matches!(Mps::zero(3).nll(&images()), Err(Error::Length { .. })));
    let plain = BornConfig::default;
    let wrong = [
        ("chi_max", BornConfig { chi_max: 0, ..plain() }),
        ("starts", BornConfig { starts: 0, ..plain() }),
        ("max_sweeps", BornConfig { max_sweeps: 0, ..plain() }),
        ("steps", BornConfig { steps: 0, ..plain() }),
        ("min_bond", BornConfig { min_bond: 0, ..plain() }),
        ("learning_rate", BornConfig { learning_rate: 0.0, ..plain() }),
        ("cutoff", BornConfig { cutoff: 1.0, ..plain() }),
        ("tolerance", BornConfig { tolerance: f64::NAN, ..plain() }),
    ];
    for (setting, config) in wrong {
        match born_machine(&images(), &config, &mut ChaCha8Rng::seed_from_u64(1)) {
            Err(Error::Setting { name, .. }) => assert_eq!(name, setting),
            other => panic!("{setting}: {:?}", other.map(|_| ())),
        }
    }
    let single = BitStrings::from_rows([bits("1")]).expect("a row");
    let short = born_machine(&single, &plain(), &mut ChaCha8Rng::seed_from_u64(1)).map(|_| ());
    assert_eq!(short, Err(Error::Qubits { n_qubits: 1, min: 2, max: usize::MAX }));
}
