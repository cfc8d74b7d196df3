use std::{future::Future, io, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{
    router::{Settings, router},
    store::Store,
};

/// How long running requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait where a connection can't be accepted, most likely because too many are open.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done; then accepts nothing new, lets running requests finish, for 30 seconds at most, and closes
/// the store.
///
/// # Errors
/// When the store can't be closed.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router(store.clone(), settings);
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => answer(stream, service.clone(), settings, &connections),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = sleep(GRACE) => tracing::warn!("requests were still running {} seconds after the stop", GRACE.as_secs()),
    }
    store.close().await.map_err(io::Error::other)
}

/// Answers the requests of one connection, in a task of its own.
fn answer(stream: TcpStream, service: Router, settings: Settings, connections: &GracefulShutdown) {
    // Answers are written whole: there is nothing to wait for before they are sent.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.request_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}
