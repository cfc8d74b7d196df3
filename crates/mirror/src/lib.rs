//! The decisions of a mirror: it polls the vendor's account queries and stores the answers as facts that say how they are
//! known.
//!
//! [`Mirror`] is a state machine without I/O and without a clock. It says what to do next ([`Step`]), and takes the
//! outcome:
//!
//! ```text
//!              Step::Ask                          Step::Store: Facts
//!   vendor  <------------          Mirror  ------------------------------>  store
//!           ------------>                  <------------------------------
//!              Reply                              Step::Recall: Memory
//! ```
//!
//! **Facts.** A record of the vendor's log is *logged*: it has a time and a reason. What two good answers about who is
//! online differ by, and no record explains, is *observed*: it has an interval and no reason. What the vendor's log may have
//! had and nobody could see is a *gap*. A good answer is a *look*, even if nothing has changed. See [`Facts`].
//!
//! **Memory.** What is stored is the only memory. A mirror that was killed, or starts again after days, asks the store what
//! it knows and goes on; two mirrors of one tenant store nothing twice, because each look names the look before it.
//!
//! **Rounds.** In each round the mirror asks who is online and then for the log of each source. New records are found by
//! comparing sets, because a record may appear late. Where a full page does not reach back to a known record, it asks for
//! each account, and what stays open becomes a gap. Then the records are stored. The store says who is online now, by its own
//! rules, and what still differs from the vendor's answer is observed.
//!
//! # Features
//! - `driver`: [`Driver`], which runs a mirror in real time over HTTP, and [`HttpStore`], a group-dispatch-server as its store.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
#[cfg(feature = "driver")]
mod driver;
mod facts;
#[cfg(feature = "driver")]
mod http_store;
mod mirror;
mod narrowing;
mod online;
mod pace;
mod page;
mod question;
mod round;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod wire;

pub use self::{
    clock::ClockOffset,
    facts::{Facts, Gap, Logged, Look, Observed},
    mirror::{Mirror, Settings, Step, Stored},
    question::{AccountHolder, Answer, Failure, KnownRecord, Memory, OnlineAccounts, Question, Recall, Reply},
    store::{KNOWN_RECORDS, MirrorStore, StoreFailure},
};
#[cfg(feature = "driver")]
pub use self::{
    driver::{Driver, Hint, Progress, Requests},
    http_store::HttpStore,
};
