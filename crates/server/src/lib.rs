//! A server that speaks the five SocialEpoch WA-SCRM account queries, over a store of status events that it is fed.
//!
//! [`router`] makes the HTTP service over any [`store::Store`]; [`serve`] runs it until it is told to stop. What goes over
//! the wire are the contracts, `openapi/group-dispatch.yaml` and `openapi/ingest.yaml`; a test holds the handlers to them.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod auth;
mod body;
mod describe;
mod docs;
pub mod event;
mod information;
mod ingest;
mod json;
mod operations;
mod request_log;
mod router;
mod serve;
pub mod store;

pub use describe::{described, described_ingest};
pub use group_dispatch_types::signing::{ApiKey, Credentials, TenantId};
pub use router::{Settings, router};
pub use serve::serve;
