//! What each request type says of its operation.

use crate::Operation;

/// The request of an operation. Implemented by the request types of the contracts alone.
pub trait Request {
    /// What the operation returns in `data`.
    type Data;

    /// The operation.
    const OPERATION: Operation;
}
