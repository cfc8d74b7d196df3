//! Time: of the machine's clock, of a stopwatch, and waiting; the same in a browser.

use std::time::Duration;
#[cfg(not(target_arch = "wasm32"))]
use std::time::{SystemTime, UNIX_EPOCH};

#[cfg(not(target_arch = "wasm32"))]
pub use tokio::time::{Instant, sleep};
#[cfg(target_arch = "wasm32")]
pub use web_time::Instant;
#[cfg(target_arch = "wasm32")]
use web_time::{SystemTime, UNIX_EPOCH};

#[cfg(target_arch = "wasm32")]
pub async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(within_reach(duration)).await;
}

/// Lets a future run by itself; natively it needs a tokio runtime around.
#[cfg(not(target_arch = "wasm32"))]
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(future);
}

#[cfg(target_arch = "wasm32")]
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}

/// What timers can wait for: in a browser 24 days, elsewhere as long as one likes.
pub fn within_reach(duration: Duration) -> Duration {
    if cfg!(target_arch = "wasm32") {
        duration.min(Duration::from_millis(i32::MAX.unsigned_abs().into()))
    } else {
        duration
    }
}

/// What the machine's clock shows, in milliseconds since 1970.
pub fn unix_milliseconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, milliseconds)
}

/// As many as an `i64` holds, which is enough for any time that a service could mean.
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// An HTTP date in milliseconds since 1970.
pub fn http_date(text: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(milliseconds(since))
}
