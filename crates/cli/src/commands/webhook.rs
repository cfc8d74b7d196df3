//! `group-dispatch webhook`: adds, lists, tests and removes the webhooks of a database, and sends their messages again.

use clap::Subcommand;
use group_dispatch_client::TenantId;
use group_dispatch_server::store::{AddedWebhook, DeliverySummary, WebhookSummary};
use jiff::Timestamp;

use crate::{
    arguments::store::StoreArguments,
    output::{
        count,
        rows::{Cell, Column, Rows},
        table,
    },
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch webhook add 500766 https://example.com/hooks --rule account-banned
  group-dispatch webhook list
  group-dispatch webhook test 1
  group-dispatch webhook deliveries 1
  group-dispatch webhook replay 1 --since 4712.9c8b7a60
  group-dispatch webhook remove 1";

const ADD_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook add 500766 https://example.com/hooks --rule account-banned --rule mirror-stale:for=10m
  group-dispatch webhook add 500766 https://example.com/hooks --rule agent-offline:hours=mon-fri@09:00-18:00 > secret.txt";

const LIST_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook list
  group-dispatch webhook list --tenant 500766";

const DELIVERIES_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook deliveries 1
  group-dispatch webhook deliveries 1 --limit 20";

const TEST_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook test 1";

const REPLAY_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook replay 1 --since 4712.9c8b7a60";

const ROTATE_EXAMPLES: &str = "\
Examples:
  (umask 077; group-dispatch webhook rotate 1 > secret.txt)";

const ENABLE_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook enable 1";

const REMOVE_EXAMPLES: &str = "\
Examples:
  group-dispatch webhook remove 1";

/// Add, list, test and remove webhooks: rules that a server of the database computes, and messages that it sends.
///
/// Messages are those of Standard Webhooks, signed with a secret of the webhook. A message is sent until its receiver has it, ten
/// times within about three days, always with the same `webhook-id`.
///
/// No configuration file of `serve` is read: repeat the `database` of the file as --database, or as GROUP_DISPATCH_DATABASE.
#[derive(Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Webhook {
    /// Add a webhook. Its secret is printed alone on standard output, other messages on standard error.
    ///
    /// A rule is a name, and behind a colon the parameters that differ from their defaults:
    /// account-banned;
    /// agent-offline:for=15m,hours=mon-fri@09:00-18:00,zone=America/Bogota;
    /// everybody-gone:accounts=5,within=2m;
    /// flapping:changes=6,within=10m;
    /// mirror-stale:for=5m.
    #[command(after_long_help = ADD_EXAMPLES)]
    Add {
        /// The tenant's id.
        #[arg(value_name = "ID")]
        tenant: TenantId,
        /// Where messages are sent: an https address.
        url: String,
        /// When a message is sent; can be repeated.
        #[arg(long = "rule", value_name = "RULE", required = true)]
        rules: Vec<String>,
        /// Allow an http address, for receivers that the servers reach without the Internet. Each server needs
        /// --webhook-allow-http as well.
        #[arg(long)]
        allow_http: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the webhooks, without their secrets and the paths of their addresses.
    #[command(after_long_help = LIST_EXAMPLES)]
    List {
        /// Only those of this tenant.
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List the latest messages of a webhook, the newest first, and its result.
    #[command(after_long_help = DELIVERIES_EXAMPLES)]
    Deliveries {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_name = "NUMBER")]
        limit: usize,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Let a server send a message of type `webhook.test`.
    #[command(after_long_help = TEST_EXAMPLES)]
    Test {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Send messages again that follow from a position of the log, or a later one, with the same ids.
    #[command(after_long_help = REPLAY_EXAMPLES)]
    Replay {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        /// The position of a delivery, or of a change.
        #[arg(long, value_name = "POSITION")]
        since: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Replace the secret of a webhook, and print the new one. For a day, messages are signed with both.
    #[command(after_long_help = ROTATE_EXAMPLES)]
    Rotate {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Send messages of a webhook again whose receiver said that it wants none (410), also those that have come meanwhile.
    #[command(after_long_help = ENABLE_EXAMPLES)]
    Enable {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Remove a webhook with all its messages.
    #[command(after_long_help = REMOVE_EXAMPLES)]
    Remove {
        /// The number of the webhook, as `webhook list` shows it.
        number: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
}

pub async fn run(command: &Webhook) -> anyhow::Result<()> {
    let (Webhook::Add { store, .. }
    | Webhook::List { store, .. }
    | Webhook::Deliveries { store, .. }
    | Webhook::Test { store, .. }
    | Webhook::Replay { store, .. }
    | Webhook::Rotate { store, .. }
    | Webhook::Enable { store, .. }
    | Webhook::Remove { store, .. }) = command;
    let admin = store.database.open().await?;
    match command {
        Webhook::Add { tenant, url, rules, allow_http, .. } => {
            let added = admin.add_webhook(*tenant, url, rules, *allow_http).await?;
            admin.close().await?;
            print_secret(&format!("added webhook {} of tenant {tenant}; its secret:", added.number), &added)
        }
        Webhook::List { tenant, .. } => {
            let webhooks = admin.webhooks(*tenant).await?;
            admin.close().await?;
            terminal::print_styled_line(table::render(&webhook_rows(&webhooks), terminal::width()))
        }
        Webhook::Deliveries { number, limit, .. } => {
            let deliveries = admin.webhook_deliveries(*number, *limit).await?;
            admin.close().await?;
            terminal::print_styled_line(table::render(&delivery_rows(&deliveries), terminal::width()))
        }
        Webhook::Test { number, .. } => {
            let id = admin.test_webhook(*number).await?;
            admin.close().await?;
            terminal::print_styled_line(format!(
                "a server will send {id}; `webhook deliveries {number}` shows the result"
            ))
        }
        Webhook::Replay { number, since, .. } => {
            let replayed = admin.replay_webhook(*number, since).await?;
            admin.close().await?;
            terminal::print_styled_line(format!("a server will send {} again", count(replayed, "message")))
        }
        Webhook::Rotate { number, .. } => {
            let rotated = admin.rotate_webhook_secret(*number).await?;
            admin.close().await?;
            print_secret(&format!("the new secret of webhook {number}; the old one signs as well for a day:"), &rotated)
        }
        Webhook::Enable { number, .. } => {
            admin.enable_webhook(*number).await?;
            admin.close().await?;
            terminal::print_styled_line(format!("webhook {number} gets messages again"))
        }
        Webhook::Remove { number, .. } => {
            admin.remove_webhook(*number).await?;
            admin.close().await?;
            terminal::print_styled_line(format!("removed webhook {number}"))
        }
    }
}

/// Prints a secret alone on standard output.
fn print_secret(message: &str, added: &AddedWebhook) -> anyhow::Result<()> {
    terminal::print_error_line(message);
    terminal::print_line(&added.secret)
}

fn webhook_rows(webhooks: &[WebhookSummary]) -> Rows {
    let columns = [
        Column::fixed("number", "WEBHOOK", 0),
        Column::fixed("tenantId", "TENANT", 0),
        Column::fixed("host", "HOST", 0),
        Column::fixed("rules", "RULES", 0),
        Column::fixed("waiting", "WAITING", 0),
        Column::fixed("failed", "FAILED", 0),
        Column::fixed("disabled", "DISABLED", 1),
    ];
    let row = |webhook: &WebhookSummary| {
        [
            Cell::text(webhook.number),
            Cell::number(webhook.tenant.get()),
            Cell::text(&webhook.host),
            Cell::text(webhook.rules.join(" ")),
            Cell::text(webhook.waiting),
            Cell::text(webhook.failed),
            Cell::text(webhook.disabled.as_deref().unwrap_or_default()),
        ]
    };
    Rows::new(columns, webhooks.iter().map(row)).with_empty_message("there are no webhooks")
}

fn delivery_rows(deliveries: &[DeliverySummary]) -> Rows {
    let columns = [
        Column::fixed("id", "ID", 0),
        Column::fixed("type", "TYPE", 0),
        Column::fixed("created", "CREATED", 0),
        Column::fixed("state", "STATE", 0),
        Column::fixed("attempts", "ATTEMPTS", 0),
        Column::fixed("outcome", "OUTCOME", 0),
        Column::fixed("position", "POSITION", 1),
    ];
    let time = |at: i64| Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| time.to_string());
    let row = |delivery: &DeliverySummary| {
        [
            Cell::text(&delivery.id),
            Cell::text(&delivery.kind),
            Cell::text(time(delivery.created)),
            Cell::text(delivery.state),
            Cell::text(delivery.attempts),
            Cell::text(delivery.outcome.as_deref().unwrap_or_default()),
            Cell::text(delivery.position.as_deref().unwrap_or_default()),
        ]
    };
    Rows::new(columns, deliveries.iter().map(row)).with_empty_message("there are no messages")
}
