//! Snapshots: the index as bytes, so that a start need not read the whole log.
//!
//! A snapshot is a list of chunks, each made at its own moment. An event that is applied between two of them is in the log
//! after the events that the snapshot covers, and is applied again after loading.

pub mod format;
pub mod load;
pub mod save;
