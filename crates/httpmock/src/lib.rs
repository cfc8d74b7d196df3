//! Typed mocks of the five account queries, for the tests of programs that use them.
//!
//! [`MockServerExt`] adds a method for each operation to `httpmock::MockServer`.
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
//! A question that no mock was made for is answered by httpmock with HTTP status 404 and no envelope, which the client tells
//! as `Error::Http`.
//!
//! # Trouble
//! How a program takes refusals, limits, wrong clocks, slow and broken answers is tried with [`MockResponse`]s:
//! [`RespondExt::respond_to`] gives them out one after another, the last one again and again, and keeps the calls.
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
//! // A service whose clock is an hour fast, and that looks at the signature: 502 and its own `Date`, until asked by its time.
//! let credentials = group_dispatch_client::Credentials::new(1, "key");
//! let fast = Clock::ahead(Duration::from_secs(3600));
//! server.respond_to(QueryUserStatusLog, MockResponse::empty().signed_by(credentials).on_clock(fast));
//!
//! // An account that comes and goes, and "nobody is online" by mistake in between.
//! let groups = [source_group(Source::Pc, [agent]), source_group(Source::Mobile, [])];
//! let mut answers = flapping(&groups, "8618217331411", [true, false, true]);
//! answers.insert(2, MockResponse::null());
//! server.respond_to(QueryAllOlWhatsAppInfo, answers);
//!
//! // Not what the contract says, then a proxy's page, and then no answer at all.
//! server.respond_to(
//!     QueryWhatsAppInfo,
//!     [MockResponse::malformed(Malformed::CutJson), MockResponse::proxy_page(502), MockResponse::never()],
//! );
//!
//! // Whatever was not made above: a refusal, with its HTTP status, as group-dispatch-server sends it.
//! server.respond_to(AnyOperation, MockResponse::business(BusinessCode::DatabaseError).mirrored());
//!
//! assert_eq!(calls.count(), 0);
//! ```
//!
//! What happens below HTTP, such as a connection that is refused, reset, or cut in the middle of a body, can't be had from
//! httpmock: for those, bind a `std::net::TcpListener` and write the bytes yourself.
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

mod calls;
mod check;
mod clock;
mod data;
mod http_response;
mod mock_response;
mod operation;

/// Typed mocks of feeding status events, for programs that do so.
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

pub use calls::{Calls, RespondExt};
pub use clock::Clock;
pub use data::{account_location, flapping, online_agent, source_group};
pub use generated::{MockServerExt, operations};
pub use http_response::RetryAfter;
pub use httpmock;
pub use mock_response::{HttpStatus, Malformed, MockResponse};
pub use operation::{
    AnyOperation, GetLatestOnlineWhatsAccount, MockOperation, QueryAllOlWhatsAppInfo, QueryUserStatus,
    QueryUserStatusLog, QueryWhatsAppInfo,
};
