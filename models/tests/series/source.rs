//! Sources of series: what a user may write, what it gives, and what is answered to anything else.

use std::fs;
use std::path::PathBuf;

use models::series::{Driver, Scaling, Series, SeriesSource, Task, WindowConfig, Windows};
use sha2::{Digest, Sha256};

fn table() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "u,y\n1,10\n2,20\n3,30\n").unwrap();
    (folder, path)
}

#[test]
fn every_task_is_a_source() {
    for (name, task) in Task::NAMES {
        let source = SeriesSource::parse(name).unwrap();
        assert_eq!(source, SeriesSource::Task { task, driver: Driver::U });
        assert_eq!((source.to_string().as_str(), task.name()), (name, name));
        assert_eq!(source.series().unwrap(), task.series());
        let driven = name.starts_with("narma");
        assert_eq!(source.default_scaling(), if driven { Scaling::None } else { Scaling::WholeSeries });
        let own = SeriesSource::parse(&format!("{name}:y"));
        assert_eq!(own.is_ok(), driven, "{name}");
        if let Ok(own) = own {
            assert_eq!(own.to_string(), format!("{name}:y"));
            assert_eq!(own.series().unwrap(), Series::of(task.series().output));
            assert_eq!(SeriesSource::parse(&format!("{name}:u")).unwrap(), source);
        }
    }
}

#[test]
fn columns_of_files() {
    let (_folder, path) = table();
    let path = path.display().to_string();
    let (u, y) = (vec![1.0, 2.0, 3.0], vec![10.0, 20.0, 30.0]);
    for (ending, input, output) in
        [("", &y, &y), (":u", &u, &u), (":y", &y, &y), (":0", &u, &u), (":y:u", &u, &y), (":0:1", &y, &u)]
    {
        let text = format!("{path}{ending}");
        let source = SeriesSource::parse(&text).unwrap();
        assert_eq!(source.to_string(), text);
        let expected = Series { input: input.clone(), output: output.clone() };
        assert_eq!(source.series().unwrap(), expected, "{ending}");
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(serde_json::from_str::<SeriesSource>(&json).unwrap(), source, "{json}");
    }
    let missing = SeriesSource::parse(&format!("{path}:z")).unwrap().series().unwrap_err().to_string();
    assert!(missing.contains("z") && missing.contains("u, y"), "{missing}");
}

#[test]
fn anything_else_is_refused_with_a_remedy() {
    for (text, words) in [
        ("narma6", vec!["narma6", "narma5", "did you mean", "FILE:COLUMN"]),
        ("shm:y", vec!["shm:y", "did you mean shm?"]),
        ("no/such.csv:1", vec!["no/such.csv:1", "check the path"]),
        ("", vec!["a task", "shm"]),
    ] {
        let message = SeriesSource::parse(text).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{word:?} is not in {message:?}");
        }
    }
}

#[test]
fn settings_are_strict() {
    let short = r#"{"task":{"task":"narma5"}}"#;
    let source: SeriesSource = serde_json::from_str(short).unwrap();
    assert_eq!(source, SeriesSource::parse("narma5").unwrap());
    let wrong = r#"{"task":{"task":"narma5","drive":"y"}}"#;
    assert!(serde_json::from_str::<SeriesSource>(wrong).unwrap_err().to_string().contains("drive"));
}

#[test]
fn fingerprints_tell_series_apart() {
    let prints: Vec<String> = Task::NAMES.iter().map(|(_, task)| task.series().fingerprint()).collect();
    for (k, print) in prints.iter().enumerate() {
        assert!(!prints[..k].contains(print), "{:?}", Task::NAMES[k]);
    }
    let split = |n: usize| Series { input: vec![0.5; n], output: vec![0.5; 4 - n] }.fingerprint();
    assert_ne!(split(1), split(2));
    let bytes = [2_u64.to_le_bytes(), 1.5_f64.to_le_bytes(), 2.5_f64.to_le_bytes()].concat();
    let twice = [&bytes[..], &bytes[8..]].concat();
    let expected: String = Sha256::digest(twice).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(Series::of(vec![1.5, 2.5]).fingerprint(), expected);
}

#[test]
fn responses_are_cut_unscaled_as_published() {
    let source = SeriesSource::parse("narma10").unwrap();
    let config = WindowConfig { scaling: source.default_scaling(), ..WindowConfig::default() };
    let series = source.series().unwrap();
    let windows = Windows::cut(&series, &config).unwrap();
    assert_eq!((windows.input(0), windows.targets[0]), (&series.input[..4], series.output[4]));
}
