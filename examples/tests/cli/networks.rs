//! Commands on tensor networks: what they leave, what they hand to each other, and what is refused.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

const BELL: &str =
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\nh q[0];\ncx q[0],q[1];\ncx q[1],q[2];\n";
/// `Z0 Z1 + X0 + X1`, least at `-√5`.
const MOLECULE: &str = r#"{"n_qubits": 2, "fci_energy": -2.23606797749979,
    "terms": [["ZZ", 1.0], ["XI", 1.0], ["IX", 1.0]]}"#;

fn with_files() -> Bench {
    let bench = Bench::new();
    fs::write(bench.path("cat.qasm"), BELL).unwrap();
    fs::write(bench.path("molecule.json"), MOLECULE).unwrap();
    fs::write(bench.path("strings.txt"), "0011 3\n1100\n").unwrap();
    bench
}

#[test]
fn every_command_leaves_a_report_pictures_and_settings_that_serve_again() {
    let bench = with_files();
    let table: [(&str, &[&str]); 10] = [
        ("pretrain --problem bas:2x2 --chi 2,4 --layers 2 --iterations 4", &["training", "profiles"]),
        (
            "pretrain --problem molecule.json --starts haar,mps:2,vtne:2 --layers 1 --iterations 4",
            &["training"],
        ),
        (
            "pretrain --problem strings.txt --chi 2 --layers 1 --optimiser cma --iterations 4 --loss mmd",
            &["training"],
        ),
        ("dmrg --problem heisenberg:6 --chi-max 4,8 --states 2", &["sweeps"]),
        ("dmrg --problem heisenberg:6 --ones 2", &["sweeps"]),
        ("run cat.qasm --shots 50 --observable Z0*Z2 --observable X0*X1*X2", &["chain"]),
        ("run brick-wall:6,2 --backend state-vector --observable Z0", &[]),
        ("scan gradients --qubits 2,4 --draws 4 --family tfim", &["gradients"]),
        (
            "scan gradients --backend mps --chi-max 4 --qubits 6,24 --distance 1 --draws 2 --family cardinality --rows 2",
            &["gradients"],
        ),
        ("scan gradients --closed-form 2,4 --distance 2 --qubits 4,6", &["gradients"]),
    ];
    for (k, (command, pictures)) in table.iter().enumerate() {
        let out = format!("run-{k}");
        let ended = bench.run(&format!("{command} --out {out}"));
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
        assert_eq!(ended.results().len(), 1, "{command}");
        let report = fs::read(bench.path(&out).join("report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(bench.run(&format!("eval {out}")).results()[0], report, "{command}");
        let draw =
            |name: &str| fs::read(bench.path(&out).join("plots").join(name).with_extension("svg")).unwrap();
        let before: Vec<_> = pictures.iter().map(|name| draw(name)).collect();
        assert_eq!(bench.run(&format!("plot {out}")).code, Some(0), "{command}");
        assert_eq!(before, pictures.iter().map(|name| draw(name)).collect::<Vec<_>>(), "{command}");
        let name =
            if command.starts_with("scan") { "scan gradients" } else { command.split(' ').next().unwrap() };
        let ended = bench.run(&format!("{name} --config {out}/config.toml --out again-{k}"));
        assert_eq!(ended.code, Some(0), "{command}, from its settings: {}", ended.stderr);
        assert_eq!(
            bench.run(&format!("eval again-{k}")).results()[0],
            report,
            "{command}, from its settings"
        );
    }
}

#[test]
fn numbers_are_those_of_closed_forms() {
    let bench = with_files();
    let energies = bench.run("dmrg --problem molecule.json --out exact").results();
    let energy = energies[0]["energies"][0].as_f64().unwrap();
    assert!((energy + 5f64.sqrt()).abs() < 1e-10, "{energy}");
    for backend in ["mps", "state-vector"] {
        let command =
            format!("run cat.qasm --backend {backend} --shots 40 --observable Z0*Z2 --observable X0*X1*X2");
        let line = &bench.run(&format!("{command} --out {backend}")).results()[0];
        for k in 0..2 {
            assert!((line["expectations"][k][1].as_f64().unwrap() - 1.0).abs() < 1e-12, "{backend}");
        }
        let counts = line["counts"].as_object().unwrap();
        assert!(counts.keys().all(|word| word == "000" || word == "111"), "{backend}: {counts:?}");
        assert_eq!(counts.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 40);
    }
}

#[test]
fn a_state_goes_from_one_command_to_the_next() {
    let bench = with_files();
    bench.run("dmrg --problem tfim:6 --out ground").results();
    let protocols = "--protocol d-all,iter-d-o-all --layers 3 --sweeps 30";
    let line = &bench.run(&format!("synthesize ground/state_0.npz {protocols} --out gates")).results()[0];
    let fidelity = line["fidelity"].as_f64().unwrap();
    assert!(fidelity > 0.9999, "{fidelity}");
    // The circuit, run again, has the energy of the state it was made of.
    let bonds = (0..5).map(|q| format!(" --observable Z{q}*Z{}", q + 1));
    let fields = (0..6).map(|q| format!(" --observable X{q}"));
    let observables = bonds.chain(fields).collect::<String>();
    let again = &bench.run(&format!("run gates/circuit.qasm --out again{observables}")).results()[0];
    let values = again["expectations"].as_array().unwrap().iter();
    let found = -values.map(|pair| pair[1].as_f64().unwrap()).sum::<f64>();
    let exact = 1.0 - 1.0 / (std::f64::consts::PI / 26.0).sin();
    assert!(found > exact - 1e-9 && found - exact < 5e-3, "{found} {exact}");
    let cat = &bench.run("synthesize cat.qasm --out cat").results()[0];
    assert!(cat["fidelity"].as_f64().unwrap() > 1.0 - 1e-12);
}

#[test]
fn models_start_from_networks_and_go_on() {
    let bench = with_files();
    let attention = bench.train("started", "--start mps:4 --epochs 1");
    assert_eq!(attention.code, Some(0), "{}", attention.stderr);
    let config = fs::read_to_string(bench.path("started/config.toml")).unwrap();
    assert!(config.contains("initial-bias"), "{config}");
    assert_eq!(bench.run("train qdsformer --resume --out started").code, Some(0));
    let forecast = bench.run("train qfwp --start mps:2 --epochs 1 --out forecast");
    assert_eq!(forecast.code, Some(0), "{}", forecast.stderr);
    let config = fs::read_to_string(bench.path("forecast/config.toml")).unwrap();
    assert!(config.contains("start = ["), "{config}");
    let refused = bench.run("train qfwp --model lstm --start mps:2 --out none");
    assert!(
        refused.code == Some(2) && refused.stderr.contains("programmers of circuits"),
        "{}",
        refused.stderr
    );
}

#[test]
fn results_do_not_depend_on_threads() {
    let bench = with_files();
    let commands = [
        "pretrain --problem bas:2x2 --starts haar,mps:4 --layers 2 --iterations 3 --optimiser separable-cma",
        "scan gradients --qubits 3,4 --draws 6",
        "scan gradients --qubits 8,16 --backend mps --chi-max 4 --distance 1 --draws 3 --closed-form 2 --starts network",
    ];
    for command in commands {
        let report = |threads: usize| {
            let out = format!("t{threads}");
            bench.run(&format!("{command} --threads {threads} --out {out} --overwrite")).results();
            fs::read(bench.path(&out).join("report.json")).unwrap()
        };
        assert_eq!(report(1), report(2), "{command}");
    }
}

#[test]
fn refusals_name_the_cause_and_leave_nothing() {
    let bench = with_files();
    fs::write(bench.path("bad.txt"), "0011\n01x1\n").unwrap();
    fs::write(bench.path("bad.qasm"), "OPENQASM 2.0;\nqreg q[1];\nfrob q[0];\n").unwrap();
    fs::write(bench.path("bad.npz"), "no archive").unwrap();
    let table = [
        ("pretrain --problem chess:8", 2, "chess"),
        ("pretrain --problem bad.txt", 4, "bad.txt"),
        ("pretrain --problem bas:2x2 --starts best", 2, "near-identity"),
        ("pretrain --problem bas:2x2 --optimiser newton", 2, "lbfgs"),
        ("pretrain --problem tfim:4 --loss kl", 2, "'kl'"),
        ("pretrain --problem tfim:40", 3, "at most 20"),
        ("pretrain --problem bas:2x2 --chi 0", 2, "chi"),
        ("dmrg --problem bas:2x2", 2, "no energy"),
        ("dmrg --problem tfim:4 --chi-max 0", 2, "chi_max"),
        ("dmrg --problem tfim:4 --ones 2", 2, "does not conserve"),
        ("dmrg --problem heisenberg:4 --ones 5", 2, "a number from 0 to 4"),
        ("dmrg --problem heisenberg:8 --chi-max 2 --sweeps 1", 6, "did not settle"),
        ("run bad.qasm", 4, "bad.qasm"),
        ("run cat.qasm --chi-max 0", 2, "chi_max"),
        ("run cat.qasm --observable Z3", 2, "acts on 4 qubits"),
        ("run brick-wall:40,1 --backend state-vector", 3, "at most 28"),
        ("synthesize bad.npz", 4, "bad.npz"),
        ("synthesize cat.qasm --protocol best", 2, "iter-d-o-all"),
        ("scan gradients --family chess", 2, "chess"),
        ("scan gradients --draws 1", 2, "draws is 1"),
        ("scan gradients --starts best", 2, "near-identity"),
        ("scan gradients --backend mps --starts haar --qubits 40", 2, "2^(qubits/2)"),
        ("scan gradients --backend mps --qubits 100 --chi-max 20000", 3, "smaller bonds"),
    ];
    for (k, (command, code, text)) in table.iter().enumerate() {
        let ended = bench.run(&format!("{command} --out bad-{k}"));
        assert_eq!(ended.code, Some(*code), "{command}: {}", ended.stderr);
        assert!(ended.stderr.contains(text), "{command}: {}", ended.stderr);
    }
}
