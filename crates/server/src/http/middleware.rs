//! The parts of the middleware stack that [`service`](super::service) calls.

pub mod admission;
mod overload;
pub mod request_log;
