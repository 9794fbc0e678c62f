//! The transformer: parameter counts, shapes, gradients.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{DType, Device, Gradients, Tensor, TensorData};
use models::attention::{AttentionConfig, QontotConfig, certificate};
use models::rng::stream;
use models::vit::{ImageShape, Init, OutProjection, Pass, Patches, Pooling, Ragged, Vit, VitConfig};

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

#[test]
fn patches_are_read_row_by_row_and_channels_vary_slowest() {
    let image = ImageShape { channels: 2, height: 3, width: 4 };
    let device = Device::flex();
    let numbered = Tensor::<1>::from_data(TensorData::new((0..24).collect(), [24]), &device);
    let cut = |patch, ragged| -> Vec<Vec<i64>> {
        let patches = Patches::new(&VitConfig { patch, ragged, ..VitConfig::default() }, image).unwrap();
        let cut = patches.cut(numbered.clone().reshape([1, 2, 3, 4]));
        let entries: Vec<i64> = cut.into_data().iter::<f32>().map(|x| x as i64).collect();
        entries.chunks(patches.dim()).map(<[i64]>::to_vec).collect()
    };
    assert_eq!(cut([3, 2], Ragged::Error)[1], [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23]);
    assert_eq!(cut([1, 4], Ragged::Error)[2], [8, 9, 10, 11, 20, 21, 22, 23]);
    let padded = cut([2, 3], Ragged::Pad);
    assert_eq!(padded.len(), 4);
    assert_eq!(padded[3], [11, 0, 0, 0, 0, 0, 23, 0, 0, 0, 0, 0]);
}

#[test]
fn settings_out_of_range_are_named() {
    let default = VitConfig::default;
    let table = [
        ("patch", VitConfig { patch: [5, 28], ..default() }),
        ("patch height", VitConfig { patch: [0, 28], ..default() }),
        ("layers", VitConfig { layers: 0, ..default() }),
        ("heads", VitConfig { heads: 1 << 20, ..default() }),
        ("mlp_ratio", VitConfig { mlp_ratio: f64::NAN, ..default() }),
        ("drop_path", VitConfig { drop_path: 1.0, ..default() }),
        ("norm_epsilon", VitConfig { norm_epsilon: 0.0, ..default() }),
        ("std", VitConfig { init: Init::TruncatedNormal { std: -1.0 }, ..default() }),
    ];
    let softmax = AttentionConfig::from_name("softmax").unwrap();
    for (name, config) in table {
        let error = Vit::new(&config, &softmax, GREY, 10, 0, &Device::flex()).unwrap_err().to_string();
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn weights_depend_on_the_seed_alone() {
    let config = VitConfig { layers: 1, ..VitConfig::default() };
    let logits = |seed| {
        let softmax = AttentionConfig::from_name("softmax").unwrap();
        let vit = Vit::new(&config, &softmax, GREY, 10, seed, &Device::flex()).unwrap();
        vit.forward(pixels(2, GREY), Pass::default()).logits.into_data()
    };
    assert_eq!(logits(3), logits(3));
    assert_ne!(logits(3), logits(4));
}

/// A circuit of four matrix entries a side, for three patches: the last row and column are padding.
#[test]
fn tokens_are_padded_to_a_power_of_two_for_circuits() {
    let image = ImageShape { channels: 1, height: 3, width: 4 };
    let config = VitConfig { patch: [1, 4], pooling: Pooling::Mean, ..tiny() };
    let vit = Vit::new(&config, &circuit(), image, 3, 0, &Device::flex()).unwrap();
    let output = vit.forward(pixels(2, image), Pass { keep_weights: true, ..Pass::default() });
    for weights in output.weights {
        assert_eq!(weights.dims(), [2, 2, 4, 4]);
        let weights: Vec<f64> = weights.into_data().iter::<f64>().collect();
        let certificate = certificate(&weights, 4);
        assert!(certificate.row_error.max(certificate.column_error) < 1e-5, "{certificate:?}");
    }
}

#[test]
fn angles_are_shared_or_one_set_per_layer() {
    let orthostochastic = AttentionConfig::from_name("orthostochastic").unwrap();
    let count = |shared_params| {
        let config = VitConfig { shared_params, layers: 3, ..tiny() };
        Vit::new(&config, &orthostochastic, TINY, 3, 0, &Device::flex()).unwrap()
    };
    let [shared, own] = [true, false].map(count);
    let angles = shared.angles_per_matrix();
    assert_eq!(own.num_params() - shared.num_params(), 2 * angles);
    assert!(angles > 0);
}

const TINY: ImageShape = ImageShape { channels: 1, height: 6, width: 4 };

fn tiny() -> VitConfig {
    VitConfig { patch: [2, 4], dim: 4, layers: 2, heads: 2, head_dim: 3, ..VitConfig::default() }
}

fn circuit() -> AttentionConfig {
    AttentionConfig::Qontot(QontotConfig {
        layers: 1,
        auxiliary: Some(1),
        extra: 0,
        ..QontotConfig::default()
    })
}

/// Reads all parameters into one list, and their gradients, zero where there is none.
struct Flat<'a> {
    values: Vec<f64>,
    gradient: Vec<f64>,
    gradients: Option<&'a Gradients>,
}

impl ModuleVisitor for Flat<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let gradient = self.gradients.and_then(|gradients| value.grad(gradients));
        let gradient = gradient.unwrap_or_else(|| value.clone().inner().zeros_like());
        self.gradient.extend(gradient.into_data().iter::<f64>());
        self.values.extend(value.into_data().iter::<f64>());
    }
}

/// Writes a list into all parameters.
struct Write<'a>(&'a [f64]);

impl ModuleMapper for Write<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| {
            let (own, rest) = self.0.split_at(tensor.shape().num_elements());
            self.0 = rest;
            let data = TensorData::new(own.to_vec(), tensor.shape());
            Tensor::from_data(data, (&tensor.device(), DType::F64))
        })
    }
}

/// A smooth function of logits and attention weights.
fn objective(vit: &Vit, images: Tensor<4>, drop: bool) -> Tensor<1> {
    let drop_path = drop.then(|| stream(0, "drop", &[]));
    let output = vit.forward(images, Pass { keep_weights: true, drop_path });
    let weights = output.weights.into_iter().map(|weights| weights.powi_scalar(2).sum());
    weights.fold(output.logits.powi_scalar(3).sum(), |sum, term| sum + term)
}

#[test]
fn gradients_are_those_of_central_differences() {
    let named = |name| AttentionConfig::from_name(name).unwrap();
    let table = [
        (tiny(), named("softmax")),
        (VitConfig { pooling: Pooling::Mean, heads: 1, head_dim: 4, ..tiny() }, named("sinkhorn")),
        (VitConfig { shared_params: true, drop_path: 0.4, ..tiny() }, named("orthostochastic")),
        (VitConfig { pooling: Pooling::Mean, layers: 1, ..tiny() }, circuit()),
    ];
    for (config, attention) in table {
        let place = (&Device::flex().autodiff(), DType::F64);
        let vit = Vit::new(&config, &attention, TINY, 3, 1, place).unwrap().with_trained_angles(true);
        let images = pixels(3, TINY).cast(DType::F64);
        let drop = config.drop_path > 0.0;
        let on_tape = Tensor::from_data(images.to_data(), place);
        let gradients = objective(&vit, on_tape, drop).backward();
        let mut flat = Flat { values: Vec::new(), gradient: Vec::new(), gradients: Some(&gradients) };
        vit.visit(&mut flat);
        let plain = vit.valid();
        let value = |x: &[f64]| {
            let moved = plain.clone().map(&mut Write(x));
            objective(&moved, images.clone(), drop).into_scalar::<f64>()
        };
        let error = testkit::gradcheck(value, &flat.values, &flat.gradient, 1e-6);
        assert!(error.is_ok(), "{}: {error:?}", attention.name());
    }
}
