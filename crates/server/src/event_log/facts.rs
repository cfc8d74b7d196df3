//! Reads the log from one time to another without names and texts, for reports: each fact once, in the order of time.

use std::{ops::Range, time::Duration};

use group_dispatch_types::{Source, WhatsAppNumber};

use crate::tenant::TenantNumber;

/// How long reading may take: less than the 30 seconds of a request. A snapshot is held for as long, which in PostgreSQL keeps
/// deleted rows in place, and in SQLite the write-ahead log.
pub const SCAN_LIMIT: Duration = Duration::from_secs(20);
/// Facts that are sent at a time.
pub const BATCH_FACTS: usize = 4_096;

/// Which facts.
#[derive(Clone)]
pub struct FactSearch {
    pub tenant: TenantNumber,
    pub times: Range<i64>,
    pub whatsapp: Option<WhatsAppNumber>,
    pub source: Option<Source>,
}

impl FactSearch {
    /// Returns the number of the account, as both databases have it.
    pub fn account(&self) -> Option<i64> {
        self.whatsapp.map(|number| number.get().cast_signed())
    }
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanEnd {
    /// Everything was sent, or nobody received it any more.
    Complete,
    /// It took too long.
    OutOfTime,
}
