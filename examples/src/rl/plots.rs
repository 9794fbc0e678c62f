//! The pictures of agents: rewards over episodes, an episode frame by frame, what the agent carried through it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use models::env;
use models::rl::{Play, Training, play};
use ndarray::Array2;
use viz::{
    Cell, Curves, Film, Frame, HeatMap, Panel, Picture, Scale, Series, Spread, curves, film, heat_map,
};

use super::compare::Row;
use super::eval::trained;
use super::learner::{BLOCK, Report};
use super::settings::RunConfig;
use crate::comparison::{read_table, run_folder};
use crate::error::CliError;
use crate::log;
use crate::pictures::write;
use crate::run_dir::RunDir;

/// Most frames of a film; longer episodes are cut.
const FRAMES: usize = 24;
/// Names of the actions of grid worlds.
const ACTIONS: [&str; 7] = ["left", "right", "forward", "pick up", "drop", "toggle", "done"];

/// Draws the pictures of a run or of a comparison again.
///
/// # Errors
/// The folder holds neither, or a picture cannot be drawn or written.
pub fn plot(folder: &Path, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    if crate::comparison::table_file(folder).is_file() {
        return draw_comparison(folder);
    }
    let run = RunDir::open(folder)?;
    let (training, config) = trained(&run, quiet)?;
    draw_run(&run, &training, &config)
}

/// Draws the pictures of a run; returns where they are.
///
/// # Errors
/// A picture cannot be drawn or written.
pub fn draw_run(run: &RunDir, training: &Training, config: &RunConfig) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", run.path().display());
    let name = format!("{} in {}", config.name, config.train.env);
    let series = vec![Series { label: config.name.clone(), ..trailing(&[run])? }];
    let mut pictures = vec![("rewards", rewards(&name, series, &source)?)];
    let show = play(&training.agent(), &config.train.env, config.train.seed)?;
    if !show.frames.is_empty() {
        pictures.push(("episode", episode(&name, &show, &source)?));
    }
    if !show.decisions[0].memory.is_empty() {
        pictures.push(("memory", memory(&name, &show, &source)?));
    }
    pictures.iter().map(|(name, picture)| write(&run.plots(), name, picture)).collect()
}

/// Draws the pictures of a comparison: rewards over episodes, per environment.
///
/// # Errors
/// The table or a run cannot be read, or a picture cannot be drawn or written.
pub fn draw_comparison(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let source = format!("ketwork plot {}", folder.display());
    let mut by_env = BTreeMap::<String, Vec<Row>>::new();
    for row in read_table::<Row>(folder)? {
        by_env.entry(row.env.clone()).or_default().push(row);
    }
    let mut pictures = Vec::new();
    for (env, rows) in by_env {
        let series = rows.iter().map(|row| {
            let runs = row.seeds.iter().map(|&seed| RunDir::open(&run_folder(folder, &row.folder, seed)));
            let runs = runs.collect::<Result<Vec<_>, _>>()?;
            Ok(Series { label: row.agent.clone(), ..trailing(&runs.iter().collect::<Vec<_>>())? })
        });
        let series = series.collect::<Result<Vec<_>, CliError>>()?;
        let picture = rewards(&format!("Agents in {env}"), series, &source)?;
        pictures.push(write(&folder.join("plots"), &format!("{env}-rewards"), &picture)?);
    }
    Ok(pictures)
}

/// Mean reward of the last hundred episodes, a line per run; of runs with many episodes, after every tenth.
fn trailing(runs: &[&RunDir]) -> Result<Series, CliError> {
    let rewards = |run: &&RunDir| -> Result<Vec<f64>, CliError> {
        let steps = log::steps::<Report>(&run.metrics())?;
        Ok(steps.into_iter().map(|step| step.reward.unwrap_or_default()).collect())
    };
    let all: Vec<Vec<f64>> = runs.iter().map(rewards).collect::<Result<_, _>>()?;
    let n = all.iter().map(Vec::len).min().unwrap_or_default();
    let ends: Vec<usize> = (1..=n).filter(|end| n < BLOCK as usize || end.is_multiple_of(10)).collect();
    let mean = |rewards: &[f64], end: usize| {
        let part = &rewards[end.saturating_sub(BLOCK as usize)..end];
        part.iter().sum::<f64>() / part.len() as f64
    };
    let lines = all.iter().map(|rewards| ends.iter().map(|&end| mean(rewards, end)).collect()).collect();
    Ok(Series { label: String::new(), x: ends.iter().map(|&end| end as f64).collect(), lines })
}

fn rewards(title: &str, series: Vec<Series>, source: &str) -> Result<Picture, viz::Error> {
    let panel = Panel {
        title: String::new(),
        x_label: "episode".into(),
        x_scale: Scale::Linear,
        y_label: "reward, mean of the last 100 episodes".into(),
        y_scale: Scale::Linear,
        series,
    };
    let spread = Spread::MedianQuartiles;
    curves(&Curves { title: title.into(), source: source.into(), panels: vec![panel], spread })
}

fn episode(name: &str, show: &Play, source: &str) -> Result<Picture, viz::Error> {
    let caption = |k: usize| match show.decisions.get(k) {
        Some(decision) => format!("{k}: {}", ACTIONS[decision.action]),
        None => format!("{k}: end"),
    };
    let frames = show.frames.iter().take(FRAMES).enumerate().map(|(k, frame)| frame_of(frame, caption(k)));
    film(&Film {
        title: format!("{name}: an episode with reward {:.3}", show.reward),
        source: source.into(),
        columns: 6,
        frames: frames.collect(),
    })
}

fn frame_of(frame: &env::Frame, caption: String) -> Frame {
    let cell = |&(object, _): &(u8, u8)| match object {
        2 => Cell::Wall,
        8 => Cell::Goal,
        9 => Cell::Lava,
        4 => Cell::Door,
        0 => Cell::Unseen,
        _ => Cell::Empty,
    };
    let env::Pose { x, y, direction } = frame.agent;
    Frame {
        width: frame.width,
        height: frame.height,
        cells: frame.cells.iter().map(cell).collect(),
        agent: (x, y, direction as u8),
        caption,
    }
}

/// What the agent carries after every step of an episode: for a fast-weight programmer its angles.
fn memory(name: &str, show: &Play, source: &str) -> Result<Picture, viz::Error> {
    let (steps, k) = (show.decisions.len(), show.decisions[0].memory.len());
    heat_map(&HeatMap {
        title: format!("{name}: memory through an episode"),
        source: source.into(),
        values: Array2::from_shape_fn((k, steps), |(row, step)| show.decisions[step].memory[row]),
        row_labels: (0..k).map(|row| row.to_string()).collect(),
        x_label: "step".into(),
        value_label: "memory (angles in rad)".into(),
        dead_rows: vec![false; k],
    })
}
