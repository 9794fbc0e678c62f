//! `ketwork scan gradients`: whether training starts on a plateau.

use std::path::PathBuf;

use ketwork::plateau::{Place, PlateauConfig, PlateauReport, gradient_scan};
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::results;
use crate::args::ScanGradients;
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;

const COMMAND: &str = "scan-gradients";

/// Everything that decides what the command does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunConfig {
    experiment: String,
    scan: PlateauConfig,
}

/// Measures, reports and draws.
///
/// # Errors
/// Flags or settings are wrong, or the folder is taken.
pub fn gradients(args: &ScanGradients, quiet: bool) -> Result<(), CliError> {
    let base = RunConfig { experiment: COMMAND.into(), scan: PlateauConfig::default() };
    let mut config = results::over(base, &args.results)?;
    let scan = &mut config.scan;
    scan.family = args.family.clone().unwrap_or_else(|| scan.family.clone());
    if !args.qubits.is_empty() {
        scan.qubits = args.qubits.clone();
        scan.qubits.sort_unstable();
        scan.qubits.dedup();
    }
    scan.draws = args.draws.unwrap_or(scan.draws);
    scan.sigma = args.sigma.unwrap_or(scan.sigma);
    scan.seed = args.results.seed.unwrap_or(scan.seed);
    let run =
        results::begin(&args.results, COMMAND, &config.scan.family, config.scan.seed, Vec::new(), &config)?;
    let report = gradient_scan(&config.scan)?;
    results::write_report(&run, &report)?;
    for curve in &report.curves {
        let slope = curve.slope.map(|slope| {
            format!("; ln changes by {:.3} ± {:.3} per qubit", slope.per_qubit, 1.96 * slope.error)
        });
        let points = curve
            .points
            .iter()
            .map(|point| format!("{}: {:.2e} ± {:.0e}", point.n_qubits, point.mean_square, point.half_width));
        let points = points.collect::<Vec<_>>().join(", ");
        note(quiet, format_args!("{}: {points}{}", name(curve.place), slope.unwrap_or_default()));
    }
    let pictures = results::write_pictures(&run, draw(&run, &report)?, quiet)?;
    output::json(&json!({ "run": run.path(), "curves": report.curves, "pictures": pictures }));
    Ok(())
}

/// Draws the picture of a folder again.
///
/// # Errors
/// It holds no report, or the picture cannot be drawn or written.
pub fn plot(run: &RunDir, quiet: bool) -> Result<Vec<PathBuf>, CliError> {
    results::write_pictures(run, draw(run, &results::read_report(run)?)?, quiet)
}

fn name(place: Place) -> &'static str {
    match place {
        Place::Haar => "Haar random",
        Place::NearIdentity => "near the identity",
        Place::Network => "from a network of bond 2",
    }
}

fn draw(run: &RunDir, report: &PlateauReport) -> Result<Vec<(String, Picture)>, CliError> {
    let series = report.curves.iter().map(|curve| {
        let (x, y) = curve.points.iter().map(|point| (point.n_qubits as f64, point.mean_square)).unzip();
        Series::single(name(curve.place), x, y)
    });
    let picture = curves(&Curves {
        title: format!("Gradients of {} by start", report.family),
        source: format!("ketwork plot {}", run.path().display()),
        panels: vec![Panel {
            x_label: "qubits".into(),
            y_label: "mean square of the gradient".into(),
            y_scale: Scale::Log10,
            series: series.collect(),
            ..Panel::default()
        }],
        ..Curves::default()
    })?;
    Ok(vec![("gradients".to_owned(), picture)])
}
