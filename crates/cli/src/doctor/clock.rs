//! This machine's clock, by which questions are signed, and the service's.

use std::time::{Duration, SystemTime};

use anyhow::bail;
use jiff::{SignedDuration, Unit};

use super::report::Found;

/// Dates have whole seconds, cut off; half a one is what is missing on average.
const CUT_OFF: Duration = Duration::from_millis(500);
/// Clocks that are set over the network differ by less.
const NOTICEABLE: SignedDuration = SignedDuration::from_secs(5);

/// `times` are those of the service and of this machine; `is_refused` says whether the service refused the latter.
pub fn compare(times: Option<(SystemTime, SystemTime)>, is_refused: bool) -> anyhow::Result<Found<()>> {
    let difference = times.and_then(|(service, machine)| difference(service, machine).ok());
    let compared = match difference {
        None => "not to be compared with the service's, whose answer has no Date".to_owned(),
        Some(SignedDuration::ZERO) => "the same as the service's, to a second".to_owned(),
        Some(ahead) if ahead.is_positive() => format!("{ahead:#} ahead of the service's"),
        Some(behind) => format!("{:#} behind the service's", behind.abs()),
    };
    if is_refused {
        bail!("{compared}, and refused (code 502); set it right, or else each program's first question is asked twice");
    }
    Ok(match difference {
        Some(apart) if apart.abs() < NOTICEABLE => Found::fine((), compared),
        Some(_) => Found::warning((), format!("{compared}; set it right before it is refused")),
        None => Found::warning((), compared),
    })
}

fn difference(service: SystemTime, machine: SystemTime) -> Result<SignedDuration, jiff::Error> {
    SignedDuration::system_until(service + CUT_OFF, machine)?.round(Unit::Second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_no_matter() {
        let service = 1_795_348_800_000;
        for (machine, is_warning, text) in [
            (service + 999, false, "the same as the service's, to a second"),
            (service, false, "1s behind the service's"),
            (service + 4_900, false, "4s ahead of the service's"),
            (service + 90_500, true, "1m 30s ahead of the service's; set it right before it is refused"),
            (service - 4_500, true, "5s behind the service's; set it right before it is refused"),
        ] {
            let times = [service, machine].map(|time| SystemTime::UNIX_EPOCH + Duration::from_millis(time));
            let found = compare(Some(times.into()), false).unwrap();
            assert_eq!((found.is_warning, found.text.as_str()), (is_warning, text));
        }
        let found = compare(None, false).unwrap();
        assert!(found.is_warning, "{}", found.text);
    }
}
