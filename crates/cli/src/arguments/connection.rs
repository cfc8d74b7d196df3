//! Arguments of the subcommands that query a service: its address, the tenant, the key, a profile, and the timeout.

use std::{convert::Infallible, time::Duration};

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, parser::ValueSource};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_client::{ApiKey, TenantId};

use super::{
    heading::CONNECTION,
    value::{timeout, trimmed},
};
use crate::profiles::Profiles;

/// The variables that override a profile, unless a flag names the profile.
pub const SERVICE_VARIABLES: [&str; 3] = [URL, TENANT_ID, API_KEY];
const URL: &str = "GROUP_DISPATCH_URL";
const TENANT_ID: &str = "GROUP_DISPATCH_TENANT_ID";
const API_KEY: &str = "GROUP_DISPATCH_API_KEY";
/// The variable that names a profile.
pub const PROFILE: &str = "GROUP_DISPATCH_PROFILE";

/// How long a request may take.
#[derive(Args, Default)]
pub struct TimeoutArguments {
    /// The timeout of each request, retries included: seconds, or a duration such as 500ms or 2m.
    #[arg(long, default_value = "30s", value_name = "TIME", value_parser = timeout, help_heading = CONNECTION)]
    pub timeout: Duration,
}

/// The service and the credentials, as far as flags and variables give them.
#[derive(Default)]
pub struct ServiceArguments {
    pub url: Option<Given<String>>,
    pub tenant_id: Option<Given<TenantId>>,
    pub api_key: Option<Given<ApiKey>>,
    pub profile: Option<Given<String>>,
}

/// A value that was given by a flag or a variable.
pub struct Given<T> {
    pub value: T,
    /// The name of the flag or variable.
    pub name: &'static str,
    pub is_flag: bool,
}

/// The service and the credentials.
///
/// Address, tenant and key are each taken from the flag, else from the variable, else from the profile. If a flag names
/// the profile, the profile comes before variables.
#[derive(Args)]
#[command(next_help_heading = CONNECTION)]
struct Flags {
    /// The address of the service, such as http://127.0.0.1:8080. Default: the profile's address. It may contain the
    /// path of a reverse proxy, but not the path of an operation. The variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and
    /// NO_PROXY select a proxy. No proxy is used for localhost, this machine's own name, and the IP addresses of this
    /// machine.
    #[arg(long, env = URL, value_parser = trimmed::<String>)]
    url: Option<String>,
    /// The tenant's id. Default: the profile's tenant.
    #[arg(long, visible_alias = "tenant", env = TENANT_ID, value_name = "ID",
          value_parser = trimmed::<TenantId>)]
    tenant_id: Option<TenantId>,
    /// The tenant's API key. Default: the profile's key. Other users of this machine can see it in the list of
    /// processes; a profile or the variable is safer.
    #[arg(long, env = API_KEY, value_name = "KEY", value_parser = parse_api_key)]
    api_key: Option<ApiKey>,
    /// The profile to take values from that neither flags nor variables give; `group-dispatch login` creates profiles.
    /// If this flag names a profile, the profile overrides variables.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = parse_profile_name,
          add = ArgValueCandidates::new(complete_profile_name))]
    profile: Option<String>,
}

fn parse_api_key(text: &str) -> Result<ApiKey, Infallible> {
    trimmed::<String>(text).map(ApiKey::new)
}

/// Parses the name of a profile.
pub fn parse_profile_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected the name of a profile; omit it for the default profile"),
        name => Ok(name.to_owned()),
    }
}

/// Returns the names of the profiles, for completions. Returns none if the file can't be read.
pub fn complete_profile_name() -> Vec<CompletionCandidate> {
    Profiles::read().map(|profiles| profiles.names().map(CompletionCandidate::new).collect()).unwrap_or_default()
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
            url: given(matches, "url", url, "--url", URL),
            tenant_id: given(matches, "tenant_id", tenant_id, "--tenant-id", TENANT_ID),
            api_key: given(matches, "api_key", api_key, "--api-key", API_KEY),
            profile: given(matches, "profile", profile, "--profile", PROFILE),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Adds to a value whether the flag or the variable gave it.
fn given<T>(
    matches: &ArgMatches,
    id: &str,
    value: Option<T>,
    flag: &'static str,
    variable: &'static str,
) -> Option<Given<T>> {
    let is_flag = matches.value_source(id) == Some(ValueSource::CommandLine);
    Some(Given { value: value?, name: if is_flag { flag } else { variable }, is_flag })
}
