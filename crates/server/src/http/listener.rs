//! Listens on an address: the accept loop, the limits and timeouts of connections, and graceful shutdown. The server has one
//! for everything, and another for metrics if they have an address of their own.
//!
//! When the process has too many open files, connections that are being refused or idle make room: so health is answered
//! even then.

use std::{
    convert::Infallible,
    error::Error,
    io::{self, ErrorKind},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use axum::{body::Body, extract::Request, http::Response};
use futures_util::future::BoxFuture;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

use super::{
    body::ResponseBody,
    config::{Config, Limits},
    connection_limit::{Admitted, ConnectionLimit},
    error::ApiError,
    head_timer::HeadTimer,
    metrics::{Cut, Metrics},
    refusal::Refusals,
    write_timeout::WriteTimeout,
};
use crate::log_interval::LogInterval;

/// How long running requests may take after the stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(30);
/// The delay after a connection could not be accepted, mostly because the process has too many open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(10);
/// The shortest time between two log lines about that.
const LOG_INTERVAL: Duration = Duration::from_secs(10);
/// The most that a connection buffers of a request that was not read, its head included, in bytes.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// Responds to a request from this address.
pub type Respond = Arc<dyn Fn(Request, IpAddr) -> BoxFuture<'static, Response<ResponseBody>> + Send + Sync>;

/// See the [module](self).
pub struct Listener {
    listener: TcpListener,
    respond: Respond,
    limits: Limits,
    connection_limit: ConnectionLimit,
    /// Connections beyond a limit; without it, they are closed.
    refusals: Option<Refusals>,
    metrics: Arc<Metrics>,
    /// For log lines about a connection that could not be accepted.
    log_interval: LogInterval,
    /// Tasks that end when they are dropped.
    serving: JoinSet<()>,
    connections: GracefulShutdown,
}

impl Listener {
    /// Counts connections in `metrics`. Without `refusals`, those beyond a limit are closed without a response.
    pub fn new(
        listener: TcpListener,
        config: &Config,
        respond: Respond,
        refusals: Option<Refusals>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            listener,
            respond,
            limits: config.limits,
            connection_limit: ConnectionLimit::new(config, Arc::clone(&metrics)),
            refusals,
            metrics,
            log_interval: LogInterval::new(LOG_INTERVAL),
            serving: JoinSet::new(),
            connections: GracefulShutdown::new(),
        }
    }

    /// Accepts connections and serves them. Never returns.
    pub async fn run(&mut self) -> Infallible {
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, client)) => self.admit(stream, client.ip()),
                    // The client was faster.
                    Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
                    Err(error) => {
                        self.make_room(&error);
                        sleep(ACCEPT_RETRY_DELAY).await;
                    }
                },
                Some(_) = self.serving.join_next() => {}
            }
        }
    }

    /// Accepts no more connections, and waits for running requests, for at most 30 seconds.
    pub async fn shut_down(self) {
        drop(self.listener);
        tokio::select! {
            () = self.connections.shutdown() => {}
            () = sleep(SHUTDOWN_GRACE) => tracing::warn!("requests were still running {} seconds after the stop", SHUTDOWN_GRACE.as_secs()),
        }
    }

    fn admit(&mut self, stream: TcpStream, client: IpAddr) {
        match (self.connection_limit.admit(client), &mut self.refusals) {
            (Ok(admitted), _) => self.serve(stream, client, admitted),
            (Err(why), Some(refusals)) => refusals.refuse(stream, why, &mut self.serving),
            (Err(_), None) => {}
        }
    }

    /// Closes connections because another one could not be accepted.
    fn make_room(&mut self, error: &io::Error) {
        if self.log_interval.is_due() {
            tracing::warn!(%error, "a connection could not be accepted; connections that are idle are closed to make room");
        }
        if !self.refusals.as_mut().is_some_and(Refusals::close_oldest) {
            self.connection_limit.close_longest_idle();
        }
    }

    /// Serves one connection in a task of its own.
    fn serve(&mut self, stream: TcpStream, client: IpAddr, admitted: Admitted) {
        let (id, activity) = (admitted.id(), Arc::clone(admitted.activity()));
        let timer = HeadTimer::new(Arc::clone(&activity));
        // Responses are written whole, so Nagle's algorithm would only delay them.
        let _ = stream.set_nodelay(true);
        let stream = WriteTimeout::new(stream, self.limits.write_timeout);
        let respond = Arc::clone(&self.respond);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            // Boxed by `respond`, so that a connection without a request takes little memory.
            let response = (!activity.is_evicted()).then(|| respond(request.map(Body::new), client));
            async move {
                Ok::<_, Infallible>(match response {
                    Some(response) => response.await,
                    // The connection is closed before a response of any length is sent, so nothing is done for it.
                    None => ApiError::busy("the server is busy: too many connections").into_response(),
                })
            }
        });
        let connection = http1::Builder::new()
            .timer(timer)
            .header_read_timeout(self.limits.idle_timeout)
            .max_buf_size(READ_BUFFER_BYTES)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = self.connections.watch(connection);
        let metrics = Arc::clone(&self.metrics);
        let task = self.serving.spawn(async move {
            if let Err(error) = connection.await {
                if let Some(why) = cut_reason(&error) {
                    metrics.count_cut(why);
                }
                tracing::debug!(%error, "a connection failed");
            }
            drop(admitted);
        });
        self.connection_limit.set_task(id, task);
    }
}

/// Returns why the server closed a connection, if it did.
fn cut_reason(error: &hyper::Error) -> Option<Cut> {
    let stream_error = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_timeout() {
        Some(Cut::NoRequest)
    } else if stream_error == Some(ErrorKind::TimedOut) {
        Some(Cut::ResponseNotRead)
    } else {
        None
    }
}
