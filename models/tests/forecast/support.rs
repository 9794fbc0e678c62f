//! What the forecasting tests share.

use burn::tensor::{DType, Device, Tensor, TensorData};
use models::forecast::{ForecastConfig, Forecasting};
use models::sequence::ModelConfig;
use models::series::Task;
use models::train::Trainer;

/// A trainer on the pendulum with weights as torch draws them from seed 0.
pub fn released(model: &str) -> Trainer<Forecasting> {
    let model = ModelConfig::from_name(model).unwrap();
    let config = ForecastConfig { model, ..ForecastConfig::released_script() };
    Trainer::new(Forecasting::new(config, Task::Shm.series()).unwrap()).unwrap()
}

pub fn tensor<const D: usize>(values: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), (&Device::flex(), DType::F64))
}

pub fn tracked<const D: usize>(values: Vec<f64>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), (&Device::flex().autodiff(), DType::F64)).require_grad()
}

pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// Asserts that entries differ by at most `tolerance` of the larger of one and the expected size.
pub fn assert_close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (k, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * w.abs().max(1.0), "{what}, entry {k}: {g} is not {w}");
    }
}
