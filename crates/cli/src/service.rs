//! The service that is asked, and why it could not be.

use std::{error::Error as StdError, fmt, io, path::PathBuf, time::Duration};

use anyhow::{anyhow, bail};
use group_dispatch_client::{ApiKey, Client, ClientBuilder, Credentials, Error, ProxySetting, TenantId};
use group_dispatch_types::{BusinessCode, UtcOffset};

use crate::{
    address,
    arguments::{Said, ServiceArguments},
    profiles::{Profile, Profiles},
};

/// Whom to ask, and as whom.
pub struct Service {
    pub url: String,
    pub credentials: Credentials,
    /// The zone of its clock times.
    pub utc_offset: UtcOffset,
    /// None where its parts were checked when they were entered.
    origins: Option<Origins>,
}

/// Where each part comes from.
#[derive(Clone)]
pub struct Origins {
    pub url: Origin,
    pub tenant_id: Origin,
    pub api_key: Origin,
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    Profile { name: String, file: PathBuf },
}

impl Origin {
    /// The flag, the variable or the profile, by its name alone.
    pub fn name(&self) -> String {
        match self {
            Self::Flag(name) | Self::Variable(name) => (*name).to_owned(),
            Self::Profile { name, .. } => format!("profile {name}"),
        }
    }

    /// The file of profiles, if the value comes from one.
    pub fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::Profile { file, .. } => Some(file),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "given by {name}"),
            Self::Variable(name) => write!(f, "in the variable {name}"),
            Self::Profile { name, file } => write!(f, "of profile {name} in {}", file.display()),
        }
    }
}

impl Service {
    pub fn new(url: String, tenant_id: TenantId, api_key: &ApiKey, utc_offset: Option<UtcOffset>) -> Self {
        let credentials = Credentials::new(tenant_id, api_key.clone());
        Self { url, credentials, utc_offset: utc_offset.unwrap_or_default(), origins: None }
    }

    /// What flags and variables say, and a profile.
    pub fn chosen(arguments: &ServiceArguments) -> anyhow::Result<Self> {
        Ok(Self::traced(arguments)?.0)
    }

    /// The same, and where it comes from.
    pub fn traced(arguments: &ServiceArguments) -> anyhow::Result<(Self, Origins)> {
        let ServiceArguments { url, tenant_id, api_key, profile: name } = arguments;
        // Who says it all has no need of profiles, and nothing to do with what is wrong with them.
        let said = url.is_some() && tenant_id.is_some() && api_key.is_some();
        let (profile, stored) = match name {
            None if said => (Profile::default(), None),
            _ => {
                let (profile, origin) = stored(name.as_ref())?;
                (profile, Some(origin))
            }
        };
        let is_named = name.as_ref().is_some_and(|name| name.is_by_flag);
        let url = part(url.as_ref(), profile.url, stored.as_ref(), is_named);
        let tenant_id = part(tenant_id.as_ref(), profile.tenant_id, stored.as_ref(), is_named);
        let api_key = part(api_key.as_ref(), profile.api_key, stored.as_ref(), is_named);
        match (url, tenant_id, api_key) {
            (Some((url, url_by)), Some((tenant_id, tenant_id_by)), Some((api_key, api_key_by))) => {
                // A zone goes with its service.
                let utc_offset = if url_by.file().is_some() { profile.utc_offset } else { None };
                let origins = Origins { url: url_by, tenant_id: tenant_id_by, api_key: api_key_by };
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
                bail!("missing: the service's {}; `group-dispatch login` keeps them in a profile", missing.join(", "))
            }
        }
    }

    /// A client that waits as long for each answer, with all its tries.
    ///
    /// # Errors
    /// When the address or the key can't be right; the error says where it comes from.
    pub fn client(&self, timeout: Duration) -> anyhow::Result<Client> {
        Ok(self.client_builder(timeout)?.build()?)
    }

    /// The same, before it is built.
    pub fn client_builder(&self, timeout: Duration) -> anyhow::Result<ClientBuilder> {
        let from = |origin: fn(&Origins) -> &Origin| match &self.origins {
            Some(origins) => format!(" {}", origin(origins)),
            None => String::new(),
        };
        let url = address::check(&self.url)
            .map_err(|problem| anyhow!("the address{} {problem}", from(|origins| &origins.url)))?;
        if self.credentials.api_key().expose().trim().is_empty() {
            let (origin, tenant) = (from(|origins| &origins.api_key), self.credentials.tenant_id());
            bail!("the key{origin} is empty; expected the one that belongs to tenant {tenant}");
        }
        let client = Client::builder().base_url(url).credentials(self.credentials.clone()).timeout(timeout);
        Ok(client.user_agent_suffix(concat!("group-dispatch/", env!("CARGO_PKG_VERSION"))))
    }

    /// What was wrong in words that say what to do about it.
    pub fn explain(&self, error: &Error) -> anyhow::Error {
        match error {
            Error::Timeout { .. } => {
                let through = error.proxy().map(|proxy| format!(" through {proxy}")).unwrap_or_default();
                anyhow!("the service at {} did not answer in time{through}; try again later", self.url)
            }
            Error::Connection { source, .. } => self.explain_failure(source, error.proxy()),
            Error::BudgetExhausted { last } => {
                anyhow!("{} (not tried again, for too many requests fail)", self.explain(last))
            }
            _ => anyhow!("{error}"),
        }
    }

    /// The same, with the variable or the profile that an address, a tenant or a key comes from which may be wrong. A flag
    /// was just typed, and is not named.
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

    /// Why a request failed that took this proxy, if it took one, and what to do about it.
    pub fn explain_failure(&self, error: &(dyn StdError + 'static), proxy: Option<&ProxySetting>) -> anyhow::Error {
        let Some(proxy) = proxy else { return self.explain_broken(error) };
        let variable = proxy.variable();
        let mut last = error;
        while let Some(cause) = last.source() {
            last = cause;
        }
        anyhow!(
            "{}: {last}; is the address in {variable} right? Hosts in NO_PROXY are reached without it",
            proxy.explain(error)
        )
    }

    /// Why there is no connection, and what to do about it.
    pub fn explain_broken(&self, error: &(dyn StdError + 'static)) -> anyhow::Error {
        let url = &self.url;
        let mut cause = error;
        loop {
            let text = cause.to_string();
            match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::ConnectionRefused) => {
                    return anyhow!("nothing listens at {url}; is the server running, and the address right?");
                }
                // Their types are those of crates that only the client knows.
                _ if text.starts_with("dns error") || text.starts_with("failed to lookup") => {
                    return anyhow!("there is no host by the name in {url}; is the address right?");
                }
                _ if text.contains("corrupt message") && url.starts_with("https://") => {
                    return anyhow!("what listens at {url} does not speak https; try http:// in front");
                }
                _ if text.contains("invalid HTTP version") => {
                    return anyhow!(
                        "what listens at {url} does not speak http; if it does https, try https:// in front"
                    );
                }
                _ => match cause.source() {
                    Some(source) => cause = source,
                    None => return anyhow!("cannot reach the service at {url}: {text}"),
                },
            }
        }
    }
}

/// The profile that is meant, and what its parts say of where they come from.
fn stored(name: Option<&Said<String>>) -> anyhow::Result<(Profile, Origin)> {
    let profiles = Profiles::read()?;
    let given = name.map(|name| &*name.value);
    let profile = profiles.find(given).map_err(|error| match name {
        Some(name) if !name.is_by_flag => anyhow!("{error} (the variable {} names it)", name.by),
        _ => error,
    })?;
    Ok((profile, Origin::Profile { name: profiles.name(given), file: profiles.path().to_owned() }))
}

/// One part of it, and where it comes from. A profile wins over variables where a flag names it, and never over flags.
fn part<T: Clone>(
    said: Option<&Said<T>>,
    profile: Option<T>,
    stored: Option<&Origin>,
    is_profile_named: bool,
) -> Option<(T, Origin)> {
    let by = |said: &Said<T>| if said.is_by_flag { Origin::Flag(said.by) } else { Origin::Variable(said.by) };
    match (said, profile) {
        (Some(said), None) => Some((said.value.clone(), by(said))),
        (Some(said), Some(_)) if said.is_by_flag || !is_profile_named => Some((said.value.clone(), by(said))),
        (_, profile) => Some((profile?, stored?.clone())),
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_client::RetryPolicy;

    use super::*;

    #[tokio::test]
    async fn what_was_not_tried_again_is_explained_as_well() {
        let (tenant_id, api_key) = (TenantId::from(7), ApiKey::new("k"));
        // Bound, and not listening: connections are refused, and nobody else gets the port.
        let nobody = tokio::net::TcpSocket::new_v4().unwrap();
        nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}", nobody.local_addr().unwrap());
        let service = Service::new(url.clone(), tenant_id, &api_key, None);
        let refused = service
            .client(Duration::from_secs(30))
            .unwrap()
            .all_online()
            .retry(RetryPolicy::never())
            .await
            .unwrap_err();
        let exhausted = Error::BudgetExhausted { last: Box::new(refused) };
        assert_eq!(
            service.explain(&exhausted).to_string(),
            format!(
                "nothing listens at {url}; is the server running, and the address right? (not tried again, for too \
                 many requests fail)"
            )
        );
    }
}
