//! `manifest.json`: what the settings of a run do not say, but its numbers may hang on.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::config;
use crate::error::CliError;
use crate::run_dir::{Existing, RunDir, write_atomically};

/// The crates whose versions can change the numbers of a run.
const CRATES: [&str; 9] =
    ["ketwork-cli", "ketwork-models", "ketwork-sim", "burn", "burn-flex", "faer", "ndarray", "pulp", "rayon"];

/// Where, when and with what a run was started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The model that is trained.
    pub model: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// The command line.
    pub command: Vec<String>,
    /// Seconds since 1970.
    pub started_unix: u64,
    /// Versions of the crates that compute.
    pub versions: BTreeMap<String, String>,
    /// Processor architecture and operating system.
    pub target: String,
    /// Vector extensions of the processor that the kernels know.
    pub cpu_features: Vec<String>,
    /// Threads in the pool; the numbers do not depend on it.
    pub threads: usize,
    /// The data set.
    pub data: String,
    /// SHA-256 of every file of data, or of the generated pixels.
    pub data_sha256: Vec<(String, String)>,
    /// Numbers of parameters, by what they are.
    pub parameters: BTreeMap<String, usize>,
    /// Commit of the working folder, `-dirty` where files differ; missing outside a repository.
    pub git: Option<String>,
}

impl Manifest {
    /// Looks at the machine and the program.
    pub fn new(
        model: &str,
        seed: u64,
        data: &str,
        data_sha256: Vec<(String, String)>,
        parameters: impl IntoIterator<Item = (&'static str, usize)>,
    ) -> Self {
        Self {
            model: model.to_owned(),
            seed,
            command: std::env::args().collect(),
            started_unix: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            versions: versions(),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            cpu_features: cpu_features(),
            threads: rayon::current_num_threads(),
            data: data.to_owned(),
            data_sha256,
            parameters: parameters.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            git: git_commit(),
        }
    }

    /// Writes settings and manifest of a new run, or checks that the data of an old one are the same.
    ///
    /// # Errors
    /// A file cannot be written, or the data have changed.
    pub fn begin(&self, run: &RunDir, existing: Existing, config: &impl Serialize) -> Result<(), CliError> {
        if existing == Existing::Resume && run.manifest().is_file() {
            return Self::read(run)?.check_data(&self.data_sha256);
        }
        write_atomically(&run.config(), config::text(config).as_bytes())?;
        write_atomically(&run.manifest(), &serde_json::to_vec_pretty(self).expect("a manifest is plain data"))
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// The file cannot be read or is no manifest.
    pub fn read(run: &RunDir) -> Result<Self, CliError> {
        let path = run.manifest();
        let bytes = std::fs::read(&path).map_err(CliError::io(&path))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            CliError::Data(format!("{}: {error}; start again with --overwrite", path.display()))
        })
    }

    /// Checks that the data are those the run was started with.
    ///
    /// # Errors
    /// A digest differs.
    pub fn check_data(&self, sha256: &[(String, String)]) -> Result<(), CliError> {
        if self.data_sha256 == sha256 {
            return Ok(());
        }
        let changed = self.data_sha256.iter().find(|entry| !sha256.contains(entry));
        let name = changed.or(sha256.first()).map_or("data", |(name, _)| name);
        Err(CliError::Data(format!(
            "{name} has changed since the run was started (its SHA-256 differs from the manifest's); restore \
             the data, or start a new run with another --out"
        )))
    }
}

/// Versions from the lock file this program was built with.
fn versions() -> BTreeMap<String, String> {
    let lock: toml::Table = include_str!("../../Cargo.lock").parse().expect("cargo writes valid lock files");
    let packages = lock["package"].as_array().expect("a lock file lists packages");
    let field = |package: &toml::Value, key| package[key].as_str().unwrap_or_default().to_owned();
    let all = packages.iter().map(|package| (field(package, "name"), field(package, "version")));
    all.filter(|(name, _)| CRATES.contains(&name.as_str())).collect()
}

#[cfg(target_arch = "x86_64")]
fn cpu_features() -> Vec<String> {
    use std::arch::is_x86_feature_detected as has;
    let all = [
        ("sse4.2", has!("sse4.2")),
        ("avx", has!("avx")),
        ("avx2", has!("avx2")),
        ("fma", has!("fma")),
        ("avx512f", has!("avx512f")),
        ("avx512dq", has!("avx512dq")),
        ("avx512vl", has!("avx512vl")),
    ];
    all.into_iter().filter(|(_, present)| *present).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(target_arch = "aarch64")]
fn cpu_features() -> Vec<String> {
    use std::arch::is_aarch64_feature_detected as has;
    let all = [("neon", has!("neon")), ("sve", has!("sve"))];
    all.into_iter().filter(|(_, present)| *present).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn cpu_features() -> Vec<String> {
    Vec::new()
}

fn git_commit() -> Option<String> {
    let arguments = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_keeps_its_manifest_and_refuses_other_data() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::claim(folder.path(), Existing::Refuse).unwrap();
        let manifest = |seed, digest: &str| {
            Manifest::new(
                "qdsformer",
                seed,
                "glyphs",
                vec![("glyphs".into(), digest.into())],
                [("trained", 3)],
            )
        };
        let config = toml::Table::new();
        manifest(7, "ab").begin(&run, Existing::Refuse, &config).unwrap();
        manifest(8, "ab").begin(&run, Existing::Resume, &config).unwrap();
        let back = Manifest::read(&run).unwrap();
        assert_eq!((back.seed, back.parameters["trained"]), (7, 3));
        assert!(CRATES.iter().all(|name| back.versions.contains_key(*name)), "{:?}", back.versions);
        let error = manifest(7, "cd").begin(&run, Existing::Resume, &config).unwrap_err().to_string();
        assert!(error.starts_with("glyphs has changed"), "{error}");
    }
}
