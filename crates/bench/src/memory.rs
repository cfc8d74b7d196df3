//! The memory of a process, on Linux.

use std::fs;

use anyhow::{Context, Result};

/// Returns the resident memory of a process, in bytes.
///
/// # Errors
/// If the system does not report it.
pub fn resident(process: u32) -> Result<u64> {
    read_status(process, "VmRSS:")
}

/// Returns the peak of the resident memory since [`reset_peak`], in bytes.
///
/// # Errors
/// If the system does not report it.
pub fn peak(process: u32) -> Result<u64> {
    read_status(process, "VmHWM:")
}

/// Resets the peak.
///
/// # Errors
/// If the system does not allow it.
pub fn reset_peak(process: u32) -> Result<()> {
    fs::write(format!("/proc/{process}/clear_refs"), "5").context("cannot reset the peak of memory")
}

fn read_status(process: u32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).context("this system does not report memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("{name} is missing"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().context("memory is not in kB")?;
    Ok(kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_is_measured_and_the_peak_can_be_reset() {
        let this = std::process::id();
        let much = vec![1_u8; 64 << 20];
        assert!(resident(this).unwrap() > 64 << 20);
        drop(std::hint::black_box(much));
        assert!(peak(this).unwrap() > 64 << 20);
        reset_peak(this).unwrap();
        assert!(peak(this).unwrap() <= resident(this).unwrap() + (16 << 20));
    }
}
