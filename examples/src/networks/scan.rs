//! `ketwork scan gradients`: whether training starts on a plateau.

use std::path::PathBuf;

use ketwork::plateau::{Curve, IdentityCurve, Place, PlateauConfig, PlateauReport, Simulator, gradient_scan};
use serde::{Deserialize, Serialize};
use serde_json::json;
use viz::{Curves, Panel, Picture, Scale, Series, curves};

use super::results;
use crate::args::{Backend, ScanGradients};
use crate::error::CliError;
use crate::output::{self, note};
use crate::run_dir::RunDir;

const COMMAND: &str = "scan-gradients";

/// Mean squares below this are drawn as this: a loss that is clipped everywhere has no gradient at all.
const FLAT: f64 = 1e-16;

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
    apply(args, &mut config.scan)?;
    let run =
        results::begin(&args.results, COMMAND, &config.scan.family, config.scan.seed, Vec::new(), &config)?;
    let report = gradient_scan(&config.scan)?;
    results::write_report(&run, &report)?;
    for line in report.curves.iter().map(described).chain(report.identity.iter().map(described_identity)) {
        note(quiet, line);
    }
    let pictures = results::write_pictures(&run, draw(&run, &report)?, quiet)?;
    output::json(&json!({
        "run": run.path(), "curves": report.curves, "identity": report.identity, "pictures": pictures,
    }));
    Ok(())
}

/// The settings that flags change.
fn apply(args: &ScanGradients, scan: &mut PlateauConfig) -> Result<(), CliError> {
    scan.family = args.family.clone().unwrap_or_else(|| scan.family.clone());
    if !args.qubits.is_empty() {
        scan.qubits = args.qubits.clone();
        scan.qubits.sort_unstable();
        scan.qubits.dedup();
    }
    scan.draws = args.draws.unwrap_or(scan.draws);
    scan.sigma = args.sigma.unwrap_or(scan.sigma);
    scan.seed = args.results.seed.unwrap_or(scan.seed);
    scan.chi_max = args.chi_max.unwrap_or(scan.chi_max);
    scan.cutoff = args.cutoff.unwrap_or(scan.cutoff);
    scan.distance = args.distance.or(scan.distance);
    scan.rows = args.rows.or(scan.rows);
    if let Some(backend) = args.backend {
        scan.backend = match backend {
            Backend::Mps => Simulator::Mps,
            Backend::StateVector => Simulator::StateVector,
        };
    }
    if !args.closed_form.is_empty() {
        scan.closed_form = args.closed_form.clone();
    }
    if !args.starts.is_empty() {
        scan.places = args.starts.iter().map(|name| place(name)).collect::<Result<_, CliError>>()?;
    } else if args.results.config.is_none() && !scan.closed_form.is_empty() {
        scan.places.clear();
    } else if args.results.config.is_none() && scan.backend == Simulator::Mps {
        scan.places.retain(|&place| place != Place::Haar);
    }
    Ok(())
}

fn place(name: &str) -> Result<Place, CliError> {
    match name {
        "haar" => Ok(Place::Haar),
        "near-identity" => Ok(Place::NearIdentity),
        "network" => Ok(Place::Network),
        _ => Err(CliError::Usage(format!(
            "there is no start '{name}'; known are haar, near-identity, network"
        ))),
    }
}

/// A curve in words, with the largest share that cuts discarded and the bound on the error of a gradient.
fn described(curve: &Curve) -> String {
    let slope = curve
        .slope
        .map(|slope| format!("; ln changes by {:.3} ± {:.3} per qubit", slope.per_qubit, 1.96 * slope.error));
    let points = curve.points.iter().map(|point| {
        let cuts = point.cuts.map(|cuts| {
            let discarded = cuts.discarded_weight.max(cuts.bra_discarded_weight);
            format!(
                " (bond {}, cut {discarded:.0e}, error at most {:.0e})",
                cuts.chi.max(cuts.bra_chi),
                cuts.error_bound
            )
        });
        let cuts = cuts.unwrap_or_default();
        format!("{}: {:.2e} ± {:.0e}{cuts}", point.n_qubits, point.mean_square, point.half_width)
    });
    let points = points.collect::<Vec<_>>().join(", ");
    format!("{}: {points}{}", name(curve.place), slope.unwrap_or_default())
}

fn described_identity(curve: &IdentityCurve) -> String {
    let points = curve
        .points
        .iter()
        .map(|point| format!("{}: {:.2e} (middle {:.2e})", point.n_qubits, point.mean_square, point.middle));
    format!("{}: {}", identity_name(curve), points.collect::<Vec<_>>().join(", "))
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

fn identity_name(curve: &IdentityCurve) -> String {
    format!("closed form, bond {}, distance {}", curve.chi, curve.distance)
}

fn draw(run: &RunDir, report: &PlateauReport) -> Result<Vec<(String, Picture)>, CliError> {
    let series = report.curves.iter().map(|curve| {
        let (x, y) = curve.points.iter().map(|point| (point.n_qubits as f64, point.mean_square)).unzip();
        Series::single(name(curve.place), x, y)
    });
    let identity = report.identity.iter().map(|curve| {
        let (x, y) = curve.points.iter().map(|point| (point.n_qubits as f64, point.mean_square)).unzip();
        Series::single(identity_name(curve), x, y)
    });
    let picture = curves(&Curves {
        title: format!("Gradients of {} by start", report.family),
        source: format!("ketwork plot {}", run.path().display()),
        panels: vec![Panel {
            x_label: "qubits".into(),
            y_label: "mean square of the gradient".into(),
            y_scale: Scale::Log10Floor(FLAT),
            series: series.chain(identity).collect(),
            ..Panel::default()
        }],
        ..Curves::default()
    })?;
    Ok(vec![("gradients".to_owned(), picture)])
}
