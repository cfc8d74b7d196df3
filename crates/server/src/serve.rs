use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Notify};

use crate::{
    router::{Settings, router},
    store::Store,
};

/// How long running requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Serves until `stop` is done; then accepts nothing new, lets running requests finish, and closes the store.
///
/// # Errors
/// When the listener fails or the store can't be closed.
pub async fn serve(
    listener: TcpListener,
    store: Arc<dyn Store>,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = Arc::new(Notify::new());
    let told = Arc::clone(&stopping);
    let serving = axum::serve(listener, router(Arc::clone(&store), settings)).with_graceful_shutdown(async move {
        stop.await;
        told.notify_one();
    });
    let out_of_patience = async {
        stopping.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = out_of_patience => {
            tracing::warn!("requests were still running {} seconds after the stop", GRACE.as_secs());
            Ok(())
        }
    };
    store.close().await.map_err(io::Error::other)?;
    served
}
