//! What a connection beyond a limit gets: health and metrics are served, and every other request gets 503. Then the connection
//! is closed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Response, header::CONNECTION},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{AbortHandle, JoinSet},
    time::timeout,
};

use super::{
    body::ResponseBody, config::Limits, endpoint::Endpoint, error::ApiError, metrics::Refused, service::HttpService,
};

/// How long a refusal may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How many make room at once when the process has too many open files.
const CLOSED_AT_ONCE: usize = 32;
/// The most that is buffered of a request, its head included, in bytes: the least that hyper accepts.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// The connections that are being refused. At most [`Limits::MAX_REFUSING`] are open: beyond it, the oldest is closed, so that
/// clients that send nothing don't keep health checks out.
pub struct Refusals {
    service: Arc<HttpService>,
    /// The tasks, and the place of the next one. A task that has ended keeps its place.
    tasks: Vec<Option<AbortHandle>>,
    next: usize,
}

impl Refusals {
    pub fn new(service: Arc<HttpService>) -> Self {
        Self { service, tasks: vec![None; Limits::MAX_REFUSING], next: 0 }
    }

    /// Refuses a connection, in a task of its own.
    pub fn refuse(&mut self, stream: TcpStream, why: Refused, tasks: &mut JoinSet<()>) {
        let service = Arc::clone(&self.service);
        let task = tasks.spawn(async move {
            let _ = timeout(TIMEOUT, respond(stream, why, service)).await;
        });
        if let Some(oldest) = self.tasks.get_mut(self.next).and_then(|place| place.replace(task)) {
            oldest.abort();
        }
        self.next = (self.next + 1) % Limits::MAX_REFUSING;
    }

    /// Closes the oldest ones. Returns false if none is open.
    pub fn close_oldest(&mut self) -> bool {
        let (newer, older) = self.tasks.split_at_mut(self.next);
        let all = older.iter_mut().chain(newer).filter_map(Option::take);
        let open: Vec<_> = all.filter(|task| !task.is_finished()).take(CLOSED_AT_ONCE).collect();
        open.iter().for_each(AbortHandle::abort);
        !open.is_empty()
    }
}

/// Responds to one request.
async fn respond(stream: TcpStream, why: Refused, service: Arc<HttpService>) -> hyper::Result<()> {
    let respond = service_fn(move |request: hyper::Request<Incoming>| {
        let service = Arc::clone(&service);
        async move {
            let (endpoint, _) = Endpoint::from_path(request.uri().path());
            Ok::<_, Infallible>(if endpoint.is_operator_endpoint() {
                service.respond(&mut request.map(Body::new), None).await
            } else {
                refusal(why)
            })
        }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), respond);
    let mut stream = connection.without_shutdown().await?.io.into_inner();
    // A connection that is closed before the whole request was read is reset, so that the response can be lost.
    let _ = stream.shutdown().await;
    while stream.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {}
    Ok(())
}

/// Returns the response, which has the envelope of every error.
fn refusal(why: Refused) -> Response<ResponseBody> {
    let mut response = ApiError::busy(match why {
        Refused::Connections => "the server is busy: too many connections",
        Refused::Address => "the server is busy: too many connections from this address",
    })
    .into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
