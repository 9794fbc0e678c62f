//! Pictures of a grid world as plain data.

use serde::{Deserialize, Serialize};

/// A grid world at one moment.
///
/// ```
/// use models::env::Env;
///
/// let mut env = Env::FourRooms.make();
/// env.reset(3);
/// let frame = env.frame().expect("a grid world");
/// assert_eq!(frame.cells.len(), frame.width * frame.height);
/// assert_eq!(frame.cells[0], (2, 5)); // the corner is a grey wall
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Cells from left to right.
    pub width: usize,
    /// Cells from top to bottom.
    pub height: usize,
    /// Object and colour of every cell, row by row. Objects: 1 empty, 2 wall, 8 goal. Colours: 0 none (empty
    /// cells), 1 green (goals), 5 grey (walls).
    pub cells: Vec<(u8, u8)>, // height width
    /// Where the agent is.
    pub agent: Pose,
}

/// Place and direction of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pose {
    /// Column, 0 at the left.
    pub x: usize,
    /// Row, 0 at the top.
    pub y: usize,
    /// 0 right, 1 down, 2 left, 3 up.
    pub direction: usize,
}
