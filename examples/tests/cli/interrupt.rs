//! Runs that are stopped, killed or damaged, and go on to the same end.

use std::fs;
use std::process::{Child, Command};

use crate::bench::{Bench, Ended, checkpoints, newest_checkpoint};

/// Long enough to be stopped on the way.
const LONG: &str = "--epochs 100";
/// Sixty images in batches of ten, a hundred times.
const LAST_STEP: u64 = 600;

/// Writes settings under which every step may be saved.
fn saving_often(bench: &Bench) {
    let settings = fs::read_to_string(bench.path("small.toml")).unwrap();
    fs::write(bench.path("small.toml"), format!("save_seconds = 0.0\n{settings}")).unwrap();
}

#[cfg(unix)]
fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn end(child: Child) -> Ended {
    Ended::from(child.wait_with_output().unwrap())
}

#[test]
fn a_killed_run_ends_as_one_that_never_stopped() {
    let bench = Bench::new();
    saving_often(&bench);
    bench.train("whole", LONG).results();
    for kills in [vec![1], vec![20, 75]] {
        for (nth, step) in kills.into_iter().enumerate() {
            let flags = if nth == 0 { LONG.to_owned() } else { format!("{LONG} --resume") };
            let mut child = bench.train_until("killed", &flags, step);
            child.kill().unwrap();
            end(child);
            assert!(newest_checkpoint(&bench.path("killed")).unwrap() < LAST_STEP, "killed too late to tell");
        }
        bench.train("killed", &format!("{LONG} --resume")).results();
        assert_eq!(bench.log("killed"), bench.log("whole"));
        fs::remove_dir_all(bench.path("killed")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn signals_save_and_say_how_to_go_on() {
    let bench = Bench::new();
    saving_often(&bench);
    bench.train("whole", LONG).results();
    for signal in ["-INT", "-TERM"] {
        let child = bench.train_until("run", LONG, 3);
        send(signal, &child);
        let ended = end(child);
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        let command = ended.stderr.lines().last().unwrap().split_once("ketwork ").unwrap().1;
        assert!(command.ends_with("--resume"), "{command}");
        let log = bench.log("run");
        assert_eq!(log.last().unwrap()["step"], newest_checkpoint(&bench.path("run")).unwrap());
        bench.run(command).results();
        assert_eq!(bench.log("run"), bench.log("whole"));
        fs::remove_dir_all(bench.path("run")).unwrap();
    }
}

#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_it_used() {
    let bench = Bench::new();
    bench.train("whole", "").results();
    for damage in ["truncated", "flipped", "empty"] {
        bench.train("run", "").results();
        let newest = checkpoints(&bench.path("run")).pop().unwrap();
        let mut bytes = fs::read(&newest).unwrap();
        match damage {
            "truncated" => bytes.truncate(bytes.len() / 2),
            "flipped" => *bytes.last_mut().unwrap() ^= 1,
            _ => bytes.clear(),
        }
        fs::write(&newest, bytes).unwrap();
        let ended = bench.train("run", "--resume");
        ended.results();
        let name = newest.file_name().unwrap().to_str().unwrap();
        assert!(
            ended.stderr.contains(name) && ended.stderr.contains("warning"),
            "{damage}: {}",
            ended.stderr
        );
        assert_eq!(bench.log("run"), bench.log("whole"), "{damage}");
        checkpoints(&bench.path("run")).iter().for_each(|path| fs::write(path, "none").unwrap());
        bench.train("run", "--resume").refused(4, &["none of the 2 checkpoints", "--overwrite"]);
        fs::remove_dir_all(bench.path("run")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn two_processes_do_not_train_in_one_folder() {
    let bench = Bench::new();
    saving_often(&bench);
    let mut child = bench.train_until("run", "--epochs 10000", 1);
    bench.train("run", "--epochs 10000 --resume").refused(2, &["another process"]);
    child.kill().unwrap();
    end(child);
}
