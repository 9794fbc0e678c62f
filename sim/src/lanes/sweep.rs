//! Forward and backward through a plan, with one row of parameters in each lane of a vector.
//!
//! A task takes some rows in one dispatch to the instruction set, and within it one vector of lanes after the other,
//! so that ket and bra of a vector stay in the first cache. Lanes never meet: the bits of a row depend neither on
//! its neighbours nor on the number of threads.

use circuit::Angle;
use pulp::{Simd, WithSimd};

use super::plan::Plan;
use crate::Real;
use crate::kernels::angle;
use crate::kernels::plane::{self, Rows};

/// Values of some rows.
pub struct Forward<'a> {
    /// What is done.
    pub plan: &'a Plan,
    /// Parameters.
    pub params: &'a [f64], // b p
    /// Where the values go.
    pub values: &'a mut [f64], // b k
}

/// Vector-Jacobian products of some rows.
pub struct Backward<'a> {
    /// What is done.
    pub plan: &'a Plan,
    /// Parameters.
    pub params: &'a [f64], // b p
    /// Cotangents of the values.
    pub cotangent: &'a [f64], // b k
    /// Where the gradients go, zero so far.
    pub gradient: &'a mut [f64], // b p
}

/// A sweep in the precision `T`.
pub struct In<T, W>(pub W, pub std::marker::PhantomData<T>);

/// One vector of lanes on its way through a plan.
struct Lanes<'a, T: Real, S: Simd> {
    simd: S,
    plan: &'a Plan,
    angles: Vec<S::f64s>,            // turns, f64 lanes
    cos_sin: Vec<[T::Vector<S>; 2]>, // turns, (cos sin)
    ket: Vec<Rows<T::Vector<S>>>,    // rows / 4, 4
}

/// Number of lanes of a vector.
const fn width<T: Real, S: Simd>() -> usize {
    size_of::<T::Vector<S>>() / size_of::<T>()
}

impl<'a, T: Real, S: Simd> Lanes<'a, T, S> {
    #[inline(always)]
    fn new(simd: S, plan: &'a Plan) -> Self {
        let zero = T::splat(simd, T::default());
        let turns = plan.turns.len();
        Self {
            simd,
            plan,
            angles: vec![simd.splat_f64s(0.0); turns * width::<T, S>() / width::<f64, S>()],
            cos_sin: vec![[zero; 2]; turns],
            ket: vec![[zero; 4]; plan.initial.len() / 4],
        }
    }

    /// Takes new parameters, at most one row per lane, and runs the circuit.
    #[inline(always)]
    fn run(&mut self, params: &[f64]) {
        let Self { simd, plan, .. } = *self;
        self.bind(params);
        for (row, &amplitude) in self.ket.as_flattened_mut().iter_mut().zip(&plan.initial) {
            *row = T::splat(simd, T::from_f64(amplitude));
        }
        for (turn, &cos_sin) in plan.turns.iter().zip(&self.cos_sin) {
            plane::rotate::<T, S>(simd, turn.exchange, cos_sin, &mut self.ket);
        }
    }

    /// Cosine and sine of every turn of every lane.
    #[inline(always)]
    fn bind(&mut self, params: &[f64]) {
        let lanes = width::<T, S>();
        let angles: &mut [f64] = bytemuck::cast_slice_mut(&mut self.angles);
        for (lane, row) in params.chunks_exact(self.plan.n_params).enumerate() {
            for (turn, angles) in self.plan.turns.iter().zip(angles.chunks_exact_mut(lanes)) {
                angles[lane] = angle::moderate(turn.angle.value(row));
            }
        }
        let parts = lanes / width::<f64, S>();
        for (cos_sin, angles) in self.cos_sin.iter_mut().zip(self.angles.chunks_exact(parts)) {
            let out: &mut [T] = bytemuck::cast_slice_mut(cos_sin);
            for (part, &theta) in angles.iter().enumerate() {
                for (k, vector) in angle::cos_sin(self.simd, theta).into_iter().enumerate() {
                    let values: &[f64] = bytemuck::cast_slice(std::slice::from_ref(&vector));
                    let out = &mut out[k * lanes + part * values.len()..];
                    out.iter_mut().zip(values).for_each(|(to, from)| *to = T::from_f64(*from));
                }
            }
        }
    }

    /// Adds what is measured to `values`, shape `[lanes, values]`.
    #[inline(always)]
    fn measure(&self, values: &mut [f64]) {
        for term in &self.plan.terms {
            let sums = plane::expectation::<T, S>(self.simd, term.exchange, &self.ket);
            let lanes: &[T] = bytemuck::cast_slice(std::slice::from_ref(&sums));
            for (row, lane) in values.chunks_exact_mut(self.plan.n_values).zip(lanes) {
                row[term.value] += term.coefficient * lane.to_f64();
            }
        }
    }

    /// Sets `bra` to `Σ_k w_k O_k |ket⟩`; `cotangent` has shape `[lanes, values]`.
    #[inline(always)]
    fn start_bra(&self, cotangent: &[f64], bra: &mut [Rows<T::Vector<S>>]) {
        let zero = T::splat(self.simd, T::default());
        bra.as_flattened_mut().fill(zero);
        for term in &self.plan.terms {
            let mut weight = zero;
            let lanes: &mut [T] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut weight));
            for (lane, row) in lanes.iter_mut().zip(cotangent.chunks_exact(self.plan.n_values)) {
                *lane = T::from_f64(term.coefficient * row[term.value]);
            }
            plane::add_exchanged::<T, S>(self.simd, term.exchange, weight, &self.ket, bra);
        }
    }

    /// Walks ket and bra back to the start; adds to `gradient`, shape `[lanes, params]`.
    #[inline(always)]
    fn walk_back(&mut self, bra: &mut [Rows<T::Vector<S>>], gradient: &mut [f64]) {
        for (turn, &cos_sin) in self.plan.turns.iter().zip(&self.cos_sin).rev() {
            let sums = plane::pull_back::<T, S>(self.simd, turn.exchange, cos_sin, &mut self.ket, bra);
            if let Angle::Param { index, scale } = turn.angle {
                let lanes: &[T] = bytemuck::cast_slice(std::slice::from_ref(&sums));
                for (row, lane) in gradient.chunks_exact_mut(self.plan.n_params).zip(lanes) {
                    row[index] += scale * lane.to_f64();
                }
            }
        }
    }
}

impl<T: Real> WithSimd for In<T, Forward<'_>> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Forward { plan, params, values } = self.0;
        let mut lanes = Lanes::<T, S>::new(simd, plan);
        let width = width::<T, S>();
        let rows = params.chunks(width * plan.n_params).zip(values.chunks_mut(width * plan.n_values));
        for (params, values) in rows {
            lanes.run(params);
            lanes.measure(values);
        }
    }
}

impl<T: Real> WithSimd for In<T, Backward<'_>> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Backward { plan, params, cotangent, gradient } = self.0;
        let mut lanes = Lanes::<T, S>::new(simd, plan);
        let mut bra = lanes.ket.clone();
        let width = width::<T, S>();
        let rows = params.chunks(width * plan.n_params).zip(gradient.chunks_mut(width * plan.n_params));
        for ((params, gradient), cotangent) in rows.zip(cotangent.chunks(width * plan.n_values)) {
            lanes.run(params);
            lanes.start_bra(cotangent, &mut bra);
            lanes.walk_back(&mut bra, gradient);
        }
    }
}
