//! `ketwork compare rl`: agents times environments times seeds.

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use viz::quartiles;

use super::learner::{BLOCK, Report};
use super::plots::draw_comparison;
use super::settings::{MODEL, RunConfig};
use super::train::train_one;
use crate::args::CompareRl;
use crate::comparison::{existing, run_folder, write_table};
use crate::error::CliError;
use crate::log;
use crate::manifest::Manifest;
use crate::output::{self, note};
use crate::run_dir::RunDir;
use crate::signal::Stop;

/// One agent in one environment, over all seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The environment.
    pub env: String,
    /// The agent.
    pub agent: String,
    /// Where its runs are: `<folder>-<seed>`.
    pub folder: String,
    /// Seeds, in the order of the values.
    pub seeds: Vec<u64>,
    /// Mean reward of the last hundred episodes, per seed.
    pub rewards: Vec<f64>,
    /// Mean reward of a hundred episodes around the middle of training, per seed.
    pub halfway: Vec<f64>,
    /// Trained parameters.
    pub parameters: usize,
    /// Steps of environments, mean over the seeds.
    pub env_steps: f64,
    /// Wall time of training, mean over the seeds.
    pub seconds: f64,
}

/// Trains what is missing, then prints the table and writes it with the pictures.
///
/// # Errors
/// Flags or files are wrong, training fails, or a signal interrupts it.
pub fn compare(args: &CompareRl, quiet: bool, stop: &Stop) -> Result<(), CliError> {
    let out = args.place.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("compare-{MODEL}")));
    let mut rows = Vec::new();
    for env in &args.envs {
        for agent in &args.agent {
            let mut settings = args.settings.clone();
            settings.env = Some(env.clone());
            let mut config = RunConfig::new(&settings)?;
            config.set_agent(Some(agent))?;
            let folder = format!("{env}-{agent}");
            for &seed in &args.seeds {
                config.train.seed = seed;
                let path = run_folder(&out, &folder, seed);
                let blocks = config.train.episodes.div_ceil(BLOCK);
                if let Some(existing) = existing::<_, Report>(&path, &config, blocks, args.place.overwrite)? {
                    note(quiet, format_args!("\n{}", path.display()));
                    train_one(&path, existing, &config, quiet, stop)?;
                }
            }
            rows.push(Row::of(&out, &config, &folder, &args.seeds)?);
        }
    }
    let markdown = markdown(&rows);
    write_table(&out, &rows, &markdown)?;
    output::text(markdown.trim_end());
    output::pictures(quiet, &draw_comparison(&out)?);
    Ok(())
}

impl Row {
    fn of(out: &Path, config: &RunConfig, folder: &str, seeds: &[u64]) -> Result<Self, CliError> {
        let runs = seeds.iter().map(|&seed| RunDir::open(&run_folder(out, folder, seed)));
        let runs = runs.collect::<Result<Vec<_>, _>>()?;
        let epochs = runs.iter().map(|run| log::epochs::<Report>(&run.metrics()));
        let epochs = epochs.collect::<Result<Vec<_>, _>>()?;
        let reward = |at: fn(usize) -> usize| {
            epochs.iter().map(|run| run[at(run.len())].train_reward.unwrap_or_default()).collect()
        };
        let n = runs.len() as f64;
        let env_steps = epochs.iter().map(|run| run[run.len() - 1].test.env_steps as f64).sum::<f64>() / n;
        Ok(Self {
            env: config.train.env.clone(),
            agent: config.name.clone(),
            folder: folder.to_owned(),
            seeds: seeds.to_vec(),
            rewards: reward(|n| n - 1),
            halfway: reward(|n| n / 2),
            parameters: Manifest::read(&runs[0])?.parameters.get("trained").copied().unwrap_or_default(),
            env_steps,
            seconds: epochs.iter().flatten().map(|epoch| epoch.seconds).sum::<f64>() / n,
        })
    }
}

fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| environment | agent | reward of the last 100 episodes, median [quartiles] | lowest, highest | halfway, median | \
         parameters | steps | s |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let (Some(end), Some(half)) = (quartiles(&row.rewards), quartiles(&row.halfway)) else { continue };
        let extreme =
            |pick: fn(f64, f64) -> f64| row.rewards.iter().copied().reduce(pick).unwrap_or(f64::NAN);
        let _infallible = writeln!(
            text,
            "| {} | {} | {:.3} [{:.3}, {:.3}] | {:.3}, {:.3} | {:.3} | {} | {:.0} | {:.1} |",
            row.env,
            row.agent,
            end.median,
            end.low,
            end.high,
            extreme(f64::min),
            extreme(f64::max),
            half.median,
            row.parameters,
            row.env_steps,
            row.seconds
        );
    }
    text
}
