//! Blocking calls, for programs that are not async.

use std::{
    future::{Future, IntoFuture},
    sync::OnceLock,
};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Change, ClientRequest, Error, Query, QueryResponse, Watch};

impl<R: ClientRequest> Query<R> {
    /// Sends the request, blocks until the response arrives, and returns its data. Needs the feature `blocking`.
    ///
    /// ```no_run
    /// # fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::Source;
    /// let agents = client.online_agents(Source::Pc).user_id(12).wait()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As when the query is awaited, and [`Error::Configuration`] if it is called from async code, which it would block.
    pub fn wait(self) -> Result<R::Data, Error> {
        block_on(self.into_future())
    }

    /// Like [`wait`](Self::wait), and returns the HTTP response beside the data. Needs the feature `blocking`.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_with_response(self) -> Result<QueryResponse<R::Data>, Error> {
        block_on(self.with_response())
    }
}

impl Watch {
    /// Blocks until the next changes are known. Needs the feature `blocking`.
    ///
    /// # Errors
    /// As [`changes`](Self::changes), and [`Error::Configuration`] if it is called from async code.
    pub fn wait_changes(&mut self) -> Result<Vec<Change>, Error> {
        block_on(self.changes())
    }
}

/// Runs a future on this crate's own runtime: a single thread for the whole process, which also keeps connections open
/// between calls.
pub fn block_on<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    if Handle::try_current().is_ok() {
        return Err(Error::Configuration(
            "a blocking call within a tokio runtime would block it; await the query instead".to_owned(),
        ));
    }
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(1).thread_name("group-dispatch").enable_all().build().ok()
    });
    match runtime {
        Some(runtime) => runtime.block_on(future),
        None => Err(Error::Configuration("cannot start the thread for blocking calls".to_owned())),
    }
}
