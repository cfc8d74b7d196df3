use std::{error::Error, future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

use super::{
    config::{Limits, Settings},
    connection_limit::Connections,
    handlers::operator,
    head_timer::HeadTimer,
    metrics::{Cut, Metrics},
    middleware::Front,
    state::App,
    write_timeout::Impatient,
};
use crate::store::Store;

/// How long running requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait where a connection can't be accepted, most likely because too many are open.
const PAUSE: Duration = Duration::from_millis(100);
/// What a connection may hold of a request that is not read yet, its head included.
const BUFFER: usize = 64 * 1024;

/// Serves until `stop` is done; then accepts nothing new, lets running requests finish, for 30 seconds at most, and closes
/// the store.
///
/// # Errors
/// When the address for metrics can't be listened on, or the store can't be closed.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = App::new(store.clone(), settings);
    // What runs in them ends when they are dropped.
    let (mut beside, mut answering) = (JoinSet::new(), JoinSet::new());
    serve_metrics(&app, &mut beside).await?;
    beside.spawn({
        let app = app.clone();
        async move { app.load.watch().await }
    });
    let server = Server {
        open: Connections::new(app.settings.limits.connections, Arc::clone(&app.metrics)).await,
        limits: app.settings.limits,
        metrics: Arc::clone(&app.metrics),
        front: app.front(),
    };
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => server.answer(stream, &connections, &mut answering),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            },
            Some(_) = answering.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = sleep(GRACE) => tracing::warn!("requests were still running {} seconds after the stop", GRACE.as_secs()),
    }
    drop((beside, answering));
    store.close().await.map_err(io::Error::other)
}

/// Serves `/metrics` where it has an address of its own.
async fn serve_metrics(app: &App, beside: &mut JoinSet<()>) -> io::Result<()> {
    if let Some(address) = app.settings.metrics_listen {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            io::Error::new(error.kind(), format!("cannot listen on {address} for metrics: {error}"))
        })?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        let router: Router = operator::metrics().with_state(app.clone());
        beside.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "metrics are no longer served");
            }
        });
    }
    Ok(())
}

struct Server {
    open: Connections,
    limits: Limits,
    metrics: Arc<Metrics>,
    front: Front,
}

impl Server {
    /// Answers the requests of one connection, in a task of its own.
    fn answer(&self, stream: TcpStream, connections: &GracefulShutdown, answering: &mut JoinSet<()>) {
        let Some((stream, open)) = self.open.admit(stream) else { return };
        // Answers are written whole: there is nothing to wait for before they are sent.
        let _ = stream.set_nodelay(true);
        let stream = Impatient::new(stream, self.limits.write_timeout);
        let connection = http1::Builder::new()
            .timer(HeadTimer::new())
            .header_read_timeout(self.limits.idle_timeout)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(Box::pin(stream)), self.front.clone());
        let connection = connections.watch(connection);
        let metrics = Arc::clone(&self.metrics);
        answering.spawn(async move {
            if let Err(error) = connection.await {
                if let Some(why) = cut(&error) {
                    metrics.cut(why);
                }
                tracing::debug!(%error, "a connection broke");
            }
            drop(open);
        });
    }
}

/// Whether a connection broke because it was closed on the client.
fn cut(error: &hyper::Error) -> Option<Cut> {
    let of_stream = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_timeout() {
        Some(Cut::NoRequest)
    } else if of_stream == Some(io::ErrorKind::TimedOut) {
        Some(Cut::AnswerNotRead)
    } else {
        None
    }
}
