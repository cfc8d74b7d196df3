//! The response bodies of the operations as traits: each is an envelope of code, message and data.

use group_dispatch_types::{
    BusinessCode, ErrorResponse, history,
    ingest::{self, Refusal},
};
use serde::de::DeserializeOwned;

/// The body of a successful response. `cargo xtask codegen` implements it for each operation.
pub trait Envelope: DeserializeOwned {
    type Data;
    /// Whether the data is a list. The elements of a list are useful without those that can't be read.
    const IS_LIST: bool;
    fn into_parts(self) -> (BusinessCode, String, Self::Data);
}

/// The body of an error response. That of an ingest call lists the refused events.
pub trait ErrorEnvelope: DeserializeOwned {
    fn into_parts(self) -> (BusinessCode, String, Vec<Refusal>);
}

impl ErrorEnvelope for ErrorResponse {
    fn into_parts(self) -> (BusinessCode, String, Vec<Refusal>) {
        (self.code, self.message, Vec::new())
    }
}

impl ErrorEnvelope for history::ErrorResponse {
    fn into_parts(self) -> (BusinessCode, String, Vec<Refusal>) {
        (self.code, self.message, Vec::new())
    }
}

impl ErrorEnvelope for ingest::ErrorResponse {
    fn into_parts(self) -> (BusinessCode, String, Vec<Refusal>) {
        (self.code, self.message, self.data.map(|receipt| receipt.refusals).unwrap_or_default())
    }
}
