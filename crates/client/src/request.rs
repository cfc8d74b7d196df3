//! The request types of the operations: [`ClientRequest`] says how the response to each is decoded.

use group_dispatch_types::Request;
use serde::Serialize;

use crate::envelope::{Envelope, ErrorEnvelope};

/// A request that the client can send. Implemented by the request types of all operations, and only by them:
/// `cargo xtask codegen` does it.
pub trait ClientRequest: Request<Data: Send + 'static> + Serialize + Clone + Send + Sync + 'static {
    /// The body of a successful response.
    #[doc(hidden)]
    type Response: Envelope<Data = Self::Data>;

    /// The body of an error response.
    #[doc(hidden)]
    type ErrorResponse: ErrorEnvelope;
}
