//! `group-dispatch tenant`: adds, lists and removes the tenants of a database.

use anyhow::bail;
use clap::Subcommand;
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_server::store::{Admin, Removal, TenantSummary};
use uuid::Uuid;

use crate::{
    api_key,
    arguments::store::StoreArguments,
    output::{
        rows::{Cell, Column, Rows},
        table,
    },
    terminal::{self, StdoutClosed},
    usage_error::UsageError,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch tenant add 500766
  group-dispatch tenant list
  group-dispatch tenant remove 500766 --yes";

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

/// Add, list and remove the tenants of a database.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Tenant {
    /// Add a tenant. A generated key is printed alone on standard output, other messages on standard error.
    #[command(after_long_help = ADD_EXAMPLES)]
    Add {
        /// The tenant's id.
        id: TenantId,
        /// The API key that the tenant signs requests with. Default: a generated key. Other users of this machine can
        /// see it in the list of processes and in the shell's history; --api-key-stdin is safer.
        #[arg(long, value_name = "KEY")]
        api_key: Option<String>,
        /// Read the key from the first line of standard input; on a terminal, prompt for it.
        #[arg(long, conflicts_with = "api_key")]
        api_key_stdin: bool,
        /// Replace the key of an existing tenant.
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
}

pub async fn run(command: &Tenant) -> anyhow::Result<()> {
    // Read the key before the database is created: a missing key must not leave a database behind.
    let given_key = read_given_key(command)?;
    let admin = open(command).await?;
    match command {
        Tenant::Add { id, replace_key, .. } => {
            let is_given = given_key.is_some();
            let key = given_key.unwrap_or_else(|| ApiKey::new(generate_key()));
            let message = add(&admin, *id, key.clone(), *replace_key).await?;
            admin.close().await?;
            if is_given { terminal::print_styled_line(message) } else { print_key(*id, message, &key) }
        }
        Tenant::List { .. } => {
            let table = table::render(&to_rows(&admin.tenants().await?), terminal::width());
            admin.close().await?;
            terminal::print_styled_line(table)
        }
        Tenant::Remove { id, yes, .. } => {
            let message = remove(&admin, *id, *yes).await?;
            admin.close().await?;
            terminal::print_styled_line(message)
        }
    }
}

/// Generates a key with 122 random bits.
pub fn generate_key() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Prints a generated key alone on standard output, for scripts, and the message on standard error.
fn print_key(id: TenantId, message: String, key: &ApiKey) -> anyhow::Result<()> {
    terminal::print_error_line(&format!("{message}; its API key, which is not shown again:"));
    match terminal::print_line(key.expose()) {
        Err(error) if error.is::<StdoutClosed>() => {
            bail!(
                "the key was not printed, because standard output is closed; `group-dispatch tenant add {id} --replace-key` generates another one"
            )
        }
        result => result,
    }
}

fn to_rows(tenants: &[TenantSummary]) -> Rows {
    Rows::new(
        [Column::fixed("tenantId", "TENANT", 0), Column::fixed("events", "EVENTS", 0)],
        tenants.iter().map(|tenant| [Cell::number(tenant.id.get()), Cell::text(tenant.events)]),
    )
    .with_empty_message("there are no tenants")
}

async fn open(command: &Tenant) -> anyhow::Result<Admin> {
    match command {
        Tenant::Add { store, .. } => store.database.open_or_create().await,
        Tenant::List { store } | Tenant::Remove { store, .. } => store.database.open().await,
    }
}

fn read_given_key(command: &Tenant) -> anyhow::Result<Option<ApiKey>> {
    match command {
        Tenant::Add { api_key_stdin: true, .. } => api_key::read_from_stdin().map(Some),
        Tenant::Add { api_key: Some(text), .. } => match api_key::parse(text) {
            Some(_) => Ok(Some(ApiKey::new(text.clone()))),
            None => Err(UsageError::new("the key given by --api-key is empty; omit the flag to generate a key").into()),
        },
        _ => Ok(None),
    }
}

async fn add(admin: &Admin, id: TenantId, key: ApiKey, replace: bool) -> anyhow::Result<String> {
    if replace && admin.replace_key(id, key.clone()).await? {
        Ok(format!("replaced the key of tenant {id}"))
    } else if admin.add_tenant(id, key).await? {
        Ok(format!("added tenant {id}"))
    } else {
        bail!("tenant {id} exists already; --replace-key replaces its key")
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
