//! `group-dispatch tenant`.

use anyhow::bail;
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_server::store::{Admin, Removal, TenantSummary};
use uuid::Uuid;

use crate::{
    arguments::{Tenant, UsageError},
    rows::{Cell, Column, Rows},
    secret, table,
    terminal::{self, ReaderGone},
};

pub async fn run(command: &Tenant) -> anyhow::Result<()> {
    // Before the database is made, which a key that is missing must not leave behind.
    let given = given_key(command)?;
    let admin = open(command).await?;
    match command {
        Tenant::Add { id, replace_key, .. } => {
            let is_given = given.is_some();
            let key = given.unwrap_or_else(|| ApiKey::new(new_key()));
            let done = add(&admin, *id, key.clone(), *replace_key).await?;
            admin.close().await?;
            if is_given { terminal::show(done) } else { show_key(*id, done, &key) }
        }
        Tenant::List { .. } => {
            let table = table::render(&rows(&admin.tenants().await?), terminal::width());
            admin.close().await?;
            terminal::show(table)
        }
        Tenant::Remove { id, yes, .. } => {
            let done = remove(&admin, *id, *yes).await?;
            admin.close().await?;
            terminal::show(done)
        }
    }
}

/// Writes a key that was made, alone on standard output for scripts; what was done stands on standard error.
fn show_key(id: TenantId, done: String, key: &ApiKey) -> anyhow::Result<()> {
    terminal::remark(&format!("{done}; this is its API key, which is not shown again:"));
    match terminal::print(key.expose()) {
        Err(error) if error.is::<ReaderGone>() => {
            bail!("nobody read the key; `group-dispatch tenant add {id} --replace-key` makes another one")
        }
        printed => printed,
    }
}

fn rows(tenants: &[TenantSummary]) -> Rows {
    Rows::new(
        [Column::whole("tenantId", "TENANT", 0), Column::whole("events", "EVENTS", 0)],
        tenants.iter().map(|tenant| [Cell::number(tenant.id.get()), Cell::text(tenant.events)]),
    )
    .or_say("no tenant is known")
}

async fn open(command: &Tenant) -> anyhow::Result<Admin> {
    match command {
        Tenant::Add { store, .. } => store.database.open_or_create().await,
        Tenant::List { store } | Tenant::Remove { store, .. } => store.database.open().await,
    }
}

/// A key that nobody can guess: 122 random bits.
pub fn new_key() -> String {
    Uuid::new_v4().simple().to_string()
}

/// The key that `tenant add` is given.
fn given_key(command: &Tenant) -> anyhow::Result<Option<ApiKey>> {
    match command {
        Tenant::Add { api_key_stdin: true, .. } => secret::from_stdin().map(Some),
        Tenant::Add { api_key: Some(text), .. } => match secret::checked(text) {
            Some(_) => Ok(Some(ApiKey::new(text.clone()))),
            None => {
                Err(UsageError::new("the key given by --api-key is empty; leave the flag out to have one made").into())
            }
        },
        _ => Ok(None),
    }
}

async fn add(admin: &Admin, id: TenantId, key: ApiKey, replace: bool) -> anyhow::Result<String> {
    if replace && admin.replace_key(id, key.clone()).await? {
        Ok(format!("tenant {id} has another key now"))
    } else if admin.add_tenant(id, key).await? {
        Ok(format!("tenant {id} is known now"))
    } else {
        bail!("tenant {id} is known already; --replace-key gives it another key")
    }
}

async fn remove(admin: &Admin, id: TenantId, yes: bool) -> anyhow::Result<String> {
    match admin.remove_tenant(id, yes).await? {
        Removal::Removed { events } => Ok(format!("tenant {id} is removed, with {events} events")),
        Removal::Refused { events } => {
            bail!("tenant {id} has {events} events, which would be removed with it; --yes does it")
        }
        Removal::Unknown => bail!("tenant {id} is not known; `group-dispatch tenant list` lists those that are"),
    }
}
