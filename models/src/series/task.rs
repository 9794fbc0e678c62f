//! The standard tasks by name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::generate::{delayed_control, jaynes_cummings, line, population_inversion, transmon};
use super::pendulum::angular_velocity;
use super::windows::{Scaling, WindowConfig, Windows};
use super::{bessel_j, narma, narma_input};
use crate::Error;
use crate::data::hex;
use crate::names::find;

/// A standard forecasting task.
///
/// ```
/// use models::series::{Task, WindowConfig};
///
/// let task = Task::from_name("shm")?;
/// let windows = task.windows(&WindowConfig::default())?;
/// assert_eq!((windows.targets.len(), windows.n_train), (235, 157));
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Angular velocity of a damped pendulum, 240 values in 20 s.
    Shm,
    /// The Bessel function `J_2` at 256 points from 2 to 100.
    Bessel,
    /// Control pulses that return and fade, 2200 values.
    Control,
    /// Collapse and revival of an atom in a coherent field, 2500 values.
    Inversion,
    /// A qubit that trades a photon with a lossy cavity, 3000 values.
    Jc,
    /// The field of a resonator coupled to a transmon, 3000 values.
    Transmon,
    /// The response of order 2 from its input, 300 values.
    Narma2,
    /// The response of order 5 from its input, 300 values.
    Narma5,
    /// The response of order 10 from its input, 300 values.
    Narma10,
}

/// What is seen and what is to be forecast; the same series for most tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Values the windows are cut from.
    pub input: Vec<f64>,
    /// Values whose next one is the target; of the same length.
    pub output: Vec<f64>,
}

impl Series {
    /// A series that is forecast from its own past.
    pub fn of(values: Vec<f64>) -> Self {
        Self { input: values.clone(), output: values }
    }

    /// SHA-256 of the number of inputs, the inputs and the outputs, each of 64 bits with the lowest byte first.
    ///
    /// ```
    /// use models::series::Series;
    ///
    /// let [zero, negative] = [0.0, -0.0].map(|x| Series::of(vec![x]).fingerprint());
    /// assert!(zero.len() == 64 && zero != negative);
    /// ```
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update((self.input.len() as u64).to_le_bytes());
        for value in self.input.iter().chain(&self.output) {
            hash.update(value.to_le_bytes());
        }
        hex(&hash.finalize())
    }
}

impl Task {
    /// All tasks with their names.
    pub const NAMES: [(&'static str, Task); 9] = [
        ("shm", Task::Shm),
        ("bessel", Task::Bessel),
        ("control", Task::Control),
        ("inversion", Task::Inversion),
        ("jc", Task::Jc),
        ("transmon", Task::Transmon),
        ("narma2", Task::Narma2),
        ("narma5", Task::Narma5),
        ("narma10", Task::Narma10),
    ];

    /// The task of a name.
    ///
    /// # Errors
    /// There is none; the message suggests the nearest.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        find("the task", name, &Self::NAMES)
    }

    /// Its name in [`Task::NAMES`].
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, task)| *task == self);
        named.map(|(name, _)| *name).expect("every task has a name")
    }

    /// Whether it is a response to an input of its own (NARMA).
    pub fn is_driven(self) -> bool {
        matches!(self, Self::Narma2 | Self::Narma5 | Self::Narma10)
    }

    /// How the published scripts scale it: responses not at all, all others by the whole series.
    pub fn default_scaling(self) -> Scaling {
        if self.is_driven() { Scaling::None } else { Scaling::WholeSeries }
    }

    /// The values, unscaled.
    pub fn series(self) -> Series {
        let own = Series::of;
        let response = |order| {
            let input = narma_input(300);
            Series { output: narma(&input, order), input }
        };
        match self {
            Self::Shm => own(angular_velocity(&line(0.0, 20.0, 240))),
            Self::Bessel => own(line(2.0, 100.0, 256).into_iter().map(|x| bessel_j(2, x)).collect()),
            Self::Control => own(delayed_control()),
            Self::Inversion => own(population_inversion()),
            Self::Jc => own(jaynes_cummings()),
            Self::Transmon => own(transmon()),
            Self::Narma2 => response(2),
            Self::Narma5 => response(5),
            Self::Narma10 => response(10),
        }
    }

    /// The series cut into windows.
    ///
    /// # Errors
    /// As [`Windows::cut`].
    pub fn windows(self, config: &WindowConfig) -> Result<Windows, Error> {
        Windows::cut(&self.series(), config)
    }
}
