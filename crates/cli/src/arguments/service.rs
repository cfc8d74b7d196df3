//! Which service is meant.

use std::{convert::Infallible, time::Duration};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, parser::ValueSource};
use clap_complete::ArgValueCandidates;
use group_dispatch_client::{ApiKey, TenantId};

use super::{
    CONNECTION,
    profiles::{profile_name, profile_names},
    trimmed, wait,
};

/// The variables that win over a profile which no flag names.
pub const SERVICE_VARIABLES: [&str; 3] = [URL, TENANT_ID, API_KEY];
const URL: &str = "GROUP_DISPATCH_URL";
const TENANT_ID: &str = "GROUP_DISPATCH_TENANT_ID";
const API_KEY: &str = "GROUP_DISPATCH_API_KEY";
pub const PROFILE: &str = "GROUP_DISPATCH_PROFILE";

/// How long a service may take. Each command that asks one has it.
#[derive(Args, Default)]
pub struct TimeoutArguments {
    /// How long to wait for each answer, with all tries: seconds, or a time such as 500ms or 2m.
    #[arg(long, default_value = "30s", value_name = "TIME", value_parser = wait, help_heading = CONNECTION)]
    pub timeout: Duration,
}

/// Whom to ask, and as whom, as far as flags and variables say.
#[derive(Default)]
pub struct ServiceArguments {
    pub url: Option<Said<String>>,
    pub tenant_id: Option<Said<TenantId>>,
    pub api_key: Option<Said<ApiKey>>,
    pub profile: Option<Said<String>>,
}

/// What a flag or a variable says.
pub struct Said<T> {
    pub value: T,
    /// The flag or variable.
    pub by: &'static str,
    pub is_by_flag: bool,
}

/// Whom to ask, and as whom.
///
/// Each of address, tenant and key is taken from its flag, else from its variable, else from the profile; but a profile
/// that is named by its flag comes before variables.
#[derive(Args)]
#[command(next_help_heading = CONNECTION)]
struct Flags {
    /// The service's address, such as http://127.0.0.1:8080; when it is not given the profile's. It may have the path of a
    /// reverse proxy, but not that of an operation. The variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say which
    /// proxy is used for it. None is used for localhost, this machine's own name, and the IP addresses of this machine.
    #[arg(long, env = URL, value_parser = trimmed::<String>)]
    url: Option<String>,
    /// The tenant; when it is not given the profile's.
    #[arg(long, visible_alias = "tenant", env = TENANT_ID, value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    tenant_id: Option<TenantId>,
    /// The tenant's key; when it is not given the profile's. Other users of this machine can see it in the list of
    /// processes; a profile and the variable are safer.
    #[arg(long, env = API_KEY, value_name = "KEY", value_parser = api_key)]
    api_key: Option<ApiKey>,
    /// The profile for what neither flags nor variables say; made by `group-dispatch login`. Named by this flag, it wins
    /// over the variables.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = profile_name,
          add = ArgValueCandidates::new(profile_names))]
    profile: Option<String>,
}

fn api_key(text: &str) -> Result<ApiKey, Infallible> {
    trimmed::<String>(text).map(ApiKey::new)
}

impl Args for ServiceArguments {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

impl FromArgMatches for ServiceArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Flags { url, tenant_id, api_key, profile } = Flags::from_arg_matches(matches)?;
        Ok(Self {
            url: said(matches, "url", url, "--url", URL),
            tenant_id: said(matches, "tenant_id", tenant_id, "--tenant-id", TENANT_ID),
            api_key: said(matches, "api_key", api_key, "--api-key", API_KEY),
            profile: said(matches, "profile", profile, "--profile", PROFILE),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn said<T>(
    matches: &ArgMatches,
    id: &str,
    value: Option<T>,
    flag: &'static str,
    variable: &'static str,
) -> Option<Said<T>> {
    let is_by_flag = matches.value_source(id) == Some(ValueSource::CommandLine);
    Some(Said { value: value?, by: if is_by_flag { flag } else { variable }, is_by_flag })
}
