//! The generator of PyTorch: numbers and digests written by PyTorch 2.15 on a CPU with AVX2.

use models::torch_rng::TorchRng;
use sha2::{Digest, Sha256};

fn digest(values: &[f64]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Single precision written in full: equality of bits is meant.
#[track_caller]
fn same(found: &[f64], expected: &[f64]) {
    assert_eq!(found, expected);
}

#[test]
fn uniform_numbers_across_renewals_of_the_state() {
    let mut rng = TorchRng::new(7); // torch.manual_seed(7); torch.rand(2500)
    let drawn: Vec<f64> = (0..2500).map(|_| f64::from(rng.uniform_f32(0.0, 1.0))).collect();
    let found = [0, 1, 622, 623, 624, 2499].map(|k| drawn[k]);
    let expected = [
        0.5349225401878357,
        0.19880318641662598,
        0.6265523433685303,
        0.07923638820648193,
        0.47894805669784546,
        0.3203868269920349,
    ];
    same(&found, &expected);
}

/// Seed, sizes of layers made one after another, and of the last: first and last weight, first and last bias.
type Layers = (u64, &'static [(usize, usize)], [f64; 4]);

const LAYERS: [Layers; 8] = [
    (0, &[(1, 8)], [-0.007486820220947266, 0.7928894758224487, -0.08874404430389404, 0.03704357147216797]),
    (
        0,
        &[(1, 8), (8, 2)],
        [0.13977210223674774, 0.30547040700912476, -0.22916610538959503, -0.16275224089622498],
    ),
    (
        0,
        &[(1, 8), (8, 2), (8, 8)],
        [-0.24700669944286346, 0.07399920374155045, -0.27580133080482483, -0.006354817189276218],
    ),
    (
        0,
        &[(1, 8), (8, 2), (8, 8), (4, 1)],
        [-0.3765294551849365, 0.0750725269317627, -0.20476514101028442, -0.20476514101028442],
    ),
    (1, &[(3, 5)], [0.2974873483181, -0.04209389165043831, -0.05197730287909508, 0.1796656996011734]),
    (42, &[(147, 8)], [0.06305807828903198, 0.04792102426290512, 0.04614430293440819, -0.06644121557474136]),
    (
        12345,
        &[(10, 7), (7, 3)],
        [0.2791859209537506, 0.018578391522169113, 0.061660557985305786, -0.33928215503692627],
    ),
    (
        u32::MAX as u64,
        &[(64, 32)],
        [0.12344984710216522, -0.059649184346199036, 0.10670576989650726, 0.10079166293144226],
    ),
];

#[test]
fn linear_layers_in_the_order_they_are_made() {
    for (seed, layers, expected) in LAYERS {
        let mut rng = TorchRng::new(seed);
        let drawn: Vec<_> = layers.iter().map(|&(n_in, n_out)| rng.linear(n_in, n_out)).collect();
        let (weight, bias) = drawn.last().unwrap();
        let &(n_in, n_out) = layers.last().unwrap();
        assert_eq!((weight.len(), bias.len()), (n_in * n_out, n_out));
        same(&[weight[0], weight[weight.len() - 1], bias[0], bias[bias.len() - 1]], &expected);
    }
    let (weight, _) = TorchRng::new(11).linear(300, 200);
    assert_eq!(digest(&weight), "180fab32affc6efba5b364cd33dfa73dbe04da4557ae1ea8f2a632c669b9e36a");
}

/// Without AVX2 the layers of a network whose stored weights other programs start from: 1 to 8, 8 to 2, 8 to 8, 4 to 1.
#[test]
fn linear_layers_without_fused_steps() {
    let mut rng = TorchRng::new(0).without_fma();
    let ends = [(1, 8), (8, 2), (8, 8), (4, 1)].map(|(n_in, n_out)| {
        let (weight, bias) = rng.linear(n_in, n_out);
        [weight[0], weight[weight.len() - 1], bias[0], bias[bias.len() - 1]]
    });
    let expected = [
        [-0.007486820220947266, 0.7928894758224487, -0.08874404430389404, 0.03704357147216797],
        [0.13977208733558655, 0.30547037720680237, -0.22916612029075623, -0.16275224089622498],
        [-0.24700669944286346, 0.07399919629096985, -0.2758013606071472, -0.006354808807373047],
        [-0.3765294551849365, 0.0750725269317627, -0.20476514101028442, -0.20476514101028442],
    ];
    same(ends.as_flattened(), expected.as_flattened());
    let (weight, _) = TorchRng::new(11).without_fma().linear(300, 200);
    assert_eq!(digest(&weight), "f36f3677b8b23788621c6023ad21225abf7b5d4f02de623e9d3e1025952a62b3");
}

#[test]
fn only_the_lower_half_of_a_seed_counts() {
    assert_eq!(TorchRng::new((1 << 32) + 5).linear(6, 2), TorchRng::new(5).linear(6, 2));
    assert_ne!(TorchRng::new(6).linear(6, 2), TorchRng::new(5).linear(6, 2));
}

/// Seed, numbers drawn before in one call, numbers drawn: the first two, the one in the middle, the last two.
type Normal = (u64, usize, usize, [f64; 2], f64, [f64; 2]);

const NORMAL: [Normal; 10] = [
    (
        0,
        0,
        3,
        [1.5409960746765137, -0.293428897857666],
        -0.293428897857666,
        [-0.293428897857666, -2.1787893772125244],
    ),
    (
        0,
        0,
        15,
        [1.5409960746765137, -0.293428897857666],
        0.8380263447761536,
        [1.1006041765213013, -1.0711873769760132],
    ),
    (
        0,
        0,
        16,
        [-1.1258398294448853, -1.152360200881958],
        0.32227492332458496,
        [1.1167771816253662, -0.2472781538963318],
    ),
    (
        1,
        0,
        17,
        [-1.5255959033966064, -1.1607614755630493],
        0.43914157152175903,
        [-0.13162320852279663, -0.7984398007392883],
    ),
    (
        2,
        0,
        30,
        [-1.0408011674880981, 0.9166041612625122],
        0.09373074769973755,
        [-0.9319812059402466, -0.8578645586967468],
    ),
    (
        3,
        0,
        1000,
        [-0.07664429396390915, 0.35988152027130127],
        0.2877325713634491,
        [-1.1241967678070068, 1.1287086009979248],
    ),
    (
        42,
        3,
        12,
        [0.23033303022384644, -1.1228563785552979],
        0.2673508822917938,
        [-1.6897989511489868, -0.9889599084854126],
    ),
    (
        42,
        1,
        2,
        [0.12880940735340118, 0.23446236550807953],
        0.23446236550807953,
        [0.12880940735340118, 0.23446236550807953],
    ),
    (
        99,
        5,
        40,
        [0.5948395729064941, 1.5866377353668213],
        0.32161375880241394,
        [-1.3093966245651245, 2.1453568935394287],
    ),
    (
        2026,
        0,
        100_003,
        [-0.18391042947769165, 0.7296398282051086],
        -1.2114313840866089,
        [0.8095995783805847, -1.4825918674468994],
    ),
];

#[test]
fn normal_numbers_of_every_length() {
    for (seed, before, n, first, middle, last) in NORMAL {
        let mut rng = TorchRng::new(seed);
        rng.randn(before);
        let values = rng.randn(n);
        assert_eq!(values.len(), n);
        same(&values[..2], &first);
        same(&[values[n / 2], values[n - 2], values[n - 1]], &[middle, last[0], last[1]]);
    }
    assert_eq!(TorchRng::new(0).randn(1), [1.5409960746765137]);
    assert!(TorchRng::new(0).randn(0).is_empty());
}

#[test]
fn normal_numbers_bit_for_bit() {
    for (seed, expected) in [
        (0, "b7abca1677b540928abe9225116b167d48f9d69d94aaf7010f482053b5e8da69"),
        (1, "bf09589cad15df6fc6eeb544c4df670bd3687e9b43d9c4bd2f307259525d3370"),
        (2024, "9d2249ae34ff54f869021de45452fbc513562574b3e590cfefe8465a858a7f27"),
    ] {
        assert_eq!(digest(&TorchRng::new(seed).randn(100_000)), expected, "seed {seed}");
    }
}

/// The second of a pair outlives other draws, long ones included.
#[test]
fn short_draws_keep_their_spare_number() {
    let mut rng = TorchRng::new(3);
    let single = |rng: &mut TorchRng| rng.randn(1)[0];
    let first = single(&mut rng);
    let uniform = f64::from(rng.uniform_f32(0.0, 1.0));
    let long = rng.randn(20)[0];
    let rest = [single(&mut rng), single(&mut rng)];
    let expected = [
        0.8032760620117188,
        0.47161436080932617,
        -0.28678029775619507,
        0.17483338713645935,
        -0.9016764163970947,
    ];
    same(&[first, uniform, long, rest[0], rest[1]], &expected);
}

/// Angles of a network that multiplies normal numbers by 0.01 in single precision; a build of torch that takes
/// logarithm, sine and cosine from elsewhere differs in the last bits.
#[test]
fn scaled_angles() {
    let angles = TorchRng::new(0).randn(30).into_iter().map(|x| f64::from(x as f32 * 0.01));
    let expected = [
        -0.011258398182690144,
        -0.011523601599037647,
        -0.002505785785615444,
        -0.0043387883342802525,
        0.008487102575600147,
        0.006920091342180967,
    ];
    for (found, expected) in angles.zip(expected) {
        assert!((found / expected - 1.0).abs() < 2e-7, "{found} is not {expected}");
    }
}
