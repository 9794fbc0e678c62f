//! Forecasters and agents: trained, resumed, compared, drawn, and what is refused.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn forecasters_and_agents_leave_what_they_promise_and_can_be_drawn_again() {
    let bench = Bench::new();
    let table: [(&str, &[&str]); 4] = [
        (
            "train qfwp --task shm --model qfwp --update scalar-gate --epochs 3",
            &["forecast", "fast-weights", "gates"],
        ),
        ("train qfwp --task narma5 --model lstm --epochs 2 --window 6", &["forecast", "curves"]),
        (
            "train rl --env empty-5x5 --agent qfwp --episodes 12 --workers 2",
            &["rewards", "episode", "memory"],
        ),
        ("train rl --env cartpole --agent mlp --episodes 4 --workers 2 --algorithm ppo", &["rewards"]),
    ];
    for (k, (command, pictures)) in table.iter().enumerate() {
        let out = format!("run-{k}");
        let ended = bench.run(&format!("{command} --out {out}"));
        let result = &ended.results()[0];
        for picture in *pictures {
            let path = bench.path(&out).join("plots").join(picture).with_extension("svg");
            assert!(path.is_file(), "{command}: {}", path.display());
        }
        let evaluated = bench.run(&format!("eval {out}"));
        assert_eq!(evaluated.results()[0], result["test"], "{command}");
        let before =
            fs::read(bench.path(&out).join("plots").join(pictures[0]).with_extension("svg")).unwrap();
        assert_eq!(bench.run(&format!("plot {out}")).code, Some(0), "{command}");
        let after = fs::read(bench.path(&out).join("plots").join(pictures[0]).with_extension("svg")).unwrap();
        assert_eq!(before, after, "{command}");
    }
}

#[test]
fn the_same_command_gives_the_same_numbers_on_any_number_of_threads() {
    let bench = Bench::new();
    for command in ["train qfwp --epochs 2", "train rl --episodes 10 --workers 3"] {
        bench.run(&format!("{command} --threads 1 --out one --overwrite")).results();
        bench.run(&format!("{command} --threads 2 --out two --overwrite")).results();
        assert_eq!(bench.log("one"), bench.log("two"), "{command}");
    }
}

#[test]
fn comparisons_have_a_row_per_model_and_task() {
    let bench = Bench::new();
    let forecasts = bench.run(
        "compare qfwp --tasks shm,bessel --model qfwp,qfwp:delta,lstm --seeds 1,2 --epochs 2 --out table",
    );
    assert_eq!(forecasts.code, Some(0), "{}", forecasts.stderr);
    let rows: Vec<Value> =
        serde_json::from_slice(&fs::read(bench.path("table/table.json")).unwrap()).unwrap();
    let names: Vec<_> =
        rows.iter().map(|row| (row["task"].as_str().unwrap(), row["model"].as_str().unwrap())).collect();
    let models = ["qfwp", "qfwp:delta", "lstm"];
    let expected: Vec<_> =
        ["shm", "bessel"].iter().flat_map(|task| models.map(|model| (*task, model))).collect();
    assert_eq!(names, expected);
    assert!(rows.iter().all(|row| (row["circuit_evaluations"] != 0) == (row["model"] != "lstm")));
    for line in ["| shm | mean | ", "| bessel | linear regression | "] {
        assert!(forecasts.stdout.contains(line), "no {line:?} in {}", forecasts.stdout);
    }
    for picture in ["shm-curves", "shm-errors", "bessel-curves"] {
        assert!(bench.path("table/plots").join(picture).with_extension("svg").is_file(), "{picture}");
    }
    let agents = bench.run("compare rl --agent mlp,vqc --seeds 1,2 --episodes 8 --workers 2 --out agents");
    assert_eq!(agents.code, Some(0), "{}", agents.stderr);
    assert_eq!(agents.stdout.lines().count(), 4, "{}", agents.stdout);
    assert!(bench.path("agents/plots/empty-5x5-rewards.svg").is_file());
    assert_eq!(bench.run("plot agents").code, Some(0));
    assert_eq!(bench.run("plot table").code, Some(0));
}

#[test]
fn a_series_from_a_file_is_forecast() {
    let bench = Bench::new();
    let values = (0..80).map(|k| format!("{k},{}\n", (0.3 * f64::from(k)).sin())).collect::<String>();
    fs::write(bench.path("waves.csv"), format!("time,height\n{values}")).unwrap();
    let result = &bench.run("train qfwp --task waves.csv:height --epochs 2 --out run").results()[0];
    assert!(result["linear"].as_f64().unwrap() < 1e-20, "a sine is a linear recurrence: {result}");
}

#[test]
fn mistakes_are_named_with_a_remedy() {
    let bench = Bench::new();
    for (file, text) in [
        ("gap.csv", "x\n1\n2\n\"\"\n4\n"),
        ("word.csv", "x\n1\ntwo\n3\n"),
        ("short.csv", "x\n1\n2\n3\n4\n"),
        ("flat.csv", "x\n5\n5\n5\n5\n5\n5\n5\n5\n5\n5\n5\n5\n"),
        ("nan.csv", "x\n1\nNaN\n3\n"),
    ] {
        fs::write(bench.path(file), text).unwrap();
    }
    let table: [(&str, i32, &[&str]); 12] = [
        ("train qfwp --task smh", 2, &["smh", "shm"]),
        ("train qfwp --task nowhere.csv", 2, &["nowhere.csv"]),
        ("train qfwp --task gap.csv", 4, &["gap.csv", "row", "column"]),
        ("train qfwp --task word.csv", 4, &["word.csv", "two"]),
        ("train qfwp --task nan.csv", 4, &["nan.csv"]),
        ("train qfwp --task short.csv", 2, &["length of the series", "4"]),
        ("train qfwp --task flat.csv", 2, &["5", "scaling"]),
        ("train qfwp --model qlsmt", 2, &["qlsmt", "did you mean qlstm?"]),
        ("train qfwp --model lstm --update delta", 2, &["--update", "lstm"]),
        ("train qfwp --update dleta", 2, &["did you mean delta?"]),
        ("train rl --env empty-7x7", 2, &["empty-7x7", "did you mean"]),
        ("train rl --agent qfpw", 2, &["did you mean qfwp?"]),
    ];
    for (command, code, words) in table {
        bench.run(&format!("{command} --out run")).refused(code, words);
        assert!(!bench.path("run").exists(), "{command} left a folder");
    }
}

#[test]
fn a_checkpoint_of_another_model_is_refused() {
    let bench = Bench::new();
    bench.run("train qfwp --epochs 1 --out run").results();
    bench.run("train qfwp --epochs 2 --model lstm --out other").results();
    for entry in fs::read_dir(bench.path("other/checkpoints")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for entry in fs::read_dir(bench.path("run/checkpoints")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, bench.path("other/checkpoints").join(path.file_name().unwrap())).unwrap();
    }
    bench.run("eval other").refused(4, &["none of the", "--overwrite"]);
}
