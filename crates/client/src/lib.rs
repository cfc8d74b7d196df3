//! A client of the SocialEpoch WA-SCRM account queries, and of the ingest endpoint and the history of a group-dispatch-server.
//!
//! The operations are generated from the contracts in `openapi`. Signing,
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
//! [`Client`] has a method for each operation. It returns a [`Query`]: set filters and options, then await it to get the
//! data. [`Client::watch`] polls who is online and reports changes. [`Client::sender`] sends status events in batches to a
//! group-dispatch-server.
//!
//! # What the client does for you
//! - **Signing** of each request; a call that feeds events is signed with its address and body ([`FeedSigning`]). If the service rejects the timestamp (code 502), the client measures the difference to
//!   the service's clock by the `Date` of the response, and signs by the service's clock from then on.
//! - **Retries** of temporary failures, with pauses, within a timeout for each call and a budget for the client:
//!   [`RetryPolicy`], [`RetryBudget`].
//! - **The rate limit** of 50 requests per second for each operation: [`RateLimit`].
//! - **Spans** for `tracing`, one for each call and one for each of its requests, with OpenTelemetry's names. They contain
//!   personal data only if [`ClientBuilder::trace_personal_data`] is set.
//!
//! # OpenTelemetry
//! The feature `opentelemetry` uses what the program has set by `opentelemetry::global`, in version 0.33 of the crate
//! `opentelemetry`. (Each of its versions has globals of its own.)
//! - **Trace context**: each request has the header `traceparent` of the current span, by the propagator that is set, such as
//!   `TraceContextPropagator` of `opentelemetry_sdk`, and its `tracestate`. Other headers of a propagator, such as `baggage`, are
//!   not sent: they are not for the service. Without a propagator, or outside of a span, nothing is sent. With
//!   `tracing-opentelemetry` the current span is that of the request itself. [`Query::header`] replaces the header.
//! - **Metric**: `http.client.request.duration`, one record for each request (a retried call has several), with the
//!   attributes of the stable conventions and `url.template`. A request whose call is dropped has the `error.type` `cancelled`. Set the meter provider before you build the client.
//!
//! [`Client::sender`] sends events in the background, outside of the spans of those who add them.
//!
//! # Errors
//! Every call returns its data or an [`Error`]. The vendor sends business errors with HTTP status 200 and a code in the
//! body; group-dispatch-server sends the HTTP status that fits the code. Both become [`Error::Business`].
//!
//! # Proxies
//! Requests use the proxy of `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY`, unless `NO_PROXY` lists the host or the address
//! belongs to this machine; for the rules see [`ProxySetting`]. Errors name the proxy of a request.
//!
//! # Responses with faults
//! A faulty text does not make a response unusable: it is repaired, and an element whose id, number, code or time is
//! invalid is left out. [`Query::with_response`] reports both: [`RawResponse::repaired`], [`RawResponse::left_out`].
//! [`ClientBuilder::strict`] turns such responses into errors.
//!
//! # Features
//! - `rustls` (default), `native-tls`: https addresses. Without both, http only.
//! - `http2`: HTTP/2, if TLS negotiates it. `gzip`: compressed responses.
//! - `blocking`: `Query::wait` and `Watch::wait_changes`, for programs that are not async.
//! - `opentelemetry`: trace context and a metric, see [above](#opentelemetry).
//! - `jiff`, `chrono`: conversions between times and the types of these crates.
//!
//! The crate builds for `wasm32-unknown-unknown`, too, for use in a browser.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod attempt;
#[cfg(all(feature = "blocking", not(target_arch = "wasm32")))]
mod blocking;
mod builder;
mod call;
mod changes;
mod client;
mod clock;
mod clock_skew;
mod config;
mod decode;
mod envelope;
mod error;
mod history;
pub mod hosts;
#[cfg(feature = "opentelemetry")]
mod otel;
mod proxy;
mod query;
mod rate_limit;
mod redact;
mod repair;
mod request;
mod response;
mod response_head;
mod retry;
mod schedule;
mod sender;
mod signature;
mod telemetry;
mod watch;

#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
mod generated;

pub use builder::ClientBuilder;
pub use changes::Changes;
pub use client::Client;
pub use error::{Error, Sent};
pub use group_dispatch_types as types;
pub use group_dispatch_types::{
    BusinessCode, Source, UserId, WhatsAppNumber,
    signing::{ApiKey, Credentials, TenantId},
};
pub use history::{HistoryEvents, HistoryPages, Sessions};
pub use proxy::ProxySetting;
pub use query::{Query, QueryFuture};
pub use rate_limit::RateLimit;
pub use repair::Places;
pub use request::ClientRequest;
pub use reqwest;
pub use response::{QueryResponse, RawResponse};
pub use retry::{RetryBudget, RetryPolicy};
pub use sender::{Delivered, EventSender, EventSenderBuilder, RefusedEvent, SendError};
pub use signature::FeedSigning;
pub use watch::{Agent, Change, Watch};

/// Compiles the examples of this crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
