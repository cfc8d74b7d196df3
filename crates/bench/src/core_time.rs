//! The CPU time of a process, on Linux.

use std::{collections::HashMap, ffi::OsString, fs};

/// The CPU time of each thread of a process, in nanoseconds.
pub struct CoreTime(HashMap<OsString, u64>);

impl CoreTime {
    /// Returns `None` if the system does not report it.
    #[must_use]
    pub fn of(process: u32) -> Option<Self> {
        let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?.filter_map(|thread| {
            let thread = thread.ok()?;
            // The thread may have ended meanwhile.
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((thread.file_name(), text.split_ascii_whitespace().next()?.parse().ok()?))
        });
        let threads: HashMap<_, _> = threads.collect();
        (!threads.is_empty()).then_some(Self(threads))
    }

    /// Returns the CPU seconds since `before`. Threads that ended meanwhile are left out: those of the measured servers
    /// end only after a long idle time.
    #[must_use]
    pub fn seconds_since(&self, before: &Self) -> f64 {
        let used = self.0.iter().map(|(thread, now)| now - before.0.get(thread).unwrap_or(&0).min(now));
        used.sum::<u64>() as f64 / 1e9
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_measured() {
        let this = std::process::id();
        let before = CoreTime::of(this).unwrap();
        // The system updates the count at intervals.
        while CoreTime::of(this).unwrap().seconds_since(&before) < 0.01 {
            std::hint::black_box(before.0.len());
        }
    }
}
