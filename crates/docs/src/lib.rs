//! The contract of the SocialEpoch WA-SCRM account queries, and its documentation as a site of plain files.
//!
//! [`site`] makes the site from the contract, the repository's documents and the templates; it needs no server and
//! loads nothing from elsewhere. `cargo xtask docs` writes it to a folder, and a group-dispatch-server shows it at
//! `/docs/`. [`contract`] has the contracts themselves, [`Served`] as a server offers them.
//!
//! ```
//! use group_dispatch_docs::{Place, site};
//! # fn main() -> Result<(), group_dispatch_docs::Error> {
//! let files = site(Place::Published)?;
//! assert!(files.iter().any(|file| file.path == "index.html"));
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod clients;
pub mod contract;
pub mod samples;

mod alone;
mod by_hand;
mod collections;
mod contents;
mod edition;
mod error_texts;
mod errors;
mod feed;
mod figures;
mod file;
mod guides;
mod links;
mod llms;
mod markdown;
mod names;
mod not_found;
mod operations;
mod pages;
mod publish;
mod reference;
mod schemas;
mod search;
mod served;
mod site;
mod tables;
mod to_markdown;

pub use edition::Edition;
pub use error_texts::{ErrorText, error_texts};
pub use file::{Error, File, Place};
pub use names::{Names, names};
pub use not_found::not_found;
pub use publish::{PublishError, Published, publish, write_site};
pub use served::Served;
pub use site::{site, site_at, site_of};

/// Runs the program of the crate's README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
