//! What can stop a command, how it is said in one line, and the exit code it ends with.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The reason a command ended without doing all it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A wrong flag, key or combination of them.
    #[error("{0}")]
    Usage(String),
    /// Something the user named is missing, unreadable or not what it should be.
    #[error("{0}")]
    Data(String),
    /// The operating system refused to read or write.
    #[error("{}: {source}; check that the path exists, is writable and that the disk is not full", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The first Ctrl-C or SIGTERM; all is saved.
    #[error("interrupted; all is saved")]
    Interrupted,
    /// An error of the library.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// An error of the pipelines.
    #[error(transparent)]
    Pipeline(#[from] ketwork::Error),
    /// Everything was done, but something did not converge.
    #[error("{0}")]
    NotConverged(String),
    /// A picture that cannot be drawn.
    #[error("a picture cannot be drawn: {0}")]
    Picture(#[from] viz::Error),
}

impl CliError {
    /// An error of the operating system about `path`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// 2 usage, 3 refused (memory, support), 4 data and files, 5 numerical, 6 not converged, 130 interrupted.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Data(_) | Self::Io { .. } | Self::Picture(_) => 4,
            Self::Interrupted => 130,
            Self::Model(error) => model_code(error),
            Self::Pipeline(error) => pipeline_code(error),
            Self::NotConverged(_) => 6,
        })
    }
}

/// The exit code of a library error.
fn model_code(error: &models::Error) -> u8 {
    use models::Error as E;
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is non-exhaustive")]
    match error {
        E::Memory { .. } | E::Circuit(_) => 3,
        E::Data { .. } | E::Io { .. } => 4,
        E::NonFinite { .. } => 5,
        _ => 2,
    }
}

/// The exit code of an error of the pipelines.
fn pipeline_code(error: &ketwork::Error) -> u8 {
    use ketwork::Error as E;
    use ketwork::tensornet::Error as Network;
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is non-exhaustive")]
    match error {
        E::Register { .. } | E::Circuit(_) | E::Sim(_) | E::Tensornet(Network::Memory { .. }) => 3,
        E::NonFinite { .. } => 5,
        _ => 2,
    }
}
