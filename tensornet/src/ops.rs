//! A matrix product state absorbs circuits.
//!
//! A gate on neighbours acts on the pair with the centre on it; one on distant qubits swaps them together
//! and back. A Pauli rotation is a matrix product operator of bond 2, `cos(θ/2) 1 - i sin(θ/2) P`: bonds
//! between the first and the last qubit of `P` double, then are cut again.

use circuit::{C64, Gate, Mat2, Mat4, Matrix, PauliString, PauliSum, State};
use ndarray::{Array3, ArrayView2, Axis, s};

use crate::mps::{Gauge, bytes, check_bytes, matrix};
use crate::{Error, Mps};

impl State for Mps {
    fn zero(n_qubits: usize) -> Self {
        Self::basis(&vec![false; n_qubits])
    }

    fn apply_gate(&mut self, gate: &Gate, qubits: &[usize]) {
        match (gate.matrix(), qubits) {
            (Matrix::One(m), &[q]) => self.sites[q] = on_site(&self.sites[q], &m),
            (Matrix::Two(m), &[a, b]) if a < b => self.apply_distant(&m, a, b),
            (Matrix::Two(m), &[a, b]) if b < a => self.apply_distant(&exchanged(&m), b, a),
            (Matrix::One(_) | Matrix::Two(_), _) => panic!("gate {} on qubits {qubits:?}", gate.name()),
        }
    }

    fn apply_rotation(&mut self, pauli: &PauliString, theta: f64) {
        let support = pauli.support();
        let (sin, cos) = (theta / 2.0).sin_cos();
        let [keep, flip] = [C64::from(cos), C64::new(0.0, -sin)];
        match (support.first(), support.last()) {
            (Some(&q), Some(&last)) if q == last => {
                let site = &self.sites[q];
                self.sites[q] = site * keep + pauli_on_site(site, pauli, q) * flip;
            }
            (Some(&first), Some(&last)) => self.apply_sum([keep, flip], pauli, first, last),
            _ => self.scale(keep + flip),
        }
    }

    fn expectation(&self, observable: &PauliSum) -> f64 {
        self.sum_expectation(observable)
    }
}

impl Mps {
    /// A 4x4 unitary on qubits `a < b`.
    fn apply_distant(&mut self, m: &Mat4, a: usize, b: usize) {
        let Matrix::Two(swap) = Gate::Swap.matrix() else { unreachable!("swap acts on two qubits") };
        let steps =
            (a + 1..b).rev().map(|q| (&swap, q)).chain([(m, a)]).chain((a + 1..b).map(|q| (&swap, q)));
        for (gate, left) in steps {
            self.apply_pair(gate, left).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// A 4x4 matrix, unitary or not, on the qubits `left` and `left + 1`.
    ///
    /// # Errors
    /// If the pair exceeds the memory limit.
    pub(crate) fn apply_pair(&mut self, m: &Mat4, left: usize) -> Result<(), Error> {
        self.narrow(left, left + 1);
        let [(l, _, bond), (_, _, r)] = [self.sites[left].dim(), self.sites[left + 1].dim()];
        check_bytes(self.bytes() + bytes(4 * l as u128 * r as u128))?;
        let joint = matrix(&self.sites[left], l * 2, bond).dot(&matrix(&self.sites[left + 1], bond, 2 * r));
        let joint = joint.into_shape_clone((l, 4, r)).expect("the same number of entries"); // vL [s s'] vR
        let gate = ArrayView2::from_shape((4, 4), m).expect("16 entries");
        let mut moved = Array3::zeros((l, 4, r));
        for (from, mut to) in joint.axis_iter(Axis(0)).zip(moved.axis_iter_mut(Axis(0))) {
            to.assign(&gate.dot(&from)); // [s s'] vR
        }
        self.put_pair(matrix(&moved, l * 2, 2 * r).view(), left);
        Ok(())
    }

    /// Applies `keep + flip P` for a string that acts on the sites `first` to `last`, and cuts their bonds.
    fn apply_sum(&mut self, [keep, flip]: [C64; 2], pauli: &PauliString, first: usize, last: usize) {
        self.narrow(first, last);
        let doubled: u128 = self.sites[first..=last].iter().map(|site| bytes(4 * site.len() as u128)).sum();
        check_bytes(self.bytes() + doubled).unwrap_or_else(|error| panic!("{error}"));
        for q in first..=last {
            let [one, other] = if q == first { [keep, flip] } else { [C64::ONE; 2] };
            let terms = [&self.sites[q] * one, pauli_on_site(&self.sites[q], pauli, q) * other];
            self.sites[q] = direct_sum(&terms, q > first, q < last);
        }
        self.gauge = Gauge { lo: first, hi: last };
        self.cut_between(first, last);
    }
}

/// The factor of `pauli` on qubit `q` times its site.
pub(crate) fn pauli_on_site(site: &Array3<C64>, pauli: &PauliString, q: usize) -> Array3<C64> {
    let [x, z] = [pauli.x, pauli.z].map(|mask| (mask >> q & 1) as usize);
    let mut image = Array3::zeros(site.dim());
    for s in 0..2 {
        let row = &site.index_axis(Axis(1), s) * PauliString::phase(x, z, s);
        image.index_axis_mut(Axis(1), s ^ x).assign(&row);
    }
    image
}

fn on_site(site: &Array3<C64>, m: &Mat2) -> Array3<C64> {
    let mut image = Array3::zeros(site.dim());
    for s in 0..2 {
        let row = &site.index_axis(Axis(1), 0) * m[2 * s] + &site.index_axis(Axis(1), 1) * m[2 * s + 1];
        image.index_axis_mut(Axis(1), s).assign(&row);
    }
    image
}

/// Two sites side by side on the bonds that are to be doubled, added where a bond is not.
fn direct_sum(terms: &[Array3<C64>; 2], double_left: bool, double_right: bool) -> Array3<C64> {
    let (l, d, r) = terms[0].dim();
    let (left, right) = (l * usize::from(double_left), r * usize::from(double_right));
    let mut sum = Array3::zeros((l + left, d, r + right));
    sum.slice_mut(s![..l, .., ..r]).assign(&terms[0]);
    let mut corner = sum.slice_mut(s![left.., .., right..]);
    corner += &terms[1];
    sum
}

/// The same two-qubit matrix with its qubits listed in the other order.
pub(crate) fn exchanged(m: &Mat4) -> Mat4 {
    let flip = |k: usize| (k & 1) << 1 | k >> 1;
    std::array::from_fn(|k| m[flip(k / 4) * 4 + flip(k % 4)])
}
