//! Numbers that are known without a trace.

use models::env::numpy_rng::NumpyRng;
use models::env::{Env, Pose};

/// Room, size, sum of the first observation, sum weighted by place, best return.
const ROOMS: [(Env, usize, f64, f64, f64); 4] = [
    (Env::Empty5x5, 5, 297.0, 20487.0, 0.955),
    (Env::Empty6x6, 6, 255.0, 15574.0, 0.95625),
    (Env::Empty8x8, 8, 199.0, 9701.0, 0.961328125),
    (Env::Empty16x16, 16, 175.0, 7413.0, 0.97626953125),
];

#[test]
fn first_observations_of_empty_rooms() {
    for (env, _, sum, weighted, _) in ROOMS {
        let first = env.make().reset(0);
        let by_place = first.iter().enumerate().map(|(k, value)| k as f64 * value);
        assert_eq!((first.iter().sum::<f64>(), by_place.sum::<f64>()), (sum, weighted), "{env:?}");
    }
}

#[test]
fn the_shortest_way_pays_the_best_return() {
    for (name, size, _, _, best) in ROOMS {
        let mut env = name.make();
        env.reset(0);
        let straight = vec![2; size - 3];
        let actions = [straight.clone(), vec![1], straight].concat();
        let transitions: Vec<_> = actions.iter().map(|&action| env.step(action)).collect();
        let (last, before) = transitions.split_last().expect("five steps or more");
        assert!(before.iter().all(|t| t.reward == 0.0 && !t.is_last()), "{name:?}: {before:?}");
        assert!(last.terminated && !last.truncated, "{name:?}: {last:?}");
        assert_eq!(last.reward, best, "{name:?}");
        let goal = Pose { x: size - 2, y: size - 2, direction: 1 };
        assert_eq!(env.frame().map(|frame| frame.agent), Some(goal), "{name:?}");
    }
}

/// Made with numpy 2.4.6: a seed, the first three raw outputs, then in one stream `integers(0, b)` for `b`
/// of `BOUNDS` and the raw output after them, a shuffled list of ten, and three numbers of `uniform(-0.05,
/// 0.05)`.
type Golden = (u64, [u64; 3], [usize; 8], u64, [usize; 10], [f64; 3]);

const BOUNDS: [usize; 8] = [10, 1, 3, 7, 4_000_000_000, 3_000_000_000, 19, 4_294_967_295];

const GOLDEN: [Golden; 4] = [
    (
        0,
        [0xa30f_ebcf_d9c2_825f, 0x4510_bdf8_82d9_d721, 0x0a7d_3da9_4ecd_e8b8],
        [8, 0, 1, 3, 1_079_146_854, 923_488_268, 0, 323_153_948],
        0xd032_7a78_2cde_513b,
        [4, 6, 2, 7, 3, 5, 9, 0, 8, 1],
        [0.013696168732145436, -0.02302132862361297, -0.045902647606380534],
    ),
    (
        42,
        [0xc621_fbcd_16d9_2688, 0x705a_5661_a791_ffc1, 0xdbcd_12c2_6eda_1624],
        [0, 0, 2, 4, 1_755_513_758, 2_575_793_759, 1, 2_995_172_877],
        0x181c_01b5_3393_81eb,
        [5, 6, 0, 7, 3, 2, 4, 9, 1, 8],
        [0.027395604855596334, -0.006112156024794771, 0.03585979199113824],
    ),
    (
        4_294_967_301,
        [0xc632_3ec3_21de_b8d1, 0x7881_4821_c73a_0583, 0xb225_36d8_e0ec_17c0],
        [1, 0, 2, 5, 3_514_409_959, 2_087_641_032, 16, 3_507_002_483],
        0x89b6_3c0d_d0c0_9dda,
        [6, 7, 4, 2, 5, 0, 9, 8, 3, 1],
        [0.027420418037388122, -0.00292773168119069, 0.01958803443421149],
    ),
    (
        u64::MAX,
        [0xae16_3a7a_8c47_568f, 0xd866_59f5_f338_2359, 0x01e5_2b19_5bc2_d24a],
        [5, 0, 2, 6, 3_381_247_033, 1_075_324_467, 0, 430_058_928],
        0x2103_dd98_9acf_f71c,
        [8, 7, 3, 0, 4, 6, 1, 2, 5, 9],
        [0.018002667896169305, 0.03453117585624743, -0.049259691840074],
    ),
];

#[test]
fn the_generator_is_that_of_numpy() {
    for (seed, raw, integers, after, shuffled, uniform) in GOLDEN {
        let mut rng = NumpyRng::new(seed);
        assert_eq!([(); 3].map(|()| rng.next_u64()), raw, "seed {seed}");
        let mut rng = NumpyRng::new(seed);
        assert_eq!(BOUNDS.map(|bound| rng.integers(0..bound)), integers, "seed {seed}");
        assert_eq!(rng.next_u64(), after, "seed {seed}");
        let mut items: [usize; 10] = std::array::from_fn(|i| i);
        NumpyRng::new(seed).shuffle(&mut items);
        assert_eq!(items, shuffled, "seed {seed}");
        let mut rng = NumpyRng::new(seed);
        assert_eq!([(); 3].map(|()| rng.uniform(-0.05, 0.05)), uniform, "seed {seed}");
    }
}
