//! The models of the SocialEpoch WA-SCRM account queries.
//!
//! Requests and responses are generated from the contract, `openapi/group-dispatch.yaml`; the scalars in them are written by
//! hand. Serialization writes exactly the forms of the contract. Deserialization accepts more: numbers in strings, unknown
//! codes, new members, and several forms of "nothing" (`openapi/DECISIONS.md` lists them). Used by the client, the mocks,
//! the server and the command.
//!
//! ```
//! use group_dispatch_types::{AccountStatus, QueryUserStatusLogResponse, StatusDetail};
//! # fn main() -> Result<(), serde_json::Error> {
//! let response: QueryUserStatusLogResponse = serde_json::from_str(
//!     r#"{"code": 200, "message": "Success", "data": [{
//!         "userId": "621443", "agentAccount": "lsl001", "whatsAppList": [{
//!             "whatsApp": "573125704139", "name": "", "status": 20, "source": 2,
//!             "countryCode": "Colombia", "detailStatus": 42, "createTime": "2024-07-08 19:25:31"
//!         }]
//!     }]}"#,
//! )?;
//! let record = &response.data[0].whats_app_list[0];
//! assert_eq!(record.detail_status, StatusDetail::MobileBanned);
//! assert_eq!(record.detail_status.status(), Some(AccountStatus::Banned));
//! // Debug masks personal data, because it may end in a log.
//! assert_eq!(format!("{:?}", record.whats_app), "WhatsAppNumber(57*******139)");
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! - `utoipa`: `utoipa::ToSchema` for every model.
//! - `schemars`: `schemars::JsonSchema` for every model.
//! - `signing`: the signature of requests, for client and server.
//! - `jiff`, `chrono`: conversions between [`StatusTime`] and the types of these crates.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

/// The address of the published docs with a slash at its end, `https://HOST/PATH/`; `None` until they have one. Errors of the
/// client point to pages there, and `cargo xtask docs --publish` writes it into canonical links, the sitemap and the feed.
pub const PUBLISHED_DOCS: Option<&str> = None;

// The generated models name the scalars by an absolute path, which this crate itself needs an alias for.
extern crate self as group_dispatch_types;

#[macro_use]
mod bounded_integer;
#[macro_use]
mod closed_text;
#[macro_use]
mod open_code;
#[cfg(any(feature = "utoipa", feature = "schemars"))]
#[macro_use]
mod schema;

mod business_code;
mod error;
pub mod history;
pub mod ingest;
mod integer;
mod lenient;
mod masked;
mod nothing;
mod rate_limiter;
#[cfg(feature = "signing")]
pub mod signing;
mod source;
mod status;
mod time;
mod user_id;
mod whatsapp_number;

#[rustfmt::skip]
#[path = "generated/types.snap.rs"]
mod generated;

#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
mod operations;

#[cfg(test)]
#[macro_use]
#[rustfmt::skip]
#[path = "generated/components.snap.rs"]
mod components;

#[cfg(test)]
mod agreement_with_contract;
#[cfg(all(test, feature = "utoipa"))]
mod utoipa_schemas;

pub use business_code::BusinessCode;
pub use error::ParseError;
pub use generated::*;
pub use nothing::{NoData, NoParameters};
pub use operations::{Contract, Operation, Request};
pub use rate_limiter::RateLimiter;
pub use source::Source;
pub use status::{AccountStatus, StatusDetail};
pub use time::{ClockTime, StatusTime, UtcOffset, WireTime};
pub use user_id::{UserId, UserIdText};
pub use whatsapp_number::{WhatsAppNumber, WhatsAppNumberInteger};

/// Runs the examples of this crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
