//! `group-dispatch tenant callbacks`: shows or deletes the callbacks of the vendor that are kept for a tenant.

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use group_dispatch_client::TenantId;
use group_dispatch_server::store::VendorCallback;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    arguments::store::StoreArguments,
    output::{count, json},
    terminal,
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch tenant callbacks 500766
  group-dispatch tenant callbacks 500766 --delete";

/// Show the callbacks of the vendor that are kept for a tenant, or delete them.
///
/// Each is a line of JSON, oldest first: when it was received, the time that the vendor signed, and its body as it arrived. The
/// vendor's signature does not cover the body, so that nothing is read from it. Bodies are personal data. They are deleted after
/// a week, or as soon as events are with `serve --keep-days`; at most 1,000 are kept, with 4 MiB together.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Callbacks {
    /// The tenant's id.
    id: TenantId,
    /// Delete them. In a SQLite file, they are overwritten as well.
    #[arg(long)]
    delete: bool,
    #[command(flatten)]
    store: StoreArguments,
}

/// A line of the output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    received: String,
    timestamp: String,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Body {
    Body(String),
    BodyBase64(String),
}

pub async fn run(Callbacks { id, delete, store }: &Callbacks) -> anyhow::Result<()> {
    let admin = store.database.open().await?;
    if *delete {
        let deleted = admin.delete_callbacks(*id).await?;
        admin.close().await?;
        if !deleted.is_purged {
            terminal::print_error_line(
                "another program reads the file, so that a server overwrites them within an hour",
            );
        }
        return terminal::print_styled_line(format!("deleted {} of tenant {id}", count(deleted.number, "callback")));
    }
    let callbacks = admin.callbacks(*id).await?;
    admin.close().await?;
    if callbacks.is_empty() {
        terminal::print_error_line(&format!("no callbacks are kept for tenant {id}"));
    }
    callbacks.into_iter().try_for_each(|callback| terminal::print_line(&json::to_line(&Line::from(callback))?))
}

impl From<VendorCallback> for Line {
    fn from(VendorCallback { received, timestamp, body }: VendorCallback) -> Self {
        // A time that can't be shown is printed as it is.
        let time = |at: i64| Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| time.to_string());
        Self {
            received: time(received),
            timestamp: time(timestamp),
            body: match String::from_utf8(body) {
                Ok(text) => Body::Body(text),
                Err(no_text) => Body::BodyBase64(STANDARD.encode(no_text.as_bytes())),
            },
        }
    }
}
