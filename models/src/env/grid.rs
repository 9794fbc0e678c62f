//! A map of cells inside a frame of walls that is wide enough for every view.
//!
//! Positions are indices into the padded map: a step to the right adds 1, a step down adds the width of the
//! padded map. What an agent sees beyond the map are walls, so views need no bounds.

use super::frame::Pose;

/// Cells of padding on each side: the depth of a view less the agent's own cell.
const PADDING: usize = 6;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A wall, which also hides what is behind it.
    Wall,
    /// Where the agent wants to be.
    Goal,
}

impl Cell {
    /// Object and colour in the encoding of `minigrid`.
    pub(super) fn code(self) -> (u8, u8) {
        match self {
            Self::Empty => (1, 0),
            Self::Wall => (2, 5),
            Self::Goal => (8, 1),
        }
    }
}

/// The map.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    width: usize,
    height: usize,
    cells: Vec<Cell>, // PADDING+height+PADDING PADDING+width+PADDING
}

impl Grid {
    /// Walls everywhere.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let cells = vec![Cell::Wall; (width + 2 * PADDING) * (height + 2 * PADDING)];
        Self { width, height, cells }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    fn row(&self) -> usize {
        self.width + 2 * PADDING
    }

    /// The position of column `x` and row `y`.
    pub(super) fn position(&self, x: usize, y: usize) -> usize {
        (y + PADDING) * self.row() + x + PADDING
    }

    /// The inverse of [`position`](Self::position), with a direction.
    pub(super) fn pose(&self, position: usize, direction: usize) -> Pose {
        let (x, y) = (position % self.row() - PADDING, position / self.row() - PADDING);
        Pose { x, y, direction }
    }

    /// What a step in `direction` adds to a position.
    pub(super) fn stride(&self, direction: usize) -> isize {
        let down = self.row() as isize;
        [1, down, -1, -down][direction]
    }

    pub(super) fn cell(&self, position: usize) -> Cell {
        self.cells[position]
    }

    pub(super) fn get(&self, x: usize, y: usize) -> Cell {
        self.cells[self.position(x, y)]
    }

    pub(super) fn set(&mut self, x: usize, y: usize, cell: Cell) {
        let position = self.position(x, y);
        self.cells[position] = cell;
    }

    /// One empty room with walls around it.
    pub(super) fn clear(&mut self) {
        for y in 1..self.height - 1 {
            let from = self.position(1, y);
            self.cells[from..from + self.width - 2].fill(Cell::Empty);
        }
    }
}
