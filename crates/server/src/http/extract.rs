//! Reads requests: the signing headers, content codings, JSON bodies and status events.

pub mod auth;
pub mod content_coding;
pub mod events;
pub mod feed_auth;
pub mod feed_body;
pub mod json;
