//! `group-dispatch profile`: lists, shows and selects profiles.

use std::env;

use clap::Subcommand;
use clap_complete::ArgValueCandidates;

use crate::{
    arguments::connection::{PROFILE, complete_profile_name, parse_profile_name},
    output::{
        rows::{Cell, Column, Rows},
        table,
    },
    profiles::{self, Profiles},
    service::overrides::note_overriding_variables,
    terminal::{self, sanitize},
};

/// Replaces a key. It reveals neither the length nor a part of it.
const MASKED_KEY: &str = "********";
const NOT_SET: &str = "not set";

const EXAMPLES: &str = "\
Examples:
  group-dispatch profile list
  group-dispatch profile show work
  group-dispatch profile use work";

const LIST_EXAMPLES: &str = "\
Examples:
  group-dispatch profile list";

const SHOW_EXAMPLES: &str = "\
Examples:
  group-dispatch profile show
  group-dispatch profile show work";

const USE_EXAMPLES: &str = "\
Examples:
  group-dispatch profile use work";

/// List, show and select the profiles that `login` created.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Profile {
    /// List the profiles; an asterisk marks the default profile.
    #[command(after_long_help = LIST_EXAMPLES)]
    List,
    /// Show a profile with its key masked, and the path of its file.
    #[command(after_long_help = SHOW_EXAMPLES)]
    Show {
        /// The name of the profile. Default: the default profile.
        #[arg(env = PROFILE, value_parser = parse_profile_name, add = ArgValueCandidates::new(complete_profile_name))]
        name: Option<String>,
    },
    /// Make a profile the default profile, which is used unless --profile or a variable names another.
    #[command(after_long_help = USE_EXAMPLES)]
    Use {
        /// The name of the profile.
        #[arg(value_parser = parse_profile_name, add = ArgValueCandidates::new(complete_profile_name))]
        name: String,
    },
}

pub fn run(command: &Profile) -> anyhow::Result<()> {
    match command {
        Profile::List => {
            let profiles = Profiles::read()?;
            terminal::print_styled_line(table::render(&list(&profiles), terminal::width()))
        }
        Profile::Show { name } => {
            let profiles = Profiles::read()?;
            let name = profiles.resolve_name(name.as_deref());
            let profile = profiles.find(Some(&name))?;
            terminal::print_styled_line(show(&profiles, &name, &profile))
        }
        Profile::Use { name } => {
            Profiles::change(|profiles| profiles.set_default(name))?;
            terminal::print_styled_line(sanitize(&format!("profile {name} is now the default profile")))?;
            if let Ok(other) = env::var(PROFILE)
                && !other.trim().is_empty()
            {
                terminal::print_error_line(&format!(
                    "the variable {PROFILE} overrides it with profile {}",
                    other.trim()
                ));
            }
            note_overriding_variables(name);
            Ok(())
        }
    }
}

fn list(profiles: &Profiles) -> Rows {
    let default = profiles.resolve_name(None);
    Rows::new(
        [
            Column::fixed("default", "", 0),
            Column::text("name", "PROFILE", 0, 10),
            Column::text("url", "ADDRESS", 0, 20),
            Column::fixed("tenantId", "TENANT", 1),
        ],
        profiles.iter().map(|(name, profile)| {
            [
                Cell::text(if *name == default { "*" } else { " " }),
                Cell::text(name),
                Cell::text(display_address(profile)),
                Cell::text(profile.tenant_id.map_or_else(|| NOT_SET.to_owned(), |id| id.to_string())),
            ]
        }),
    )
    .with_empty_message(format!(
        "there are no profiles in {}; `group-dispatch login` creates one",
        profiles.path().display()
    ))
}

fn show(profiles: &Profiles, name: &str, profile: &profiles::Profile) -> String {
    let is_default = if name == profiles.resolve_name(None) { " (default)" } else { "" };
    let tenant = profile.tenant_id.map_or_else(|| NOT_SET.to_owned(), |id| id.to_string());
    let key = if profile.api_key.is_some() { MASKED_KEY } else { NOT_SET };
    let offset = profile.utc_offset.map_or_else(|| "+08:00 (not set)".to_owned(), |offset| offset.to_string());
    let file = profiles.path().display().to_string();
    let lines = [
        ("profile", format!("{name}{is_default}")),
        ("address", display_address(profile)),
        ("tenant", tenant),
        ("API key", key.to_owned()),
        ("UTC offset", offset),
        ("file", file),
    ];
    lines.map(|(title, value)| format!("{title:11} {}", sanitize(&value))).join("\n")
}

/// Returns the address. Hides an address with a user or a password, which a user may have written into the file.
fn display_address(profile: &profiles::Profile) -> String {
    match &profile.url {
        Some(url) if url.contains(['@', '?', '#']) => "not shown, because it may contain a password".to_owned(),
        Some(url) => url.clone(),
        None => NOT_SET.to_owned(),
    }
}
