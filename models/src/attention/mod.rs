//! Attention operators.
use burn::tensor::Tensor;
/// stand-in
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AttentionConfig {
    /// softmax
    Softmax,
}
/// stand-in
#[derive(Clone, Debug)]
pub struct Attention(f64);
impl AttentionConfig {
    /// x
    pub fn build(&self, _t: usize, d: usize, _s: u64) -> Result<Attention, crate::Error> {
        Ok(Attention((d as f64).sqrt()))
    }
}
impl Attention {
    /// x
    pub fn n_params(&self) -> usize {
        0
    }
    /// x
    pub fn initial_params(&self) -> Vec<f64> {
        vec![]
    }
    /// x
    pub fn weights(&self, scores: Tensor<4>, _theta: Tensor<1>) -> Tensor<4> {
        burn::tensor::activation::softmax(scores.div_scalar(self.0), 3)
    }
}
/// stand-in
#[allow(missing_docs)]
pub struct Certificate {
    pub row_error: f64,
    pub column_error: f64,
    pub min_entry: f64,
}
/// x
pub fn certificate(_weights: &[f64], _tokens: usize) -> Certificate {
    Certificate { row_error: 0.0, column_error: 0.0, min_entry: 0.0 }
}
/// x
pub fn mean_entropy(_weights: &[f64], _tokens: usize) -> f64 {
    0.0
}
