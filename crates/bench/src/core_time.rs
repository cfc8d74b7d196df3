//! What the system says of the cores' work, on Linux.

use std::{collections::HashMap, ffi::OsString, fs};

/// How long each thread of a process has been on a core so far, in nanoseconds.
pub struct CoreTime(HashMap<OsString, u64>);

impl CoreTime {
    /// None where the system does not tell.
    #[must_use]
    pub fn of(process: u32) -> Option<Self> {
        let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?.filter_map(|thread| {
            let thread = thread.ok()?;
            // A thread that has just ended tells nothing more.
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((thread.file_name(), text.split_ascii_whitespace().next()?.parse().ok()?))
        });
        let threads: HashMap<_, _> = threads.collect();
        (!threads.is_empty()).then_some(Self(threads))
    }

    /// How many seconds of a core were used since. A thread that ended meanwhile is left out: those of our servers end
    /// after they had nothing to do for long.
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
    fn work_is_seen() {
        let this = std::process::id();
        let before = CoreTime::of(this).unwrap();
        // Until the system has counted, which it does now and then.
        while CoreTime::of(this).unwrap().seconds_since(&before) < 0.01 {
            std::hint::black_box(before.0.len());
        }
    }
}
