//! `group-dispatch tenant`: adds, lists and removes the tenants of a database, and their keys, and ends their mirrors.

mod key;
mod new_key;

use anyhow::bail;
use clap::Subcommand;
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_server::store::{Admin, MirrorEnd, Removal, TenantSummary};
use jiff::Timestamp;

pub use self::new_key::generate_key;
use self::new_key::{KeyArguments, print_key};
use crate::{
    arguments::store::StoreArguments,
    commands::mirror::status::format_seconds,
    output::{
        rows::{Cell, Column, Rows},
        table,
    },
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch tenant add 500766
  group-dispatch tenant list
  group-dispatch tenant remove 500766 --yes
  group-dispatch tenant end-mirror 500766
  group-dispatch tenant key add 500766 --name dashboard --may ask";

const ADD_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant add 500766
  (umask 077; group-dispatch tenant add 500766 > key.txt)
  group-dispatch tenant add 500766 --api-key-stdin < key.txt
  group-dispatch tenant add 500766 --replace-key";

const LIST_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant list
  group-dispatch tenant list --database sqlite:///var/lib/group-dispatch.db";

const REMOVE_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant remove 500766
  group-dispatch tenant remove 500766 --yes";

const END_MIRROR_EXAMPLES: &str = "\
Examples:
  group-dispatch tenant end-mirror 500766
  group-dispatch tenant end-mirror 500766 --database sqlite:///var/lib/group-dispatch.db";

/// Add, list and remove the tenants of a database, and their keys, and end their mirrors.
///
/// No configuration file of `serve` is read: repeat the `database` of the file as --database, or as GROUP_DISPATCH_DATABASE.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Tenant {
    /// Add a tenant. A generated key is printed alone on standard output, other messages on standard error. The key is
    /// named `key-1`, and may send queries and feed events.
    #[command(after_long_help = ADD_EXAMPLES)]
    Add {
        /// The tenant's id.
        id: TenantId,
        #[command(flatten)]
        key: KeyArguments,
        /// Replace the key of an existing tenant. The old key is invalid at once, for all programs that use it; with
        /// `tenant key add`, both are valid until the old one is removed. If the tenant has several keys, use `tenant key`.
        #[arg(long)]
        replace_key: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the tenants, with the number of events of each.
    #[command(after_long_help = LIST_EXAMPLES)]
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove a tenant and all its events.
    #[command(after_long_help = REMOVE_EXAMPLES)]
    Remove {
        /// The tenant's id.
        id: TenantId,
        /// Remove a tenant even if it has events.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// End the mirror of a tenant: what it stored stays, and is not out of date any more.
    ///
    /// Stop the mirror first, for good. Without this command, responses say by the header `Age` how long ago it looked,
    /// `serve --max-age` rejects queries, and monitoring reports that a source is out of date. With it, the tenant counts
    /// as one that is only fed. Servers that use the database see it within a second. A mirror that looks again goes on as
    /// after a stop: what it could not see meanwhile is a gap, or happened between the two looks.
    #[command(after_long_help = END_MIRROR_EXAMPLES)]
    EndMirror {
        /// The tenant's id.
        id: TenantId,
        #[command(flatten)]
        store: StoreArguments,
    },
    #[command(subcommand)]
    Key(key::Key),
}

pub async fn run(command: &Tenant) -> anyhow::Result<()> {
    match command {
        Tenant::Add { id, key, replace_key, store } => {
            // Read the key before the database is created: a missing key must not leave a database behind.
            let given_key = key.read()?;
            let admin = store.database.open_or_create().await?;
            let is_given = given_key.is_some();
            let key = given_key.unwrap_or_else(|| ApiKey::new(generate_key()));
            let message = add(&admin, *id, key.clone(), *replace_key).await?;
            admin.close().await?;
            if is_given {
                return terminal::print_styled_line(message);
            }
            let remedy = format!("`group-dispatch tenant add {id} --replace-key` generates another one");
            print_key(&message, &key, &remedy)
        }
        Tenant::List { store } => {
            let admin = store.database.open().await?;
            let table = table::render(&to_rows(&admin.tenants().await?), terminal::width());
            admin.close().await?;
            terminal::print_styled_line(table)
        }
        Tenant::Remove { id, yes, store } => {
            let admin = store.database.open().await?;
            let message = remove(&admin, *id, *yes).await?;
            admin.close().await?;
            terminal::print_styled_line(message)
        }
        Tenant::EndMirror { id, store } => {
            let admin = store.database.open().await?;
            let message = end_mirror(&admin, *id).await?;
            admin.close().await?;
            terminal::print_styled_line(message)
        }
        Tenant::Key(command) => key::run(command).await,
    }
}

fn to_rows(tenants: &[TenantSummary]) -> Rows {
    Rows::new(
        [Column::fixed("tenantId", "TENANT", 0), Column::fixed("events", "EVENTS", 0)],
        tenants.iter().map(|tenant| [Cell::number(tenant.id.get()), Cell::text(tenant.events)]),
    )
    .with_empty_message("there are no tenants")
}

async fn add(admin: &Admin, id: TenantId, key: ApiKey, replace: bool) -> anyhow::Result<String> {
    if replace && admin.replace_key(id, key.clone()).await? {
        Ok(format!("replaced the key of tenant {id} (the old one is invalid now)"))
    } else if admin.add_tenant(id, key).await? {
        Ok(format!("added tenant {id}"))
    } else {
        bail!(
            "tenant {id} exists already; `group-dispatch tenant key add {id} --may ask-and-feed` adds a key beside those that it \
             has; --replace-key replaces its key, and the old one is invalid at once"
        )
    }
}

async fn end_mirror(admin: &Admin, id: TenantId) -> anyhow::Result<String> {
    match admin.end_mirror(id).await? {
        MirrorEnd::Ended { last } => {
            let seconds = (Timestamp::now().as_millisecond() - last) / 1000;
            let age = format_seconds(u64::try_from(seconds).unwrap_or(0));
            Ok(format!(
                "ended the mirror of tenant {id}, whose last look was {age} ago; if a mirror still runs, its next look counts \
                 again: stop it, and repeat this command"
            ))
        }
        MirrorEnd::NotMirrored => bail!("no mirror has looked for tenant {id} since its mirror was ended, or at all"),
        MirrorEnd::Unknown => bail!("there is no tenant {id}; `group-dispatch tenant list` lists the tenants"),
    }
}

async fn remove(admin: &Admin, id: TenantId, yes: bool) -> anyhow::Result<String> {
    match admin.remove_tenant(id, yes).await? {
        Removal::Removed { events } => Ok(format!("removed tenant {id} with {events} events")),
        Removal::Refused { events } => {
            bail!("tenant {id} has {events} events, which would be removed as well; pass --yes to remove them")
        }
        Removal::Unknown => bail!("there is no tenant {id}; `group-dispatch tenant list` lists the tenants"),
    }
}
