//! `group-dispatch login`: stores a service and its credentials in a profile.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use clap_complete::ArgValueCandidates;
use group_dispatch_client::{ApiKey, TenantId, hosts};
use group_dispatch_types::{BusinessCode, UtcOffset};

use crate::{
    api_key,
    arguments::connection::{PROFILE, TimeoutArguments, complete_profile_name, parse_profile_name},
    profiles::{Profile, Profiles},
    service::{Service, address, overrides::note_overriding_variables},
    terminal,
};

/// How often the user can enter a key that the service rejects.
const MAX_TRIES: usize = 3;

const EXAMPLES: &str = "\
Examples:
  group-dispatch login
  group-dispatch login --profile local --url http://127.0.0.1:8080 --tenant-id 500766
  group-dispatch login --tenant-id 500766 --api-key-stdin < key.txt";

/// Store the address of a service, a tenant and its API key in a profile, for the queries to use.
///
/// Prompts for missing values, and again for invalid ones. Checks the key with the service before it stores the
/// profile. Profiles are in config.toml in the folder group-dispatch of the user's configuration: ~/.config, or the
/// folder that XDG_CONFIG_HOME names. Only the user can read the file; its other profiles and comments are kept.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Login {
    /// The name of the profile. Default: the default profile.
    #[arg(long, env = PROFILE, value_name = "NAME", value_parser = parse_profile_name,
          add = ArgValueCandidates::new(complete_profile_name))]
    pub profile: Option<String>,
    /// The address of the service.
    #[arg(long)]
    pub url: Option<String>,
    /// The tenant's id.
    #[arg(long, visible_alias = "tenant", value_name = "ID")]
    pub tenant_id: Option<TenantId>,
    /// Read the key from standard input instead of prompting for it.
    #[arg(long)]
    pub api_key_stdin: bool,
    /// The UTC offset of the service's clock times. Default: +08:00.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<UtcOffset>,
    /// Store the profile without checking the key.
    #[arg(long)]
    pub no_check: bool,
    #[command(flatten)]
    pub timeout: TimeoutArguments,
}

/// The values of a profile, valid as far as this machine can check.
struct Input {
    url: String,
    tenant_id: TenantId,
    api_key: ApiKey,
}

pub async fn run(arguments: &Login) -> anyhow::Result<()> {
    let profiles = Profiles::read()?;
    let name = profiles.resolve_name(arguments.profile.as_deref());
    if name.trim().is_empty() {
        bail!("default_profile in {} is empty; expected the name of a profile", profiles.path().display());
    }
    let stored = profiles.find(Some(&name)).unwrap_or_default();
    // With the key on standard input, nobody can answer a prompt.
    let can_prompt = io::stdin().is_terminal() && !arguments.api_key_stdin;
    let mut tries = 0;
    let (input, utc_offset) = loop {
        let input = read_input(arguments, &stored, can_prompt)?;
        // The stored offset belongs to the stored service.
        let stored_offset = stored.utc_offset.filter(|_| stored.url.as_ref() == Some(&input.url));
        let utc_offset = arguments.utc_offset.or(stored_offset);
        let service = Service::new(input.url.clone(), input.tenant_id, &input.api_key, utc_offset);
        tries += 1;
        if arguments.no_check || accepts_key(&service, arguments.timeout.timeout).await? {
            break (input, utc_offset);
        }
        if !can_prompt || tries == MAX_TRIES {
            bail!("the service rejects this tenant and key; nothing was stored");
        }
        terminal::print_error_line("the service rejects this tenant and key; enter them again, or press Ctrl-C");
    };
    let Input { url, tenant_id, api_key } = input;
    let profile = Profile { url: Some(url), tenant_id: Some(tenant_id), api_key: Some(api_key), utc_offset };
    // Reads the file again: it may have changed while the user typed.
    Profiles::change(|profiles| profiles.store(&name, &profile))?;
    let message = format!("profile {name} is stored in {}", profiles.path().display());
    terminal::print_styled_line(terminal::sanitize(&message))?;
    note_overriding_variables(&name);
    Ok(())
}

/// Takes each value from its flag, or prompts for it until it is valid. Fails on an invalid flag before it prompts.
fn read_input(arguments: &Login, stored: &Profile, can_prompt: bool) -> anyhow::Result<Input> {
    let given_url = arguments.url.as_deref().map(|url| validate_url(url, "given by --url")).transpose()?;
    if !can_prompt && !arguments.api_key_stdin {
        bail!("the key is missing, and standard input is not a terminal; pass the key with --api-key-stdin");
    }
    let suggested = stored.url.clone().unwrap_or_else(|| hosts::VENDOR.to_owned());
    let url = match given_url {
        Some(url) => url,
        None if can_prompt => prompt("Address", Some(&suggested), |text| {
            address::validate(text).map_err(|problem| format!("the address {problem}"))
        })?,
        None => validate_url(&suggested, "of the profile")?,
    };
    let tenant_id = match arguments.tenant_id.or(stored.tenant_id) {
        Some(id) if !can_prompt || arguments.tenant_id.is_some() => id,
        suggested if can_prompt => {
            let suggested = suggested.map(|id| id.to_string());
            prompt("Tenant id", suggested.as_deref(), |text| {
                text.parse::<TenantId>().map_err(|error| error.to_string())
            })?
        }
        _ => bail!("the tenant is missing, and standard input is not a terminal; pass --tenant-id"),
    };
    let api_key = if arguments.api_key_stdin { api_key::read_from_stdin()? } else { api_key::prompt_until_given()? };
    Ok(Input { url, tenant_id, api_key })
}

fn validate_url(url: &str, origin: &str) -> anyhow::Result<String> {
    address::validate(url).map_err(|problem| anyhow!("the address {origin} {problem}"))
}

/// Asks the service whether it accepts the tenant and the key.
///
/// # Errors
/// If the service can't be reached, or returns another error.
async fn accepts_key(service: &Service, timeout: Duration) -> anyhow::Result<bool> {
    match service.check_key(timeout).await? {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some(BusinessCode::TokenWrong) => Ok(false),
        Err(error) => Err(service
            .explain(&error)
            .context("nothing was stored, because the key can't be checked (--no-check stores it)")),
    }
}

/// Prompts for a value until it is valid. The prompt is on standard error: standard output is for results.
fn prompt<T>(title: &str, suggested: Option<&str>, parse: impl Fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
    let suggestion = suggested.map(|text| format!(" [{text}]")).unwrap_or_default();
    loop {
        // Standard error may be closed while standard input still works.
        let _ = write!(io::stderr(), "{title}{suggestion}: ");
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).context("cannot read standard input")? == 0 {
            bail!("{title} is missing; nothing was stored");
        }
        let text = match (line.trim(), suggested) {
            ("", Some(suggested)) => suggested,
            (text, _) => text,
        };
        match parse(text) {
            Ok(value) => return Ok(value),
            Err(problem) => terminal::print_error_line(&problem),
        }
    }
}
