//! The contract of the five SocialEpoch WA-SCRM account queries, and what people read of it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod contract;
pub mod samples;
