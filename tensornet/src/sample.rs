//! Measurements of all qubits in the computational basis.

use circuit::C64;
use ndarray::{Array1, Axis};
use rand::{Rng, RngExt};

use crate::{Error, Mps};

impl Mps {
    /// `shots` independent outcomes, one bit per qubit, each with probability `|⟨bits|ψ⟩|² / ⟨ψ|ψ⟩`; a shot
    /// costs `O(n chi²)` and one number of the generator per qubit.
    ///
    /// ```
    /// use rand::SeedableRng;
    /// use tensornet::Mps;
    ///
    /// let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    /// let bits = [true, false, true];
    /// assert!(Mps::basis(&bits).sample(10, &mut generator)?.iter().all(|shot| shot == &bits));
    /// # Ok::<(), tensornet::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the state is zero.
    ///
    /// Reference: Ferris and Vidal, arXiv:1201.3974 (perfect sampling).
    pub fn sample(&self, shots: usize, generator: &mut impl Rng) -> Result<Vec<Vec<bool>>, Error> {
        let mut state = self.clone();
        if state.n_qubits() > 0 {
            state.move_centre(0);
        }
        if state.norm() == 0.0 {
            return Err(Error::ZeroState);
        }
        Ok((0..shots).map(|_| state.shot(generator)).collect())
    }

    /// One outcome; the centre is the first site, so that what follows a site does not change its odds.
    fn shot(&self, generator: &mut impl Rng) -> Vec<bool> {
        let mut row = Array1::from_elem(1, C64::ONE); // vL
        let mut bits = Vec::with_capacity(self.n_qubits());
        for site in &self.sites {
            let [zero, one] = [0, 1].map(|s| row.dot(&site.index_axis(Axis(1), s))); // vR
            let weight = |v: &Array1<C64>| v.iter().map(|x| x.norm_sqr()).sum::<f64>();
            let (p, q) = (weight(&zero), weight(&one));
            let bit = generator.random::<f64>() * (p + q) >= p;
            let (kept, odds) = if bit { (one, q) } else { (zero, p) };
            row = kept.mapv(|x| x / odds.sqrt());
            bits.push(bit);
        }
        bits
    }
}
