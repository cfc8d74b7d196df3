//! The operations as types, so that the compiler checks the data of a mock.

use group_dispatch_types::NoData;
use httpmock::{Method::POST, When};
use serde::Serialize;

/// One of the queries, or any of them: [`AnyOperation`]. `cargo xtask codegen` makes a type for each.
pub trait MockOperation: Copy + Requests + 'static {
    /// The data of a successful response.
    type Data: Serialize;
}

/// Selects the requests of an operation. It is not exported, so that there are no other operations.
pub trait Requests {
    /// Restricts a mock to the operation's requests.
    fn requests(self, when: When) -> When;
}

/// All queries, which share the responses and the recorded calls.
#[derive(Clone, Copy, Debug)]
pub struct AnyOperation;

impl MockOperation for AnyOperation {
    type Data = NoData;
}

impl Requests for AnyOperation {
    fn requests(self, when: When) -> When {
        when.method(POST).path_prefix("/group-dispatch-api/user/")
    }
}
