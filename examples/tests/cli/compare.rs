//! Comparisons: a row per operator, runs used again, pictures.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

const COMPARE: &str = "compare qdsformer --config small.toml --data images --out table";

#[test]
fn a_comparison_has_a_row_per_operator_and_uses_complete_runs_again() {
    let bench = Bench::new();
    let command = format!("{COMPARE} --attention softmax,qontot --circuit-layers 1,2 --seeds 1,2 --epochs 1");
    let first = bench.run(&command);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let rows: Vec<Value> =
        serde_json::from_slice(&fs::read(bench.path("table/table.json")).unwrap()).unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["variant"].as_str().unwrap()).collect();
    assert_eq!(names, ["softmax", "qontot-1", "qontot-2", "linear"]);
    for row in &rows {
        let accuracies: Vec<f64> =
            row["accuracies"].as_array().unwrap().iter().map(|a| a.as_f64().unwrap()).collect();
        let (mean, half) =
            ((accuracies[0] + accuracies[1]) / 2.0, (accuracies[0] - accuracies[1]).abs() / 2.0);
        assert!((row["accuracy"].as_f64().unwrap() - mean).abs() < 1e-12, "{row}");
        assert!((row["accuracy_std"].as_f64().unwrap() - half * 2.0_f64.sqrt()).abs() < 1e-12, "{row}");
        let variant = row["variant"].as_str().unwrap();
        assert!(first.stdout.contains(&format!("| {variant} | {:.1} ± ", 100.0 * mean)), "{}", first.stdout);
        let circuit = variant.starts_with("qontot");
        assert_eq!(row["circuit_evaluations"] != 0, circuit, "{row}");
        assert_eq!(row["angles"] != 0, circuit, "{row}");
        assert_eq!(row["column_error"].is_null(), variant == "linear", "{row}");
        assert!(!circuit || row["column_error"].as_f64().unwrap() < 1e-5, "{row}");
    }
    assert_eq!(fs::read_to_string(bench.path("table/table.md")).unwrap(), first.stdout);
    for picture in ["curves", "stochastic-error", "attention", "depth"] {
        assert!(bench.path("table/plots").join(picture).with_extension("svg").is_file(), "{picture}");
    }

    fs::remove_dir_all(bench.path("table/softmax-2")).unwrap();
    let second = bench.run(&command);
    assert_eq!(second.stderr.matches("epoch   1").count(), 1, "{}", second.stderr);
    let other = format!("{COMPARE} --attention softmax --seeds 1 --epochs 2");
    bench.run(&other).refused(2, &["softmax-1", "train.epochs: 1, 2", "--overwrite"]);
    assert_eq!(bench.run("plot table").code, Some(0));
}
