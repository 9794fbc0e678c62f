//! What an agent sees: 7 x 7 cells ahead of it and to its sides, from its own point of view.
//!
//! Column `i` and row `j` of a view are the cell `6 - j` steps ahead and `i - 3` steps to the right. Rows are
//! masks of seven bits where walls hide what is behind them.

use super::grid::{Cell, Grid};

/// Cells of a view along each side; the agent looks from the middle of the last row.
const SIDE: usize = 7;
/// Column and row of the agent.
const AGENT: (usize, usize) = (SIDE / 2, SIDE - 1);
/// Object, colour and state of a cell; the state is 0 for all objects here.
const CHANNELS: usize = 3;
/// Length of an observation.
pub(super) const LEN: usize = SIDE * SIDE * CHANNELS;

type View = [[Cell; SIDE]; SIDE]; // i j

/// The observation of an agent at `position`, column by column: cell `(i, j)` fills `3 (7 i + j)` and the two
/// numbers after it. Hidden cells are 0; the agent's own cell is shown empty.
pub(super) fn observe(grid: &Grid, position: usize, direction: usize, see_through_walls: bool) -> Vec<f64> {
    let cells = cells_ahead(grid, position, direction);
    let visible = if see_through_walls { [0x7f; SIDE] } else { visible_rows(&cells) };
    let mut observation = vec![0.0; LEN]; // i j channel
    let mut codes = observation.chunks_exact_mut(CHANNELS);
    for (i, column) in cells.iter().enumerate() {
        for ((j, &cell), code) in column.iter().enumerate().zip(&mut codes) {
            if visible[j] >> i & 1 == 1 {
                let shown = if (i, j) == AGENT { Cell::Empty } else { cell };
                let (object, colour) = shown.code();
                (code[0], code[1]) = (f64::from(object), f64::from(colour));
            }
        }
    }
    observation
}

fn cells_ahead(grid: &Grid, position: usize, direction: usize) -> View {
    let (ahead, right) = (grid.stride(direction), grid.stride((direction + 1) % 4));
    let corner = position.wrapping_add_signed(AGENT.1 as isize * ahead - AGENT.0 as isize * right);
    let at = |i: usize, j: usize| corner.wrapping_add_signed(i as isize * right - j as isize * ahead);
    std::array::from_fn(|i| std::array::from_fn(|j| grid.cell(at(i, j))))
}

/// Bit `i` of row `j` is set where the agent sees cell `(i, j)`. Light spreads from the agent along its
/// row; each lit cell without a wall then lights three cells of the next row, straight ahead and one to
/// either side.
fn visible_rows(cells: &View) -> [u8; SIDE] {
    let mut rows = [0; SIDE];
    let mut lit: u8 = 1 << AGENT.0;
    for (j, row) in rows.iter_mut().enumerate().rev() {
        let open = (0..SIDE).fold(0, |open, i| open | u8::from(cells[i][j] != Cell::Wall) << i);
        let spread = |lit: u8| (lit & open) << 1 | lit & open | (lit & open) >> 1;
        for _ in 1..SIDE {
            lit |= spread(lit);
        }
        *row = lit;
        lit = spread(lit);
    }
    rows
}
