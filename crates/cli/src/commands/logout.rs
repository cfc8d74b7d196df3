//! `group-dispatch logout`: removes a profile.

use clap::Args;
use clap_complete::ArgValueCandidates;

use crate::{
    arguments::connection::{PROFILE, complete_profile_name, parse_profile_name},
    profiles::Profiles,
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch logout
  group-dispatch logout --profile work";

/// Remove a profile.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Logout {
    /// The name of the profile. Default: the default profile.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = parse_profile_name,
          add = ArgValueCandidates::new(complete_profile_name))]
    pub profile: Option<String>,
}

pub fn run(arguments: &Logout) -> anyhow::Result<()> {
    let name = Profiles::change(|profiles| {
        let name = profiles.resolve_name(arguments.profile.as_deref());
        profiles.remove(&name)?;
        Ok(name)
    })?;
    terminal::print_styled_line(terminal::sanitize(&format!("profile {name} is removed")))
}
