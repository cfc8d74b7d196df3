//! Turns the response to an attempt into its data, or into an [`Error`].

use bytes::Bytes;
use group_dispatch_types::{BusinessCode, ingest::Refusal};
use serde::Deserialize;

use crate::{
    Error, Sent,
    attempt::Attempt,
    envelope::{Envelope, ErrorEnvelope},
    redact,
    repair::{self, Unrepairable},
};

/// The HTTP status by which a proxy demands user and password. The service never sends it.
const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;

/// Returns the data of a response whose code means success.
///
/// The code is checked after decoding: the vendor sends business errors with HTTP status 200, and the models also accept
/// their empty data. So no body is parsed twice.
pub fn decode<T: Envelope, E: ErrorEnvelope>(body: Result<Bytes, Error>, attempt: &Attempt) -> Result<T::Data, Error> {
    if let Some(limit) = attempt.exceeded_limit() {
        return Err(Error::ResponseTooLarge { limit, sent: Sent::default() });
    }
    let body = body?;
    match attempt.status() {
        200 => match serde_json::from_slice(&body) {
            Ok(envelope) => data_of::<T>(envelope, attempt),
            Err(reason) => repaired::<T, E>(&body, &reason, attempt),
        },
        status @ 400..=599 => match serde_json::from_slice::<E>(&body).map(E::into_parts) {
            // The code contradicts the HTTP status and there is no data: this is not the service.
            Ok((code, message, _)) if code.is_success() || status == PROXY_AUTHENTICATION_REQUIRED => {
                Err(Error::Http { status, body: redact::message(&message), sent: Sent::default() })
            }
            Ok((code, message, refusals)) => Err(refusal(code, &message, refusals, attempt)),
            Err(reason) => repaired::<T, E>(&body, &reason, attempt),
        },
        status => Err(Error::Http { status, body: String::new(), sent: Sent::default() }),
    }
}

fn data_of<T: Envelope>(envelope: T, attempt: &Attempt) -> Result<T::Data, Error> {
    let (code, message, data) = envelope.into_parts();
    if code.is_success() { Ok(data) } else { Err(refusal(code, &message, Vec::new(), attempt)) }
}

/// Returns the data of a body that strict decoding rejected, if its faults can be repaired or left out.
fn repaired<T: Envelope, E: ErrorEnvelope>(
    body: &[u8],
    reason: &serde_json::Error,
    attempt: &Attempt,
) -> Result<T::Data, Error> {
    let is_cut = reason.is_eof();
    if is_cut || attempt.is_strict() {
        return Err(undecodable::<T>(body, reason, is_cut, attempt));
    }
    if attempt.status() == 200 {
        return match repair::decode::<T>(body) {
            Ok((envelope, repairs)) => match envelope.into_parts() {
                (code, _, data) if code.is_success() => {
                    attempt.set_repairs(repairs);
                    Ok(data)
                }
                // Of a refusal only code and message count, and the body may hold nothing else.
                _ => Err(undecodable::<T>(body, reason, is_cut, attempt)),
            },
            Err(Unrepairable { is_cut }) => Err(undecodable::<T>(body, reason, is_cut, attempt)),
        };
    }
    let envelope = repair::text(body).and_then(|text| serde_json::from_str::<E>(&text).ok());
    Err(match envelope.map(E::into_parts) {
        Some((code, message, refusals)) if !code.is_success() => refusal(code, &message, refusals, attempt),
        _ => undecodable::<T>(body, reason, false, attempt),
    })
}

/// The members of a refusal whose data may have any shape.
#[derive(Deserialize)]
struct CodeAndMessage {
    code: BusinessCode,
    message: Option<String>,
}

fn refusal(code: BusinessCode, message: &str, refusals: Vec<Refusal>, attempt: &Attempt) -> Error {
    let status = attempt.status();
    if status == PROXY_AUTHENTICATION_REQUIRED || status > 500 && code.code() == i32::from(status) {
        // A proxy, or a gateway that repeats its own HTTP status. The service uses the codes 501 and 502 for something
        // else, and sends them with HTTP status 200 or 401.
        return Error::Http { status, body: redact::message(message), sent: Sent::default() };
    }
    let (message, refusals) = (redact::message(message), refusals.into());
    Error::Business { code, message, status, refusals, docs_url: None, sent: Sent::default() }
}

/// Returns the error for a body that can't be decoded: an error with data of another shape, a proxy's page, or a broken
/// response.
fn undecodable<T: Envelope>(body: &[u8], reason: &serde_json::Error, is_cut: bool, attempt: &Attempt) -> Error {
    let envelope = serde_json::from_slice::<CodeAndMessage>(body).ok().or_else(|| {
        let text = if attempt.is_strict() { None } else { repair::text(body) };
        serde_json::from_str(&text?).ok()
    });
    if let Some(envelope) = envelope
        && !envelope.code.is_success()
    {
        let message = envelope.message.as_deref().unwrap_or(envelope.code.description());
        return refusal(envelope.code, message, Vec::new(), attempt);
    }
    match attempt.status() {
        status @ 400.. => Error::Http { status, body: redact::body_start(body), sent: Sent::default() },
        _ => {
            let (line, column) = (reason.line(), reason.column());
            let saturated = |number| u32::try_from(number).unwrap_or(u32::MAX);
            Error::Decode {
                path: path_of_fault::<T>(body),
                line: saturated(line),
                column: saturated(column),
                body: redact::body_before(body, line, column),
                is_cut,
                sent: Sent::default(),
            }
        }
    }
}

/// Decodes a second time, more slowly, to find the member that fails.
fn path_of_fault<T: Envelope>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    let result: Result<T, _> = serde_path_to_error::deserialize(&mut json);
    result.err().map(|error| redact::path(error.path())).unwrap_or_default()
}
