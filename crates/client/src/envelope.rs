//! Every answer is an envelope of code, message and data. This takes the data out, or says why there is none.

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, BusinessCode, ErrorResponse,
    GetLatestOnlineWhatsAccountResponse, OnlineAgent, QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogResponse,
    QueryUserStatusResponse, QueryWhatsAppInfoResponse, SourceGroup,
};
use progenitor_client::{ClientInfo, ResponseValue};
use serde::Deserialize;

use crate::{
    Error,
    call::{Call, Received},
    generated,
};

/// An answer of one of the five operations.
pub trait Envelope {
    type Data;
    fn into_parts(self) -> (BusinessCode, String, Self::Data);
}

macro_rules! envelope {
    ($($response:ty => $data:ty),* $(,)?) => {
        $(impl Envelope for $response {
            type Data = $data;
            fn into_parts(self) -> (BusinessCode, String, $data) {
                (self.code, self.message, self.data)
            }
        })*
    };
}

envelope! {
    QueryUserStatusResponse => Vec<OnlineAgent>,
    QueryAllOlWhatsAppInfoResponse => Vec<SourceGroup>,
    QueryWhatsAppInfoResponse => Option<AccountLocation>,
    QueryUserStatusLogResponse => Vec<AgentStatusLog>,
    GetLatestOnlineWhatsAccountResponse => Vec<AgentRecentAccounts>,
}

type Outcome<T> = Result<ResponseValue<T>, progenitor_client::Error<ErrorResponse>>;

/// The data of an answer, when the code says success.
///
/// The code is looked at only after decoding: the vendor sends business errors with HTTP status 200, and the models read
/// their empty data as well, so that no body is parsed twice.
pub fn open<T: Envelope>(outcome: Outcome<T>, call: &generated::Client) -> Result<T::Data, Error> {
    let call: &Call = call.inner();
    match outcome {
        Ok(answer) => {
            let (code, message, data) = answer.into_inner().into_parts();
            if code.is_success() { Ok(data) } else { Err(business(code, &message, call)) }
        }
        Err(error) => Err(error_of(error, call)),
    }
}

/// A refusal in as few words as it can be told.
#[derive(Deserialize)]
struct Refusal {
    code: BusinessCode,
    message: Option<String>,
}

fn business(code: BusinessCode, message: &str, call: &Call) -> Error {
    let received = call.received();
    Error::Business {
        code,
        message: cleaned(message),
        status: received.as_ref().map_or(200, |received| received.status.as_u16()),
        request_id: received.and_then(|received| received.request_id),
    }
}

fn error_of(error: progenitor_client::Error<ErrorResponse>, call: &Call) -> Error {
    use progenitor_client::Error as Generated;
    match error {
        Generated::ErrorResponse(answer) => {
            let status = answer.status().as_u16();
            let answer = answer.into_inner();
            if answer.code.is_success() {
                // A code that contradicts the HTTP status, and no data: it is not the service that says so.
                Error::Http { status, request_id: call.received().and_then(|received| received.request_id) }
            } else {
                business(answer.code, &answer.message, call)
            }
        }
        Generated::InvalidResponsePayload(body, reason) => undecodable(&body, &reason, call),
        Generated::CommunicationError(reason)
        | Generated::ResponseBodyError(reason)
        | Generated::InvalidUpgrade(reason) => Error::from_transport(reason),
        Generated::UnexpectedResponse(response) => {
            Error::Http { status: response.status().as_u16(), request_id: call.received().and_then(|r| r.request_id) }
        }
        Generated::InvalidRequest(reason) | Generated::Custom(reason) => Error::Configuration(reason),
    }
}

/// The service's words without what does not belong into a log: control characters, and numbers long enough to be a phone
/// number or a part of a key.
fn cleaned(message: &str) -> String {
    const LONGEST_NUMBER: usize = 6;
    let mut clean = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > LONGEST_NUMBER {
            clean.push_str("***");
        } else if digits > 0 {
            clean.push_str(&rest[..digits]);
        } else {
            clean.push(if first.is_control() { ' ' } else { first });
        }
        rest = &rest[digits.max(first.len_utf8())..];
    }
    clean
}

/// A body that is not the one expected: an error with data of some other shape, a proxy's page, or a broken answer.
fn undecodable(body: &[u8], reason: &serde_json::Error, call: &Call) -> Error {
    if let Ok(answer) = serde_json::from_slice::<Refusal>(body)
        && !answer.code.is_success()
    {
        return business(answer.code, answer.message.as_deref().unwrap_or(answer.code.description()), call);
    }
    match call.received() {
        Some(Received { status, request_id }) if !status.is_success() => {
            Error::Http { status: status.as_u16(), request_id }
        }
        received => Error::Decode {
            line: reason.line(),
            column: reason.column(),
            request_id: received.and_then(|received| received.request_id),
        },
    }
}
