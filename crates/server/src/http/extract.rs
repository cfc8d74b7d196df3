//! What handlers take from a request: who asks, and the body.

pub mod auth;
pub mod body;
pub mod content_coding;
pub mod events;
pub mod large_response;
