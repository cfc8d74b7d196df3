//! The tests of the docs: their pages and files, the samples as their reader runs them, and the site in a browser.
//!
//! They are one program, because each program links the whole server again.
// The tests in a browser have a file `browser.rs` that starts one.
#![allow(clippy::module_inception)]
#![allow(clippy::panic, clippy::unwrap_used)]

mod browser;
mod feed;
mod guides;
mod markdown;
mod names;
mod published;
mod samples;
mod schemas;
mod site;
