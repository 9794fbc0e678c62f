//! A3C on Empty-5x5: turns of a worker, each up to five steps of acting, the loss on them, its gradient and an update.
//!
//! Ten thousand episodes take some 50,000 turns. Agents without circuits show what is not simulation.

use std::io;

use benches::{Case, Goal, Suite};
use models::rl::{AgentConfig, RlConfig, Training};

const AGENTS: [&str; 4] = ["qfwp", "gated-qfwp", "vqc", "mlp"];
/// Episodes of a call.
const EPISODES: usize = 10;

fn case<'a>(name: &str) -> Case<'a> {
    let agent = AgentConfig::from_name(name).expect("a known name");
    let config = RlConfig { agent, workers: 8, episodes: u64::MAX, ..RlConfig::default() };
    let mut training = Training::new(config).expect("the defaults fit together");
    let episodes = move || {
        for _ in 0..EPISODES {
            training.next_episode().expect("numbers stay finite");
        }
    };
    Case::new(format!("episodes {name}"), "f64", 1, episodes).samples(EPISODES)
}

fn main() -> io::Result<()> {
    let results = Suite::new("a3c", AGENTS.map(case).into()).run()?;
    let cost = results.ratio(("episodes qfwp", "f64", 1), ("episodes mlp", "f64", 1));
    results.goal(Goal::Cost(4.0), "of a perceptron, episodes of the fast-weight programmer", cost)?;
    Ok(())
}
