//! The response bodies of the operations as traits: each is an envelope of code, message and data.

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, BusinessCode, ErrorResponse,
    GetLatestOnlineWhatsAccountResponse, OnlineAgent, QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogResponse,
    QueryUserStatusResponse, QueryWhatsAppInfoResponse, SourceGroup,
    ingest::{self, Receipt, Refusal, StatusEventsResponse},
};
use serde::de::DeserializeOwned;

/// The body of a successful response.
pub trait Envelope: DeserializeOwned {
    type Data;
    /// Whether the data is a list. The elements of a list are useful without those that can't be read.
    const IS_LIST: bool;
    fn into_parts(self) -> (BusinessCode, String, Self::Data);
}

macro_rules! envelopes {
    ($($response:ty => $data:ty, $is_list:literal;)*) => {
        $(impl Envelope for $response {
            type Data = $data;
            const IS_LIST: bool = $is_list;

            fn into_parts(self) -> (BusinessCode, String, $data) {
                (self.code, self.message, self.data)
            }
        })*
    };
}

envelopes! {
    QueryUserStatusResponse => Vec<OnlineAgent>, true;
    QueryAllOlWhatsAppInfoResponse => Vec<SourceGroup>, true;
    QueryWhatsAppInfoResponse => Option<AccountLocation>, false;
    QueryUserStatusLogResponse => Vec<AgentStatusLog>, true;
    GetLatestOnlineWhatsAccountResponse => Vec<AgentRecentAccounts>, true;
    StatusEventsResponse => Receipt, false;
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

impl ErrorEnvelope for ingest::ErrorResponse {
    fn into_parts(self) -> (BusinessCode, String, Vec<Refusal>) {
        (self.code, self.message, self.data.map(|receipt| receipt.refusals).unwrap_or_default())
    }
}
