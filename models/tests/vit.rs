//! The transformer: parameter counts, shapes, gradients.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use models::attention::AttentionConfig;
use models::vit::{ImageShape, OutProjection, Pass, Pooling, Ragged, Vit, VitConfig};

const GREY: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

fn vit(config: &VitConfig, image: ImageShape) -> Vit {
    Vit::new(config, &AttentionConfig::from_name("softmax").unwrap(), image, 10, 0, &Device::flex()).unwrap()
}

fn pixels(batch: usize, image: ImageShape) -> Tensor<4> {
    let shape = [batch, image.channels, image.height, image.width];
    let values: Vec<f32> = (0..shape.iter().product()).map(|i| (i as f32 * 0.37).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

/// Counts of the small transformer by head width and layers: arXiv:2504.16275, arXiv:2110.11773.
#[test]
fn parameter_counts_are_those_of_the_paper() {
    use OutProjection::{Always, Auto};
    let table = [
        (64, Auto, [83_594, 150_026, 216_458, 282_890]),
        (128, Auto, [99_850, 182_538, 265_226, 347_914]),
        (128, Always, [116_362, 215_562, 314_762, 413_962]),
    ];
    for (head_dim, out_projection, counts) in table {
        for (layers, count) in (1..).zip(counts) {
            let config = VitConfig { head_dim, layers, out_projection, ..VitConfig::default() };
            assert_eq!(vit(&config, GREY).num_params(), count, "{head_dim} {out_projection:?} {layers}");
        }
    }
}

#[test]
fn shapes_follow_patches_pooling_and_heads() {
    let rgb = ImageShape { channels: 3, height: 56, width: 56 };
    let table = [
        (VitConfig::default(), GREY, 8),
        (VitConfig { pooling: Pooling::Mean, ..VitConfig::default() }, GREY, 7),
        (VitConfig { heads: 3, layers: 1, ..VitConfig::default() }, GREY, 8),
        (VitConfig { patch: [10, 12], ragged: Ragged::Pad, ..VitConfig::default() }, GREY, 10),
        (VitConfig { layers: 1, ..VitConfig::eureka() }, rgb, 8),
    ];
    for (config, image, tokens) in table {
        let pass = Pass { keep_weights: true, ..Pass::default() };
        let output = vit(&config, image).forward(pixels(2, image), pass);
        assert_eq!(output.logits.dims(), [2, 10]);
        assert_eq!(output.weights.len(), config.layers);
        for weights in output.weights {
            assert_eq!(weights.dims(), [2, config.heads, tokens, tokens]);
        }
    }
}
