//! The proxy that the environment names for an address.
//!
//! Used by [`ClientBuilder`](crate::ClientBuilder) and by the command, so that both agree on the proxy of a request and can
//! name it in errors. reqwest's own rules don't report which variable they chose, send addresses of this machine to a
//! proxy, and apply `NO_PROXY=*` to names only.

mod bypass;
mod environment;
mod setting;
mod this_machine;

pub use setting::{ProxySetting, is_unauthorized};
