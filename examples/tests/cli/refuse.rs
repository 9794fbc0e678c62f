//! What the program refuses, and how it says so.

use std::fs;

use crate::bench::Bench;

#[test]
fn mistakes_are_named_with_a_remedy() {
    let bench = Bench::new();
    fs::write(bench.path("typo.toml"), "[train]\nepohcs = 3").unwrap();
    fs::write(bench.path("deep.toml"), "[train.vit]\nlayer = 3").unwrap();
    fs::write(bench.path("kind.toml"), "[train.attention]\nkind = 'qontto'").unwrap();
    fs::write(bench.path("type.toml"), "[train]\nepochs = 'many'").unwrap();
    fs::write(bench.path("broken.toml"), "[train\n").unwrap();
    let train = "train qdsformer --out run";
    let table: [(&str, i32, &[&str]); 12] = [
        ("--config typo.toml", 2, &["typo.toml", "epohcs", "did you mean `epochs`?"]),
        ("--config deep.toml", 2, &["layer", "train.vit", "did you mean `layers`?"]),
        ("--config kind.toml", 2, &["qontto", "did you mean `qontot`?"]),
        ("--config type.toml", 2, &["type.toml", "train.epochs", "many"]),
        ("--config broken.toml", 2, &["broken.toml", "line 1"]),
        ("--config none.toml", 4, &["none.toml"]),
        ("--attention sofmtax", 2, &["sofmtax", "did you mean softmax?"]),
        ("--attention softmax --circuit-layers 2", 2, &["--circuit-layers", "softmax"]),
        ("--data nowhere", 4, &["nowhere", "glyphs"]),
        ("--data images --subset 61 --config small.toml", 2, &["subset", "61", "60"]),
        ("--resume", 2, &["run", "leave out --resume"]),
        ("--data images --config small.toml --circuit-layers 1 --preset paper --layers 70000", 2, &["70000"]),
    ];
    for (flags, code, words) in table {
        bench.run(&format!("{train} {flags}")).refused(code, words);
        assert!(!bench.path("run").exists(), "{flags} left a folder");
    }
    bench.run("eval images").refused(4, &["images", "holds no run"]);
    bench.run("plot images").refused(4, &["images", "holds no run"]);
}

#[test]
fn unknown_flags_are_answered_with_the_nearest() {
    let ended = Bench::new().run("train qdsformer --atention softmax");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--attention"), "{}", ended.stderr);
}

#[test]
fn a_damaged_data_file_is_named() {
    let bench = Bench::new();
    let file = bench.path("images/train-images-idx3-ubyte");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..100]).unwrap();
    bench.train("run", "").refused(4, &["train-images-idx3-ubyte"]);
}

#[test]
fn a_folder_in_use_is_neither_filled_nor_emptied_by_accident() {
    let bench = Bench::new();
    bench.train("run", "--epochs 1").results();
    let log = bench.log("run");
    bench.train("run", "").refused(2, &["run", "--resume", "--overwrite", "--out"]);
    bench.train("images", "--overwrite").refused(2, &["images", "holds no run"]);
    bench.train("run", "--epochs 1 --resume --seed 9").refused(2, &["--resume", "train.seed: 0, 9"]);
    assert_eq!(bench.log("run"), log);
    bench.train("run", "--epochs 1 --overwrite --seed 9").results();
    assert_ne!(bench.log("run"), log);
}

#[test]
fn a_run_whose_data_have_changed_does_not_go_on() {
    let bench = Bench::new();
    bench.train("run", "--epochs 1").results();
    let labels = bench.path("images/t10k-labels-idx1-ubyte");
    let mut bytes = fs::read(&labels).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&labels, bytes).unwrap();
    for command in ["eval run", "plot run", "train qdsformer --out run --resume"] {
        bench.run(command).refused(4, &["t10k-labels-idx1-ubyte", "has changed"]);
    }
}
