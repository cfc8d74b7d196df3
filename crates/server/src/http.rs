//! The HTTP side: the only folder that names axum, hyper, tower or http.

mod accept_header;
mod body;
pub mod config;
mod connection_limit;
mod docs_site;
mod endpoint;
mod error;
mod extract;
mod handlers;
mod head_timer;
pub mod http_status;
mod json_body;
mod metrics;
mod middleware;
pub mod observer;
pub mod openapi;
mod permits;
pub mod public_url;
mod rate_limit;
mod request_context;
pub mod router;
mod served_contracts;
pub mod server;
mod state;
mod write_timeout;
