//! HTTP responses of the vendor's replies.

use std::time::{Duration, UNIX_EPOCH};

use group_dispatch_types::{BusinessCode, ErrorResponse, NoData};
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::body::Body;
use crate::reply::{Answer, Failure, Place, Reply};

/// A response, and when it is sent. Without one, the connection is closed.
pub struct Outcome {
    pub takes: Duration,
    pub response: Option<Response<Body>>,
}

/// The envelope of an answer, with its members in the order of the contract's models.
#[derive(Serialize)]
struct Envelope<'a, T> {
    code: BusinessCode,
    data: T,
    message: &'a str,
}

/// Returns the response of a reply. `message` is the operation's message of success.
pub fn of<T: Serialize>(reply: Reply<T>, message: &str) -> Outcome {
    let response = match reply.result {
        Ok(answer) => Some(json_response(200, success(&answer, message), reply.date)),
        Err(Failure::Business(code)) => Some(json_response(200, failure(code), reply.date)),
        Err(Failure::Http(status)) => Some(http_error(status, reply.date)),
        Err(Failure::TooManyRequests { retry_after }) => {
            let mut response = json_response(429, failure(BusinessCode::TooManyRequests), reply.date);
            response.headers_mut().insert(RETRY_AFTER, retry_after.as_secs().into());
            Some(response)
        }
        // Nobody reads what a cut body begins with.
        Err(Failure::Cut) => {
            Some(response_with(200, "application/json", Body::cut(failure(BusinessCode::Success)), reply.date))
        }
        Err(Failure::Disconnected | Failure::Silent) => None,
    };
    Outcome { takes: reply.takes, response }
}

/// Returns the response to a request that the vendor refuses before it is counted.
pub fn refusal(code: BusinessCode, vendor_time: i64) -> Response<Body> {
    json_response(200, failure(code), Some(vendor_time))
}

/// Returns a response without an envelope, as a gateway sends it.
pub fn http_error(status: u16, date: Option<i64>) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
    response_with(status.as_u16(), "text/html", Body::whole(page.into_bytes()), date)
}

fn json_response(status: u16, json: Vec<u8>, date: Option<i64>) -> Response<Body> {
    response_with(status, "application/json", Body::whole(json), date)
}

fn response_with(status: u16, content_type: &'static str, body: Body, date: Option<i64>) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let since = date.and_then(|date| u64::try_from(date).ok()).map(Duration::from_millis);
    if let Some(date) = since.and_then(|since| httpdate::fmt_http_date(UNIX_EPOCH + since).parse().ok()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

fn success<T: Serialize>(answer: &Answer<T>, message: &str) -> Vec<u8> {
    let code = BusinessCode::Success;
    if answer.places.is_empty() {
        return json(&Envelope { code, data: &answer.data, message });
    }
    let mut data = serde_json::to_value(&answer.data).unwrap_or_default();
    for place in answer.places.iter().rev() {
        insert_unreadable(&mut data, place);
    }
    json(&Envelope { code, data, message })
}

/// Inserts what nobody can read in the place of an element: neither its id nor its number is one.
fn insert_unreadable(data: &mut Value, Place { list, index }: &Place) {
    if let Some(list) = data.pointer_mut(list).and_then(Value::as_array_mut) {
        list.insert((*index).min(list.len()), json!({ "userId": "-", "whatsApp": "-" }));
    }
}

fn failure(code: BusinessCode) -> Vec<u8> {
    json(&ErrorResponse { code, data: NoData, message: code.message().to_owned() })
}

/// Models always serialize.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
