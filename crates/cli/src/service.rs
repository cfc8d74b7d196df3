//! The service that queries go to: its address, credentials and client, and explanations of what failed.
//!
//! Used by the queries, `watch`, `doctor` and `login`.

pub mod address;
pub mod age;
pub mod history;
pub mod origin;
pub mod overrides;
pub mod warnings;

use std::{error::Error as StdError, io, time::Duration};

use anyhow::{anyhow, bail};
use group_dispatch_client::{ApiKey, Client, ClientBuilder, Credentials, Error, ProxySetting, TenantId};
use group_dispatch_types::{BusinessCode, QueryUserStatusRequest, Source, UserId, UtcOffset};

use self::origin::{Origin, Origins};
use crate::{
    arguments::connection::{Given, ServiceArguments},
    profiles::{Profile, Profiles},
    redact,
};

/// A service, and the credentials to sign requests with.
pub struct Service {
    /// The address, which may be a misplaced key: print [`display_url`](Self::display_url) instead.
    pub url: String,
    pub credentials: Credentials,
    /// The UTC offset of its clock times.
    pub utc_offset: UtcOffset,
    /// `None` if the user just entered all parts.
    origins: Option<Origins>,
}

impl Service {
    pub fn new(url: String, tenant_id: TenantId, api_key: &ApiKey, utc_offset: Option<UtcOffset>) -> Self {
        let credentials = Credentials::new(tenant_id, api_key.clone());
        Self { url, credentials, utc_offset: utc_offset.unwrap_or_default(), origins: None }
    }

    /// Combines flags, variables and a profile.
    ///
    /// # Errors
    /// If a part is missing, or the profile can't be read.
    pub fn from_arguments(arguments: &ServiceArguments) -> anyhow::Result<Self> {
        Ok(Self::with_origins(arguments)?.0)
    }

    /// Combines flags, variables and a profile, and returns where each part comes from.
    ///
    /// # Errors
    /// If a part is missing, or the profile can't be read.
    pub fn with_origins(arguments: &ServiceArguments) -> anyhow::Result<(Self, Origins)> {
        let ServiceArguments { url, tenant_id, api_key, profile: name } = arguments;
        // An invalid file of profiles is no error if all parts are given.
        let is_complete = url.is_some() && tenant_id.is_some() && api_key.is_some();
        let (profile, profile_origin) = match name {
            None if is_complete => (Profile::default(), None),
            _ => {
                let (profile, origin) = find_profile(name.as_ref())?;
                (profile, Some(origin))
            }
        };
        let is_named = name.as_ref().is_some_and(|name| name.is_flag);
        let url = choose(url.as_ref(), profile.url, profile_origin.as_ref(), is_named);
        let tenant_id = choose(tenant_id.as_ref(), profile.tenant_id, profile_origin.as_ref(), is_named);
        let api_key = choose(api_key.as_ref(), profile.api_key, profile_origin.as_ref(), is_named);
        match (url, tenant_id, api_key) {
            (Some((url, url_origin)), Some((tenant_id, tenant_id_origin)), Some((api_key, api_key_origin))) => {
                // The profile's offset belongs to the profile's service.
                let utc_offset = if url_origin.file().is_some() { profile.utc_offset } else { None };
                let origins = Origins { url: url_origin, tenant_id: tenant_id_origin, api_key: api_key_origin };
                let service = Self::new(url, tenant_id, &api_key, utc_offset);
                Ok((Self { origins: Some(origins.clone()), ..service }, origins))
            }
            (url, tenant_id, api_key) => {
                let missing = [
                    ("address (GROUP_DISPATCH_URL)", url.is_none()),
                    ("tenant (GROUP_DISPATCH_TENANT_ID)", tenant_id.is_none()),
                    ("key (GROUP_DISPATCH_API_KEY)", api_key.is_none()),
                ];
                let missing: Vec<_> = missing.iter().filter_map(|(what, missing)| missing.then_some(*what)).collect();
                bail!("missing: the service's {}; `group-dispatch login` stores them in a profile", missing.join(", "))
            }
        }
    }

    /// Builds a client with this timeout for each request, retries included.
    ///
    /// # Errors
    /// If the address or the key is invalid; the error names where it comes from.
    pub fn build_client(&self, timeout: Duration) -> anyhow::Result<Client> {
        Ok(self.client_builder(timeout)?.build()?)
    }

    /// Returns the builder of [`build_client`](Self::build_client).
    ///
    /// # Errors
    /// If the address or the key is invalid; the error names where it comes from.
    pub fn client_builder(&self, timeout: Duration) -> anyhow::Result<ClientBuilder> {
        let from = |origin: fn(&Origins) -> &Origin| match &self.origins {
            Some(origins) => format!(" {}", origin(origins)),
            None => String::new(),
        };
        let url = address::validate(&self.url)
            .map_err(|problem| anyhow!("the address{} {problem}", from(|origins| &origins.url)))?;
        if self.credentials.api_key().expose().trim().is_empty() {
            let (origin, tenant) = (from(|origins| &origins.api_key), self.credentials.tenant_id());
            bail!("the key{origin} is empty; expected the key of tenant {tenant}");
        }
        let client = Client::builder().base_url(url).credentials(self.credentials.clone()).timeout(timeout);
        Ok(client.user_agent_suffix(concat!("group-dispatch/", env!("CARGO_PKG_VERSION"))))
    }

    /// Sends a small request to check whether the service accepts the key.
    pub async fn check_key(&self, timeout: Duration) -> anyhow::Result<Result<(), Error>> {
        let request = QueryUserStatusRequest { source: Source::Pc, user_id: Some(UserId::from(1)), user_name: None };
        Ok(self.build_client(timeout)?.query(request).await.map(drop))
    }

    /// Returns the address for messages. A host that looks like a key is hidden.
    pub fn display_url(&self) -> String {
        redact::service_url(&self.url)
    }

    /// Explains a failed query, what to do about it, and where the docs have more: an address, or the command that prints them.
    pub fn explain(&self, error: &Error) -> anyhow::Error {
        if let Error::BudgetExhausted { last } = error {
            return anyhow!("{} (not retried, because too many requests fail)", self.explain(last));
        }
        let explained = self.explain_without_docs(error);
        let page = error.docs_page();
        match (error.docs_url(), explained.strip_suffix(&format!("; see {page} in the docs"))) {
            // The text of this error has the address already.
            (Some(_), _) if matches!(error, Error::Business { .. }) => anyhow!(explained),
            (Some(url), _) => anyhow!("{explained}; see {url}"),
            (None, text) => {
                let name = page.trim_start_matches("error-").trim_end_matches(".html");
                anyhow!("{}; see `group-dispatch explain {name}`", text.unwrap_or(&explained))
            }
        }
    }

    fn explain_without_docs(&self, error: &Error) -> String {
        match error {
            Error::Timeout { .. } => {
                let through = error.proxy().map(|proxy| format!(" through {proxy}")).unwrap_or_default();
                format!("the service at {} did not respond in time{through}; try again later", self.display_url())
            }
            Error::Connection { source, .. } => self.explain_request_error(source, error.proxy()).to_string(),
            _ => error.to_string(),
        }
    }

    /// Explains a failed query, and names the variable or the profile that a wrong address, tenant or key comes from.
    /// Flags are not named: the user just typed them.
    pub fn explain_with_origin(&self, error: &Error) -> anyhow::Error {
        let explained = self.explain(error);
        let Some(origins) = &self.origins else { return explained };
        let parts = match error {
            _ if error.code() == Some(BusinessCode::TokenWrong) => {
                vec![("address", &origins.url), ("tenant", &origins.tenant_id), ("key", &origins.api_key)]
            }
            Error::Connection { .. } | Error::Timeout { .. } => vec![("address", &origins.url)],
            _ => return explained,
        };
        let parts = parts.into_iter().filter(|(_, origin)| !matches!(origin, Origin::Flag(_)));
        let parts: Vec<_> = parts.map(|(part, origin)| format!("the {part} is {origin}")).collect();
        if parts.is_empty() { explained } else { anyhow!("{explained} ({})", parts.join(", ")) }
    }

    /// Explains a failed request, which used this proxy if any, and what to do about it.
    pub fn explain_request_error(
        &self,
        error: &(dyn StdError + 'static),
        proxy: Option<&ProxySetting>,
    ) -> anyhow::Error {
        let Some(proxy) = proxy else { return self.explain_connection_error(error) };
        let variable = proxy.variable();
        let mut last = error;
        while let Some(cause) = last.source() {
            last = cause;
        }
        anyhow!(
            "{}: {last}; check the address in {variable}; hosts in NO_PROXY are reached without a proxy",
            proxy.explain(error)
        )
    }

    /// Explains a failed connection without a proxy, and what to do about it.
    pub fn explain_connection_error(&self, error: &(dyn StdError + 'static)) -> anyhow::Error {
        let url = self.display_url();
        let mut cause = error;
        loop {
            let text = cause.to_string();
            match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => {
                    return anyhow!("nothing listens at {url}; check the address, and that the server is running");
                }
                // The types of these errors are private to the client's dependencies.
                _ if text.starts_with("dns error") || text.starts_with("failed to lookup") => {
                    return anyhow!("the host of {url} does not exist; check the address");
                }
                _ if text.contains("corrupt message") && url.starts_with("https://") => {
                    return anyhow!("the server at {url} does not speak https; try http://");
                }
                _ if text.contains("invalid HTTP version") => {
                    return anyhow!("the server at {url} does not speak http; try https://");
                }
                _ => match cause.source() {
                    Some(source) => cause = source,
                    None => return anyhow!("cannot reach the service at {url}: {text}"),
                },
            }
        }
    }
}

/// Finds the profile that a flag or a variable names, or else the default profile. Returns it with the origin of its
/// parts.
fn find_profile(name: Option<&Given<String>>) -> anyhow::Result<(Profile, Origin)> {
    let profiles = Profiles::read()?;
    let given = name.map(|name| &*name.value);
    let profile = profiles.find(given).map_err(|error| match name {
        Some(name) if !name.is_flag => anyhow!("{error} (named by the variable {})", name.name),
        _ => error,
    })?;
    Ok((profile, Origin::Profile { name: profiles.resolve_name(given), file: profiles.path().to_owned() }))
}

/// Chooses a part of the service, and returns its origin. A profile that a flag names comes before variables, but never
/// before flags.
fn choose<T: Clone>(
    given: Option<&Given<T>>,
    profile: Option<T>,
    profile_origin: Option<&Origin>,
    is_profile_named: bool,
) -> Option<(T, Origin)> {
    match (given, profile) {
        (Some(given), None) => Some((given.value.clone(), given.into())),
        (Some(given), Some(_)) if given.is_flag || !is_profile_named => Some((given.value.clone(), given.into())),
        (_, profile) => Some((profile?, profile_origin?.clone())),
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_client::RetryPolicy;

    use super::*;

    #[tokio::test]
    async fn an_exhausted_retry_budget_is_explained_with_the_last_error() {
        let (tenant_id, api_key) = (TenantId::from(7), ApiKey::new("k"));
        // A bound socket that does not listen: connections are refused, and no other process can take the port.
        let closed = tokio::net::TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}", closed.local_addr().unwrap());
        let service = Service::new(url.clone(), tenant_id, &api_key, None);
        let refused = service
            .build_client(Duration::from_secs(30))
            .unwrap()
            .all_online()
            .retry(RetryPolicy::never())
            .await
            .unwrap_err();
        let exhausted = Error::BudgetExhausted { last: Box::new(refused) };
        assert_eq!(
            service.explain(&exhausted).to_string(),
            format!(
                "nothing listens at {url}; check the address, and that the server is running; see `group-dispatch explain \
                 connection` (not retried, because too many requests fail)"
            )
        );
    }
}
