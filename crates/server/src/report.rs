//! Sessions and sums of the history, computed from facts that come in the order of their times.
//!
//! The store reads the facts from the log and feeds them in. Nothing here does I/O or reads a clock, and the memory does not grow
//! with the number of facts: only with the accounts, and with the rows or sessions of the result.
//!
//! ```text
//! sums      Report: rows of agents, accounts and days        sessions   SessionList: a page of sessions
//!     |                                                          |
//!     +------------------------------+---------------------------+
//!                                    v
//!                 feed        takes the facts, and keeps states for later
//!                 one_fact    leaves out fed copies of logged events
//!                 timeline    which account is online with which agent: D16, from one fact to the next
//! days      when days begin in a time zone
//! ```

pub mod days;
pub mod feed;
mod one_fact;
pub mod sessions;
pub mod sums;
pub mod timeline;

pub use timeline::{FLAP_MILLISECONDS, Session, SessionEdge};
