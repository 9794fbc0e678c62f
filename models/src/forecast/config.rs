//! Settings of a forecasting run.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::init::Init;
use crate::sequence::ModelConfig;
use crate::series::{Scaling, WindowConfig};
use crate::train::{NonFinite, OptimiserConfig, Plan, Precision, Schedule, at_least_one, positive};
use crate::vqc::Gradient;

/// Settings of a forecasting run; the defaults are those of the program released with arXiv:2402.17760, but for
/// initial weights.
///
/// ```
/// use models::forecast::{ForecastConfig, Forecasting};
/// use models::series::Task;
/// use models::train::Trainer;
///
/// let config = ForecastConfig { epochs: 1, ..ForecastConfig::default() };
/// let mut trainer = Trainer::new(Forecasting::new(config, Task::Shm.series())?)?;
/// assert_eq!((trainer.n_params(), trainer.steps_per_epoch()), (111, 16));
/// let before = trainer.evaluate()?.mse;
/// while !trainer.finished() {
///     trainer.step()?;
/// }
/// assert!(trainer.evaluate()?.mse < before);
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastConfig {
    /// Root of every random stream.
    pub seed: u64,
    /// Passes over the training windows.
    pub epochs: usize,
    /// Windows per step; the last step of an epoch takes what is left.
    pub batch: usize,
    /// Whether every epoch has an order of its own; otherwise windows come in order of time.
    pub shuffle: bool,
    /// Scales gradients down to this Euclidean norm, all parameters together; never if absent.
    pub clip_norm: Option<f64>,
    /// What happens when a loss or a gradient is not finite.
    pub non_finite: NonFinite,
    /// Number format of parameters and activations.
    pub precision: Precision,
    /// Where initial weights come from.
    pub init: Init,
    /// How circuits are differentiated.
    pub gradient: Gradient,
    /// Begins again with other weights where training is stuck; never if absent.
    pub restart: Option<Restart>,
    /// How the series is cut.
    pub windows: WindowConfig,
    /// From gradients to new parameters.
    pub optimiser: OptimiserConfig,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What is trained.
    pub model: ModelConfig,
}

/// When training counts as stuck: after every `every` epochs, if the mean squared error on the training windows is
/// above `share` of the variance of their targets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Restart {
    /// Epochs between two looks.
    pub every: usize,
    /// The limit, as a share of the variance.
    pub share: f64,
}

impl Default for Restart {
    fn default() -> Self {
        Self { every: 15, share: 0.5 }
    }
}

impl Default for ForecastConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            epochs: 100,
            batch: 10,
            shuffle: false,
            clip_norm: None,
            non_finite: NonFinite::Abort,
            precision: Precision::F64,
            init: Init::Stream,
            gradient: Gradient::Adjoint,
            restart: None,
            windows: WindowConfig::default(),
            optimiser: OptimiserConfig::rmsprop(),
            schedule: Schedule::Constant,
            model: ModelConfig::Fwp(crate::fwp::FwpConfig::default()),
        }
    }
}

impl ForecastConfig {
    /// The settings of the released program in full: initial weights as torch draws them, scaling by the whole series.
    pub fn released_script() -> Self {
        let windows = WindowConfig { scaling: Scaling::WholeSeries, ..WindowConfig::default() };
        Self { init: Init::Torch, windows, ..Self::default() }
    }

    pub(super) fn plan(&self) -> Plan {
        Plan {
            seed: self.seed,
            epochs: self.epochs,
            batch: self.batch,
            shuffle: self.shuffle,
            clip_norm: self.clip_norm,
            non_finite: self.non_finite,
            optimiser: self.optimiser,
            schedule: self.schedule.clone(),
        }
    }

    pub(super) fn validate(&self) -> Result<(), Error> {
        self.plan().validate()?;
        if let Some(Restart { every, share }) = self.restart {
            at_least_one("restart.every", every)?;
            positive("restart.share", share)?;
        }
        Ok(())
    }
}
