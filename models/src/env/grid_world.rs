//! A room an agent walks through in search of a goal.
//!
//! Actions: 0 turn left, 1 turn right, 2 forward; 3 to 6 (pick up, drop, toggle, done) do nothing here, where
//! nothing can be carried or opened. The goal pays `1 - 0.9 steps / max_steps`.
//!
//! Reference: Chevalier-Boisvert et al., arXiv:2306.13831.

use super::frame::Frame;
use super::grid::{Cell, Grid};
use super::layout::Layout;
use super::numpy_rng::NumpyRng;
use super::view::{self, observe};
use super::{Clock, Environment, Transition};

const N_ACTIONS: usize = 7;
const TURN_LEFT: usize = 0;
const TURN_RIGHT: usize = 1;
const FORWARD: usize = 2;

#[derive(Clone, Debug)]
pub(super) struct GridWorld {
    layout: Layout,
    grid: Grid,
    position: usize,
    direction: usize,
    clock: Clock,
}

impl GridWorld {
    pub(super) fn new(layout: Layout) -> Self {
        let grid = Grid::new(layout.size(), layout.size());
        let position = grid.position(1, 1);
        Self { layout, grid, position, direction: 0, clock: Clock::new(layout.max_steps()) }
    }

    fn observation(&self) -> Vec<f64> {
        observe(&self.grid, self.position, self.direction, self.layout.see_through_walls())
    }
}

impl Environment for GridWorld {
    fn observation_len(&self) -> usize {
        view::LEN
    }

    fn n_actions(&self) -> usize {
        N_ACTIONS
    }

    fn reset(&mut self, seed: u64) -> Vec<f64> {
        let agent = self.layout.draw(&mut self.grid, &mut NumpyRng::new(seed));
        self.position = self.grid.position(agent.x, agent.y);
        self.direction = agent.direction;
        self.clock.start();
        self.observation()
    }

    fn step(&mut self, action: usize) -> Transition {
        self.clock.tick(action, N_ACTIONS);
        match action {
            TURN_LEFT => self.direction = (self.direction + 3) % 4,
            TURN_RIGHT => self.direction = (self.direction + 1) % 4,
            FORWARD => {
                let ahead = self.position.wrapping_add_signed(self.grid.stride(self.direction));
                if self.grid.cell(ahead) != Cell::Wall {
                    self.position = ahead;
                }
            }
            _ => {}
        }
        let terminated = self.grid.cell(self.position) == Cell::Goal;
        let share = f64::from(self.clock.steps) / f64::from(self.clock.limit);
        let reward = if terminated { 1.0 - 0.9 * share } else { 0.0 };
        self.clock.transition(self.observation(), reward, terminated)
    }

    fn frame(&self) -> Option<Frame> {
        let (width, height) = (self.grid.width(), self.grid.height());
        let code = |at: usize| self.grid.get(at % width, at / width).code();
        let cells = (0..width * height).map(code).collect();
        Some(Frame { width, height, cells, agent: self.grid.pose(self.position, self.direction) })
    }
}
