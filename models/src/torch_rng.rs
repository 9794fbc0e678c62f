//! The random numbers of PyTorch on a CPU, so that a network starts from the weights a published script starts from.
//!
//! One generator, a Mersenne twister, is drawn from in the order in which the script makes its tensors. Numbers are
//! single precision, as torch draws them by default, and widened afterwards (`.double()`).
//! The bits are those of torch on processors with AVX2, which fuse products and sums; other builds of torch differ in
//! the last bits, see [`TorchRng::without_fma`].
//!
//! References: Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 8, 3 (1998), for MT19937; Moshier, Cephes
//! Mathematical Library, for the polynomials behind logarithm, sine and cosine.

use std::f32::consts::FRAC_1_SQRT_2;
use std::f64::consts::TAU;

/// Words of the state of MT19937.
const WORDS: usize = 624;
/// Distance of the word that is mixed in.
const SHIFT: usize = 397;
/// Values that are made normal together.
const BLOCK: usize = 16;

/// The generator behind `torch.manual_seed`, for tensors on a CPU.
///
/// ```
/// use models::torch_rng::TorchRng;
///
/// let mut rng = TorchRng::new(0);
/// let (weight, bias) = rng.linear(1, 8); // torch.manual_seed(0); torch.nn.Linear(1, 8)
/// assert_eq!((weight.len(), bias.len()), (8, 8));
/// assert_eq!(weight[1] as f32, 0.536_443_6);
/// ```
#[derive(Clone, Debug)]
pub struct TorchRng {
    words: [u32; WORDS],
    /// Words of the present state that were given out.
    used: usize,
    /// The second of a pair of normal numbers, which the next short draw returns.
    spare: Option<f64>,
    /// Whether a product and a sum are rounded once.
    fused: bool,
}

impl TorchRng {
    /// As after `torch.manual_seed(seed)`, which heeds the lower 32 bits alone.
    pub fn new(seed: u64) -> Self {
        let mut words = [seed as u32; WORDS];
        for i in 1..WORDS {
            let before = words[i - 1];
            words[i] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { words, used: WORDS, spare: None, fused: true }
    }

    /// The same generator as torch runs it without AVX2 (`ATEN_CPU_CAPABILITY=default`): uniform numbers are rounded
    /// after the product and after the sum. Normal numbers are left as they are and agree with such a torch to 3e-6.
    pub fn without_fma(self) -> Self {
        Self { fused: false, ..self }
    }

    /// A number of `[a, b)` in single precision: `x (b - a) + a`, `x` of 24 bits.
    pub fn uniform_f32(&mut self, a: f32, b: f32) -> f32 {
        let x = (self.next_word() & 0xff_ffff) as f32 / (1 << 24) as f32;
        if self.fused { x.mul_add(b - a, a) } else { x * (b - a) + a }
    }

    /// Weight `[n_out n_in]`, row-major, and bias `[n_out]` of `torch.nn.Linear(n_in, n_out)`: uniform between
    /// `-1/sqrt(n_in)` and `1/sqrt(n_in)`, the weight first.
    ///
    /// # Panics
    /// If `n_in` is zero.
    pub fn linear(&mut self, n_in: usize, n_out: usize) -> (Vec<f64>, Vec<f64>) {
        assert!(n_in > 0, "a linear layer needs at least one input");
        let bound = (1.0 / (n_in as f64).sqrt()) as f32;
        let mut draw = |n| (0..n).map(|_| f64::from(self.uniform_f32(-bound, bound))).collect();
        (draw(n_out * n_in), draw(n_out))
    }

    /// Standard normal numbers as `torch.randn` draws `n` of them at once; the shape of the tensor does not matter.
    ///
    /// Below 16 they come in pairs from two numbers of 53 bits, `sqrt(-2 ln(1 - v)) (cos, sin)(2 pi u)`, and an odd
    /// one out waits for the next such call. From 16 on they are made in blocks of 16: the first eight of a block give
    /// the radius, the last eight the angle; where `n` is no multiple of 16 the last 16 are drawn anew.
    pub fn randn(&mut self, n: usize) -> Vec<f64> {
        if n < BLOCK {
            return (0..n).map(|_| f64::from(self.normal() as f32)).collect();
        }
        let mut values: Vec<f32> = (0..n).map(|_| self.uniform_f32(0.0, 1.0)).collect();
        values.chunks_exact_mut(BLOCK).for_each(make_normal);
        if !n.is_multiple_of(BLOCK) {
            let last = &mut values[n - BLOCK..];
            last.fill_with(|| self.uniform_f32(0.0, 1.0));
            make_normal(last);
        }
        values.into_iter().map(f64::from).collect()
    }

    /// One of a pair of normal numbers in double precision (Box and Muller).
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let (u, v) = (self.uniform_f64(), self.uniform_f64());
        let radius = (-2.0 * (-v).ln_1p()).sqrt();
        self.spare = Some(radius * (TAU * u).sin());
        radius * (TAU * u).cos()
    }

    /// A number of `[0, 1)` with 53 bits, the upper ones from the first of two words.
    fn uniform_f64(&mut self) -> f64 {
        let word = (u64::from(self.next_word()) << 32) | u64::from(self.next_word());
        (word & ((1 << 53) - 1)) as f64 / (1_u64 << 53) as f64
    }

    /// The next 32 bits of MT19937.
    fn next_word(&mut self) -> u32 {
        if self.used == WORDS {
            self.renew();
        }
        let mut word = self.words[self.used];
        self.used += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    fn renew(&mut self) {
        for i in 0..WORDS {
            let joined = (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % WORDS] & 0x7fff_ffff);
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + SHIFT) % WORDS] ^ (joined >> 1) ^ twist;
        }
        self.used = 0;
    }
}

/// Turns 16 uniform numbers into normal ones (Box and Muller): radii from the first eight, angles from the others.
fn make_normal(block: &mut [f32]) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (x, y) in first.iter_mut().zip(second) {
        let radius = (-2.0 * ln(1.0 - *x)).sqrt();
        let (sin, cos) = sin_cos(TAU as f32 * *y);
        (*x, *y) = (radius * cos, radius * sin);
    }
}

/// `c[0] x^(n-1) + .. + c[n-1]`, by Horner's rule with fused steps.
fn polynomial(coefficients: &[f32], x: f32) -> f32 {
    coefficients.iter().copied().reduce(|sum, c| sum.mul_add(x, c)).unwrap_or(0.0)
}

/// Natural logarithm of a normal positive number: `x = 2^e (1 + m)`, a polynomial in `m` between `sqrt(1/2) - 1` and
/// `sqrt(2) - 1`, and ln 2 in two parts.
fn ln(x: f32) -> f32 {
    const COEFFICIENTS: [f32; 9] = [
        7.037_683_6e-2,
        -0.115_146_1,
        0.116_769_984,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_58,
        0.200_007_14,
        -0.249_999_94,
        0.333_333_3,
    ];
    let bits = x.to_bits();
    let half = f32::from_bits((bits & 0x007f_ffff) | 0.5_f32.to_bits()); // mantissa in [1/2, 1)
    let exponent = (bits >> 23) as f32 - 126.0;
    let (m, e) =
        if half < FRAC_1_SQRT_2 { (half - 1.0 + half, exponent - 1.0) } else { (half - 1.0, exponent) };
    let square = m * m;
    let cubic = (polynomial(&COEFFICIENTS, m) * m).mul_add(square, e * -2.121_944_4e-4);
    e.mul_add(0.693_359_4, m + square.mul_add(-0.5, cubic))
}

/// Sine and cosine of an angle that is not negative: polynomials within pi/4 of the nearest multiple of pi/2, which is
/// subtracted in three parts.
fn sin_cos(angle: f32) -> (f32, f32) {
    const PARTS: [f32; 3] = [-0.785_156_25, -2.418_756_5e-4, -3.774_895e-8];
    const SINE: [f32; 3] = [-1.951_529_6e-4, 8.332_161e-3, -0.166_666_55];
    const COSINE: [f32; 3] = [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2];
    let octant = ((angle * (4.0 / std::f32::consts::PI)) as u32 + 1) & !1;
    let x = PARTS.iter().fold(angle, |rest, part| (octant as f32).mul_add(*part, rest));
    let square = x * x;
    let sine = (polynomial(&SINE, square) * square).mul_add(x, x);
    let cosine = (polynomial(&COSINE, square) * square).mul_add(square, -0.5 * square) + 1.0;
    match octant / 2 % 4 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}
