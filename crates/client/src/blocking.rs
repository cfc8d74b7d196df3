//! Asking from programs that are not async.

use std::{
    future::{Future, IntoFuture},
    sync::OnceLock,
};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Change, Error, Query, QueryResponse, Request, Watch};

impl<R: Request> Query<R> {
    /// Asks, and waits for the answer's data. Needs the feature `blocking`.
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
    /// As awaiting the query; [`Error::Configuration`] when it is called from async code, which it would block.
    pub fn wait(self) -> Result<R::Data, Error> {
        block_on(self.into_future())
    }

    /// Asks, waits, and gives the response as it came beside the data. Needs the feature `blocking`.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_with_response(self) -> Result<QueryResponse<R::Data>, Error> {
        block_on(self.with_response())
    }
}

impl Watch {
    /// Waits for the next answer's changes. Needs the feature `blocking`.
    ///
    /// # Errors
    /// As [`changes`](Self::changes); [`Error::Configuration`] when it is called from async code.
    pub fn wait_changes(&mut self) -> Result<Vec<Change>, Error> {
        block_on(self.changes())
    }
}

/// Runs a future on a runtime of our own: one thread, which also keeps connections alive between calls, for the whole
/// process.
pub fn block_on<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    if Handle::try_current().is_ok() {
        return Err(Error::Configuration(
            "waiting would block the tokio runtime that it was called in; await the query instead".to_owned(),
        ));
    }
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(1).thread_name("group-dispatch").enable_all().build().ok()
    });
    match runtime {
        Some(runtime) => runtime.block_on(future),
        None => Err(Error::Configuration("the system gives no thread to wait with".to_owned())),
    }
}
