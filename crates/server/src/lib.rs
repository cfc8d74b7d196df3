//! A server that speaks the five SocialEpoch WA-SCRM account queries, over a store of status events.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod event;
pub mod store;
pub mod tenant;
