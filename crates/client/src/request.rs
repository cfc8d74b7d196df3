//! The request types of the operations: [`ClientRequest`] ties each to its method of the generated clients.

use std::future::Future;

use group_dispatch_types::{Request, ingest::StatusEventsRequest};
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::Response;
use serde::Serialize;

use crate::{Error, attempt::Attempt, decode::decode, generated, generated_ingest};

/// `Send`, except in a browser, which has a single thread.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send> MaybeSend for T {}
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T> MaybeSend for T {}

/// A request that the client can send. Implemented by the request types of all operations, and only by them:
/// `cargo xtask codegen` does it for those with a JSON body.
pub trait ClientRequest: Request<Data: Send + 'static> + Serialize + Clone + Send + Sync + 'static {
    #[doc(hidden)]
    fn send(&self, attempt: &Attempt) -> impl Future<Output = Result<Self::Data, Error>> + MaybeSend;
}

impl ClientRequest for StatusEventsRequest {
    async fn send(&self, attempt: &Attempt) -> Result<Self::Data, Error> {
        decode(ingest_client(attempt).status_events(attempt.feed_order(), self).await, attempt)
    }
}

pub fn query_client(attempt: &Attempt) -> generated::Client {
    generated::Client::new_with_client(attempt.base_url(), attempt.http_client().clone(), attempt.clone())
}

fn ingest_client(attempt: &Attempt) -> generated_ingest::Client {
    generated_ingest::Client::new_with_client(attempt.base_url(), attempt.http_client().clone(), attempt.clone())
}

impl ClientHooks<Attempt> for generated::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute(request).await
    }
}

impl ClientHooks<Attempt> for generated_ingest::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<Response> {
        self.inner().execute_feed(request).await
    }
}
