//! Conversions between [`StatusTime`] and the times of std, jiff and chrono.
//!
//! A clock time is an instant only together with an offset, so conversions to instants take one. Conversions from instants
//! and clock times cut to the second.

use std::time::{Duration, SystemTime};

use super::{StatusTime, UtcOffset, expected::EXPECTED};
use crate::ParseError;

impl StatusTime {
    /// Returns the clock time at `offset` of an instant, cut to the second.
    ///
    /// # Errors
    /// If it lies outside the years 0 to 9999.
    pub fn from_system_time(time: SystemTime, offset: UtcOffset) -> Result<Self, ParseError> {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).ok(),
            Err(error) => {
                let before = error.duration();
                // A fraction is cut towards the past.
                let seconds = before.as_secs().saturating_add(u64::from(before.subsec_nanos() > 0));
                i64::try_from(seconds).ok().map(|seconds| -seconds)
            }
        };
        Self::from_epoch_seconds(seconds.ok_or(ParseError::expected(EXPECTED))?, offset)
    }

    /// Returns the instant at which a clock at `offset` shows this time, or `None` if this system's time does not reach it.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use group_dispatch_types::{StatusTime, UtcOffset};
    /// # fn main() -> Result<(), group_dispatch_types::ParseError> {
    /// let time: StatusTime = "2024-07-08 19:25:31".parse()?;
    /// let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(1_720_437_931);
    /// assert_eq!(time.to_system_time(UtcOffset::VENDOR), Some(instant));
    /// assert_eq!(StatusTime::from_system_time(instant, UtcOffset::VENDOR)?, time);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_system_time(self, offset: UtcOffset) -> Option<SystemTime> {
        let seconds = self.epoch_seconds(offset);
        let distance = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use jiff::{SignedDuration, Timestamp, civil::DateTime};

    use super::{ParseError, StatusTime, UtcOffset};

    impl StatusTime {
        /// Returns the clock time at `offset` of an instant, cut to the second.
        ///
        /// # Errors
        /// If it lies outside the years 0 to 9999.
        pub fn from_jiff(time: Timestamp, offset: UtcOffset) -> Result<Self, ParseError> {
            Self::from_epoch_seconds(time.as_second() - i64::from(time.subsec_nanosecond() < 0), offset)
        }

        /// Returns the instant at which a clock at `offset` shows this time, or `None` in the last hours of the year 9999,
        /// which jiff's timestamps do not reach.
        ///
        /// ```
        /// use group_dispatch_types::{StatusTime, UtcOffset};
        /// use jiff::{Timestamp, civil};
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let time: StatusTime = "2024-07-08 19:25:31".parse()?;
        /// let instant: Timestamp = "2024-07-08T11:25:31Z".parse()?;
        /// assert_eq!(time.to_jiff(UtcOffset::VENDOR), Some(instant));
        /// assert_eq!(StatusTime::from_jiff(instant, UtcOffset::VENDOR)?, time);
        /// // Without an offset, it is a clock time.
        /// assert_eq!(civil::DateTime::from(time), civil::date(2024, 7, 8).at(19, 25, 31, 0));
        /// assert_eq!(StatusTime::try_from(civil::date(2024, 7, 8).at(19, 25, 31, 0))?, time);
        /// # Ok(())
        /// # }
        /// ```
        #[must_use]
        pub fn to_jiff(self, offset: UtcOffset) -> Option<Timestamp> {
            Timestamp::from_second(self.epoch_seconds(offset)).ok()
        }
    }

    /// The clock time.
    impl From<StatusTime> for DateTime {
        fn from(time: StatusTime) -> Self {
            // jiff's years are -9999 to 9999, and its days have 24 hours.
            DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .saturating_add(SignedDuration::from_secs(time.epoch_seconds(UtcOffset::UTC)))
        }
    }

    /// The clock time, cut to the second.
    impl TryFrom<DateTime> for StatusTime {
        type Error = ParseError;

        /// # Errors
        /// If it lies before the year 0.
        fn try_from(time: DateTime) -> Result<Self, ParseError> {
            let since_epoch = time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
            Self::from_epoch_seconds(since_epoch.as_secs() - i64::from(since_epoch.subsec_nanos() < 0), UtcOffset::UTC)
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

    use super::{ParseError, StatusTime, UtcOffset};

    impl StatusTime {
        /// Returns the clock time at `offset` of an instant, cut to the second.
        ///
        /// # Errors
        /// If it lies outside the years 0 to 9999.
        pub fn from_chrono<Tz: TimeZone>(time: &DateTime<Tz>, offset: UtcOffset) -> Result<Self, ParseError> {
            Self::from_epoch_seconds(time.timestamp(), offset)
        }

        /// Returns the instant at which a clock at `offset` shows this time.
        ///
        /// ```
        /// use chrono::{DateTime, NaiveDate};
        /// use group_dispatch_types::{StatusTime, UtcOffset};
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let time: StatusTime = "2024-07-08 19:25:31".parse()?;
        /// let instant = DateTime::parse_from_rfc3339("2024-07-08T11:25:31Z")?;
        /// assert_eq!(time.to_chrono(UtcOffset::VENDOR), instant);
        /// assert_eq!(StatusTime::from_chrono(&instant, UtcOffset::VENDOR)?, time);
        /// // Without an offset, it is a clock time.
        /// let clock = chrono::NaiveDateTime::from(time);
        /// assert_eq!(Some(clock), NaiveDate::from_ymd_opt(2024, 7, 8).and_then(|day| day.and_hms_opt(19, 25, 31)));
        /// assert_eq!(StatusTime::try_from(clock)?, time);
        /// # Ok(())
        /// # }
        /// ```
        #[must_use]
        pub fn to_chrono(self, offset: UtcOffset) -> DateTime<Utc> {
            // chrono reaches 260,000 years in both directions.
            DateTime::from_timestamp(self.epoch_seconds(offset), 0).unwrap_or_default()
        }
    }

    /// The clock time.
    impl From<StatusTime> for NaiveDateTime {
        fn from(time: StatusTime) -> Self {
            time.to_chrono(UtcOffset::UTC).naive_utc()
        }
    }

    /// The clock time, cut to the second.
    impl TryFrom<NaiveDateTime> for StatusTime {
        type Error = ParseError;

        /// # Errors
        /// If it lies outside the years 0 to 9999.
        fn try_from(time: NaiveDateTime) -> Result<Self, ParseError> {
            Self::from_epoch_seconds(time.and_utc().timestamp(), UtcOffset::UTC)
        }
    }
}
