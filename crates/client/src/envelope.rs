//! Every answer is an envelope of code, message and data. This takes the data out, or says why there is none.

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, BusinessCode, ErrorResponse,
    GetLatestOnlineWhatsAccountResponse, OnlineAgent, QueryAllOlWhatsAppInfoResponse, QueryUserStatusLogResponse,
    QueryUserStatusResponse, QueryWhatsAppInfoResponse, SourceGroup,
    ingest::{self, Receipt, Refusal, StatusEventsResponse},
};
use progenitor_client::ResponseValue;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Error, Sent,
    attempt::Attempt,
    redact::{self, cleaned},
    repair::{self, Unrepairable},
};

/// The HTTP status by which a proxy demands a user and password. No service sends it.
const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;

/// An answer of one of the operations.
pub trait Envelope: DeserializeOwned {
    type Data;
    /// Whether elements of the data may be left out: it is a list, and the rest is of use without them.
    const IS_LIST: bool;
    fn into_parts(self) -> (BusinessCode, String, Self::Data);
}

macro_rules! envelope {
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

envelope! {
    QueryUserStatusResponse => Vec<OnlineAgent>, true;
    QueryAllOlWhatsAppInfoResponse => Vec<SourceGroup>, true;
    QueryWhatsAppInfoResponse => Option<AccountLocation>, false;
    QueryUserStatusLogResponse => Vec<AgentStatusLog>, true;
    GetLatestOnlineWhatsAccountResponse => Vec<AgentRecentAccounts>, true;
    StatusEventsResponse => Receipt, false;
}

/// The answer to a request that failed; that of feeding lists the events to blame.
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

/// What the generated client makes of an attempt.
pub type Outcome<T, E> = Result<ResponseValue<T>, progenitor_client::Error<E>>;

/// The data of an answer, when the code says success.
///
/// The code is looked at only after decoding: the vendor sends business errors with HTTP status 200, and the models read
/// their empty data as well, so that no body is parsed twice.
pub fn open<T: Envelope, E: ErrorEnvelope>(outcome: Outcome<T, E>, attempt: &Attempt) -> Result<T::Data, Error> {
    use progenitor_client::Error as Generated;
    if let Some(limit) = attempt.exceeded_limit() {
        return Err(Error::ResponseTooLarge { limit, sent: Sent::default() });
    }
    let error = match outcome {
        Ok(answer) => return data_of(answer.into_inner(), attempt),
        Err(error) => error,
    };
    Err(match error {
        Generated::ErrorResponse(answer) => {
            let status = answer.status().as_u16();
            let (code, message, refusals) = answer.into_inner().into_parts();
            if code.is_success() || status == PROXY_AUTHENTICATION_REQUIRED {
                // A code that contradicts the HTTP status, and no data: it is not the service that says so.
                Error::Http { status, body: cleaned(&message), sent: Sent::default() }
            } else {
                refused(code, &message, refusals, attempt)
            }
        }
        Generated::InvalidResponsePayload(body, reason) => return mended::<T, E>(&body, &reason, attempt),
        Generated::CommunicationError(reason)
        | Generated::ResponseBodyError(reason)
        | Generated::InvalidUpgrade(reason) => Error::from_transport(reason),
        Generated::UnexpectedResponse(response) => {
            Error::Http { status: response.status().as_u16(), body: String::new(), sent: Sent::default() }
        }
        Generated::InvalidRequest(reason) | Generated::Custom(reason) => Error::InvalidRequest(reason),
    })
}

fn data_of<T: Envelope>(answer: T, attempt: &Attempt) -> Result<T::Data, Error> {
    let (code, message, data) = answer.into_parts();
    if code.is_success() { Ok(data) } else { Err(refused(code, &message, Vec::new(), attempt)) }
}

/// The data of a body that a strict read refused, when its faults can be repaired or left out.
fn mended<T: Envelope, E: ErrorEnvelope>(
    body: &[u8],
    reason: &serde_json::Error,
    attempt: &Attempt,
) -> Result<T::Data, Error> {
    let is_cut = reason.is_eof();
    if is_cut || attempt.is_strict() {
        return Err(undecodable::<T>(body, reason, is_cut, attempt));
    }
    let is_success = attempt.received().is_some_and(|received| received.status.is_success());
    if is_success {
        return match repair::answer::<T>(body) {
            Ok((answer, repairs)) => match answer.into_parts() {
                (code, _, data) if code.is_success() => {
                    attempt.set_repairs(repairs);
                    Ok(data)
                }
                // Of a refusal only code and message count, and they may be all that is there.
                _ => Err(undecodable::<T>(body, reason, is_cut, attempt)),
            },
            Err(Unrepairable { is_cut }) => Err(undecodable::<T>(body, reason, is_cut, attempt)),
        };
    }
    let answer = repair::text(body).and_then(|text| serde_json::from_str::<E>(&text).ok());
    Err(match answer.map(E::into_parts) {
        Some((code, message, refusals)) if !code.is_success() => refused(code, &message, refusals, attempt),
        _ => undecodable::<T>(body, reason, false, attempt),
    })
}

/// What an answer of any shape says of a refused request.
#[derive(Deserialize)]
struct CodeAndMessage {
    code: BusinessCode,
    message: Option<String>,
}

fn refused(code: BusinessCode, message: &str, refusals: Vec<Refusal>, attempt: &Attempt) -> Error {
    let status = attempt.received().map_or(200, |received| received.status.as_u16());
    if status == PROXY_AUTHENTICATION_REQUIRED || status > 500 && code.code() == i32::from(status) {
        // A proxy, or a gateway that repeats its own HTTP status. As codes 501 and 502 mean something else, and the service sends
        // them with 200 or 401.
        return Error::Http { status, body: cleaned(message), sent: Sent::default() };
    }
    Error::Business { code, message: cleaned(message), status, refusals, sent: Sent::default() }
}

/// A body that is not the one expected: an error with data of some other shape, a proxy's page, or a broken answer.
fn undecodable<T: Envelope>(body: &[u8], reason: &serde_json::Error, is_cut: bool, attempt: &Attempt) -> Error {
    let envelope = serde_json::from_slice::<CodeAndMessage>(body).ok().or_else(|| {
        let text = if attempt.is_strict() { None } else { repair::text(body) };
        serde_json::from_str(&text?).ok()
    });
    if let Some(answer) = envelope
        && !answer.code.is_success()
    {
        let message = answer.message.as_deref().unwrap_or(answer.code.description());
        return refused(answer.code, message, Vec::new(), attempt);
    }
    match attempt.received().map(|received| received.status) {
        Some(status) if !status.is_success() => {
            Error::Http { status: status.as_u16(), body: redact::of_beginning(body), sent: Sent::default() }
        }
        _ => {
            let (line, column) = (reason.line(), reason.column());
            let shown = |number| u32::try_from(number).unwrap_or(u32::MAX);
            Error::Decode {
                path: path_of_mistake::<T>(body),
                line: shown(line),
                column: shown(column),
                body: redact::at(body, line, column),
                is_cut,
                sent: Sent::default(),
            }
        }
    }
}

/// Decodes once more, slower, to learn where it fails.
fn path_of_mistake<T: Envelope>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    let again: Result<T, _> = serde_path_to_error::deserialize(&mut json);
    again.err().map(|error| redact::path(error.path())).unwrap_or_default()
}
