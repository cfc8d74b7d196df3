//! Which service is meant.

use std::convert::Infallible;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, parser::ValueSource};
use group_dispatch_client::{ApiKey, TenantId};

use super::trimmed;

/// Whom to ask, and as whom.
///
/// Each of address, tenant and key is taken from its flag, else from its variable, else from the profile.
#[derive(Args, Default)]
pub struct ServiceArguments {
    /// The service's address, such as http://127.0.0.1:8080; when it is not given the profile's.
    #[arg(long, env = "GROUP_DISPATCH_URL", value_parser = trimmed::<String>)]
    pub url: Option<String>,
    /// The tenant; when it is not given the profile's.
    #[arg(long, visible_alias = "tenant", env = "GROUP_DISPATCH_TENANT_ID", value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    pub tenant_id: Option<TenantId>,
    /// The tenant's key; when it is not given the profile's. Others can see it in the list of processes; a profile and
    /// the variable are safer.
    #[arg(long, env = "GROUP_DISPATCH_API_KEY", hide_env_values = true, value_name = "KEY", value_parser = api_key)]
    pub api_key: Option<ApiKey>,
    /// The profile for what neither flags nor variables say; made by `group-dispatch login`.
    #[arg(long, env = "GROUP_DISPATCH_PROFILE", value_name = "NAME", value_parser = trimmed::<String>)]
    pub profile: Option<String>,
}

fn api_key(text: &str) -> Result<ApiKey, Infallible> {
    trimmed::<String>(text).map(ApiKey::new)
}

/// A service, and by which flag or variable each part of it was said; none is by the profile.
pub struct Doctor {
    pub service: ServiceArguments,
    pub url_by: Option<&'static str>,
    pub tenant_id_by: Option<&'static str>,
    pub api_key_by: Option<&'static str>,
}

impl Args for Doctor {
    fn augment_args(command: Command) -> Command {
        ServiceArguments::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        ServiceArguments::augment_args_for_update(command)
    }
}

impl FromArgMatches for Doctor {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let by = |id, flag, variable| match matches.value_source(id)? {
            ValueSource::CommandLine => Some(flag),
            ValueSource::EnvVariable => Some(variable),
            _ => None,
        };
        Ok(Self {
            service: ServiceArguments::from_arg_matches(matches)?,
            url_by: by("url", "--url", "GROUP_DISPATCH_URL"),
            tenant_id_by: by("tenant_id", "--tenant-id", "GROUP_DISPATCH_TENANT_ID"),
            api_key_by: by("api_key", "--api-key", "GROUP_DISPATCH_API_KEY"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
