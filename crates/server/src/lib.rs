//! A server that speaks the five SocialEpoch WA-SCRM account queries, over a store of status events that it is fed.
//!
//! [`router`] makes the HTTP service over a [`store::Store`]; [`serve`] runs it until it is told to stop. What goes over
//! the wire are the contracts, `openapi/group-dispatch.yaml` and `openapi/ingest.yaml`; a test holds the handlers to them.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod error;
pub mod event;
mod event_log;
mod http;
mod json;
mod presence;
pub mod store;
mod tenant;

pub use group_dispatch_types::signing::{ApiKey, Credentials, TenantId};
pub use http::{
    config::{Config, Limits},
    http_status::HttpStatus,
    public_url::{InvalidPublicUrl, PublicUrl},
    request_observer::{RequestObserver, RequestRecord},
    router::router,
    server::serve,
};
