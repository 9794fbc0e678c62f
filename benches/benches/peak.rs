//! What the machine reaches at this moment: fused multiply-adds in registers.

use benches::{Goal, Suite, peak};

fn main() -> std::io::Result<()> {
    let results = Suite::new("peak", peak::cases(&["f32", "f64"], &[1, 2])).run()?;
    let doubled = results.ratio(("peak", "f64", 1), ("peak", "f32", 1));
    results.goal(Goal::Faster(0.95), "the time of f64 in f32, at twice the operations", doubled)?;
    for precision in ["f32", "f64"] {
        // The case on two threads does twice the work.
        let gain = results.ratio(("peak", precision, 1), ("peak", precision, 2)).map(|ratio| 2.0 * ratio);
        results.goal(Goal::Faster(1.8), &format!("on two threads in {precision}"), gain)?;
    }
    Ok(())
}
