//! Reinforcement learning: agents, training by turns, in threads, saved and restored.

use models::env::Env;
use models::init::Init;
use models::rl::{
    Agent, AgentConfig, Algorithm, Episode, MemoryInLoss, PpoConfig, RlConfig, Training, Truncation, play,
    train_in_threads,
};

fn small(agent: &str) -> RlConfig {
    RlConfig { agent: AgentConfig::from_name(agent).unwrap(), workers: 3, episodes: 6, ..RlConfig::default() }
}

fn run(training: &mut Training, episodes: usize) -> Vec<Episode> {
    (0..episodes).map(|_| training.next_episode().unwrap()).collect()
}

#[test]
fn agents_have_the_published_numbers_of_parameters() {
    for (name, expected) in [("qfwp", 2530), ("vqc", 2472), ("gqkan-qfwp", 1801)] {
        let config = AgentConfig::from_name(name).unwrap();
        let training = Training::new(RlConfig { agent: config, workers: 1, ..RlConfig::default() }).unwrap();
        assert_eq!(training.n_params(), expected, "{name}");
    }
}

#[test]
fn every_agent_trains_by_every_rule() {
    for name in AgentConfig::NAMES {
        for memory in [MemoryInLoss::Zero, MemoryInLoss::Stored, MemoryInLoss::Episode] {
            let mut training = Training::new(RlConfig { memory, ..small(name) }).unwrap();
            let before = training.snapshot().unwrap();
            let episodes = run(&mut training, 3);
            assert!(
                episodes.iter().all(|episode| episode.steps <= 100 && episode.loss.is_finite()),
                "{name}"
            );
            assert_ne!(before, training.snapshot().unwrap(), "{name}");
        }
        let ppo = PpoConfig { horizon: 16, ..PpoConfig::default() };
        let config =
            RlConfig { agent: AgentConfig::from_name(name).unwrap(), workers: 2, ppo, ..RlConfig::ppo() };
        let episodes = run(&mut Training::new(config).unwrap(), 2);
        assert_eq!(episodes.iter().map(|episode| episode.number).collect::<Vec<_>>(), [1, 2], "{name}");
    }
}

/// The shared and the acting network of a loss that replays from what the agent had agree about what it saw.
#[test]
fn stored_memory_reproduces_the_decisions() {
    for name in ["qfwp", "gated-qfwp", "qlstm"] {
        let agent = AgentConfig::from_name(name).unwrap();
        let agent = Agent::new(&agent, [147, 7], Init::Stream, 4, &burn::tensor::Device::flex()).unwrap();
        let mut env = Env::from_name("empty-random-5x5").unwrap().make();
        let mut observation = env.reset(1);
        let mut memory = vec![0.0; agent.memory_len()];
        let mut policies = Vec::new();
        for action in [2, 1, 2, 0, 2] {
            let decision = agent.consider(&observation, &memory);
            let again = agent.consider(&observation, &memory);
            assert_eq!(decision, again, "{name}");
            memory.clone_from(&decision.memory);
            policies.push(decision.policy);
            observation = env.step(action).observation;
        }
        let fresh = agent.consider(&observation, &vec![0.0; agent.memory_len()]).policy;
        let carried = agent.consider(&observation, &memory).policy;
        let difference = fresh.iter().zip(&carried).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(difference > 1e-9, "{name}: memory changes nothing");
        assert!(policies.iter().all(|policy| (policy.iter().sum::<f64>() - 1.0).abs() < 1e-12), "{name}");
    }
}

#[test]
fn a_restored_run_goes_on_bit_for_bit() {
    for (name, algorithm, memory) in [
        ("qfwp", Algorithm::A3c, MemoryInLoss::Zero),
        ("gated-qfwp", Algorithm::A3c, MemoryInLoss::Episode),
        ("mlp", Algorithm::Ppo, MemoryInLoss::Stored),
    ] {
        let ppo = PpoConfig { horizon: 32, ..PpoConfig::default() };
        let config = RlConfig { algorithm, memory, ppo, env: "empty-random-5x5".into(), ..small(name) };
        let mut whole = Training::new(config.clone()).unwrap();
        run(&mut whole, 4);
        let saved = whole.snapshot().unwrap();
        let rest = run(&mut whole, 4);
        let mut resumed = Training::new(config).unwrap();
        resumed.restore(&saved).unwrap();
        assert_eq!(resumed.snapshot().unwrap(), saved, "{name}");
        assert_eq!(run(&mut resumed, 4), rest, "{name}");
        assert_eq!(resumed.snapshot().unwrap(), whole.snapshot().unwrap(), "{name}");
    }
}

#[test]
fn snapshots_of_other_runs_are_refused() {
    let saved = Training::new(small("mlp")).unwrap().snapshot().unwrap();
    let mut other = Training::new(RlConfig { discount: 0.8, ..small("mlp") }).unwrap();
    let error = other.restore(&saved).unwrap_err().to_string();
    assert!(error.contains("discount was 0.9, but is 0.8"), "{error}");
    let error = other.restore(&saved[..100]).unwrap_err().to_string();
    assert!(error.contains("snapshot cannot be used"), "{error}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let table = [
        (RlConfig { env: "empty-7x7".into(), ..small("mlp") }, "empty-"),
        (RlConfig { workers: 0, ..small("mlp") }, "workers is 0"),
        (RlConfig { discount: 1.5, ..small("mlp") }, "discount is 1.5"),
        (RlConfig { entropy_weight: -1.0, ..small("mlp") }, "entropy_weight is -1"),
        (RlConfig { memory: MemoryInLoss::Zero, ..RlConfig::ppo() }, "set memory = \"stored\""),
    ];
    for (config, expected) in table {
        let error = Training::new(config).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = AgentConfig::from_name("qfpw").unwrap_err().to_string();
    assert!(error.contains("did you mean qfwp?"), "{error}");
}

/// A small perceptron with a high rate learns the way to the goal within a few hundred episodes, by either algorithm.
#[test]
fn agents_learn() {
    let mut a3c = RlConfig { episodes: 600, workers: 4, entropy_weight: 0.01, ..small("mlp") };
    a3c.optimiser.learning_rate = 1e-3;
    let mut ppo =
        RlConfig { episodes: 600, agent: AgentConfig::from_name("mlp").unwrap(), ..RlConfig::ppo() };
    ppo.truncation = Truncation::Terminal;
    for config in [a3c, ppo] {
        let mut training = Training::new(config.clone()).unwrap();
        let rewards: Vec<f64> = run(&mut training, 600).iter().map(|episode| episode.reward).collect();
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let (first, last) = (mean(&rewards[..100]), mean(&rewards[500..]));
        assert!(last > first + 0.1 && last > 0.6, "{:?}: {first} to {last}", config.algorithm);
    }
}

#[test]
fn threads_train_as_well() {
    let ended = std::sync::atomic::AtomicU64::new(0);
    let agent = train_in_threads(&small("gated-qfwp"), |episode| {
        assert!(episode.steps <= 100);
        ended.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    });
    assert_eq!(ended.into_inner(), 6);
    let show = play(&agent.unwrap(), "empty-5x5", 3).unwrap();
    assert_eq!(show.frames.len(), show.decisions.len() + 1);
}
