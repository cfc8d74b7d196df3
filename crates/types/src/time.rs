//! Times on the wire: [`StatusTime`] of responses, [`WireTime`] of any accepted form, and [`UtcOffset`].

mod civil;
mod clock_time;
mod conversions;
mod expected;
mod status_time;
mod text;
mod utc_offset;
mod wire_time;

pub use clock_time::ClockTime;
pub use status_time::StatusTime;
pub use utc_offset::UtcOffset;
pub use wire_time::WireTime;

#[cfg(any(feature = "utoipa", feature = "schemars"))]
mod schemas {
    described!(super::StatusTime, {
        "description": "When a status event happened: clock time in the service's zone, to the second. The vendor doesn't name the zone; UTC+8 is assumed, unless the operator chose another. RFC 3339 and Unix epoch seconds and milliseconds are accepted as well, and fractions are cut (D8).",
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
        "example": "2024-07-08 19:25:31",
    });

    use super::WireTime as EventTime;
    described!(EventTime, {
        "description": "When a status event happened, in Unix epoch milliseconds. Seconds, which are numbers below 100,000,000,000, are accepted as well, and so are RFC 3339, such as `2024-07-08T19:25:31.250+08:00`, and clock time in the server's zone, such as `2024-07-08 19:25:31`. Fractions are cut to milliseconds (D8).",
        "type": "integer",
        "format": "int64",
        "minimum": 100_000_000_000_u64,
        "maximum": 253_402_235_999_999_u64,
        "example": 1_720_437_931_000_u64,
    });
}
