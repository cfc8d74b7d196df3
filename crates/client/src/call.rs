//! What goes with one call besides the question: signing on the way out, notes on the way back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use group_dispatch_types::signing::{TENANT_ID_HEADER, TIMESTAMP_HEADER, TOKEN_HEADER};
use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo};
use reqwest::{
    Request, Response, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue},
};

use crate::{Credentials, client::Shared, generated};

/// One call, which the generated client carries with it.
#[derive(Clone, Debug)]
pub struct Call {
    shared: Arc<Shared>,
    received: Arc<Mutex<Option<Received>>>,
}

/// What is worth keeping of a response's head: progenitor loses it where the body can't be read.
#[derive(Clone, Debug)]
pub struct Received {
    pub status: StatusCode,
    pub request_id: Option<String>,
}

impl Call {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, received: Arc::default() }
    }

    /// The head of the latest response, if there was one.
    pub fn received(&self) -> Option<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, response: &Response) {
        let request_id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let received = Received { status: response.status(), request_id };
        *self.received.lock().unwrap_or_else(PoisonError::into_inner) = Some(received);
    }
}

impl ClientHooks<Call> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        // progenitor always sends it; the vendor knows no such header.
        request.headers_mut().remove("api-version");
        Ok(())
    }

    /// Signing is done here and not in `pre`, so that each attempt is signed anew.
    async fn exec(&self, mut request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let call = self.inner();
        // A token of hexadecimal digits is always a valid header; if it were not, the service would say that it is missing.
        let _ = sign(request.headers_mut(), &call.shared.credentials, SystemTime::now());
        let response = self.client().execute(request).await?;
        call.note(&response);
        Ok(response)
    }
}

fn sign(headers: &mut HeaderMap, credentials: &Credentials, now: SystemTime) -> Result<(), InvalidHeaderValue> {
    let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let mut token = HeaderValue::from_str(&credentials.token(&timestamp))?;
    token.set_sensitive(true);
    headers.insert(HeaderName::from_static(TENANT_ID_HEADER), HeaderValue::from(credentials.tenant_id().get()));
    headers.insert(HeaderName::from_static(TIMESTAMP_HEADER), HeaderValue::from_str(&timestamp)?);
    headers.insert(HeaderName::from_static(TOKEN_HEADER), token);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_three_headers_prove_the_key_without_sending_it() -> Result<(), InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        let now = UNIX_EPOCH + Duration::from_millis(1_710_936_559_123);
        sign(&mut headers, &Credentials::new(1, "demo-api-key"), now)?;
        assert_eq!(headers["tenant_id"], "1");
        assert_eq!(headers["timestamp"], "1710936559123");
        assert_eq!(headers["token"], "a35aadc4da20a17e393fbc84321d55fc");
        assert_eq!(headers.len(), 3);
        assert!(!format!("{headers:?}").contains("a35aadc4"), "the token stands in Debug");
        Ok(())
    }
}
