//! Responds to an operation with a sequence of responses, and records the calls.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use httpmock::{HttpMockRequest, MockServer};

use crate::{MockOperation, MockResponse};

/// Adds [`respond_to`](Self::respond_to) to `httpmock::MockServer`.
pub trait RespondExt {
    /// Responds to an operation: the n-th call gets the n-th response, and the last response repeats. `responses` may be a
    /// single [`MockResponse`].
    ///
    /// As always with httpmock, a request goes to the first mock that matches it.
    ///
    /// ```
    /// use group_dispatch_client::{Client, Credentials, types::*};
    /// use group_dispatch_httpmock::{MockResponse, RespondExt, QueryUserStatus, httpmock::MockServer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::start_async().await;
    /// let calls = server.respond_to(QueryUserStatus, [MockResponse::business(BusinessCode::DatabaseError), MockResponse::empty()]);
    ///
    /// let client = Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build()?;
    /// assert_eq!(client.online_agents(Source::Pc).await?, [], "the client retries");
    /// assert_eq!(calls.count(), 2);
    /// assert_eq!(calls.requests()[1].body_string(), r#"{"source":1}"#);
    /// # Ok(())
    /// # }
    /// ```
    fn respond_to<O: MockOperation>(&self, operation: O, responses: impl IntoIterator<Item = MockResponse<O>>)
    -> Calls;
}

impl RespondExt for MockServer {
    fn respond_to<O: MockOperation>(
        &self,
        operation: O,
        responses: impl IntoIterator<Item = MockResponse<O>>,
    ) -> Calls {
        let calls = Calls::default();
        let mut responses = responses.into_iter().filter(|response| response.times > 0).peekable();
        // A mock for each response, because in httpmock a delay belongs to a mock. It counts and chooses under one lock, so
        // that concurrent calls get different responses.
        while let Some(response) = responses.next() {
            let is_last = responses.peek().is_none();
            self.mock(|when, then| {
                operation.requests(when).is_true(calls.recorder());
                let then = then.delay(response.delay);
                let then = if is_last { then } else { then.up_to_n_times(response.times) };
                then.respond_with(move |request| response.respond(request));
            });
        }
        calls
    }
}

/// The calls of a [`respond_to`](RespondExt::respond_to), including those that the caller cancelled.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<HttpMockRequest>>>);

impl Calls {
    /// Returns the number of calls.
    #[must_use]
    pub fn count(&self) -> usize {
        self.recorded().len()
    }

    /// Returns the requests in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        self.recorded().clone()
    }

    /// Returns a matcher that records a request and always matches. httpmock evaluates `When::is_true` last, only for requests
    /// that match everything else.
    fn recorder(&self) -> impl Fn(&HttpMockRequest) -> bool + Send + Sync + 'static {
        let calls = self.clone();
        move |request| {
            calls.recorded().push(request.clone());
            true
        }
    }

    fn recorded(&self) -> MutexGuard<'_, Vec<HttpMockRequest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves out the requests: they contain personal data and signatures.
impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("count", &self.count()).finish_non_exhaustive()
    }
}
