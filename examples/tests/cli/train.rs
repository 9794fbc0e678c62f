//! Training, evaluating and plotting, where nothing goes wrong.

use std::fs;

use crate::bench::{Bench, checkpoints};

#[test]
fn a_run_learns_and_leaves_everything_it_promises() {
    let bench = Bench::new();
    let ended = bench.train("run", "--epochs 6");
    let result = &ended.results()[0];
    assert!(result["test"]["accuracy"].as_f64().unwrap() >= 0.9, "{result}");
    for file in
        ["config.toml", "manifest.json", "metrics.jsonl", "plots/attention.svg", "plots/attention.npy"]
    {
        assert!(bench.path("run").join(file).is_file(), "{file} is missing");
    }
    assert_eq!(checkpoints(&bench.path("run")).len(), 2);
    for picture in result["pictures"].as_array().unwrap() {
        let svg = fs::read_to_string(bench.path(picture.as_str().unwrap())).unwrap();
        assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{picture}");
        assert!(ended.stderr.contains(picture.as_str().unwrap()), "{}", ended.stderr);
    }
    for said in ["60 training and 20 test images", "qontot (4 qubits, 1 circuit layer,", "epoch   6"] {
        assert!(ended.stderr.contains(said), "no {said:?} in {}", ended.stderr);
    }
}

#[test]
fn the_same_command_gives_the_same_numbers_on_any_number_of_threads_and_seeds_differ() {
    let bench = Bench::new();
    bench.train("one", "--threads 1").results();
    bench.train("two", "--threads 2").results();
    bench.train("other", "--seed 1").results();
    assert_eq!(bench.log("one"), bench.log("two"));
    assert_ne!(bench.log("one"), bench.log("other"));
}

#[test]
fn quiet_leaves_standard_error_empty_and_the_result_complete() {
    let bench = Bench::new();
    let ended = bench.train("run", "--quiet --seeds 3,5");
    let seeds: Vec<_> =
        ended.results().iter().map(|result| result["run"].as_str().unwrap().to_owned()).collect();
    assert_eq!((seeds, ended.stderr.as_str()), (vec!["run/seed-3".into(), "run/seed-5".into()], ""));
}

#[test]
fn settings_of_a_run_reproduce_it_and_flags_override_them() {
    let bench = Bench::new();
    bench.train("first", "--attention sinkhorn --subset 30").results();
    bench.run("train qdsformer --config first/config.toml --out again").results();
    assert_eq!(bench.log("first"), bench.log("again"));
    bench
        .run("train qdsformer --config first/config.toml --out other --attention softmax --epochs 1")
        .results();
    let settings = fs::read_to_string(bench.path("other/config.toml")).unwrap();
    for line in ["epochs = 1", "kind = \"softmax\"", "subset = 30"] {
        assert!(settings.contains(line), "no {line:?} in {settings}");
    }
}

#[test]
fn evaluation_repeats_the_last_epoch_and_pictures_are_drawn_again_byte_for_byte() {
    let bench = Bench::new();
    let trained = bench.train("run", "").results();
    let evaluated = bench.run("eval run");
    assert_eq!(evaluated.results()[0], trained[0]["test"]);
    let confusion = trained[0]["test"]["confusion"].as_array().unwrap();
    let counts =
        confusion.iter().flat_map(|row| row.as_array().unwrap()).map(|count| count.as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 20);
    assert!(evaluated.stderr.contains("images of a class (row)"), "{}", evaluated.stderr);

    let plots = bench.path("run/plots");
    let names = || fs::read_dir(&plots).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let before: Vec<_> = names().iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    fs::remove_dir_all(&plots).unwrap();
    assert_eq!(bench.run("plot run").code, Some(0));
    assert_eq!(names().len(), before.len());
    for (path, bytes) in before {
        assert_eq!(fs::read(&path).unwrap(), bytes, "{}", path.display());
    }
}

#[test]
fn digits_drawn_by_the_program_need_no_file() {
    let bench = Bench::new();
    let flags = "--attention softmax --layers 1 --subset 100 --epochs 2 --seed 4";
    let ended = bench.run(&format!("train qdsformer {flags}"));
    assert_eq!(ended.results()[0]["run"], "runs/qdsformer-glyphs-softmax-4");
}
