//! Answers, one after another, and a count of the calls that got them.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use httpmock::{HttpMockRequest, MockServer};

use crate::{MockOperation, MockResponse};

/// Adds [`respond_to`](Self::respond_to) to `httpmock::MockServer`.
pub trait RespondExt {
    /// Answers an operation: the n-th call gets the n-th answer, and the last one repeats. A single [`MockResponse`] may be given
    /// as it is.
    ///
    /// As with every mock of httpmock, the one that was made first and fits a request answers it.
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
    /// assert_eq!(client.online_agents(Source::Pc).await?, [], "the client asks again by itself");
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
        // A mock for each answer, because httpmock delays by mock. It counts and chooses under one lock, so that calls at
        // the same time get each its own answer.
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

/// The calls that some [`respond_to`](RespondExt::respond_to) got, also those whose caller didn't wait for the end.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<HttpMockRequest>>>);

impl Calls {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.kept().len()
    }

    /// What was asked, headers and bodies, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<HttpMockRequest> {
        self.kept().clone()
    }

    /// For `When::is_true`, which httpmock asks last and only where the rest fits: keeps a request and lets it pass.
    fn recorder(&self) -> impl Fn(&HttpMockRequest) -> bool + Send + Sync + 'static {
        let calls = self.clone();
        move |request| {
            calls.kept().push(request.clone());
            true
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<HttpMockRequest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Requests hold personal data and proofs of keys, and are not shown.
impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("count", &self.count()).finish_non_exhaustive()
    }
}
