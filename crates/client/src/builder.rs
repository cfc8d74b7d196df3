use std::{env, fmt, sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderValue};

use crate::{
    Client, Credentials, Error, ProxySetting, RateLimit, RetryBudget, RetryPolicy, TenantId,
    client::{Server, Shared},
    clock_skew::ClockSkew,
    rate_limit::RateLimits,
    retry::RetryBucket,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(90);
/// Far more than the answers of the largest tenants, and less than the memory of a small machine.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024 * 1024;
const URL_VARIABLE: &str = "GROUP_DISPATCH_URL";
const TENANT_ID_VARIABLE: &str = "GROUP_DISPATCH_TENANT_ID";
const API_KEY_VARIABLE: &str = "GROUP_DISPATCH_API_KEY";
const USER_AGENT: &str = concat!("group-dispatch-client/", env!("CARGO_PKG_VERSION"));

/// Makes a [`Client`]: address and credentials are needed, the rest has defaults.
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    base_url: Option<String>,
    credentials: Option<Credentials>,
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

impl ClientBuilder {
    /// A builder with address and credentials from the environment: `GROUP_DISPATCH_URL`, `GROUP_DISPATCH_TENANT_ID` and
    /// `GROUP_DISPATCH_API_KEY`.
    ///
    /// # Errors
    /// [`Error::Configuration`] when one of them is missing, which then are named, or the tenant's id is no whole number.
    pub fn from_env() -> Result<Self, Error> {
        let [url, tenant_id, api_key] = variables([URL_VARIABLE, TENANT_ID_VARIABLE, API_KEY_VARIABLE])?;
        let tenant_id: TenantId =
            tenant_id.parse().map_err(|reason| Error::Configuration(format!("{TENANT_ID_VARIABLE}: {reason}")))?;
        Ok(Self::default().base_url(url).credentials(Credentials::new(tenant_id, api_key)))
    }

    /// The service's address, such as [`hosts::VENDOR`](crate::hosts::VENDOR); a path in it is kept as a prefix.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The tenant and its key.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The time that making a connection may take; 10 seconds. Without effect in a browser and on an
    /// [`http_client`](Self::http_client) of your own.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The time that each attempt may take, from the request to the end of the answer; 30 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The time that a call may take: all its attempts and the pauses between them; 90 seconds. The wait for its turn
    /// under the rate limit is not counted.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What stands behind our name in the `user-agent` of the requests, such as `my-program/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sends requests with this HTTP client instead of one of our own, which follows no redirects: they would carry the
    /// signature to another address. (A browser follows them all the same.) Its user agent stays, unless a suffix is set; the time that it allows for a whole
    /// request is replaced by [`attempt_timeout`](Self::attempt_timeout).
    ///
    /// It chooses its proxy itself: reqwest's own rules send addresses of this machine to a proxy, too, and errors don't
    /// name the proxy. [`ProxySetting`] gives it the rules of this client.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// How calls are retried; see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many retries all calls together may make; see [`RetryBudget`].
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// How many requests a second are sent; see [`RateLimit`].
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = limit;
        self
    }

    /// The size up to which the body of an answer is read, counted after decompression; 256 MiB. A longer body ends in
    /// [`Error::ResponseTooLarge`] and is not read further. In a browser only the announced `Content-Length` counts.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Whether any fault of an answer is an error, [`Error::Decode`]. Unless this is set, broken texts are repaired, and
    /// elements whose id, number, code or time is wrong are left out; see [`RawResponse::repaired`] and
    /// [`RawResponse::left_out`]. A body above 64 MiB is not repaired.
    ///
    /// [`RawResponse::repaired`]: crate::RawResponse::repaired
    /// [`RawResponse::left_out`]: crate::RawResponse::left_out
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Whether spans tell what was asked, phone numbers and login accounts included. They don't unless this is set.
    pub fn trace_personal_data(mut self, does: bool) -> Self {
        self.traces_personal_data = does;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] when address or credentials are missing, the address is not an http or https one or TLS
    /// was left out of the build that it needs, the suffix of the user agent can't stand in a header, the variable of the
    /// proxy for the address does not hold a supported one (see [`ProxySetting`]), or no HTTP client can be made.
    pub fn build(self) -> Result<Client, Error> {
        let url = self
            .base_url
            .as_deref()
            .ok_or_else(|| configuration("no base_url was given; set it with ClientBuilder::base_url"))?;
        let url = checked_base_url(url)?;
        let credentials = self
            .credentials
            .clone()
            .ok_or_else(|| configuration("no credentials were given; set them with ClientBuilder::credentials"))?;
        if credentials.api_key().expose().is_empty() {
            return Err(configuration("the ApiKey is empty"));
        }
        let user_agent = self.user_agent()?;
        let (http, proxy) = match &self.http {
            Some(http) => (http.clone(), None),
            None => {
                let proxy = ProxySetting::for_url(&url)?;
                (self.own_http_client(&url, proxy.as_ref())?, proxy)
            }
        };
        let shared = Shared {
            server: Server {
                address: url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned(),
                port: url.port_or_known_default().unwrap_or_default(),
            },
            // progenitor wants it without a slash at the end.
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            credentials,
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
            .map_err(|_| configuration("the user agent's suffix has characters that can't stand in a header"))
    }

    fn own_http_client(&self, url: &Url, proxy: Option<&ProxySetting>) -> Result<reqwest::Client, Error> {
        #[cfg(not(any(target_arch = "wasm32", feature = "rustls", feature = "native-tls")))]
        if url.scheme() == "https" {
            return Err(configuration(
                "an https address needs TLS: turn on the feature `rustls` or `native-tls` of group-dispatch-client",
            ));
        }
        let _ = (url, proxy);
        let failed = |reason: reqwest::Error| {
            Error::Configuration(format!("no HTTP client can be made: {}", reason.without_url()))
        };
        let builder = reqwest::Client::builder();
        #[cfg(not(target_arch = "wasm32"))]
        let builder = {
            let builder = builder.connect_timeout(self.connect_timeout).redirect(reqwest::redirect::Policy::none());
            // The address never changes, and so the choice is made once, here, and not by reqwest for each request.
            let builder = builder.no_proxy();
            match proxy {
                Some(proxy) => builder.proxy(proxy.to_reqwest().map_err(failed)?),
                None => builder,
            }
        };
        builder.build().map_err(failed)
    }
}

/// An address that can't be used may have a password in it, and is not shown.
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

/// The values of variables, all of which have to be set.
fn variables<const COUNT: usize>(names: [&str; COUNT]) -> Result<[String; COUNT], Error> {
    // A key that was read from a file may come with the end of its line.
    let values = names.map(|name| env::var(name).unwrap_or_default().trim().to_owned());
    let missing: Vec<_> =
        names.iter().zip(&values).filter(|(_, value)| value.is_empty()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(values);
    }
    Err(Error::Configuration(format!("not set in the environment, or empty, or no text: {}", missing.join(", "))))
}

fn checked_base_url(url: &str) -> Result<Url, Error> {
    let no_address =
        || configuration("the service's address has to begin with http:// or https://, and to be a valid one");
    let parsed = Url::parse(url).map_err(|_| no_address())?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(no_address());
    }
    if !parsed.username().is_empty()
        || parsed.password().is_some()
        || parsed.query().is_some()
        || parsed.fragment().is_some()
    {
        return Err(configuration("the service's address must have no user, password, query or fragment"));
    }
    Ok(parsed)
}
