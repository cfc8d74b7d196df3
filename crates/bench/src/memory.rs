//! What the system says a process uses, on Linux.

use std::fs;

use anyhow::{Context, Result};

/// How many bytes of memory a process holds now.
///
/// # Errors
/// When the system does not tell.
pub fn resident(process: u32) -> Result<u64> {
    of_status(process, "VmRSS:")
}

/// How many bytes it held at most since [`forget_peak`].
///
/// # Errors
/// When the system does not tell.
pub fn peak(process: u32) -> Result<u64> {
    of_status(process, "VmHWM:")
}

/// Lets the peak begin anew.
///
/// # Errors
/// When the system does not allow it.
pub fn forget_peak(process: u32) -> Result<()> {
    fs::write(format!("/proc/{process}/clear_refs"), "5").context("the peak of memory can't be set back")
}

fn of_status(process: u32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).context("this system does not tell memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("{name} is not told"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().context("memory is not told in kB")?;
    Ok(kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_seen_and_the_peak_can_be_forgotten() {
        let this = std::process::id();
        let much = vec![1_u8; 64 << 20];
        assert!(resident(this).unwrap() > 64 << 20);
        drop(std::hint::black_box(much));
        assert!(peak(this).unwrap() > 64 << 20);
        forget_peak(this).unwrap();
        assert!(peak(this).unwrap() <= resident(this).unwrap() + (16 << 20));
    }
}
