//! The commands that make, show, choose and remove profiles.

use clap::{Args, Subcommand};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_client::TenantId;
use group_dispatch_types::UtcOffset;

use super::{TimeoutArguments, examples, service::PROFILE};
use crate::profiles::Profiles;

/// Keep a service's address, the tenant and its key in a profile, for the questions to use.
///
/// Asks for what is missing, and again for what can't be right. The service is asked whether it takes the key before
/// anything is stored. Profiles stand in config.toml in the folder group-dispatch of the user's configuration, ~/.config
/// or what XDG_CONFIG_HOME names, for nobody else to read; other profiles and comments in it stay.
#[derive(Args)]
#[command(after_long_help = examples::LOGIN)]
pub struct Login {
    /// The profile's name; the default one when it is not given.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = profile_name,
          add = ArgValueCandidates::new(profile_names))]
    pub profile: Option<String>,
    /// The service's address.
    #[arg(long)]
    pub url: Option<String>,
    /// The tenant.
    #[arg(long, visible_alias = "tenant", value_name = "ID")]
    pub tenant_id: Option<TenantId>,
    /// Read the key from standard input in place of asking for it.
    #[arg(long)]
    pub api_key_stdin: bool,
    /// The zone of the service's clock times, as its offset from UTC; +08:00 when it is not given.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<UtcOffset>,
    /// Store it without asking the service.
    #[arg(long)]
    pub no_check: bool,
    #[command(flatten)]
    pub time: TimeoutArguments,
}

/// Remove a profile.
#[derive(Args)]
#[command(after_long_help = examples::LOGOUT)]
pub struct Logout {
    /// The profile's name; the default one when it is not given.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = profile_name,
          add = ArgValueCandidates::new(profile_names))]
    pub profile: Option<String>,
}

/// List, show and choose the profiles that `login` made.
#[derive(Subcommand)]
#[command(after_long_help = examples::PROFILE)]
pub enum Profile {
    /// List the profiles; an asterisk marks the default one.
    #[command(after_long_help = examples::PROFILE_LIST)]
    List,
    /// Show a profile, and the file that it stands in. Its key is masked.
    #[command(after_long_help = examples::PROFILE_SHOW)]
    Show {
        /// The profile's name; the default one when it is not given.
        #[arg(env = PROFILE, value_parser = profile_name, add = ArgValueCandidates::new(profile_names))]
        name: Option<String>,
    },
    /// Make a profile the default one, which is used where neither --profile nor a variable names another.
    #[command(after_long_help = examples::PROFILE_USE)]
    Use {
        /// The profile's name.
        #[arg(value_parser = profile_name, add = ArgValueCandidates::new(profile_names))]
        name: String,
    },
}

/// Parses the name of a profile. One from a file may have the end of its line.
pub(super) fn profile_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected the name of a profile; leave it out for the default one"),
        name => Ok(name.to_owned()),
    }
}

/// The names of the profiles, for completions: none where the file can't be read.
pub fn profile_names() -> Vec<CompletionCandidate> {
    Profiles::read().map(|profiles| profiles.names().map(CompletionCandidate::new).collect()).unwrap_or_default()
}
