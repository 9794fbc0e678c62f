//! Wall time, and the processor time of this process, which does not count what others do meanwhile.

use std::fs;
use std::time::Instant;

/// A moment in wall time and in processor time.
pub struct Moment {
    wall: Instant,
    processor: Option<f64>,
}

impl Moment {
    /// This one.
    pub fn now() -> Self {
        let processor = processor_seconds();
        Self { wall: Instant::now(), processor }
    }

    /// Wall seconds since then, and processor seconds of all threads where the system tells them.
    pub fn elapsed(&self) -> (f64, Option<f64>) {
        let wall = self.wall.elapsed().as_secs_f64();
        (wall, processor_seconds().zip(self.processor).map(|(now, then)| now - then))
    }
}

/// Processor seconds of the threads alive: Linux counts them in nanoseconds, as the first word of `schedstat`.
///
/// It brings the count of the running thread up to date only now and then, and when the thread yields.
fn processor_seconds() -> Option<f64> {
    std::thread::yield_now();
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(nanoseconds as f64 * 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_processor_time_and_sleep_takes_none() {
        let start = Moment::now();
        std::thread::sleep(std::time::Duration::from_millis(50));
        let (wall, asleep) = start.elapsed();
        assert!(wall >= 0.05);
        let Some(asleep) = asleep else { return };
        let start = Moment::now();
        while start.wall.elapsed().as_secs_f64() < 0.05 {
            std::hint::spin_loop();
        }
        let (_, awake) = start.elapsed();
        assert!(
            asleep < 0.04 && awake.is_some_and(|awake| awake > 0.0),
            "{asleep} s asleep, {awake:?} s awake"
        );
    }
}
