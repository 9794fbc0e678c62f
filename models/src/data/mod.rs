//! Labelled images.
/// stand-in
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Images {
    pub pixels: Vec<u8>,
    pub labels: Vec<u8>,
    pub n: usize,
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}
/// stand-in
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Dataset {
    pub name: String,
    pub n_classes: usize,
    pub train: Images,
    pub test: Images,
    pub mean: Vec<f32>,
    pub std: Vec<f32>,
    pub sha256: Vec<(String, String)>,
}
impl Images {
    /// x
    pub fn batch(&self, indices: &[usize], mean: &[f32], std: &[f32]) -> Vec<f32> {
        let d = self.channels * self.height * self.width;
        let p = self.height * self.width;
        indices
            .iter()
            .flat_map(|&i| {
                (0..d).map(move |k| (self.pixels[i * d + k] as f32 / 255.0 - mean[k / p]) / std[k / p])
            })
            .collect()
    }
}
