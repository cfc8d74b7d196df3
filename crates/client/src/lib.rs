//! A client of the five SocialEpoch WA-SCRM account queries.
//!
//! The operations are generated from the contract, `openapi/group-dispatch.yaml`; signing and errors are written by hand.
//!
//! ```no_run
//! use group_dispatch_client::{Client, Credentials, types::{AgentSource, QueryUserStatusRequest}};
//!
//! # async fn example() -> Result<(), group_dispatch_client::Error> {
//! let client = Client::builder()
//!     .base_url("http://127.0.0.1:8080")
//!     .credentials(Credentials::new(500_766, "the tenant's ApiKey"))
//!     .build()?;
//! let question = QueryUserStatusRequest { source: AgentSource::Pc, user_id: None, user_name: None };
//! for agent in client.query_user_status(&question).await? {
//!     println!("{} has {} accounts online", agent.user_id, agent.whats_app_list.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//! Every call ends in its data or in an [`Error`]. The vendor answers business errors with HTTP status 200 and a code in
//! the body, group-dispatch-server mirrors them in the HTTP status; both become [`Error::Business`].
//!
//! # Features
//! - `rustls` (default): https addresses.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod builder;
mod call;
mod client;
mod envelope;
mod error;

#[rustfmt::skip]
#[path = "generated/client.snap.rs"]
mod generated;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use group_dispatch_types as types;
pub use group_dispatch_types::signing::{ApiKey, Credentials, TenantId};

/// The README's example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
