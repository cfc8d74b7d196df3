//! Wall-clock time, elapsed time, sleeping and spawning, the same natively and in a browser.

use std::time::Duration;
#[cfg(not(target_arch = "wasm32"))]
use std::time::{SystemTime, UNIX_EPOCH};

#[cfg(not(target_arch = "wasm32"))]
pub use tokio::time::{Instant, sleep};
#[cfg(target_arch = "wasm32")]
pub use web_time::Instant;
#[cfg(target_arch = "wasm32")]
use web_time::{SystemTime, UNIX_EPOCH};

/// The longest time that a browser's timers can wait: 24 days.
#[cfg(target_arch = "wasm32")]
const MAX_TIMER_MILLISECONDS: u64 = i32::MAX.unsigned_abs() as u64;

/// Measures the time since it was started.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Sleeps until `time` has passed since the start.
    pub async fn sleep_until(self, time: Duration) {
        sleep(time.saturating_sub(self.elapsed())).await;
    }
}

#[cfg(target_arch = "wasm32")]
pub async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(clamp_to_timer(duration)).await;
}

/// Runs a future in the background. Natively this needs a tokio runtime.
#[cfg(not(target_arch = "wasm32"))]
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(future);
}

#[cfg(target_arch = "wasm32")]
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}

/// Shortens a duration to the longest that timers support.
#[cfg(not(target_arch = "wasm32"))]
pub const fn clamp_to_timer(duration: Duration) -> Duration {
    duration
}

#[cfg(target_arch = "wasm32")]
pub fn clamp_to_timer(duration: Duration) -> Duration {
    duration.min(Duration::from_millis(MAX_TIMER_MILLISECONDS))
}

/// Returns this machine's time in milliseconds since 1970.
pub fn unix_milliseconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, milliseconds)
}

/// Converts a duration to milliseconds, at most `i64::MAX`.
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Parses an HTTP date into milliseconds since 1970.
pub fn parse_http_date(text: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(milliseconds(since))
}
