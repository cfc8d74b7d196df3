//! `group-dispatch profile`: lists, shows and chooses profiles.

use std::env;

use crate::{
    arguments::{PROFILE, Profile as Command},
    login::warn_of_variables,
    profiles::{Profile, Profiles},
    rows::{Cell, Column, Rows},
    table,
    terminal::{self, plain},
};

/// Stands for a key. It says nothing about it, neither its length nor its end.
const MASKED: &str = "********";
const MISSING: &str = "not set";

pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::List => {
            let profiles = Profiles::read()?;
            terminal::show(table::render(&listed(&profiles), terminal::width()))
        }
        Command::Show { name } => {
            let profiles = Profiles::read()?;
            let name = profiles.name(name.as_deref());
            let profile = profiles.find(Some(&name))?;
            terminal::show(shown(&profiles, &name, &profile))
        }
        Command::Use { name } => {
            Profiles::change(|profiles| profiles.make_default(name))?;
            terminal::show(plain(&format!("profile {name} is the default one now")))?;
            if let Ok(other) = env::var(PROFILE)
                && !other.trim().is_empty()
            {
                terminal::remark(&format!("the variable {PROFILE} names profile {} and wins over it", other.trim()));
            }
            warn_of_variables(name);
            Ok(())
        }
    }
}

fn listed(profiles: &Profiles) -> Rows {
    let default = profiles.name(None);
    Rows::new(
        [
            Column::whole("default", "", 0),
            Column::words("name", "PROFILE", 0, 10),
            Column::words("url", "ADDRESS", 0, 20),
            Column::whole("tenantId", "TENANT", 1),
        ],
        profiles.iter().map(|(name, profile)| {
            [
                Cell::text(if *name == default { "*" } else { " " }),
                Cell::text(name),
                Cell::text(address(profile)),
                Cell::text(profile.tenant_id.map_or_else(|| MISSING.to_owned(), |id| id.to_string())),
            ]
        }),
    )
    .or_say(format!("there are no profiles in {}; `group-dispatch login` makes one", profiles.path().display()))
}

fn shown(profiles: &Profiles, name: &str, profile: &Profile) -> String {
    let is_default = if name == profiles.name(None) { " (default)" } else { "" };
    let tenant = profile.tenant_id.map_or_else(|| MISSING.to_owned(), |id| id.to_string());
    let key = if profile.api_key.is_some() { MASKED } else { MISSING };
    let offset = profile.utc_offset.map_or_else(|| "+08:00 (not set)".to_owned(), |offset| offset.to_string());
    let file = profiles.path().display().to_string();
    let lines = [
        ("profile", format!("{name}{is_default}")),
        ("address", address(profile)),
        ("tenant", tenant),
        ("API key", key.to_owned()),
        ("UTC offset", offset),
        ("file", file),
    ];
    lines.map(|(what, value)| format!("{what:11} {}", plain(&value))).join("\n")
}

/// The address, but for one with a user or a password in it, which a file may have and no service takes.
fn address(profile: &Profile) -> String {
    match &profile.url {
        Some(url) if url.contains(['@', '?', '#']) => "not shown, for it may contain a password".to_owned(),
        Some(url) => url.clone(),
        None => MISSING.to_owned(),
    }
}
