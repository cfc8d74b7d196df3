//! A first request without tenant and signature, which shows what kind of service responds, and its clock.

use std::time::{Duration, SystemTime};

use group_dispatch_client::{
    ProxySetting,
    reqwest::{self, Client, StatusCode, Url, header, redirect::Policy},
};

const PATH: &str = "/group-dispatch-api/user/queryAllOlWhatsAppInfo";

/// The response to the request, or why there was none.
pub struct UnsignedProbe {
    response: reqwest::Result<reqwest::Response>,
    /// The middle of the exchange, by this machine's clock.
    at: SystemTime,
}

impl UnsignedProbe {
    pub async fn send(url: &Url, proxy: Option<&ProxySetting>, timeout: Duration) -> Self {
        let sent_at = SystemTime::now();
        let response = send(url, proxy, timeout).await.map_err(reqwest::Error::without_url);
        let took = sent_at.elapsed().unwrap_or(Duration::ZERO);
        Self { response, at: sent_at + took / 2 }
    }

    /// Returns why there was no response.
    pub fn error(&self) -> Option<&reqwest::Error> {
        self.response.as_ref().err()
    }

    /// Describes the service by how it rejects an unsigned query: the vendor's service keeps HTTP status 200 (D19).
    pub fn describe_service(&self) -> &'static str {
        match &self.response {
            Ok(response) if response.status() == StatusCode::OK => "responds like the vendor's service",
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => "responds like a group-dispatch-server",
            _ => "responds",
        }
    }

    /// Returns the address that the response redirects to.
    pub fn redirect_target(&self) -> Option<&str> {
        self.header(header::LOCATION)
    }

    /// Returns the time of the service's clock, in whole seconds, and the time of this machine's clock.
    pub fn times(&self) -> Option<(SystemTime, SystemTime)> {
        Some((httpdate::parse_http_date(self.header(header::DATE)?).ok()?, self.at))
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.response.as_ref().ok()?.headers().get(name)?.to_str().ok()
    }
}

async fn send(url: &Url, proxy: Option<&ProxySetting>, timeout: Duration) -> reqwest::Result<reqwest::Response> {
    let mut client = Client::builder().redirect(Policy::none()).timeout(timeout).no_proxy();
    if let Some(proxy) = proxy {
        client = client.proxy(proxy.to_reqwest()?);
    }
    // As the client does: http works without certificates, unless the connection to the proxy is encrypted.
    if url.scheme() == "http" && !proxy.is_some_and(ProxySetting::is_encrypted) {
        client = client.tls_certs_only([]);
    }
    let client = client.build()?;
    let address = format!("{}{PATH}", url.as_str().trim_end_matches('/'));
    client.post(address).header(header::CONTENT_TYPE, "application/json").body("{}").send().await
}
