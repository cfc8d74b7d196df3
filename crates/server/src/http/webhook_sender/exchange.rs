//! The request to a receiver, and what its response says.

use std::{
    future::Future,
    pin::{Pin, pin},
    time::{Duration, SystemTime},
};

use axum::http::{
    HeaderValue, Method, Request, Response,
    header::{CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT},
};
use bytes::Bytes;
use futures_util::future::{Either, FutureExt as _, select};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use super::deadline::Deadline;
use crate::webhooks::{
    destination::WebhookUrl,
    outcome::{Failure, Outcome},
    outgoing::OutgoingMessage,
    retry_after,
};

/// The header with the id of the message.
const WEBHOOK_ID: &str = "webhook-id";
/// The header with the time of the attempt, in Unix epoch seconds.
const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
const WEBHOOK_SIGNATURE: &str = "webhook-signature";
/// The largest head of a response, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// How much of a body is read before the connection is closed. Most receivers write a few words; closing before them would look
/// like an error there.
const MAX_BODY_BYTES: usize = 16 * 1024;
/// How long a body is waited for. The outcome is known already.
const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// Creates the request of an attempt.
pub fn request(
    url: &WebhookUrl,
    message: &OutgoingMessage,
    timestamp: u64,
    signature: &str,
) -> Result<Request<Full<Bytes>>, Failure> {
    let mut signature = HeaderValue::from_str(signature).map_err(|_| Failure::InvalidRequest)?;
    signature.set_sensitive(true);
    Request::builder()
        .method(Method::POST)
        .uri(url.path())
        .header(HOST, url.authority())
        .header(USER_AGENT, concat!("group-dispatch/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "close")
        .header(WEBHOOK_ID, message.id.as_str())
        .header(WEBHOOK_TIMESTAMP, timestamp)
        .header(WEBHOOK_SIGNATURE, signature)
        .body(Full::from(message.body.as_bytes().to_vec()))
        .map_err(|_| Failure::InvalidRequest)
}

/// Sends a request, and returns what the response says.
pub async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<Full<Bytes>>,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MAX_HEAD_BYTES);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|error| failure_of(&error))?;
    // The connection may end before its response is taken, and is not polled again then.
    let mut connection = pin!(connection.fuse());
    let response = sender.send_request(request).map(|result| result.map_err(|error| failure_of(&error)));
    let response = deadline.limit(drive(connection.as_mut(), pin!(response))).await?;
    let outcome = outcome_of(&response, SystemTime::now());
    // Whatever becomes of the body, the receiver has answered.
    let _ = timeout(BODY_TIMEOUT, drive(connection, pin!(discard(response.into_body())))).await;
    Ok(outcome)
}

fn outcome_of<B>(response: &Response<B>, now: SystemTime) -> Outcome {
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| retry_after::parse(value, now));
    Outcome::Response { status: response.status().as_u16(), retry_after }
}

async fn discard(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > MAX_BODY_BYTES {
            return;
        }
    }
}

/// Waits for `work`, for which the connection has to be polled as well. It may end first: what it has received remains.
async fn drive<C: Future, W: Future>(connection: Pin<&mut C>, work: Pin<&mut W>) -> W::Output {
    match select(work, connection).await {
        Either::Left((output, _)) => output,
        Either::Right((_, work)) => work.await,
    }
}

fn failure_of(error: &hyper::Error) -> Failure {
    if error.is_parse() || error.is_parse_too_large() || error.is_parse_status() {
        Failure::InvalidResponse
    } else if error.is_user() {
        Failure::InvalidRequest
    } else {
        Failure::Disconnected
    }
}
