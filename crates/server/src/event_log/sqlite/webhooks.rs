//! Webhooks and their deliveries.

use group_dispatch_types::signing::TenantId;
use rusqlite::{OptionalExtension as _, Result, Row, Transaction, params, types::Type};

use crate::{
    event_log::webhooks::{
        Advance, AttemptRecord, Delivery, DeliveryState, DueDelivery, MessageCounts, NewWebhook, RuleState,
        StoredWebhook, WebhookNumber, join, secrets, split,
    },
    tenant::TenantNumber,
    webhooks::{
        message_id::MessageId,
        outgoing::{MessageBody, OutgoingMessage},
        secret::WebhookSecret,
    },
};

macro_rules! webhooks {
    ($more:literal, $conditions:literal) => {
        concat!(
            "SELECT webhook.number, tenant, tenant.id, url, rules, secret, previous_secret, previous_valid_until, disabled,
                position",
            $more,
            " FROM webhook JOIN tenant ON tenant.number = webhook.tenant ",
            $conditions,
            " ORDER BY webhook.number"
        )
    };
}

pub fn add(change: &Transaction<'_>, TenantNumber(tenant): TenantNumber, new: &NewWebhook) -> Result<WebhookNumber> {
    const INSERT: &str = "INSERT INTO webhook (tenant, url, rules, secret) VALUES (?1, ?2, ?3, ?4)";
    change.execute(INSERT, params![tenant, new.url, join(&new.rules), new.secret.expose()])?;
    Ok(WebhookNumber(change.last_insert_rowid()))
}

/// Returns all webhooks, or those of one tenant, and how many messages each has.
pub fn all(snapshot: &Transaction<'_>, tenant: Option<TenantNumber>) -> Result<Vec<(StoredWebhook, MessageCounts)>> {
    const ALL: &str = webhooks!(
        ",
        (SELECT count(*) FROM delivery WHERE webhook = webhook.number AND delivery.state = 0),
        (SELECT count(*) FROM delivery WHERE webhook = webhook.number AND delivery.state = 2)",
        "WHERE ?1 IS NULL OR tenant = ?1"
    );
    let tenant = tenant.map(|TenantNumber(tenant)| tenant);
    let mut rows = snapshot.prepare_cached(ALL)?;
    let count = |row: &Row<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let read = |row: &Row<'_>| Ok((webhook(row)?, MessageCounts { waiting: count(row, 10)?, failed: count(row, 11)? }));
    rows.query_map([tenant], read)?.collect()
}

/// Removes a webhook with its deliveries. Returns whether it was there.
pub fn remove(change: &Transaction<'_>, WebhookNumber(number): WebhookNumber) -> Result<bool> {
    Ok(change.execute("DELETE FROM webhook WHERE number = ?1", [number])? > 0)
}

/// Replaces the secret of a webhook, which signs as well until then. Returns whether the webhook is there.
pub fn rotate(
    change: &Transaction<'_>,
    WebhookNumber(number): WebhookNumber,
    new: &WebhookSecret,
    valid_until: i64,
) -> Result<bool> {
    const ROTATE: &str = "
        UPDATE webhook SET previous_secret = secret, previous_valid_until = ?3, secret = ?2 WHERE number = ?1";
    Ok(change.execute(ROTATE, params![number, new.expose(), valid_until])? > 0)
}

/// Sends messages of a webhook that is disabled again. Returns whether the webhook is there.
pub fn enable(change: &Transaction<'_>, WebhookNumber(number): WebhookNumber) -> Result<bool> {
    const ENABLE: &str = "UPDATE webhook SET disabled = NULL, throttled_until = 0 WHERE number = ?1";
    Ok(change.execute(ENABLE, [number])? > 0)
}

/// Makes a process the owner of all webhooks that have none, until a time, and of its own if a fifth of their time is over. Returns
/// all that it owns.
pub fn claim(change: &Transaction<'_>, owner: i64, now: i64, until: i64) -> Result<Vec<StoredWebhook>> {
    const CLAIM: &str = "
        UPDATE webhook SET owner = ?1, owned_until = ?3
        WHERE owned_until <= ?2 OR owner = ?1 AND owned_until <= ?3 - (?3 - ?2) / 5";
    change.prepare_cached(CLAIM)?.execute([owner, now, until])?;
    let mut rows = change.prepare_cached(webhooks!("", "WHERE owner = ?1"))?;
    rows.query_map([owner], webhook)?.collect()
}

/// Returns the state of the rules that was stored last.
pub fn rule_state(snapshot: &Transaction<'_>, WebhookNumber(number): WebhookNumber) -> Result<Option<RuleState>> {
    const STATE: &str = "SELECT position, state FROM webhook WHERE number = ?1 AND position IS NOT NULL";
    let read = |row: &Row<'_>| Ok(RuleState { position: row.get(0)?, state: row.get(1)? });
    snapshot.query_row(STATE, [number], read).optional()
}

/// Gives up all webhooks of a process.
pub fn release(change: &Transaction<'_>, owner: i64) -> Result<()> {
    change.execute("UPDATE webhook SET owner = NULL, owned_until = 0 WHERE owner = ?1", [owner]).map(drop)
}

/// Stores the next state of the rules with the messages that it led to. Returns false, and stores nothing, if the state is not
/// the one that it follows.
pub fn advance(change: &Transaction<'_>, advance: &Advance) -> Result<bool> {
    const ADVANCE: &str = "UPDATE webhook SET position = ?3, state = ?4 WHERE number = ?1 AND position IS ?2";
    let Advance { webhook: WebhookNumber(number), from, to, state, messages, now } = advance;
    if change.prepare_cached(ADVANCE)?.execute(params![number, from, to, state])? == 0 {
        return Ok(false);
    }
    for (message, kind) in messages {
        insert(change, WebhookNumber(*number), message, kind, Some(to), *now)?;
    }
    Ok(true)
}

/// Adds a message that was made by hand. Returns whether the webhook is there.
pub fn add_message(
    change: &Transaction<'_>,
    webhook: WebhookNumber,
    message: &OutgoingMessage,
    kind: &str,
    now: i64,
) -> Result<bool> {
    let is_there =
        change.query_row("SELECT EXISTS (SELECT 1 FROM webhook WHERE number = ?1)", [webhook.0], |row| row.get(0))?;
    if is_there {
        insert(change, webhook, message, kind, None, now)?;
    }
    Ok(is_there)
}

fn insert(
    change: &Transaction<'_>,
    WebhookNumber(webhook): WebhookNumber,
    message: &OutgoingMessage,
    kind: &str,
    position: Option<&String>,
    now: i64,
) -> Result<()> {
    const INSERT: &str = "
        INSERT INTO delivery (webhook, id, kind, body, created, position, next_attempt)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5) ON CONFLICT DO NOTHING";
    let values = params![webhook, message.id.as_str(), kind, message.body.as_bytes(), now, position];
    change.prepare_cached(INSERT)?.execute(values).map(drop)
}

/// Returns messages that are due, of webhooks that a process owns until a time or longer, and of each at most this number.
pub fn due(
    snapshot: &Transaction<'_>,
    owner: i64,
    until: i64,
    now: i64,
    wanted: &[(WebhookNumber, usize)],
) -> Result<Vec<DueDelivery>> {
    const DUE: &str = "
        SELECT delivery.number, attempts, id, body FROM webhook JOIN delivery ON webhook = webhook.number
        WHERE webhook.number = ?1 AND owner = ?2 AND owned_until >= ?3 AND disabled IS NULL AND throttled_until <= ?4
            AND delivery.state = 0 AND next_attempt <= ?4
        ORDER BY next_attempt, delivery.number LIMIT ?5";
    let mut rows = snapshot.prepare_cached(DUE)?;
    let mut due = Vec::new();
    for (webhook, limit) in wanted {
        let read = |row: &Row<'_>| {
            let id = row.get::<_, String>(2)?.parse().map_err(|error| unreadable(2, error))?;
            let body = MessageBody::new(row.get(3)?).ok_or_else(|| unreadable(3, EmptyBody))?;
            let message = OutgoingMessage { id, body };
            Ok(DueDelivery { number: row.get(0)?, webhook: *webhook, attempts: row.get(1)?, message })
        };
        for delivery in rows.query_map(params![webhook.0, owner, until, now, *limit as i64], read)? {
            due.push(delivery?);
        }
    }
    Ok(due)
}

/// Records attempts that have ended.
pub fn record(change: &Transaction<'_>, attempts: &[AttemptRecord]) -> Result<()> {
    const RECORD: &str = "
        UPDATE delivery SET attempts = attempts + 1, outcome = ?2, state = ?3, next_attempt = ?4
        WHERE number = ?1 RETURNING webhook";
    const THROTTLE: &str = "UPDATE webhook SET throttled_until = max(throttled_until, ?2) WHERE number = ?1";
    const DISABLE: &str = "UPDATE webhook SET disabled = ?2 WHERE number = ?1";
    for attempt in attempts {
        let values = params![attempt.number, attempt.outcome, attempt.state.code(), attempt.next_attempt];
        let webhook = change.prepare_cached(RECORD)?.query_row(values, |row| row.get::<_, i64>(0)).optional()?;
        // It may have been removed meanwhile.
        let Some(webhook) = webhook else { continue };
        if let Some(until) = attempt.throttled_until {
            change.prepare_cached(THROTTLE)?.execute([webhook, until])?;
        }
        if let Some(reason) = &attempt.disables {
            change.prepare_cached(DISABLE)?.execute(params![webhook, reason])?;
        }
    }
    Ok(())
}

/// Returns the latest deliveries of a webhook, the newest first.
pub fn deliveries(
    snapshot: &Transaction<'_>,
    WebhookNumber(webhook): WebhookNumber,
    limit: usize,
) -> Result<Vec<Delivery>> {
    const DELIVERIES: &str = "
        SELECT id, kind, created, position, attempts, state, outcome, next_attempt FROM delivery
        WHERE webhook = ?1 ORDER BY number DESC LIMIT ?2";
    let mut rows = snapshot.prepare_cached(DELIVERIES)?;
    let rows = rows.query_map([webhook, limit as i64], |row| {
        Ok(Delivery {
            id: row.get::<_, String>(0)?.parse::<MessageId>().map_err(|error| unreadable(0, error))?,
            kind: row.get(1)?,
            created: row.get(2)?,
            position: row.get(3)?,
            attempts: row.get(4)?,
            state: DeliveryState::of_code(row.get(5)?),
            outcome: row.get(6)?,
            next_attempt: row.get(7)?,
        })
    })?;
    rows.collect()
}

/// Lets messages that follow from a step of the log, or a later one, be sent again, with the same ids, whatever became of them.
/// Returns how many.
pub fn replay(change: &Transaction<'_>, WebhookNumber(webhook): WebhookNumber, step: i64, now: i64) -> Result<usize> {
    const REPLAY: &str = "
        UPDATE delivery SET state = 0, attempts = 0, next_attempt = ?3
        WHERE webhook = ?1 AND CAST(position AS INTEGER) >= ?2";
    change.execute(REPLAY, [webhook, step, now])
}

/// Deletes the deliveries that were made before a time. Returns how many there were.
pub fn delete_expired(change: &Transaction<'_>, before: i64) -> Result<usize> {
    change.execute("DELETE FROM delivery WHERE created < ?1", [before])
}

fn webhook(row: &Row<'_>) -> Result<StoredWebhook> {
    let (current, previous, valid_until): (String, Option<String>, Option<i64>) =
        (row.get(5)?, row.get(6)?, row.get(7)?);
    let previous = previous.as_deref().zip(valid_until);
    Ok(StoredWebhook {
        number: WebhookNumber(row.get(0)?),
        tenant: TenantNumber(row.get(1)?),
        tenant_id: TenantId::from(row.get::<_, i64>(2)?.cast_unsigned()),
        url: row.get(3)?,
        rules: split(&row.get::<_, String>(4)?),
        secrets: secrets(&current, previous).map_err(|error| unreadable(5, error))?,
        disabled: row.get(8)?,
        position: row.get(9)?,
    })
}

/// The body of a message is empty.
#[derive(Debug, thiserror::Error)]
#[error("the body of a message is empty: the database is damaged")]
struct EmptyBody;

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
