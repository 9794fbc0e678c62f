//! How far measured probabilities are from wanted ones, and what follows from transforms over bits.

/// `Σ_x p_x ln(1 / max(q_x, least)) + offset`: with the offset `Σ p ln p` it is the divergence `KL(p || q)`.
#[derive(Clone, Debug)]
pub(crate) struct Likelihood {
    wanted: Vec<f64>,
    least: f64,
    offset: f64,
}

impl Likelihood {
    /// The negative log-likelihood; `least` is the least probability that counts.
    pub(crate) fn new(wanted: Vec<f64>, least: f64) -> Self {
        Self { wanted, least, offset: 0.0 }
    }

    /// The divergence.
    pub(crate) fn divergence(wanted: Vec<f64>, least: f64) -> Self {
        let offset = wanted.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum();
        Self { wanted, least, offset }
    }

    /// Its value for `q`, one for each wanted probability.
    pub(crate) fn value(&self, q: impl IntoIterator<Item = f64>) -> f64 {
        let terms = self.wanted.iter().zip(q).map(|(p, q)| p * q.max(self.least).ln());
        self.offset - terms.sum::<f64>()
    }

    /// Its derivative by each `q`, zero below the least.
    pub(crate) fn slopes(&self, q: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let slope = |(p, q): (&f64, f64)| if q > self.least { -p / q } else { 0.0 };
        self.wanted.iter().zip(q).map(slope).collect()
    }
}

/// Applies the same 2 x 2 map to every bit of the index, shape `[2^k]`.
pub(crate) fn over_bits(mut values: Vec<f64>, map: impl Fn(f64, f64) -> (f64, f64)) -> Vec<f64> {
    let mut stride = 1;
    while stride < values.len() {
        for block in values.chunks_exact_mut(2 * stride) {
            let (low, high) = block.split_at_mut(stride);
            low.iter_mut().zip(high).for_each(|(a, b)| (*a, *b) = map(*a, *b));
        }
        stride *= 2;
    }
    values
}
