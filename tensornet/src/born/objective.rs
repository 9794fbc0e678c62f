//! The likelihood as a function of the tensor at the centre, and its descent.
//!
//! With everything else fixed the amplitude of a row is linear in the centre, `ψ_x = ⟨f_x, T⟩`, where `f_x` is
//! the product of what the row makes of the two sides. `F(T) = |T|² - 2 Σ w_x ln |ψ_x|` is minimal where
//! the likelihood of `T / |T|` is, with gradient `2 (T - Σ w_x f_x / ψ_x)`, and convex as long as no amplitude
//! changes its sign.

use faer::Mat;

use crate::linalg::{add_product, add_scaled, inner, product, scaled};

/// Gradients shorter than this, beside a tensor of norm one, end the descent.
const SETTLED: f64 = 1e-10;

/// Amplitudes are kept this far from zero, for rows of norm one.
const SMALLEST: f64 = 1e-12;

/// Most Newton steps of a line search, and the relative change that ends it.
const LINE: (usize, f64) = (60, 1e-6);

/// The rows that share one block of the centre.
pub(super) struct Block {
    /// First row and column of the block.
    pub(super) at: (usize, usize),
    /// Products of the left side, `bond row`.
    pub(super) left: Mat<f64>,
    /// Products of the right side, `bond row`.
    pub(super) right: Mat<f64>,
    /// Weights of the rows.
    pub(super) weights: Vec<f64>,
}

/// `F`, for a centre made of the blocks listed and others that no row needs.
pub(super) struct Objective(pub(super) Vec<Block>);

impl Objective {
    /// `start` after at most `steps` steps of conjugate gradients, none longer than `longest` times its
    /// direction; `longest = 1` would be the fixed-point iteration `T ← Σ w f / ψ`. Of norm one.
    pub(super) fn descend(&self, start: Mat<f64>, steps: usize, longest: f64) -> Mat<f64> {
        let mut centre = start;
        let mut psi = self.amplitudes(&centre);
        let mut before: Option<(Mat<f64>, Mat<f64>)> = None; // slope, direction
        for _ in 0..steps {
            psi.iter_mut().flatten().for_each(away_from_zero);
            let slope = self.slope(&centre, &psi);
            let square = inner(&slope, &slope);
            if square < SETTLED * SETTLED {
                break;
            }
            let direction = conjugate(&slope, square, before.as_ref());
            let change = self.amplitudes(&direction);
            let length = self.line_search(&centre, &psi, &direction, &change).min(longest);
            add_scaled(centre.as_mut(), length, direction.as_ref());
            let pairs = psi.iter_mut().flatten().zip(change.iter().flatten());
            pairs.for_each(|(x, y)| *x += length * y);
            before = Some((slope, direction));
        }
        let norm = inner(&centre, &centre).sqrt();
        scaled(centre, 1.0 / norm)
    }

    /// Amplitudes of the rows of each block.
    fn amplitudes(&self, centre: &Mat<f64>) -> Vec<Vec<f64>> {
        let amplitudes = |block: &Block| {
            let (l, r) = (block.left.nrows(), block.right.nrows());
            let part = centre.submatrix(block.at.0, block.at.1, l, r);
            let seen = product(part.transpose(), block.left.as_ref()); // vR row
            let columns = seen.col_iter().zip(block.right.col_iter());
            columns.map(|(a, b)| a.iter().zip(b.iter()).map(|(x, y)| x * y).sum()).collect()
        };
        self.0.iter().map(amplitudes).collect()
    }

    /// Half the gradient of `F`, downhill.
    fn slope(&self, centre: &Mat<f64>, psi: &[Vec<f64>]) -> Mat<f64> {
        let mut slope = centre * faer::Scale(-1.0);
        for (block, psi) in self.0.iter().zip(psi) {
            let (l, r) = (block.left.nrows(), block.right.nrows());
            let scaled = Mat::from_fn(r, psi.len(), |b, x| block.right[(b, x)] * block.weights[x] / psi[x]);
            let part = slope.as_mut().submatrix_mut(block.at.0, block.at.1, l, r);
            add_product(part, 1.0, block.left.as_ref(), scaled.transpose());
        }
        slope
    }

    /// The `a ≥ 0` at which `F(T + a D)` is least before the first amplitude vanishes, by Newton's method.
    fn line_search(
        &self,
        centre: &Mat<f64>,
        psi: &[Vec<f64>],
        direction: &Mat<f64>,
        change: &[Vec<f64>],
    ) -> f64 {
        let weights = self.0.iter().flat_map(|block| &block.weights);
        let along = || psi.iter().flatten().zip(change.iter().flatten());
        let rows: Vec<(f64, f64)> = weights.zip(along()).map(|(w, (x, y))| (*w, y / x)).collect();
        let end = rows.iter().filter(|row| row.1 < 0.0).map(|row| -1.0 / row.1).fold(f64::INFINITY, f64::min);
        let (tilt, bend) = (inner(centre, direction), inner(direction, direction));
        let mut a = 0.0_f64;
        for _ in 0..LINE.0 {
            let (mut first, mut second) = (tilt + a * bend, bend);
            for (w, ratio) in &rows {
                let pull = ratio / (1.0 + a * ratio);
                first -= w * pull;
                second += w * pull * pull;
            }
            let next = (a - first / second).clamp(a / 2.0, (a + end) / 2.0);
            let settled = (next - a).abs() <= LINE.1 * next;
            a = next;
            if settled {
                break;
            }
        }
        a
    }
}

fn away_from_zero(x: &mut f64) {
    *x = x.abs().max(SMALLEST).copysign(*x);
}

/// The direction of Polak and Ribière, or the slope where that would not lead downhill.
fn conjugate(slope: &Mat<f64>, square: f64, before: Option<&(Mat<f64>, Mat<f64>)>) -> Mat<f64> {
    let mut direction = slope.clone();
    if let Some((old, way)) = before {
        let share = ((square - inner(slope, old)) / inner(old, old)).max(0.0);
        if square + share * inner(way, slope) > 0.0 {
            add_scaled(direction.as_mut(), share, way.as_ref());
        }
    }
    direction
}

#[cfg(test)]
mod tests {
    use super::{Block, Objective, inner};
    use faer::Mat;
    use testkit::{Stream, gradcheck};

    /// A centre of two blocks beside each other, `2 x [3 4]`, with five rows each.
    fn random() -> (Objective, Mat<f64>) {
        let mut stream = Stream(3);
        let mut entry = || stream.next().unwrap_or(0.0);
        let mut matrix = |rows: usize, columns: usize| Mat::from_fn(rows, columns, |_, _| entry());
        let mut block = |column: usize, r: usize| Block {
            at: (0, column),
            left: matrix(2, 5),
            right: matrix(r, 5),
            weights: vec![0.02, 0.04, 0.3, 0.1, 0.04],
        };
        let objective = Objective(vec![block(0, 3), block(3, 4)]);
        (objective, matrix(2, 7))
    }

    fn value(objective: &Objective, centre: &Mat<f64>) -> f64 {
        let psi = objective.amplitudes(centre);
        let weights = objective.0.iter().flat_map(|block| &block.weights);
        let logs = weights.zip(psi.iter().flatten()).map(|(w, x)| w * x.abs().ln());
        inner(centre, centre) - 2.0 * logs.sum::<f64>()
    }

    #[test]
    fn the_slope_is_the_derivative() {
        let (objective, centre) = random();
        let at = |entries: &[f64]| Mat::from_fn(2, 7, |i, j| entries[7 * i + j]);
        let flat = |m: &Mat<f64>| (0..14).map(|k| m[(k / 7, k % 7)]).collect::<Vec<f64>>();
        let slope = objective.slope(&centre, &objective.amplitudes(&centre));
        let gradient: Vec<f64> = flat(&slope).iter().map(|x| -2.0 * x).collect();
        gradcheck(|x| value(&objective, &at(x)), &flat(&centre), &gradient, 1e-7).expect("a gradient");
    }

    #[test]
    fn long_descent_ends_where_the_slope_vanishes() {
        let (objective, start) = random();
        let mut last = f64::INFINITY;
        for steps in [1, 2, 5, 20, 200] {
            let centre = objective.descend(start.clone(), steps, f64::INFINITY);
            assert!((inner(&centre, &centre) - 1.0).abs() < 1e-12);
            let reached = value(&objective, &centre);
            assert!(reached <= last, "{steps} steps: {reached} after {last}");
            last = reached;
        }
        let centre = objective.descend(start, 200, f64::INFINITY);
        let slope = objective.slope(&centre, &objective.amplitudes(&centre));
        assert!(inner(&slope, &slope) < 1e-14, "{:e}", inner(&slope, &slope));
    }
}
