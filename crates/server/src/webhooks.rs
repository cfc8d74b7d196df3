//! Webhooks by Standard Webhooks 1.0.0: what is sent, to where, how it is signed, when it is sent again, and the rules that
//! raise alerts.
//!
//! Nothing here does I/O or reads a clock: `http::webhook_sender` makes the attempts. Only a new secret takes random bytes from
//! the operating system. An alert that is computed a second time, after a crash for example, has the same id and the same
//! body.

pub mod destination;
mod duration_text;
pub mod message;
pub mod message_id;
pub mod networks;
pub mod outcome;
pub mod outgoing;
pub mod retry;
pub mod retry_after;
pub mod rules;
pub mod secret;

#[cfg(test)]
mod tests;
