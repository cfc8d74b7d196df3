use std::{fmt, sync::Arc, time::Duration};

use reqwest::Url;

use crate::{Client, Credentials, Error, client::Shared};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("group-dispatch-client/", env!("CARGO_PKG_VERSION"));

/// Makes a [`Client`]: address and credentials are needed, the rest has defaults.
#[derive(Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    base_url: Option<String>,
    credentials: Option<Credentials>,
    http: Option<reqwest::Client>,
}

impl ClientBuilder {
    /// The service's address, such as `https://api.socialepoch.com`; a path in it is kept as a prefix.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The tenant and its key.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sends requests with this HTTP client instead of one of our own, which waits 10 seconds for a connection and 30 for
    /// an answer, and follows no redirects: they would carry the signature to another address.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Configuration`] when address or credentials are missing, the address is not an http or https one, or no
    /// HTTP client can be made.
    pub fn build(self) -> Result<Client, Error> {
        let url =
            self.base_url.ok_or_else(|| configuration("no base_url was given; set it with ClientBuilder::base_url"))?;
        let credentials = self
            .credentials
            .ok_or_else(|| configuration("no credentials were given; set them with ClientBuilder::credentials"))?;
        let http = match self.http {
            Some(http) => http,
            None => default_http_client()?,
        };
        Ok(Client { shared: Arc::new(Shared { base_url: checked_base_url(&url)?, credentials, http }) })
    }
}

/// An address that can't be used may have a password in it, and is not shown.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &String| checked_base_url(url).unwrap_or_else(|_| "***".to_owned());
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_ref().map(shown))
            .field("credentials", &self.credentials)
            .field("http", &self.http)
            .finish()
    }
}

fn configuration(reason: &str) -> Error {
    Error::Configuration(reason.to_owned())
}

/// The address as progenitor wants it: without a slash at the end.
fn checked_base_url(url: &str) -> Result<String, Error> {
    let parsed = Url::parse(url).map_err(|reason| {
        Error::Configuration(format!("the base_url has to be an address with http:// or https:// in front ({reason})"))
    })?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(configuration("the base_url has to be an address with http:// or https:// in front"));
    }
    if !parsed.username().is_empty()
        || parsed.password().is_some()
        || parsed.query().is_some()
        || parsed.fragment().is_some()
    {
        return Err(configuration("the base_url must have no user, password, query or fragment"));
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

fn default_http_client() -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder().user_agent(USER_AGENT);
    #[cfg(not(target_arch = "wasm32"))]
    let builder = builder.connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|reason| Error::Configuration(format!("no HTTP client can be made: {reason}")))
}
