//! `group-dispatch login` and `logout`.

use std::{
    env,
    io::{self, BufRead, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, bail};
use group_dispatch_client::{ApiKey, hosts};
use group_dispatch_types::BusinessCode;

use crate::{
    arguments::{Login, Logout, SERVICE_VARIABLES},
    profiles::{Profile, Profiles},
    questions,
    service::Service,
    terminal,
};

/// Somebody sits there and waits.
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn login(arguments: &Login) -> anyhow::Result<()> {
    let profiles = Profiles::read()?;
    let name = profiles.name(arguments.profile.as_deref());
    if name.trim().is_empty() {
        bail!("the profile's name is empty; leave --profile out for the default one");
    }
    let known = profiles.find(Some(&name)).unwrap_or_default();
    // Whoever gives the key on standard input has no more to say there.
    let asks = io::stdin().is_terminal() && !arguments.api_key_stdin;

    let suggested = known.url.clone().unwrap_or_else(|| hosts::VENDOR.to_owned());
    let url = match &arguments.url {
        Some(url) => url.clone(),
        None if asks => prompt("Address", Some(&suggested))?,
        None => suggested,
    };
    let tenant_id = match arguments.tenant_id.or(known.tenant_id) {
        Some(id) if !asks || arguments.tenant_id.is_some() => id,
        suggested if asks => prompt("Tenant id", suggested.map(|id| id.to_string()).as_deref())?.parse()?,
        _ => bail!("the tenant is missing, and there is no terminal to ask for it; give --tenant-id"),
    };
    let api_key = if arguments.api_key_stdin {
        read_line()?
    } else if asks {
        rpassword::prompt_password("ApiKey (it is not shown): ").context("cannot ask for the key")?
    } else {
        bail!("the key is missing, and there is no terminal to ask for it; give it with --api-key-stdin");
    };
    let api_key = ApiKey::new(api_key.trim());
    if api_key.expose().is_empty() {
        bail!("the key is empty; nothing was stored");
    }

    // A zone goes with its service.
    let utc_offset = arguments.utc_offset.or(known.utc_offset.filter(|_| known.url.as_ref() == Some(&url)));
    let service = Service::new(url.clone(), tenant_id, &api_key, utc_offset);
    if !arguments.no_check {
        check(&service).await?;
    }
    let profile = Profile { url: Some(url), tenant_id: Some(tenant_id), api_key: Some(api_key), utc_offset };
    // What was read above may be old by now.
    Profiles::change(|profiles| profiles.store(&name, &profile))?;
    terminal::show(terminal::plain(&format!("profile {name} is stored in {}", profiles.path().display())))?;
    warn_of_variables(&name);
    Ok(())
}

fn warn_of_variables(name: &str) {
    let is_set = |variable: &&str| env::var(variable).is_ok_and(|value| !value.trim().is_empty());
    let set: Vec<_> = SERVICE_VARIABLES.into_iter().filter(is_set).collect();
    if !set.is_empty() {
        let set = set.join(", ");
        terminal::remark(&format!("these variables win over the profile, unless --profile {name} is given: {set}"));
    }
}

async fn check(service: &Service) -> anyhow::Result<()> {
    match questions::knock(&service.client(PATIENCE)?).await {
        Ok(()) => Ok(()),
        Err(refused) if refused.code() == Some(BusinessCode::TokenWrong) => {
            bail!("the service refuses this tenant and key; nothing was stored")
        }
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

/// Asks on standard error, so that standard output has nothing but results.
fn prompt(what: &str, suggested: Option<&str>) -> anyhow::Result<String> {
    let suggestion = suggested.map(|text| format!(" [{text}]")).unwrap_or_default();
    // Where the question can't be shown, an answer may come all the same.
    let _ = write!(io::stderr(), "{what}{suggestion}: ");
    let line = read_line()?;
    match (line.trim(), suggested) {
        ("", Some(suggested)) => Ok(suggested.to_owned()),
        ("", None) => bail!("{what} is missing; nothing was stored"),
        (text, _) => Ok(text.to_owned()),
    }
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
    Ok(line)
}
