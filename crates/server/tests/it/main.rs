//! The tests of the server over HTTP, of both stores, and with other people's tools.
//!
//! They are one program, because each program links the whole server again. Only tests that count memory, read the log of
//! the process or measure an overload are programs of their own beside it.
// The suite of the stores runs over SQLite and over PostgreSQL.
#![allow(clippy::duplicate_mod)]

mod age;
mod authentication;
mod bad_input;
mod callback;
mod changes;
mod common;
mod connections;
mod content_encoding;
mod contract;
mod endpoints;
mod feed_signing;
mod history;
mod http_status;
mod information;
mod ingest;
mod key_access;
mod limits;
mod metrics;
mod mirrored;
mod other_tools;
mod page_examples;
mod postgres;
mod report;
mod served_contracts;
mod store;
mod store_postgres;
