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
//! let question = QueryWhatsAppInfoRequest { whatsapp: "8618217331412".parse()?, source: None };
//! assert_eq!(client.ask(question).await?, None);
//! # Ok(())
//! # }
//! ```
//!
//! A question that no mock was made for is answered by httpmock with HTTP status 404 and no envelope, which the client tells
//! as `Error::Http`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
#[allow(missing_docs, clippy::all, clippy::unwrap_used, elided_lifetimes_in_paths)]
mod generated;

mod answer;
mod calls;
mod check;
mod clock;
mod code;
mod data;
mod operation;
mod reply;

pub use answer::{Answer, Malformed};
pub use calls::{AnswersExt, Calls};
pub use clock::Clock;
pub use data::{account_location, flapping, online_agent, source_group};
pub use generated::{MockServerExt, operations};
pub use httpmock;
pub use operation::{
    AnyOperation, GetLatestOnlineWhatsAccount, Operation, QueryAllOlWhatsAppInfo, QueryUserStatus, QueryUserStatusLog,
    QueryWhatsAppInfo,
};
pub use reply::RetryAfter;
