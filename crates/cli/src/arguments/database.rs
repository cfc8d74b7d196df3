//! Looking after a database: its part of `doctor`, and `repair-order`.

use std::env;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use group_dispatch_client::TenantId;

use super::{OUTPUT, ServiceArguments, StoreArguments, TimeoutArguments, examples};
use crate::database::Database;

/// The variable that names the database.
pub const DATABASE: &str = "GROUP_DISPATCH_DATABASE";
/// The database that neither a flag nor the variable names.
pub const DEFAULT_DATABASE: &str = "sqlite://group-dispatch.db";

/// Find out why a service can't be asked: a line for each check, with what to do about what is wrong.
///
/// It looks at where address, tenant and key come from, the connection, its encryption, whether it is the service
/// that answers, this machine's clock, the signature, and each of the five queries. The exit status is 1 when a check
/// failed; warnings leave it at 0. The key is never shown.
///
/// A proxy is used where HTTP_PROXY (for http addresses), HTTPS_PROXY (for https addresses) or ALL_PROXY names one, in
/// upper or lower case: http, https, socks4, socks4a, socks5 or socks5h. Hosts that NO_PROXY lists are
/// reached without it, and so are localhost, this machine's own name, and the IP addresses of this machine.
///
/// With --database it checks a database instead, also while servers use it, and changes nothing there: whether events that
/// a version before contract 2.0.0 stored are in order. If not, it names the command that repairs them.
#[derive(Args)]
#[command(after_long_help = examples::DOCTOR)]
pub struct Doctor {
    /// Check this database instead of a service, as `serve` takes it; without URL, the one that GROUP_DISPATCH_DATABASE
    /// names, or sqlite://group-dispatch.db. A password in the URL can be seen in the list of processes; the variable is
    /// safer.
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    pub database: Option<Option<Database>>,
    /// How to print what is found.
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = OUTPUT)]
    pub output: ReportForm,
    #[command(flatten)]
    pub service: ServiceArguments,
    #[command(flatten)]
    pub time: TimeoutArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportForm {
    /// A line of text for each check.
    Text,
    /// One JSON object when all checks are made.
    Json,
}

impl Doctor {
    /// Returns the database to check, if one is to be checked.
    pub fn database(&self) -> anyhow::Result<Option<Database>> {
        match &self.database {
            None => Ok(None),
            Some(Some(named)) => Ok(Some(named.clone())),
            Some(None) => {
                let url = env::var(DATABASE).ok().filter(|url| !url.trim().is_empty());
                let database = url.as_deref().unwrap_or(DEFAULT_DATABASE).parse();
                database.map(Some).map_err(|error| anyhow!("{DATABASE}: {error}"))
            }
        }
    }
}

/// Repair events that a version before contract 2.0.0 stored in the order of a newest-first feed.
///
/// These versions stored the events of one second in the order of the feed. A queryUserStatusLog answer is newest first: if
/// it was imported as it was, the first of these events counted as the latest, and who is online may be wrong. This
/// command turns such events round. It recognizes them by the times of the same agent's events that arrived just before
/// and after them. Where these times contradict each other or there are none, it changes nothing and prints how many events
/// are concerned. `group-dispatch doctor --database` finds such events and changes nothing.
///
/// Stop all servers and imports on the database first, and back it up: the command refuses to start while others use the
/// database. Who is online is then built again from the events when a server starts. Each tenant is repaired in one step: the
/// command can be started again wherever it was broken off, and when all is done it finds nothing. Where --keep-days has
/// removed events, the presence can't be built again from the others: nothing is changed, and the exit status is 1.
#[derive(Args)]
#[command(after_long_help = examples::REPAIR_ORDER)]
pub struct RepairOrder {
    /// Repair the events of this tenant alone.
    #[arg(long, visible_alias = "tenant-id", value_name = "ID")]
    pub tenant: Option<TenantId>,
    /// Print what would be changed and change nothing; servers may run.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub store: StoreArguments,
}
