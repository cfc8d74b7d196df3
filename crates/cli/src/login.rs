//! `group-dispatch login` and `logout`.

use std::{
    env,
    io::{self, BufRead, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use group_dispatch_client::{ApiKey, TenantId, hosts};
use group_dispatch_types::BusinessCode;

use crate::{
    address,
    arguments::{Login, Logout, SERVICE_VARIABLES},
    profiles::{Profile, Profiles},
    questions, secret,
    service::Service,
    terminal,
};

/// How often a key that the service refuses is asked for again.
const MOST_TRIES: usize = 3;

/// What was entered, as far as it can be checked without the service.
struct Entered {
    url: String,
    tenant_id: TenantId,
    api_key: ApiKey,
}

pub async fn login(arguments: &Login) -> anyhow::Result<()> {
    let profiles = Profiles::read()?;
    let name = profiles.name(arguments.profile.as_deref());
    if name.trim().is_empty() {
        bail!("default_profile in {} is empty; expected a profile's name", profiles.path().display());
    }
    let known = profiles.find(Some(&name)).unwrap_or_default();
    // Whoever gives the key on standard input has no more to say there.
    let asks = io::stdin().is_terminal() && !arguments.api_key_stdin;
    let mut tries = 0;
    let (entered, utc_offset) = loop {
        let entered = enter(arguments, &known, asks)?;
        // A zone goes with its service.
        let utc_offset = arguments.utc_offset.or(known.utc_offset.filter(|_| known.url.as_ref() == Some(&entered.url)));
        let service = Service::new(entered.url.clone(), entered.tenant_id, &entered.api_key, utc_offset);
        tries += 1;
        match if arguments.no_check { Ok(Checked::Accepted) } else { check(&service, arguments.time.timeout).await }? {
            Checked::Accepted => break (entered, utc_offset),
            Checked::Refused if asks && tries < MOST_TRIES => {
                terminal::remark("the service refuses this tenant and key; enter them again, or leave with Ctrl-C");
            }
            Checked::Refused => bail!("the service refuses this tenant and key; nothing was stored"),
        }
    };
    let Entered { url, tenant_id, api_key } = entered;
    let profile = Profile { url: Some(url), tenant_id: Some(tenant_id), api_key: Some(api_key), utc_offset };
    // What was read above may be old by now.
    Profiles::change(|profiles| profiles.store(&name, &profile))?;
    terminal::show(terminal::plain(&format!("profile {name} is stored in {}", profiles.path().display())))?;
    warn_of_variables(&name);
    Ok(())
}

/// Takes each part from its flag, or asks for it until it can be right. What a flag says wrongly ends it at once, before
/// anything is asked.
fn enter(arguments: &Login, known: &Profile, asks: bool) -> anyhow::Result<Entered> {
    let given = arguments.url.as_deref().map(|url| checked(url, "given by --url")).transpose()?;
    if !asks && !arguments.api_key_stdin {
        bail!("the key is missing, and there is no terminal to ask for it; give it with --api-key-stdin");
    }
    let suggested = known.url.clone().unwrap_or_else(|| hosts::VENDOR.to_owned());
    let url = match given {
        Some(url) => url,
        None if asks => prompt("Address", Some(&suggested), |text| {
            address::check(text).map_err(|problem| format!("the address {problem}"))
        })?,
        None => checked(&suggested, "of the profile")?,
    };
    let tenant_id = match arguments.tenant_id.or(known.tenant_id) {
        Some(id) if !asks || arguments.tenant_id.is_some() => id,
        suggested if asks => {
            let suggested = suggested.map(|id| id.to_string());
            prompt("Tenant id", suggested.as_deref(), |text| {
                text.parse::<TenantId>().map_err(|error| error.to_string())
            })?
        }
        _ => bail!("the tenant is missing, and there is no terminal to ask for it; give --tenant-id"),
    };
    let api_key = if arguments.api_key_stdin { secret::from_stdin()? } else { secret::asked_for()? };
    Ok(Entered { url, tenant_id, api_key })
}

fn checked(url: &str, origin: &str) -> anyhow::Result<String> {
    address::check(url).map_err(|problem| anyhow!("the address {origin} {problem}"))
}

/// Says which variables win over a profile that was just stored or chosen.
pub fn warn_of_variables(name: &str) {
    let is_set = |variable: &&str| env::var(variable).is_ok_and(|value| !value.trim().is_empty());
    let set: Vec<_> = SERVICE_VARIABLES.into_iter().filter(is_set).collect();
    if !set.is_empty() {
        let set = set.join(", ");
        terminal::remark(&format!("these variables win over the profile, unless --profile {name} is given: {set}"));
    }
}

enum Checked {
    Accepted,
    Refused,
}

async fn check(service: &Service, timeout: Duration) -> anyhow::Result<Checked> {
    match questions::knock(&service.client(timeout)?).await {
        Ok(()) => Ok(Checked::Accepted),
        Err(refused) if refused.code() == Some(BusinessCode::TokenWrong) => Ok(Checked::Refused),
        Err(error) => Err(service
            .explain(&error)
            .context("nothing was stored, for the key can't be checked (--no-check stores it)")),
    }
}

pub fn logout(arguments: &Logout) -> anyhow::Result<()> {
    let name = Profiles::change(|profiles| {
        let name = profiles.name(arguments.profile.as_deref());
        profiles.remove(&name)?;
        Ok(name)
    })?;
    terminal::show(terminal::plain(&format!("profile {name} is removed")))
}

/// Asks on standard error, so that standard output has nothing but results, until the answer can be right.
fn prompt<T>(what: &str, suggested: Option<&str>, parse: impl Fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
    let suggestion = suggested.map(|text| format!(" [{text}]")).unwrap_or_default();
    loop {
        // Where the question can't be shown, an answer may come all the same.
        let _ = write!(io::stderr(), "{what}{suggestion}: ");
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).context("cannot read standard input")? == 0 {
            bail!("{what} is missing; nothing was stored");
        }
        let text = match (line.trim(), suggested) {
            ("", Some(suggested)) => suggested,
            (text, _) => text,
        };
        match parse(text) {
            Ok(value) => return Ok(value),
            Err(problem) => terminal::remark(&problem),
        }
    }
}
