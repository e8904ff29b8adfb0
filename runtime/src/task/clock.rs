//! The clock of sleepers: ticks of a millisecond since some moment of the program.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Nanoseconds of a tick.
pub const TICK: u64 = 1_000_000;

static START: OnceLock<Instant> = OnceLock::new();

fn start() -> Instant {
    *START.get_or_init(Instant::now)
}

pub fn nanoseconds() -> u64 {
    start().elapsed().as_nanos() as u64
}

/// Ticks that have passed.
pub fn ticks() -> u64 {
    nanoseconds() / TICK
}

/// The beginning of a tick.
pub fn instant(tick: u64) -> Instant {
    let start = start();
    start.checked_add(Duration::from_millis(tick)).unwrap_or(start + Duration::from_secs(1 << 30))
}
