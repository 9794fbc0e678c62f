//! The environments by name.

use serde::{Deserialize, Serialize};

use super::Environment;
use super::acrobot::Acrobot;
use super::cart_pole::CartPole;
use super::grid_world::GridWorld;
use super::layout::Layout;
use crate::Error;
use crate::names::find;

/// A standard environment; all but the last two are grid worlds.
///
/// | environments | observation | actions | an episode pays |
/// |---|---|---|---|
/// | grid worlds | 147: object, colour, state of 7 x 7 cells | 7 | `1 - 0.9 steps / max_steps` at the goal |
/// | `cartpole` | 4: place, angle, their velocities | 2 | 1 for each step until the pole falls |
/// | `acrobot` | 6: cosines, sines, velocities | 3 | -1 for each step until the tip is up |
///
/// ```
/// use models::env::Env;
///
/// let mut env = Env::from_name("cartpole")?.make();
/// assert_eq!(env.reset(1).len(), env.observation_len());
/// assert!(Env::from_name("cart-pole").is_err_and(|e| e.to_string().contains("did you mean cartpole?")));
/// # Ok::<(), models::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Env {
    /// `MiniGrid-Empty-5x5-v0`: a room with nothing but the goal; at best 5 steps.
    #[serde(rename = "empty-5x5")]
    Empty5x5,
    /// `MiniGrid-Empty-6x6-v0`; at best 7 steps.
    #[serde(rename = "empty-6x6")]
    Empty6x6,
    /// `MiniGrid-Empty-8x8-v0`; at best 11 steps.
    #[serde(rename = "empty-8x8")]
    Empty8x8,
    /// `MiniGrid-Empty-16x16-v0`; at best 27 steps.
    #[serde(rename = "empty-16x16")]
    Empty16x16,
    /// `MiniGrid-Empty-Random-5x5-v0`: the agent starts anywhere.
    #[serde(rename = "empty-random-5x5")]
    EmptyRandom5x5,
    /// `MiniGrid-Empty-Random-6x6-v0`: the agent starts anywhere.
    #[serde(rename = "empty-random-6x6")]
    EmptyRandom6x6,
    /// `MiniGrid-SimpleCrossingS9N1-v0`: one wall with one opening.
    #[serde(rename = "simple-crossing-s9n1")]
    SimpleCrossingS9N1,
    /// `MiniGrid-SimpleCrossingS9N2-v0`: two walls.
    #[serde(rename = "simple-crossing-s9n2")]
    SimpleCrossingS9N2,
    /// `MiniGrid-SimpleCrossingS9N3-v0`: three walls.
    #[serde(rename = "simple-crossing-s9n3")]
    SimpleCrossingS9N3,
    /// `MiniGrid-SimpleCrossingS11N5-v0`: five walls in a larger room.
    #[serde(rename = "simple-crossing-s11n5")]
    SimpleCrossingS11N5,
    /// `MiniGrid-FourRooms-v0`: agent and goal anywhere in four rooms.
    #[serde(rename = "four-rooms")]
    FourRooms,
    /// `CartPole-v1`: keep a pole upright.
    #[serde(rename = "cartpole")]
    CartPole,
    /// `Acrobot-v1`: swing a two-link pendulum up.
    #[serde(rename = "acrobot")]
    Acrobot,
}

impl Env {
    /// All environments with their names.
    pub const NAMES: [(&'static str, Env); 13] = [
        ("empty-5x5", Env::Empty5x5),
        ("empty-6x6", Env::Empty6x6),
        ("empty-8x8", Env::Empty8x8),
        ("empty-16x16", Env::Empty16x16),
        ("empty-random-5x5", Env::EmptyRandom5x5),
        ("empty-random-6x6", Env::EmptyRandom6x6),
        ("simple-crossing-s9n1", Env::SimpleCrossingS9N1),
        ("simple-crossing-s9n2", Env::SimpleCrossingS9N2),
        ("simple-crossing-s9n3", Env::SimpleCrossingS9N3),
        ("simple-crossing-s11n5", Env::SimpleCrossingS11N5),
        ("four-rooms", Env::FourRooms),
        ("cartpole", Env::CartPole),
        ("acrobot", Env::Acrobot),
    ];

    /// The environment of a name.
    ///
    /// # Errors
    /// There is none; the message suggests the nearest.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        find("the environment", name, &Self::NAMES)
    }

    /// Builds the environment; its first episode begins with [`Environment::reset`].
    pub fn make(self) -> Box<dyn Environment + Send> {
        let empty = |size, random_start| Box::new(GridWorld::new(Layout::Empty { size, random_start }));
        let crossing = |size, n_walls| Box::new(GridWorld::new(Layout::Crossing { size, n_walls }));
        match self {
            Self::Empty5x5 => empty(5, false),
            Self::Empty6x6 => empty(6, false),
            Self::Empty8x8 => empty(8, false),
            Self::Empty16x16 => empty(16, false),
            Self::EmptyRandom5x5 => empty(5, true),
            Self::EmptyRandom6x6 => empty(6, true),
            Self::SimpleCrossingS9N1 => crossing(9, 1),
            Self::SimpleCrossingS9N2 => crossing(9, 2),
            Self::SimpleCrossingS9N3 => crossing(9, 3),
            Self::SimpleCrossingS11N5 => crossing(11, 5),
            Self::FourRooms => Box::new(GridWorld::new(Layout::FourRooms)),
            Self::CartPole => Box::new(CartPole::new()),
            Self::Acrobot => Box::new(Acrobot::new()),
        }
    }
}
