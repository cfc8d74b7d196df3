//! The quarantine: callbacks of the vendor, kept as they arrived, for the operator to look at (D59). Nothing is read from
//! them.

use std::fmt;

/// The most callbacks that are kept of a tenant. Beyond it, the oldest are deleted.
pub const MAX_CALLBACKS: i64 = if cfg!(test) { 4 } else { 1000 };
/// The most bytes that the bodies of a tenant have together. Beyond it, the oldest are deleted.
pub const MAX_CALLBACK_BYTES: i64 = if cfg!(test) { 1000 } else { 4 * 1024 * 1024 };
/// How long callbacks are kept, in milliseconds: a week.
pub const CALLBACK_AGE: i64 = 7 * 24 * 60 * 60 * 1000;

/// A callback of the vendor. Its body is personal data, so that `Debug` shows only the length of it.
#[derive(Clone, PartialEq, Eq)]
pub struct VendorCallback {
    /// When it arrived, in Unix epoch milliseconds.
    pub received: i64,
    /// The time that the vendor signed, in Unix epoch milliseconds.
    pub timestamp: i64,
    /// The body, as it arrived. The vendor's signature does not cover it.
    pub body: Vec<u8>,
}

impl fmt::Debug for VendorCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { received, timestamp, body } = self;
        f.debug_struct("VendorCallback")
            .field("received", received)
            .field("timestamp", timestamp)
            .field("body", &format_args!("{} bytes", body.len()))
            .finish()
    }
}
