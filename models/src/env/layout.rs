//! How a grid world begins: walls, the goal and the agent, drawn in the order of `minigrid`.

use super::frame::Pose;
use super::grid::{Cell, Grid};
use super::numpy_rng::NumpyRng;

/// A family of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A square room with the goal in its last corner; the agent starts in the first, or anywhere.
    Empty { size: usize, random_start: bool },
    /// The square room with walls across it, each with one opening; a path to the goal exists.
    Crossing { size: usize, n_walls: usize },
    /// Four rooms with four openings; agent and goal are anywhere.
    FourRooms,
}

impl Layout {
    /// Cells along each side.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Empty { size, .. } | Self::Crossing { size, .. } => size,
            Self::FourRooms => 19,
        }
    }

    /// Steps after which an episode is cut off.
    pub(super) fn max_steps(self) -> u32 {
        match self {
            Self::Empty { size, .. } | Self::Crossing { size, .. } => 4 * (size * size) as u32,
            Self::FourRooms => 100,
        }
    }

    /// True where views show what walls would hide; without walls inside the room, nothing is hidden anyway.
    pub(super) fn see_through_walls(self) -> bool {
        matches!(self, Self::Empty { .. })
    }

    /// Fills `grid` and places the agent.
    pub(super) fn draw(self, grid: &mut Grid, rng: &mut NumpyRng) -> Pose {
        grid.clear();
        let last = self.size() - 2;
        let corner = Pose { x: 1, y: 1, direction: 0 };
        match self {
            Self::Empty { random_start, .. } => {
                grid.set(last, last, Cell::Goal);
                if random_start { place_agent(grid, rng) } else { corner }
            }
            Self::Crossing { size, n_walls } => {
                grid.set(last, last, Cell::Goal);
                draw_walls(grid, size, n_walls, rng);
                corner
            }
            Self::FourRooms => {
                draw_rooms(grid, rng);
                let agent = place_agent(grid, rng);
                let (x, y) = free_place(grid, Some((agent.x, agent.y)), rng);
                grid.set(x, y, Cell::Goal);
                agent
            }
        }
    }
}

fn place_agent(grid: &Grid, rng: &mut NumpyRng) -> Pose {
    let (x, y) = free_place(grid, None, rng);
    Pose { x, y, direction: rng.integers(0..4) }
}

/// An empty cell other than `taken`; cells are drawn until one is found.
fn free_place(grid: &Grid, taken: Option<(usize, usize)>, rng: &mut NumpyRng) -> (usize, usize) {
    loop {
        let (x, y) = (rng.integers(0..grid.width()), rng.integers(0..grid.height()));
        if grid.get(x, y) == Cell::Empty && taken != Some((x, y)) {
            return (x, y);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Line {
    Vertical,
    Horizontal,
}

/// `n_walls` walls across a square room, at even columns and rows, with openings along one path to the goal.
fn draw_walls(grid: &mut Grid, size: usize, n_walls: usize, rng: &mut NumpyRng) {
    let places = |line| (2..size - 2).step_by(2).map(move |at| (line, at));
    let mut walls: Vec<(Line, usize)> = places(Line::Vertical).chain(places(Line::Horizontal)).collect();
    rng.shuffle(&mut walls);
    walls.truncate(n_walls);
    for &(line, at) in &walls {
        for along in 1..size - 1 {
            let (x, y) = if line == Line::Vertical { (at, along) } else { (along, at) };
            grid.set(x, y, Cell::Wall);
        }
    }
    let columns = limits(&walls, Line::Vertical, size);
    let rows = limits(&walls, Line::Horizontal, size);
    open_path(grid, &columns, &rows, rng);
}

/// The walls of one direction in ascending order, between those of the room.
fn limits(walls: &[(Line, usize)], line: Line, size: usize) -> Vec<usize> {
    let inner = walls.iter().filter(|wall| wall.0 == line).map(|wall| wall.1);
    let mut limits: Vec<usize> = inner.chain([0, size - 1]).collect();
    limits.sort_unstable();
    limits
}

/// Opens the walls that a path from the first to the last room crosses, at one cell each.
fn open_path(grid: &mut Grid, columns: &[usize], rows: &[usize], rng: &mut NumpyRng) {
    let across = |line, limits: &[usize]| vec![line; limits.len() - 2];
    let mut path = [across(Line::Vertical, columns), across(Line::Horizontal, rows)].concat();
    rng.shuffle(&mut path);
    let (mut i, mut j) = (0, 0);
    for crossed in path {
        match crossed {
            Line::Vertical => {
                let y = rng.integers(rows[j] + 1..rows[j + 1]);
                i += 1;
                grid.set(columns[i], y, Cell::Empty);
            }
            Line::Horizontal => {
                let x = rng.integers(columns[i] + 1..columns[i + 1]);
                j += 1;
                grid.set(x, rows[j], Cell::Empty);
            }
        }
    }
}

/// Walls between four rooms, with an opening between each two neighbours.
fn draw_rooms(grid: &mut Grid, rng: &mut NumpyRng) {
    let (width, height) = (grid.width() / 2, grid.height() / 2);
    for top in [0, height] {
        for left in [0, width] {
            if left == 0 {
                (top..top + height).for_each(|y| grid.set(width, y, Cell::Wall));
                grid.set(width, rng.integers(top + 1..top + height), Cell::Empty);
            }
            if top == 0 {
                (left..left + width).for_each(|x| grid.set(x, height, Cell::Wall));
                grid.set(rng.integers(left + 1..left + width), height, Cell::Empty);
            }
        }
    }
}
