//! Mean squares of gradients against closed forms, and the shape of their fall.

use ketwork::plateau::{Place, PlateauConfig, PlateauReport, Point, Simulator, gradient_scan};

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
    let ratio = |curve: usize, report: &PlateauReport| {
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

/// The points of a scan, of all places one after the other.
fn points(config: &PlateauConfig) -> Vec<Point> {
    let report = gradient_scan(config).expect("fine settings");
    report.curves.into_iter().flat_map(|curve| curve.points).collect()
}

/// Bonds of 64 hold any state of twelve qubits; what the two simulators differ by is rounding.
#[test]
fn chains_of_full_bonds_give_what_state_vectors_give() {
    let table = [
        ("heisenberg", vec![6, 8], None, None),
        ("heisenberg", vec![12], Some(2), None),
        ("tfim", vec![7, 10], Some(3), None),
        ("cardinality", vec![6], None, None),
        ("cardinality", vec![6, 8], Some(1), Some(9)),
        ("cardinality", vec![12], Some(2), Some(5)),
    ];
    for (family, qubits, distance, rows) in table {
        let family = family.to_owned();
        let vector = PlateauConfig { family, qubits, distance, rows, draws: 2, ..Default::default() };
        let chain = PlateauConfig { backend: Simulator::Mps, chi_max: 64, cutoff: 1e-30, ..vector.clone() };
        for (want, got) in points(&vector).into_iter().zip(points(&chain)) {
            let far = |a: f64, b: f64| (a - b).abs() > 1e-10 * (1.0 + b.abs());
            assert!(!far(got.loss, want.loss), "{} {got:?} {want:?}", vector.family);
            let relative = (got.mean_square - want.mean_square).abs() / want.mean_square;
            assert!(relative < 1e-10, "{} {got:?} {want:?}", vector.family);
            assert!(want.cuts.is_none());
            let cuts = got.cuts.expect("a chain reports its cuts");
            assert!(cuts.discarded_weight < 1e-20 && cuts.chi <= 64, "{cuts:?}");
        }
    }
}

#[test]
fn cuts_are_reported_and_move_gradients_by_less_than_the_bound() {
    let exact = PlateauConfig {
        qubits: vec![10],
        places: vec![Place::NearIdentity, Place::Network],
        distance: Some(2),
        draws: 2,
        ..Default::default()
    };
    for chi_max in [4, 8] {
        let cut = PlateauConfig { backend: Simulator::Mps, chi_max, ..exact.clone() };
        for (want, got) in points(&exact).into_iter().zip(points(&cut)) {
            let cuts = got.cuts.expect("a chain reports its cuts");
            assert!(cuts.bra_chi == chi_max && cuts.bra_discarded_weight > 1e-12, "{cuts:?}");
            let moved = (got.mean_square.sqrt() - want.mean_square.sqrt()).abs();
            assert!(moved < cuts.error_bound, "{got:?} {want:?}");
        }
    }
}

#[test]
fn a_sample_of_all_strings_is_all_strings() {
    for backend in [Simulator::StateVector, Simulator::Mps] {
        let config = |rows| PlateauConfig {
            family: "cardinality".to_owned(),
            qubits: vec![4, 6],
            places: vec![Place::NearIdentity, Place::Network],
            draws: 2,
            backend,
            rows,
            ..Default::default()
        };
        let all = points(&config(None));
        assert_eq!(all, points(&config(Some(20))));
        // One string of twenty less moves the mean of -ln q, of at most 28 for one string, by a twentieth at most.
        let most = points(&config(Some(19)));
        assert!((all[1].loss - most[1].loss).abs() < 28.0 / 19.0 && all[1] != most[1]);
    }
}

#[test]
fn a_hundred_qubits_are_in_reach() {
    let config = |family: &str| PlateauConfig {
        family: family.to_owned(),
        qubits: vec![100],
        places: vec![Place::Network],
        backend: Simulator::Mps,
        chi_max: 4,
        cutoff: 1e-6,
        sigma: 0.05,
        distance: Some(1),
        rows: Some(2),
        draws: 2,
        ..Default::default()
    };
    for family in ["heisenberg", "cardinality"] {
        let point = points(&config(family))[0];
        assert!(point.mean_square > 1e-6 && point.loss.is_finite(), "{family}: {point:?}");
        assert!(point.cuts.is_some_and(|cuts| cuts.chi <= 4), "{family}: {point:?}");
    }
}

#[test]
fn closed_forms_are_the_known_ones() {
    let report = gradient_scan(&PlateauConfig {
        qubits: vec![8, 12, 20, 40],
        places: Vec::new(),
        closed_form: vec![2, 8],
        ..Default::default()
    })
    .expect("fine settings");
    let curve = |chi, distance| {
        let found = report.identity.iter().find(|curve| curve.chi == chi && curve.distance == distance);
        found.expect("asked for").points.clone()
    };
    // In the middle of long chains values do not depend on their length. Those of neighbours depend on how the state
    // was found: the last cut of a pair leaves more of them than a minimum over single sites.
    let middle = |distance| curve(2, distance).into_iter().map(|point| point.middle).collect::<Vec<_>>();
    for (got, want) in middle(3)[2..].iter().zip([1.04e-2, 1.07e-2]) {
        assert!((got / want - 1.0).abs() < 0.01, "{got} {want}");
    }
    let near = middle(1);
    assert!((near[3] / near[2] - 1.0).abs() < 0.1 && (2e-3..5e-3).contains(&near[3]), "{near:?}");
    // A singlet has no first derivatives by two-qubit gates.
    for distance in 1..=3 {
        let points = curve(8, distance);
        assert!(points.len() == 4 && points.iter().all(|point| point.mean_square < 1e-4), "{points:?}");
    }
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
    let chain = || PlateauConfig { backend: Simulator::Mps, ..plain() };
    let calm = |config: PlateauConfig| PlateauConfig { places: vec![Place::NearIdentity], ..config };
    assert!(refused(PlateauConfig { distance: Some(0), ..plain() }).contains("distance is 0"));
    assert!(refused(PlateauConfig { rows: Some(0), ..plain() }).contains("rows is 0"));
    assert!(refused(PlateauConfig { chi_max: 0, ..chain() }).contains("chi_max is 0"));
    assert!(refused(PlateauConfig { cutoff: 1.0, ..chain() }).contains("cutoff is 1"));
    assert!(refused(PlateauConfig { qubits: vec![40], ..chain() }).contains("2^(qubits/2)"));
    let large = PlateauConfig { qubits: vec![100], chi_max: 20_000, ..chain() };
    assert!(refused(calm(large)).contains("smaller bonds or fewer qubits"));
    let family = || "cardinality".to_owned();
    let many = PlateauConfig { family: family(), qubits: vec![100], ..chain() };
    assert!(refused(calm(many)).contains("rows is"));
    let form = PlateauConfig { family: family(), closed_form: vec![2], ..plain() };
    assert!(refused(form).contains("'cardinality'"));
}
