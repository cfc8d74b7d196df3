//! Builds a [`Client`] from settings or from the environment.

use std::{env, fmt, sync::Arc, time::Duration};

use group_dispatch_types::signing::{Credentials, TenantId};
use reqwest::{Url, header::HeaderValue};

use crate::{
    Client, Error, ProxySetting, RateLimit, RetryBudget, RetryPolicy,
    clock_skew::ClockSkew,
    config::{Server, Shared},
    rate_limit::RateLimits,
    retry::RetryBucket,
    signature::FeedSigning,
};

/// The default timeout of opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default timeout of an attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default timeout of a call.
const TIMEOUT: Duration = Duration::from_secs(90);
/// The default limit of a response body: far more than the largest tenants need, and less than the memory of a small machine.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024 * 1024;
const URL_VARIABLE: &str = "GROUP_DISPATCH_URL";
const TENANT_ID_VARIABLE: &str = "GROUP_DISPATCH_TENANT_ID";
const API_KEY_VARIABLE: &str = "GROUP_DISPATCH_API_KEY";
const USER_AGENT: &str = concat!("group-dispatch-client/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Client`]. Address and credentials are required; everything else has a default.
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    base_url: Option<String>,
    credentials: Option<Credentials>,
    feed_signing: FeedSigning,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    timeout: Duration,
    user_agent_suffix: Option<String>,
    http: Option<reqwest::Client>,
    retry: RetryPolicy,
    retry_budget: RetryBudget,
    rate_limit: RateLimit,
    max_response_bytes: u64,
    is_strict: bool,
    traces_personal_data: bool,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: None,
            credentials: None,
            feed_signing: FeedSigning::default(),
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: ATTEMPT_TIMEOUT,
            timeout: TIMEOUT,
            user_agent_suffix: None,
            http: None,
            retry: RetryPolicy::default(),
            retry_budget: RetryBudget::default(),
            rate_limit: RateLimit::default(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            is_strict: false,
            traces_personal_data: false,
        }
    }
}

impl Client {
    /// Returns a builder.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Builds a client by the environment variables `GROUP_DISPATCH_URL`, `GROUP_DISPATCH_TENANT_ID` and
    /// `GROUP_DISPATCH_API_KEY`. To set more, use [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// As [`ClientBuilder::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }
}

impl ClientBuilder {
    /// Returns a builder with address and credentials from the environment variables `GROUP_DISPATCH_URL`,
    /// `GROUP_DISPATCH_TENANT_ID` and `GROUP_DISPATCH_API_KEY`.
    ///
    /// # Errors
    /// [`Error::Configuration`] if a variable is missing (the error names it) or the tenant id is not an integer.
    pub fn from_env() -> Result<Self, Error> {
        let [url, tenant_id, api_key] = variables([URL_VARIABLE, TENANT_ID_VARIABLE, API_KEY_VARIABLE])?;
        let tenant_id: TenantId =
            tenant_id.parse().map_err(|reason| Error::Configuration(format!("{TENANT_ID_VARIABLE}: {reason}")))?;
        Ok(Self::default().base_url(url).credentials(Credentials::new(tenant_id, api_key)))
    }

    /// Sets the service's address, such as [`hosts::VENDOR`](crate::hosts::VENDOR). A path in it is a prefix of all paths.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the tenant and its API key.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how calls that feed events or read the history are signed: by an HMAC by default. A server before version 3.0.0 of the
    /// contract of feeding events knows [`FeedSigning::Token`] only.
    pub fn feed_signing(mut self, signing: FeedSigning) -> Self {
        self.feed_signing = signing;
        self
    }

    /// Sets the timeout of opening a connection: 10 seconds by default. Has no effect in a browser and on your own
    /// [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the timeout of an attempt, from the request to the end of the response: 30 seconds by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the timeout of a call, for all its attempts and the pauses between them: 90 seconds by default. The wait under
    /// the rate limit does not count.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Appends this to the `user-agent` header of this crate, such as `my-program/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sends requests with this HTTP client. Its user agent is kept unless a suffix is set; its request timeout is replaced by
    /// [`attempt_timeout`](Self::attempt_timeout).
    ///
    /// The default HTTP client follows no redirects, because they would send the signature to another address. (A browser
    /// follows them nevertheless.) Your own client chooses its proxy itself: reqwest's rules send addresses of this machine
    /// to a proxy, too, and errors don't name the proxy. To apply the rules of this crate, use [`ProxySetting`].
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Sets how calls are retried; see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Limits the retries of all calls together; see [`RetryBudget`].
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Limits the requests per second; see [`RateLimit`].
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = limit;
        self
    }

    /// Limits the size of a response body after decompression: 256 MiB by default. A larger body is not read further, and the
    /// call fails with [`Error::ResponseTooLarge`]. In a browser only the announced `Content-Length` counts.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets whether any fault in a response is an [`Error::Decode`]. By default faulty texts are repaired, and elements whose
    /// id, number, code or time is invalid are left out; see [`RawResponse::repaired`] and [`RawResponse::left_out`]. A body
    /// of more than 64 MiB is not repaired.
    ///
    /// [`RawResponse::repaired`]: crate::RawResponse::repaired
    /// [`RawResponse::left_out`]: crate::RawResponse::left_out
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Sets whether spans contain the request bodies with phone numbers and login accounts: not by default.
    pub fn trace_personal_data(mut self, is_traced: bool) -> Self {
        self.traces_personal_data = is_traced;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`Error::Configuration`] if address or credentials are missing, the address is not a valid http or https one, an
    /// https address needs a TLS feature that is not enabled, the suffix of the user agent is not valid in a header, the
    /// variable of the proxy for the address does not hold a supported proxy (see [`ProxySetting`]), or the HTTP client
    /// can't be created.
    pub fn build(self) -> Result<Client, Error> {
        let url = self
            .base_url
            .as_deref()
            .ok_or_else(|| configuration("the base_url is missing; set it with ClientBuilder::base_url"))?;
        let url = checked_base_url(url)?;
        let credentials = self
            .credentials
            .clone()
            .ok_or_else(|| configuration("the credentials are missing; set them with ClientBuilder::credentials"))?;
        if credentials.api_key().expose().is_empty() {
            return Err(configuration("the API key is empty"));
        }
        let user_agent = self.user_agent()?;
        let (http, proxy) = match &self.http {
            Some(http) => (http.clone(), None),
            None => {
                let proxy = ProxySetting::for_url(&url)?;
                (self.own_http_client(&url, proxy.as_ref())?, proxy)
            }
        };
        let server = Server {
            address: url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
        };
        let shared = Shared {
            #[cfg(feature = "opentelemetry")]
            metrics: crate::otel::RequestMetrics::new(&url, &server.address, server.port),
            server,
            // The paths of the operations begin with a slash.
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            credentials,
            feed_signing: self.feed_signing,
            http,
            proxy,
            user_agent,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry,
            retry_bucket: RetryBucket::full(self.retry_budget),
            rate_limits: RateLimits::new(self.rate_limit),
            clock_skew: ClockSkew::default(),
            max_response_bytes: self.max_response_bytes,
            is_strict: self.is_strict,
            traces_personal_data: self.traces_personal_data,
        };
        Ok(Client { shared: Arc::new(shared) })
    }

    fn user_agent(&self) -> Result<Option<HeaderValue>, Error> {
        let text = match &self.user_agent_suffix {
            Some(suffix) => format!("{USER_AGENT} {suffix}"),
            None if self.http.is_some() => return Ok(None),
            None => USER_AGENT.to_owned(),
        };
        let value = HeaderValue::from_str(text.trim_end());
        value
            .map(Some)
            .map_err(|_| configuration("the user agent suffix has characters that are not allowed in a header"))
    }

    fn own_http_client(&self, url: &Url, proxy: Option<&ProxySetting>) -> Result<reqwest::Client, Error> {
        #[cfg(not(any(target_arch = "wasm32", feature = "rustls", feature = "native-tls")))]
        if url.scheme() == "https" {
            return Err(configuration(
                "an https address needs TLS: enable the feature `rustls` or `native-tls` of group-dispatch-client",
            ));
        }
        let _ = (url, proxy);
        let failed = |reason| cannot_create(needs_certificates(url, proxy), reason);
        let builder = reqwest::Client::builder();
        // Otherwise a machine without certificates, such as a container from scratch, could not send http requests either.
        #[cfg(all(not(target_arch = "wasm32"), any(feature = "rustls", feature = "native-tls")))]
        let builder = if needs_certificates(url, proxy) { builder } else { builder.tls_certs_only([]) };
        #[cfg(not(target_arch = "wasm32"))]
        let builder = {
            let builder = builder.connect_timeout(self.connect_timeout).redirect(reqwest::redirect::Policy::none());
            // The address never changes. So the proxy is chosen once, here, and not by reqwest for each request.
            let builder = builder.no_proxy();
            match proxy {
                Some(proxy) => builder.proxy(proxy.to_reqwest().map_err(failed)?),
                None => builder,
            }
        };
        builder.build().map_err(failed)
    }
}

fn needs_certificates(url: &Url, proxy: Option<&ProxySetting>) -> bool {
    url.scheme() == "https" || proxy.is_some_and(ProxySetting::is_encrypted)
}

/// Returns the error for a failure of reqwest, with its causes: the text of the outermost one is "builder error".
fn cannot_create(needs_certificates: bool, reason: reqwest::Error) -> Error {
    let reason = reason.without_url();
    let mut text = format!("cannot create the HTTP client: {reason}");
    let mut cause = std::error::Error::source(&reason);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    if needs_certificates && text.contains("certificates") {
        text += "; install the package ca-certificates, or set SSL_CERT_FILE to a file with the certificates of the \
                 authorities to trust";
    }
    Error::Configuration(text)
}

/// Masks an invalid address: it may contain a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &String| checked_base_url(url).map_or_else(|_| "***".to_owned(), String::from);
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_ref().map(shown))
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

fn configuration(reason: &str) -> Error {
    Error::Configuration(reason.to_owned())
}

/// Returns the values of environment variables, which must all be set.
fn variables<const COUNT: usize>(names: [&str; COUNT]) -> Result<[String; COUNT], Error> {
    // An API key that was read from a file may end with a line break.
    let values = names.map(|name| env::var(name).unwrap_or_default().trim().to_owned());
    let missing: Vec<_> =
        names.iter().zip(&values).filter(|(_, value)| value.is_empty()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(values);
    }
    Err(Error::Configuration(format!(
        "environment variables that are not set, empty or not text: {}",
        missing.join(", ")
    )))
}

fn checked_base_url(url: &str) -> Result<Url, Error> {
    let no_address = || configuration("the service's address must be a valid URL that begins with http:// or https://");
    let parsed = Url::parse(url).map_err(|_| no_address())?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(no_address());
    }
    if !parsed.username().is_empty()
        || parsed.password().is_some()
        || parsed.query().is_some()
        || parsed.fragment().is_some()
    {
        return Err(configuration("the service's address must not contain a user, password, query or fragment"));
    }
    Ok(parsed)
}
