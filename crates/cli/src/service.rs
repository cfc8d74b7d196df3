//! The service that is asked, and why it could not be.

use std::{error::Error as StdError, io, time::Duration};

use anyhow::{anyhow, bail};
use group_dispatch_client::{ApiKey, Client, Credentials, Error, TenantId};
use group_dispatch_types::UtcOffset;

use crate::{
    arguments::{Said, ServiceArguments},
    profiles::{Profile, Profiles},
};

/// Whom to ask, and as whom.
pub struct Service {
    pub url: String,
    pub credentials: Credentials,
    /// The zone of its clock times.
    pub utc_offset: UtcOffset,
}

/// By which flag or variable each part was said; none is by the profile.
pub struct Origins {
    pub url: Option<&'static str>,
    pub tenant_id: Option<&'static str>,
    pub api_key: Option<&'static str>,
}

impl Service {
    pub fn new(url: String, tenant_id: TenantId, api_key: &ApiKey, utc_offset: Option<UtcOffset>) -> Self {
        let credentials = Credentials::new(tenant_id, api_key.clone());
        Self { url, credentials, utc_offset: utc_offset.unwrap_or_default() }
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
        let profile = match name {
            None if said => Profile::default(),
            _ => Profiles::read()?.find(name.as_ref().map(|name| &*name.value))?,
        };
        let is_named = name.as_ref().is_some_and(|name| name.is_by_flag);
        let url = part(url.as_ref(), profile.url, is_named);
        let tenant_id = part(tenant_id.as_ref(), profile.tenant_id, is_named);
        let api_key = part(api_key.as_ref(), profile.api_key, is_named);
        match (url, tenant_id, api_key) {
            (Some((url, url_by)), Some((tenant_id, tenant_id_by)), Some((api_key, api_key_by))) => {
                // A zone goes with its service.
                let utc_offset = if url_by.is_none() { profile.utc_offset } else { None };
                let origins = Origins { url: url_by, tenant_id: tenant_id_by, api_key: api_key_by };
                Ok((Self::new(url, tenant_id, &api_key, utc_offset), origins))
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
    pub fn client(&self, timeout: Duration) -> anyhow::Result<Client> {
        if self.credentials.api_key().expose().trim().is_empty() {
            bail!("the key is empty; give the one that belongs to tenant {}", self.credentials.tenant_id());
        }
        let client = Client::builder().base_url(&self.url).credentials(self.credentials.clone()).timeout(timeout);
        Ok(client.user_agent_suffix(concat!("group-dispatch/", env!("CARGO_PKG_VERSION"))).build()?)
    }

    /// What was wrong in words that say what to do about it.
    pub fn explain(&self, error: &Error) -> anyhow::Error {
        match error {
            Error::Timeout { .. } => {
                anyhow!("the service at {} did not answer in time; try again later", self.url)
            }
            Error::Connection { source, .. } => self.explain_broken(source),
            Error::BudgetExhausted { last } => {
                anyhow!("{} (not tried again, for too many requests fail)", self.explain(last))
            }
            _ => anyhow!("{error}"),
        }
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

/// One part of it, and by which flag or variable it was said. A profile wins over variables where a flag names it, and
/// never over flags.
fn part<T: Clone>(
    said: Option<&Said<T>>,
    profile: Option<T>,
    is_profile_named: bool,
) -> Option<(T, Option<&'static str>)> {
    match (said, profile) {
        (Some(said), None) => Some((said.value.clone(), Some(said.by))),
        (Some(said), Some(_)) if said.is_by_flag || !is_profile_named => Some((said.value.clone(), Some(said.by))),
        (_, profile) => Some((profile?, None)),
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_client::RetryPolicy;

    use super::*;

    #[tokio::test]
    async fn what_was_not_tried_again_is_explained_as_well() {
        let (tenant_id, api_key) = (TenantId::from(7), ApiKey::new("k"));
        let service = Service::new("http://127.0.0.1:1".to_owned(), tenant_id, &api_key, None);
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
            "nothing listens at http://127.0.0.1:1; is the server running, and the address right? (not tried again, \
             for too many requests fail)"
        );
    }
}
