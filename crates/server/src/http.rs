//! The HTTP side of the server. Only this folder uses axum, hyper, tower and http.
//!
//! `listener` accepts connections, for [`server`]; [`service`] has the middleware stack; `operations` is made from the contracts and calls
//! [`handlers`]; [`router`] has the other routes.

mod accept_header;
mod activity;
mod age;
mod body;
pub mod callback;
mod caller;
mod change_lines;
mod change_stream;
mod client_address;
pub mod config;
mod connection_limit;
mod docs_site;
pub mod draining;
mod endpoint;
mod error;
mod extract;
mod handlers;
mod head_timer;
mod help_link;
pub mod http_status;
mod json_body;
mod listener;
pub mod metrics;
mod middleware;
pub mod mirror_server;
mod permits;
pub mod public_url;
mod rate_limit;
mod refusal;
mod request_context;
pub mod request_observer;
pub mod router;
pub mod server;
mod service;
mod signing_header;
mod state;
mod webhook_dispatcher;
mod webhook_sender;
mod write_timeout;

#[rustfmt::skip]
#[path = "generated/operations.snap.rs"]
mod operations;
