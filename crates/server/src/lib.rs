//! A server for the five SocialEpoch WA-SCRM account queries, over a store of status events that are fed to it.
//!
//! [`store::Store`] opens a database; [`serve`] serves it until a stop signal, and [`router`] returns the HTTP service for a
//! program with an axum server of its own. Requests and responses are those of the contracts in `openapi`; tests
//! validate them.
//!
//! ```text
//! lib ──> http ──> store ──> presence  ──> webhooks ──> event, tenant, error ──> json
//!                       ├──> event_log ──┤
//!                       └──> report    ──┘
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod address_range;
mod error;
pub mod event;
mod event_log;
mod http;
mod json;
mod log_interval;
mod presence;
mod report;
pub mod store;
mod tenant;
mod webhooks;

pub use address_range::{AddressRange, InvalidAddressRange};
pub use group_dispatch_types::signing::{ApiKey, Credentials, TenantId};
pub use http::{
    callback::{CallbackError, CallbackReceiver},
    config::{Config, FeedSigning, Limits, WebhookOptions},
    draining::Draining,
    http_status::HttpStatus,
    metrics::mirror::{MirrorReport, MirrorReporter},
    mirror_server::serve_mirror,
    public_url::{InvalidPublicUrl, PublicUrl},
    request_observer::{RequestObserver, RequestRecord},
    router::router,
    server::serve,
};
