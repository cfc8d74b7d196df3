//! Recognizes a pooler that gives each transaction another session, before anything is set on a session that others
//! share.
//!
//! Notifications, advisory locks, prepared statements and settings need a session of their own. PgBouncer gives one in
//! session mode only. In transaction mode `LISTEN` succeeds and receives nothing, and a `SET` stays on a session that
//! other programs get next.

use tokio_postgres::SimpleQueryMessage;

use super::{error::TransactionPooler, session::Session};
use crate::error::StoreError;

/// Fails if one of two open connections changes its process of PostgreSQL, or if they share one. Changes nothing in the
/// sessions.
///
/// Such a pooler gives a transaction the process that was used last, or the next one in turn. Both are recognized if one
/// connection is asked twice and then the other; other programs may use the pooler meanwhile, so that each is asked once
/// more.
pub async fn reject_transaction_pooler(one: &Session, other: &Session) -> Result<(), StoreError> {
    let first = (backend(one).await?, backend(one).await?, backend(other).await?);
    let second = (backend(other).await?, backend(one).await?);
    let keeps_sessions = first.0 == first.1 && first.1 == second.1 && first.2 == second.0;
    if keeps_sessions && first.0 != first.2 { Ok(()) } else { Err(StoreError::database(TransactionPooler)) }
}

/// Returns the process that answers. A simple query leaves no prepared statement behind.
async fn backend(session: &Session) -> Result<String, StoreError> {
    let messages = session.simple_query("SELECT pg_backend_pid()").await?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(rows.collect())
}
