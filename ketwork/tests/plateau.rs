//! Mean squares of gradients against closed forms, and the shape of their fall.

use ketwork::plateau::{Place, PlateauConfig, gradient_scan};

#[test]
fn two_qubits_are_the_closed_form() {
    // For a Haar state of dimension d, E<A>² = (tr A² + (tr A)²) / (d (d + 1)). One bond of the Heisenberg chain has
    // H = XX + YY + ZZ = 2 SWAP - 1; A = i/2 [P, H] is traceless, and with H/2 per qubit its square has the mean trace
    // over the fifteen strings below.
    let report = gradient_scan(&PlateauConfig {
        qubits: vec![2],
        places: vec![Place::Haar],
        draws: 4000,
        ..Default::default()
    })
    .expect("fine settings");
    let point = report.curves[0].points[0];
    // Twelve of fifteen strings change under SWAP, P ≠ P' = SWAP P SWAP: [P, H] = 2 (P - P') SWAP, so that
    // tr A² = tr (P - P')² / 4 for H/2, 2 for each of them; the three that remain, XX, YY, ZZ, contribute nothing.
    let expected = 12.0 / 15.0 * 2.0 / (4.0 * 5.0);
    assert!((point.mean_square - expected).abs() < 2.0 * point.half_width, "{point:?} {expected}");
    assert!(point.half_width < 0.05 * expected);
}

#[test]
fn random_circuits_flatten_and_networks_do_not() {
    let config = |family: &str| PlateauConfig {
        family: family.to_owned(),
        qubits: vec![4, 6, 8],
        draws: 24,
        ..Default::default()
    };
    let energy = gradient_scan(&config("heisenberg")).expect("fine settings");
    assert_eq!(energy, gradient_scan(&config("heisenberg")).expect("fine settings"));
    let ratio = |curve: usize, report: &ketwork::plateau::PlateauReport| {
        let points = &report.curves[curve].points;
        points[0].mean_square / points[2].mean_square
    };
    // By 2.5 or more per two qubits, if random; the factor of energies per qubit alone is 4 over four qubits.
    assert!(ratio(0, &energy) > 2.5 * 2.5, "{:?}", energy.curves[0]);
    let likelihood = gradient_scan(&config("cardinality")).expect("fine settings");
    assert!(ratio(2, &likelihood) < 3.0, "{:?}", likelihood.curves[2]);
    let slopes: Vec<f64> = energy.curves.iter().map(|c| c.slope.expect("three points").per_qubit).collect();
    assert!(slopes[0] < slopes[1] && slopes[0] < slopes[2], "{slopes:?}");
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused =
        |config: PlateauConfig| gradient_scan(&config).map(|_| ()).expect_err("cannot be").to_string();
    let plain = PlateauConfig::default;
    assert!(refused(PlateauConfig { draws: 1, ..plain() }).contains("draws is 1"));
    assert!(refused(PlateauConfig { qubits: vec![1], ..plain() }).contains("qubits is 1"));
    assert!(refused(PlateauConfig { sigma: -0.1, ..plain() }).contains("sigma is -0.1"));
    assert!(refused(PlateauConfig { family: "ising".into(), ..plain() }).contains("'ising'"));
}
