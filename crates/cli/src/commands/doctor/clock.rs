//! Compares this machine's clock, which signs requests, with the service's clock.

use std::time::{Duration, SystemTime};

use anyhow::bail;
use jiff::{SignedDuration, Unit};

use super::report::CheckResult;

/// A Date header is cut to whole seconds; this is the average of what is missing.
const CUT_OFF: Duration = Duration::from_millis(500);
/// Clocks that are synchronized over the network differ by less.
const WARNING_THRESHOLD: SignedDuration = SignedDuration::from_secs(5);

/// Compares the times of the service and of this machine. `is_rejected`: the service rejected the time of this machine.
pub fn check(times: Option<(SystemTime, SystemTime)>, is_rejected: bool) -> anyhow::Result<CheckResult<()>> {
    let difference = times.and_then(|(service, machine)| difference(service, machine).ok());
    let text = match difference {
        None => "can't be compared: the response of the service has no Date".to_owned(),
        Some(SignedDuration::ZERO) => "the same as the service's, to a second".to_owned(),
        Some(ahead) if ahead.is_positive() => format!("{ahead:#} ahead of the service's"),
        Some(behind) => format!("{:#} behind the service's", behind.abs()),
    };
    if is_rejected {
        bail!("{text}, and rejected (code 502); set the clock, or each program sends its first query twice");
    }
    Ok(match difference {
        Some(difference) if difference.abs() < WARNING_THRESHOLD => CheckResult::ok((), text),
        Some(_) => CheckResult::warning((), format!("{text}; set the clock before it is rejected")),
        None => CheckResult::warning((), text),
    })
}

fn difference(service: SystemTime, machine: SystemTime) -> Result<SignedDuration, jiff::Error> {
    SignedDuration::system_until(service + CUT_OFF, machine)?.round(Unit::Second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_ok() {
        let service = 1_795_348_800_000;
        for (machine, is_warning, text) in [
            (service + 999, false, "the same as the service's, to a second"),
            (service, false, "1s behind the service's"),
            (service + 4_900, false, "4s ahead of the service's"),
            (service + 90_500, true, "1m 30s ahead of the service's; set the clock before it is rejected"),
            (service - 4_500, true, "5s behind the service's; set the clock before it is rejected"),
        ] {
            let times = [service, machine].map(|time| SystemTime::UNIX_EPOCH + Duration::from_millis(time));
            let result = check(Some(times.into()), false).unwrap();
            assert_eq!((result.is_warning, result.text.as_str()), (is_warning, text));
        }
        let result = check(None, false).unwrap();
        assert!(result.is_warning, "{}", result.text);
    }
}
