//! `group-dispatch tenant key`: adds, lists and removes the keys of a tenant. No command shows a key that exists.

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_server::store::{Admin, KeyAccess, KeyAddition, KeyName, KeyRemoval, KeySummary, TenantKey};

use super::new_key::{KeyArguments, generate_key, print_key};
use crate::{
    arguments::store::StoreArguments,
    output::{
        rows::{Cell, Column, Rows},
        table,
    },
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch tenant key add 500766 --name dashboard --may ask
  group-dispatch tenant key list 500766
  group-dispatch tenant key remove 500766 key-1";

const ADD_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant key add 500766 --may ask-and-feed
  (umask 077; group-dispatch tenant key add 500766 --name dashboard --may ask > key.txt)
  group-dispatch tenant key add 500766 --may ask --api-key-stdin < key.txt";

const LIST_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant key list 500766";

const REMOVE_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant key remove 500766 key-1
  group-dispatch tenant key remove 500766 key-1 --yes";

/// Add, list and remove the keys of a tenant.
///
/// To replace a key, add a new one, configure it wherever the old one is used, and remove the old one: both are valid
/// in between. Servers that use the database see each change within a second.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Key {
    /// Add a key to a tenant. A generated key is printed alone on standard output, other messages on standard error.
    #[command(after_long_help = ADD_EXAMPLES)]
    Add {
        /// The tenant's id.
        id: TenantId,
        /// The name of the key: 1 to 24 lower-case letters, digits, `-` and `_`. Default: `key-` and a number.
        #[arg(long, value_name = "NAME")]
        name: Option<KeyName>,
        /// What the key may do.
        #[arg(long)]
        may: Access,
        #[command(flatten)]
        key: KeyArguments,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the keys of a tenant: the name of each, and what it may do.
    #[command(after_long_help = LIST_EXAMPLES)]
    List {
        /// The tenant's id.
        id: TenantId,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove a key of a tenant. The only one can't be removed.
    #[command(after_long_help = REMOVE_EXAMPLES)]
    Remove {
        /// The tenant's id.
        id: TenantId,
        /// The name of the key, as `tenant key list` shows it.
        name: KeyName,
        /// Remove the key even if no other key of the tenant may feed events.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// What a key may do.
#[derive(Clone, Copy, ValueEnum)]
pub enum Access {
    /// Send queries.
    Ask,
    /// Send queries and feed events.
    AskAndFeed,
}

pub async fn run(command: &Key) -> anyhow::Result<()> {
    match command {
        Key::Add { id, name, may, key, store } => {
            let given_key = key.read()?;
            let admin = store.database.open().await?;
            let is_given = given_key.is_some();
            let key = given_key.unwrap_or_else(|| ApiKey::new(generate_key()));
            let access = match may {
                Access::Ask => KeyAccess::Ask,
                Access::AskAndFeed => KeyAccess::AskAndFeed,
            };
            let name = match name {
                Some(name) => name.clone(),
                None => next_name(&keys(&admin, *id).await?),
            };
            add(&admin, *id, TenantKey { name: name.clone(), key: key.clone(), access }).await?;
            admin.close().await?;
            let message = format!("added key {name} of tenant {id}, which may {}", words(access));
            if is_given {
                return terminal::print_styled_line(message);
            }
            print_key(&message, &key, &format!("`group-dispatch tenant key remove {id} {name}` removes it"))
        }
        Key::List { id, store } => {
            let admin = store.database.open().await?;
            let table = table::render(&to_rows(&keys(&admin, *id).await?), terminal::width());
            admin.close().await?;
            terminal::print_styled_line(table)
        }
        Key::Remove { id, name, yes, store } => {
            let admin = store.database.open().await?;
            if !yes && is_last_feeding_key(&keys(&admin, *id).await?, name) {
                bail!(
                    "it is the only key of tenant {id} that may feed events; add another one first, or pass --yes to remove it"
                );
            }
            remove(&admin, *id, name).await?;
            admin.close().await?;
            terminal::print_styled_line(format!("removed key {name} of tenant {id}"))
        }
    }
}

async fn keys(admin: &Admin, id: TenantId) -> anyhow::Result<Vec<KeySummary>> {
    match admin.keys(id).await? {
        Some(keys) => Ok(keys),
        None => unknown_tenant(id),
    }
}

fn unknown_tenant<T>(id: TenantId) -> anyhow::Result<T> {
    bail!("there is no tenant {id}; `group-dispatch tenant list` lists the tenants")
}

/// Returns the first name with a number above those that are in use.
fn next_name(keys: &[KeySummary]) -> KeyName {
    let numbers = keys.iter().filter_map(|key| key.name.as_str().strip_prefix("key-")?.parse::<u32>().ok());
    KeyName::numbered(numbers.max().unwrap_or_default().saturating_add(1))
}

/// Returns whether only keys that can't feed would be left. A key that is the only one at all is refused by the store.
fn is_last_feeding_key(keys: &[KeySummary], name: &KeyName) -> bool {
    let (removed, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.name == *name);
    let may_feed = |keys: &[&KeySummary]| keys.iter().any(|key| key.access.may_feed());
    may_feed(&removed) && !others.is_empty() && !may_feed(&others)
}

/// No error repeats the name: it may be a key in the wrong place.
async fn add(admin: &Admin, id: TenantId, key: TenantKey) -> anyhow::Result<()> {
    match admin.add_key(id, key).await? {
        KeyAddition::Added => Ok(()),
        KeyAddition::UnknownTenant => unknown_tenant(id),
        KeyAddition::NameTaken => bail!("tenant {id} has a key with this name; choose another name with --name"),
        KeyAddition::KeyTaken => {
            bail!("tenant {id} has the same key under another name; give another key, or none to generate one")
        }
        KeyAddition::TooMany => bail!("tenant {id} has 16 keys, the most that are possible; remove one first"),
    }
}

async fn remove(admin: &Admin, id: TenantId, name: &KeyName) -> anyhow::Result<()> {
    match admin.remove_key(id, name.clone()).await? {
        KeyRemoval::Removed => Ok(()),
        KeyRemoval::UnknownTenant => unknown_tenant(id),
        KeyRemoval::UnknownKey => {
            bail!("tenant {id} has no key with this name; `group-dispatch tenant key list {id}` lists the names")
        }
        KeyRemoval::LastKey => bail!(
            "it is the only key of tenant {id}; add another one first, or remove the tenant with \
             `group-dispatch tenant remove {id}`"
        ),
    }
}

fn to_rows(keys: &[KeySummary]) -> Rows {
    Rows::new(
        [Column::fixed("name", "KEY", 0), Column::fixed("may", "MAY", 0)],
        keys.iter().map(|key| [Cell::text(&key.name), Cell::text(words(key.access))]),
    )
}

fn words(access: KeyAccess) -> &'static str {
    match access {
        KeyAccess::Ask => "ask",
        KeyAccess::AskAndFeed => "ask and feed",
    }
}
