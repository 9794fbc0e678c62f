//! Every environment equals the Python package it is named after, step by step.

use std::collections::BTreeMap;

use models::env::{Env, Frame, Transition};

use crate::reader::{Reader, fnv};

/// Libraries differ in the last place of a sine, and unstable motion lets that grow.
const TOLERANCE: f64 = 1e-12;

const OBSERVATION: usize = 147;

fn bytes(observation: &[f64]) -> Vec<u8> {
    observation.iter().map(|&value| value as u8).collect()
}

fn hash(transition: &Transition) -> u64 {
    let flags = [transition.terminated.into(), transition.truncated.into()];
    fnv(bytes(&transition.observation).into_iter().chain(transition.reward.to_le_bytes()).chain(flags))
}

#[test]
fn grid_worlds_equal_their_traces() {
    let mut reader = Reader::new(include_bytes!("grid.bin"));
    let mut seen: BTreeMap<&str, [u32; 3]> = BTreeMap::new(); // steps, terminated, truncated
    while let Some(header) = reader.header() {
        let mut env = Env::from_name(header.name).expect("a recorded name").make();
        let n_steps = reader.u32();
        assert_eq!(bytes(&env.reset(header.seed)), reader.bytes(OBSERVATION), "{header:?}");
        let counts = seen.entry(header.name).or_default();
        for step in 1..=n_steps {
            let transition = env.step(reader.u8().into());
            assert_eq!(hash(&transition), reader.u64(), "{header:?}, step {step}: {transition:?}");
            assert_eq!(transition.is_last(), step == n_steps, "{header:?}, step {step}");
            counts[0] += 1;
            counts[1] += u32::from(transition.terminated);
            counts[2] += u32::from(transition.truncated);
        }
    }
    let grid_worlds = Env::NAMES.iter().filter(|(_, env)| env.make().frame().is_some());
    assert!(grid_worlds.map(|(name, _)| name).all(|name| seen[name][0] >= 900), "{seen:?}");
    let total = |what: usize| seen.values().map(|counts| counts[what]).sum::<u32>();
    assert!(total(0) >= 10_000 && total(1) >= 50 && total(2) >= 20, "{seen:?}");
}

#[test]
fn first_maps_equal_their_traces() {
    let mut reader = Reader::new(include_bytes!("layouts.bin"));
    let mut hashes: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    while let Some(header) = reader.header() {
        let mut env = Env::from_name(header.name).expect("a recorded name").make();
        env.reset(header.seed);
        let Frame { cells, agent, .. } = env.frame().expect("a grid world");
        let pose = [agent.x, agent.y, agent.direction].map(|value| value as u8);
        let found = fnv(cells.into_iter().flat_map(|(object, colour)| [object, colour]).chain(pose));
        assert_eq!(found, reader.u64(), "{header:?}");
        hashes.entry(header.name).or_default().push(found);
    }
    assert_eq!(hashes.len(), 7, "{:?}", hashes.keys());
    for (name, mut found) in hashes {
        assert_eq!(found.len(), 100, "{name}");
        found.sort_unstable();
        found.dedup();
        assert!(found.len() >= 20, "{name}: {} different maps", found.len());
    }
}

fn assert_close(found: &[f64], expected: &[f64], place: &str) {
    let is_close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < TOLERANCE);
    assert!(found.len() == expected.len() && is_close, "{place}: {found:?} is not {expected:?}");
}

#[test]
fn classic_control_equals_its_traces() {
    let mut reader = Reader::new(include_bytes!("float.bin"));
    let mut seen: BTreeMap<&str, [u32; 3]> = BTreeMap::new(); // steps, terminated, truncated
    while let Some(header) = reader.header() {
        let mut env = Env::from_name(header.name).expect("a recorded name").make();
        let n_steps = reader.u32();
        let len = env.observation_len();
        assert_close(&env.reset(header.seed), &reader.f64s(len), &format!("{header:?}"));
        let counts = seen.entry(header.name).or_default();
        for step in 1..=n_steps {
            let transition = env.step(reader.u8().into());
            let place = format!("{header:?}, step {step}: {transition:?}");
            assert_eq!(transition.reward, reader.f64(), "{place}");
            assert_eq!(transition.terminated, reader.flag(), "{place}");
            assert_eq!(transition.truncated, reader.flag(), "{place}");
            assert_close(&transition.observation, &reader.f64s(len), &place);
            counts[0] += 1;
            counts[1] += u32::from(transition.terminated);
            counts[2] += u32::from(transition.truncated);
        }
    }
    for name in ["cartpole", "acrobot"] {
        let [steps, terminated, truncated] = seen[name];
        assert!(steps >= 1000 && terminated >= 1 && truncated >= 1, "{name}: {seen:?}");
    }
}
