//! A client of the five SocialEpoch WA-SCRM account queries, and of the feed of a group-dispatch-server.
//!
//! The operations are generated from the contracts, `openapi/group-dispatch.yaml` and `openapi/ingest.yaml`; signing,
//! retries, limits and errors are written by hand.
//!
//! ```no_run
//! use group_dispatch_client::{Source, Client, Credentials, hosts};
//!
//! # async fn example(api_key: &str) -> Result<(), group_dispatch_client::Error> {
//! let client = Client::builder().base_url(hosts::VENDOR).credentials(Credentials::new(500_766, api_key)).build()?;
//! let agents = client.online_agents(Source::Pc).user_id(12).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] has a method for each question. What it gives is a [`Query`]: filters and options can be set on it, and
//! awaiting it gives the data. [`Client::watch`] asks again and again, and tells who came, moved and left.
//! [`Client::sender`] feeds status events to a group-dispatch-server, in batches.
//!
//! # What it sees to
//! - **Signing**, of each attempt anew. If the service finds the timestamp wrong (code 502), its clock is learned from the
//!   answer's `Date`, and signed by from then on.
//! - **Retries** of what fails in passing, with pauses, within a time for the whole call and a budget for the whole
//!   client: [`RetryPolicy`], [`RetryBudget`].
//! - **The rate limit** of 50 requests a second for each operation: [`RateLimit`].
//! - **Spans** for `tracing`, one for each call and one for each request in it, with OpenTelemetry's names. Personal data
//!   stands in them only where [`ClientBuilder::trace_personal_data`] says so.
//!
//! # Errors
//! Every call ends in its data or in an [`Error`]. The vendor answers business errors with HTTP status 200 and a code in
//! the body, group-dispatch-server mirrors them in the HTTP status; both become [`Error::Business`].
//!
//! # Proxies
//! Requests take the proxy that `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` names, unless `NO_PROXY` lists the host or the
//! address is one of this machine: [`ProxySetting`] has the rules. An error of a request that took one names it.
//!
//! # Answers with faults
//! A text that is broken does not hide the rest of an answer: it is repaired, and an element whose id, number, code or
//! time is wrong is left out. [`Query::with_response`] reports both: [`RawResponse::repaired`],
//! [`RawResponse::left_out`]. [`ClientBuilder::strict`] turns such answers into errors.
//!
//! # Features
//! - `rustls` (default), `native-tls`: https addresses. Without both, http alone.
//! - `http2`, `gzip`: HTTP/2 where TLS agrees on it, compressed answers.
//! - `blocking`: `Query::wait` and `Watch::wait_changes`, for programs that are not async.
//!
//! It builds for `wasm32-unknown-unknown` as well, to be used in a browser.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod attempt;
#[cfg(all(feature = "blocking", not(target_arch = "wasm32")))]
mod blocking;
mod builder;
mod call;
mod client;
mod clock;
mod clock_skew;
mod envelope;
mod error;
pub mod hosts;
mod operation;
mod proxy;
mod query;
mod rate_limit;
mod redact;
mod repair;
mod request;
mod retry;
mod schedule;
mod sender;
mod telemetry;
mod watch;

#[rustfmt::skip]
#[path = "generated/client.snap.rs"]
mod generated;
#[rustfmt::skip]
#[path = "generated/ingest.snap.rs"]
mod generated_ingest;
#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
mod generated_operations;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Error, Sent};
pub use group_dispatch_types as types;
pub use group_dispatch_types::{
    BusinessCode, Source, UserId, WhatsAppNumber,
    signing::{ApiKey, Credentials, TenantId},
};
pub use proxy::ProxySetting;
pub use query::{Query, QueryFuture, QueryResponse, RawResponse};
pub use rate_limit::RateLimit;
pub use repair::Places;
pub use request::Request;
pub use reqwest;
pub use retry::{RetryBudget, RetryPolicy};
pub use sender::{Delivered, EventSender, EventSenderBuilder, RefusedEvent, SendError};
pub use watch::{Agent, Change, Watch};

/// The README's example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
