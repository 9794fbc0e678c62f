//! How fast weights are carried from one step to the next, under the control of a gate.

/// The map `T(gate, theta)` of the recurrence; `theta` has p entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    /// `gate theta`, one gate for all: gate `[1]`.
    Scalar,
    /// `gate (.) theta`, entry by entry: gate `[p]`.
    Entries,
    /// `tanh(gate (.) theta)`: gate `[p]`.
    Bounded,
    /// `theta (I - beta k k^T)` with theta `[rows columns]`: gate `[columns + 1]` holds `k` and `beta`.
    Delta {
        /// Columns of theta.
        columns: usize,
    },
}

impl Transition {
    /// Length of a gate for `p` angles.
    pub(crate) fn gate_width(self, p: usize) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Entries | Self::Bounded => p,
            Self::Delta { columns } => columns + 1,
        }
    }

    /// Whether the map is a multiplication entry by entry, so that steps can be composed.
    pub(crate) fn multiplies(self) -> bool {
        match self {
            Self::Scalar | Self::Entries => true,
            Self::Bounded | Self::Delta { .. } => false,
        }
    }

    /// Replaces `theta` by `T(gate, theta)`.
    pub(crate) fn forward(self, gate: &[f64], theta: &mut [f64]) {
        match self {
            Self::Scalar => theta.iter_mut().for_each(|x| *x *= gate[0]),
            Self::Entries => theta.iter_mut().zip(gate).for_each(|(x, a)| *x *= a),
            Self::Bounded => theta.iter_mut().zip(gate).for_each(|(x, a)| *x = (*x * a).tanh()),
            Self::Delta { columns } => {
                let (key, beta) = (&gate[..columns], gate[columns]);
                for row in theta.chunks_exact_mut(columns) {
                    let stored = beta * dot(row, key);
                    row.iter_mut().zip(key).for_each(|(x, k)| *x -= stored * k);
                }
            }
        }
    }

    /// Replaces `cotangent`, that of `T(gate, theta)`, by that of `theta`, and adds that of the gate to `d_gate`.
    pub(crate) fn vjp(self, gate: &[f64], theta: &[f64], cotangent: &mut [f64], d_gate: &mut [f64]) {
        match self {
            Self::Scalar => {
                d_gate[0] += dot(cotangent, theta);
                cotangent.iter_mut().for_each(|c| *c *= gate[0]);
            }
            Self::Entries => {
                for (((c, d), a), x) in cotangent.iter_mut().zip(d_gate).zip(gate).zip(theta) {
                    *d += *c * x;
                    *c *= a;
                }
            }
            Self::Bounded => {
                for (((c, d), a), x) in cotangent.iter_mut().zip(d_gate).zip(gate).zip(theta) {
                    let inner = *c * (1.0 - (a * x).tanh().powi(2));
                    *d += inner * x;
                    *c = inner * a;
                }
            }
            Self::Delta { columns } => {
                let (key, beta) = (&gate[..columns], gate[columns]);
                let (d_key, d_beta) = d_gate.split_at_mut(columns);
                for (c, row) in cotangent.chunks_exact_mut(columns).zip(theta.chunks_exact(columns)) {
                    let (along, stored) = (dot(c, key), dot(row, key));
                    d_beta[0] -= along * stored;
                    for ((d, x), c) in d_key.iter_mut().zip(row).zip(&*c) {
                        *d -= beta * (along * x + stored * c);
                    }
                    c.iter_mut().zip(key).for_each(|(c, k)| *c -= beta * along * k);
                }
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
