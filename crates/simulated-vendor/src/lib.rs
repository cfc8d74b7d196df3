//! A simulated SocialEpoch WA-SCRM service: it answers the five account queries over a random history, and fails as a real
//! service does. For tests of programs that poll the vendor.
//!
//! Everything follows from the seed of a [`Scenario`]. [`Vendor`] does no I/O and has no clock: the caller says when a request
//! arrives, so that a day takes a second. The history is made on demand, up to the time that is asked for, and does not depend
//! on what is asked. The caller can compare with the truth: the records of the history, who is online at any moment, and the
//! answers of a service without faults.
//!
//! ```
//! use group_dispatch_simulated_vendor::{Scenario, Vendor};
//! use group_dispatch_types::{QueryUserStatusLogRequest, Source};
//!
//! let mut vendor = Vendor::new(Scenario::small(7));
//! let noon = vendor.scenario().start + 12 * 60 * 60 * 1000;
//! let request = QueryUserStatusLogRequest { source: Source::Pc, agent_account: None, whats_app: None };
//! let reply = vendor.ask(noon, &request);
//! match reply.result {
//!     Ok(answer) => assert!(answer.data.iter().all(|agent| agent.whats_app_list.len() <= 50)),
//!     Err(failure) => println!("after {:?}: {failure}", reply.takes),
//! }
//! // What happened until then, and what a service without faults answers.
//! assert!(vendor.history(noon).len() > 500);
//! assert_eq!(vendor.truth(noon, &request).len(), 4);
//! ```
//!
//! # What is simulated
//! - Agents with several accounts on PC, mobile and cloud computers: logins, disconnects, quick reconnects within one second,
//!   log-offs, bans, moves between agents, renames of both, bursts of more than 50 records, and sources that nearly all
//!   accounts leave at once.
//! - A clock that is off and drifts, and may be set. Records reach the log late, or change presence late.
//! - The limits of the contract's D15 (50 records of an agent or, if a scenario says so, of the whole answer; ten recent accounts), the rule of D16 and D44 on who is online,
//!   and 50 requests a second for each endpoint.
//! - [`Faults`]: business errors with HTTP status 200, HTTP errors, slow, cut and missing responses, responses with elements
//!   that can't be read now and then or never, responses that lack a source, and outages of all endpoints or of one.
//!
//! # Features
//! - `http`: serves the simulation over HTTP, in real time (`http::serve`).
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod faults;
mod history;
#[cfg(feature = "http")]
pub mod http;
mod query;
mod random;
mod record;
mod reply;
mod request_count;
mod scenario;
mod sources;
mod vendor;

pub use faults::{Faults, Unreadable};
pub use query::Query;
pub use record::Record;
pub use reply::{Answer, Failure, Reply};
pub use request_count::RequestCount;
pub use scenario::{ClockStep, LogLimit, Rates, Scenario, VendorClock};
pub use vendor::Vendor;

/// Runs the examples of this crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
