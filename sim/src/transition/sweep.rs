//! One sample: all panels through the circuit, forward and back.

use pulp::{Simd, WithSimd};

use super::bind::Binding;
use super::plan::Plan;
use crate::kernels::{Real, panel};

/// What a sweep works on.
#[derive(Clone, Copy)]
pub struct Sample<'a, T> {
    /// The compiled circuit.
    pub plan: &'a Plan,
    /// Its angles.
    pub binding: &'a Binding<T>,
    /// Label of each basis state: the bits of its data qubits.
    pub label: &'a [usize],
    /// Number of labels.
    pub tokens: usize,
}

/// Forward: transition probabilities, shape `[t, t]`, and the final panels if there is room for them.
pub struct Forward<'a, T> {
    /// The sample.
    pub sample: Sample<'a, T>,
    /// Result, `[t, t]`.
    pub weights: &'a mut [T],
    /// Final panels, one after the other; empty if they are not kept.
    pub kept: &'a mut [T],
}

/// Backward: gradient with respect to each rotation's own angle.
pub struct Backward<'a, T> {
    /// The sample.
    pub sample: Sample<'a, T>,
    /// Gradient with respect to the weights, `[t, t]`.
    pub cotangent: &'a [T],
    /// What the forward sweep kept, or empty.
    pub kept: &'a [T],
    /// Result, one entry per rotation.
    pub gradient: &'a mut [f64],
}

type Panel<V> = Vec<[V; 2]>;

impl<T: Real> Sample<'_, T> {
    fn n_rows(&self) -> usize {
        self.label.len()
    }

    /// `1/s`, with `s` auxiliary states per data state.
    fn share(&self) -> f64 {
        self.tokens as f64 / self.n_rows() as f64
    }

    /// The columns of the identity that start at `first`, one per lane.
    #[inline(always)]
    fn identity<S: Simd>(&self, simd: S, first: usize) -> Panel<T::Vector<S>> {
        let mut panel = vec![[T::splat(simd, T::default()); 2]; self.n_rows()];
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        for lane in 0..lanes.min(self.n_rows() - first) {
            let real: &mut [T] = bytemuck::cast_slice_mut(&mut panel[first + lane][..1]);
            real[lane] = T::from_f64(1.0);
        }
        panel
    }

    /// Runs a panel forward; returns the factor that the panel still lacks.
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, panel: &mut [[T::Vector<S>; 2]]) -> f64 {
        let mut factor = 1.0;
        for step in &self.plan.steps {
            let range = step.first..step.first + step.shape.len();
            panel::apply::<T, S>(simd, step.shape, &step.rows, &self.binding.tangents[range.clone()], panel);
            factor *= self.binding.cosines[range].iter().product::<f64>();
            if factor < 1.0 / T::LARGE {
                panel::scale::<T, S>(simd, T::from_f64(factor), panel);
                factor = 1.0;
            }
        }
        factor
    }

    /// Walks a ket and a bra back to the start; adds to the gradient of each rotation.
    #[inline(always)]
    fn walk_back<S: Simd>(
        &self,
        simd: S,
        ket: &mut [[T::Vector<S>; 2]],
        bra: &mut [[T::Vector<S>; 2]],
        gradient: &mut [f64],
    ) {
        let mut factor = 1.0;
        for step in self.plan.steps.iter().rev() {
            let range = step.first..step.first + step.shape.len();
            let tangents = &self.binding.tangents[range.clone()];
            let sums = panel::pull_back::<T, S>(simd, step.shape, &step.rows, tangents, ket, bra);
            for (k, sum) in range.zip(sums).rev() {
                gradient[k] += self.binding.signs[k] * factor * factor * sum;
                factor *= self.binding.cosines[k];
            }
            if factor < 1.0 / T::LARGE {
                panel::scale::<T, S>(simd, T::from_f64(factor), ket);
                panel::scale::<T, S>(simd, T::from_f64(factor), bra);
                factor = 1.0;
            }
        }
    }

    /// The label of the row that stands at position `row`, the frame taken into account.
    fn row_label(&self, row: usize) -> usize {
        self.label[row ^ self.binding.flip]
    }

    /// Adds `Σ |panel|²` to the weights.
    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, first: usize, panel: &[[T::Vector<S>; 2]], weights: &mut [f64]) {
        let mut sums = vec![T::splat(simd, T::default()); self.tokens];
        for (row, &[re, im]) in panel.iter().enumerate() {
            let sum = &mut sums[self.row_label(row)];
            *sum = T::mul_add(simd, re, re, T::mul_add(simd, im, im, *sum));
        }
        for (i, sum) in sums.iter().enumerate() {
            let lanes: &[T] = bytemuck::cast_slice(std::slice::from_ref(sum));
            for (lane, label) in lanes.iter().zip(&self.label[first..]) {
                weights[i * self.tokens + label] += lane.to_f64();
            }
        }
    }

    /// `share * cotangent (.) panel`, the bra that starts the way back.
    #[inline(always)]
    fn bra<S: Simd>(
        &self,
        simd: S,
        first: usize,
        panel: &[[T::Vector<S>; 2]],
        cotangent: &[T],
    ) -> Panel<T::Vector<S>> {
        let share = T::from_f64(self.share());
        let mut factors = vec![T::splat(simd, T::default()); self.tokens];
        for (i, factor) in factors.iter_mut().enumerate() {
            let lanes: &mut [T] = bytemuck::cast_slice_mut(std::slice::from_mut(factor));
            for (lane, label) in lanes.iter_mut().zip(&self.label[first..]) {
                *lane = share * cotangent[i * self.tokens + label];
            }
        }
        let scaled = |(row, pair): (usize, &[T::Vector<S>; 2])| {
            let factor = factors[self.row_label(row)];
            pair.map(|v| T::times(simd, factor, v))
        };
        panel.iter().enumerate().map(scaled).collect()
    }
}

impl<T: Real> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { sample, weights, kept } = self;
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        let mut sums = vec![0.0; weights.len()];
        let mut kept = kept.chunks_exact_mut(2 * lanes * sample.n_rows());
        for first in (0..sample.n_rows()).step_by(lanes) {
            let mut panel = sample.identity(simd, first);
            let factor = sample.run(simd, &mut panel);
            panel::scale::<T, S>(simd, T::from_f64(factor), &mut panel);
            sample.read(simd, first, &panel, &mut sums);
            if let Some(room) = kept.next() {
                room.copy_from_slice(bytemuck::cast_slice(&panel));
            }
        }
        for (weight, sum) in weights.iter_mut().zip(sums) {
            *weight = T::from_f64(sum * sample.share());
        }
    }
}

impl<T: Real> WithSimd for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { sample, cotangent, kept, gradient } = self;
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        let mut kept = kept.chunks_exact(2 * lanes * sample.n_rows());
        for first in (0..sample.n_rows()).step_by(lanes) {
            let mut ket = sample.identity(simd, first);
            match kept.next() {
                Some(room) => bytemuck::cast_slice_mut(&mut ket).copy_from_slice(room),
                None => {
                    let factor = sample.run(simd, &mut ket);
                    panel::scale::<T, S>(simd, T::from_f64(factor), &mut ket);
                }
            }
            let mut bra = sample.bra(simd, first, &ket, cotangent);
            sample.walk_back(simd, &mut ket, &mut bra, gradient);
        }
    }
}
