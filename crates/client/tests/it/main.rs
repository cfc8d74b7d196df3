//! The tests of the client, over HTTP on this machine.
//!
//! They are one program, because each program links the whole client again. Only the tests of spans, which share a state of the
//! process, are a program of their own beside it.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod blocking;
mod clock_skew;
mod common;
mod connection_errors;
mod environment;
mod errors;
mod faults;
mod faulty_responses;
mod history;
mod options;
mod response_limit;
mod retries;
mod signing;
mod watch;
