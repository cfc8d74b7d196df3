//! `group-dispatch tenant`.

use std::{
    io::{Write, stdout},
    sync::Arc,
};

use anyhow::bail;
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_server::store::{Removal, Store};
use group_dispatch_types::UtcOffset;
use uuid::Uuid;

use crate::{
    arguments::{StoreArguments, Tenant},
    tables,
};

pub async fn run(command: &Tenant) -> anyhow::Result<()> {
    match command {
        Tenant::Add { id, api_key, replace_key, store } => {
            let store = open(store)?;
            add(&*store, *id, api_key.as_deref(), *replace_key).await?;
            store.close().await?;
        }
        Tenant::List { store } => {
            let store = open(store)?;
            writeln!(stdout(), "{}", tables::tenants(&store.tenants().await?))?;
            store.close().await?;
        }
        Tenant::Remove { id, yes, store } => {
            let store = open(store)?;
            remove(&*store, *id, *yes).await?;
            store.close().await?;
        }
    }
    Ok(())
}

/// Tenants have nothing to do with times, so that any zone will do.
fn open(store: &StoreArguments) -> anyhow::Result<Arc<dyn Store>> {
    store.database.open(UtcOffset::default())
}

/// A key that nobody can guess: 122 random bits.
pub fn new_key() -> String {
    Uuid::new_v4().simple().to_string()
}

async fn add(store: &dyn Store, id: TenantId, given: Option<&str>, replace: bool) -> anyhow::Result<()> {
    if given.is_some_and(|key| key.trim().is_empty()) {
        bail!("the key is empty; leave --api-key out to have one made");
    }
    let key = ApiKey::new(given.map_or_else(new_key, str::to_owned));
    let done = if replace && store.replace_key(id, key.clone()).await? {
        "has another key now"
    } else if store.add_tenant(id, key.clone()).await? {
        "is known now"
    } else {
        bail!("tenant {id} is known already; --replace-key gives it another key");
    };
    match given {
        Some(_) => writeln!(stdout(), "tenant {id} {done}")?,
        None => writeln!(stdout(), "tenant {id} {done}; its ApiKey is {}", key.expose())?,
    }
    Ok(())
}

async fn remove(store: &dyn Store, id: TenantId, yes: bool) -> anyhow::Result<()> {
    match store.remove_tenant(id, yes).await? {
        Removal::Removed { events } => writeln!(stdout(), "tenant {id} is removed, with {events} events")?,
        Removal::Refused { events } => {
            bail!("tenant {id} has {events} events, which would be removed with it; --yes does it")
        }
        Removal::Unknown => bail!("tenant {id} is not known; `group-dispatch tenant list` lists those that are"),
    }
    Ok(())
}
