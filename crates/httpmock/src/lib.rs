//! Typed mocks of the SocialEpoch WA-SCRM account queries, for the tests of programs that use them.
//!
//! [`MockServerExt`] adds a method for each operation to `httpmock::MockServer`. Requests and responses are types of the
//! contract, so that a mock that does not match it does not compile.
//!
//! ```
//! use group_dispatch_client::{Client, Credentials, types::*};
//! use group_dispatch_httpmock::{MockServerExt, httpmock::MockServer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! server.query_whats_app_info(|when, then| {
//!     when.body(&QueryWhatsAppInfoRequest { whatsapp: "8618217331412".parse().unwrap(), source: None });
//!     then.ok(&QueryWhatsAppInfoResponse { code: BusinessCode::Success, message: "success".into(), data: None });
//! });
//!
//! let client = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build()?;
//! assert_eq!(client.account_location("8618217331412").await?, None);
//! # Ok(())
//! # }
//! ```
//!
//! httpmock responds to a request without a mock with HTTP status 404 and no envelope. The client returns that as
//! `Error::Http`.
//!
//! # Failures
//! [`MockResponse`]s test how a program handles refusals, limits, wrong clocks, slow and broken responses.
//! [`RespondExt::respond_to`] sends them one after the other, repeats the last one, and records the calls.
//!
//! ```
//! use std::time::Duration;
//! use group_dispatch_client::types::{BusinessCode, Source};
//! use group_dispatch_httpmock::{httpmock::MockServer, *};
//!
//! let server = MockServer::start();
//!
//! // Too many requests, twice; then an agent with an account online.
//! let agent = online_agent(12, "u1", ["8618217331411"]);
//! let calls = server.respond_to(
//!     QueryUserStatus,
//!     [MockResponse::rate_limited(RetryAfter::Seconds(1)).times(2), MockResponse::ok([agent.clone()])],
//! );
//!
//! // A service that checks the signature and whose clock is an hour ahead: 502 with its own `Date`, until a request is
//! // signed by its time.
//! let credentials = group_dispatch_client::Credentials::new(1, "key");
//! let fast = Clock::ahead(Duration::from_secs(3600));
//! server.respond_to(QueryUserStatusLog, MockResponse::empty().signed_by(credentials).on_clock(fast));
//!
//! // An account that goes online and offline, with a faulty "nobody is online" in between.
//! let groups = [source_group(Source::Pc, [agent]), source_group(Source::Mobile, [])];
//! let mut responses = flapping(&groups, "8618217331411", [true, false, true]);
//! responses.insert(2, MockResponse::null());
//! server.respond_to(QueryAllOlWhatsAppInfo, responses);
//!
//! // A body that does not match the contract, then a proxy's page, then no response at all.
//! server.respond_to(
//!     QueryWhatsAppInfo,
//!     [MockResponse::malformed(Malformed::CutJson), MockResponse::proxy_page(502), MockResponse::never()],
//! );
//!
//! // All other operations: a refusal with its HTTP status, as from group-dispatch-server.
//! server.respond_to(AnyOperation, MockResponse::business(BusinessCode::DatabaseError).mirrored());
//!
//! assert_eq!(calls.count(), 0);
//! ```
//!
//! httpmock can't fail below HTTP, for example refuse or reset a connection or cut a body. For that, bind a
//! `std::net::TcpListener` and write the bytes yourself.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
#[allow(missing_docs, clippy::all, clippy::unwrap_used, elided_lifetimes_in_paths)]
mod generated;

#[rustfmt::skip]
#[path = "generated/ingest.snap.rs"]
#[allow(missing_docs, clippy::all, clippy::unwrap_used, elided_lifetimes_in_paths)]
mod generated_ingest;

#[rustfmt::skip]
#[path = "generated/history.snap.rs"]
#[allow(missing_docs, clippy::all, clippy::unwrap_used, elided_lifetimes_in_paths)]
mod generated_history;

#[rustfmt::skip]
#[path = "generated/markers.snap.rs"]
mod generated_markers;

mod calls;
mod check;
mod clock;
mod data;
mod http_response;
mod mock_response;
mod operation;

/// Typed mocks of the ingest endpoint, for programs that send status events.
///
/// ```
/// use group_dispatch_client::{Client, Credentials, types::ingest::*};
/// use group_dispatch_httpmock::{httpmock::MockServer, ingest::MockServerExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::start_async().await;
/// let none = EventCount::try_from(0)?;
/// let receipt = Receipt { stored: none, repeated: none, refused: none, refusals: Vec::new() };
/// server.status_events(|when, then| {
///     when.body(&StatusEventsRequest(Vec::new()));
///     then.ok(&StatusEventsResponse { code: BusinessCode::Success, message: "success".into(), data: receipt.clone() });
/// });
///
/// let client = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build()?;
/// assert_eq!(client.feed(Vec::new()).await?, receipt);
/// # Ok(())
/// # }
/// ```
pub mod ingest {
    pub use crate::generated_ingest::{MockServerExt, operations};
}

/// Typed mocks of the history of a group-dispatch-server.
///
/// ```
/// use group_dispatch_client::{Client, Credentials, types::history::*};
/// use group_dispatch_httpmock::{history::MockServerExt, httpmock::MockServer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::start_async().await;
/// let page = HistoryPage { events: Vec::new(), next: None };
/// server.history_events(|when, then| {
///     when.body(&HistoryEventsRequest { source: Some(Source::Pc), ..HistoryEventsRequest::default() });
///     then.ok(&HistoryEventsResponse { code: BusinessCode::Success, message: "success".into(), data: page.clone() });
/// });
///
/// let client = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build()?;
/// assert_eq!(client.history().source(Source::Pc).await?, page);
/// # Ok(())
/// # }
/// ```
pub mod history {
    pub use crate::generated_history::{MockServerExt, operations};
}

pub use calls::{Calls, RespondExt};
pub use clock::Clock;
pub use data::{account_location, flapping, online_agent, source_group};
pub use generated::{MockServerExt, operations};
pub use generated_markers::*;
pub use http_response::RetryAfter;
pub use httpmock;
pub use mock_response::{HttpStatus, Malformed, MockResponse};
pub use operation::{AnyOperation, MockOperation};

/// Runs the examples of this crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
