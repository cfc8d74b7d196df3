//! A server that speaks the five SocialEpoch WA-SCRM account queries, over a store of status events that it is fed.
//!
//! [`router`] makes the HTTP service over a [`store::Store`]; [`serve`] runs it until it is told to stop. What goes over
//! the wire are the contracts, `openapi/group-dispatch.yaml` and `openapi/ingest.yaml`; a test holds the handlers to them.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod accept;
mod answer;
mod auth;
mod body;
mod connections;
mod content_coding;
mod describe;
mod docs;
mod endpoint;
pub mod event;
mod front;
mod head_timer;
mod http_status;
mod information;
mod ingest;
mod json;
mod lateness;
mod limits;
mod load;
mod metrics;
mod notes;
mod observer;
mod operations;
mod outgoing;
mod pieces;
mod public_url;
mod rate_limit;
mod request_log;
mod router;
mod serve;
mod served_contracts;
mod slow_client;
pub mod store;

pub use describe::{described, described_ingest};
pub use group_dispatch_types::signing::{ApiKey, Credentials, TenantId};
pub use http_status::HttpStatus;
pub use limits::Limits;
pub use observer::{Observed, Observer};
pub use public_url::{InvalidPublicUrl, PublicUrl};
pub use router::{Settings, router};
pub use serve::serve;
