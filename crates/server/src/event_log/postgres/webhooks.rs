//! Webhooks and their deliveries, [`WebhookLog`] of PostgreSQL.

use async_trait::async_trait;
use group_dispatch_types::signing::TenantId;
use tokio_postgres::{Row, types::ToSql};

use super::{
    PostgresLog,
    callback::number_of,
    connection::{CHANGE_LIMIT, READ_LIMIT},
    mirrored::LOCK_TENANT,
    nul_escape::to_column,
    session::{Session, begin},
};
use crate::{
    error::StoreError,
    event_log::{
        stream::StreamPosition,
        webhooks::{
            Advance, AttemptRecord, Delivery, DeliveryState, DueDelivery, MessageCounts, NewWebhook, RuleState,
            StoredWebhook, WebhookLog, WebhookNumber, join, secrets, split,
        },
    },
    tenant::TenantNumber,
    webhooks::{
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

const TENANT: &str = "SELECT number FROM tenant WHERE id = $1";
const INSERT: &str = "
    INSERT INTO delivery (webhook, id, kind, body, created, position, next_attempt)
    VALUES ($1, $2, $3, $4, $5, $6, $5) ON CONFLICT DO NOTHING";

impl PostgresLog {
    /// Changes rows by one statement. Returns how many.
    async fn change(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let change = async |session: &mut Session| {
            let change = begin(session).await?;
            let rows = change.execute(statement, values).await?;
            change.commit().await?;
            Ok(rows)
        };
        self.connections.run(CHANGE_LIMIT, change).await
    }
}

#[async_trait]
impl WebhookLog for PostgresLog {
    async fn add_webhook(&self, tenant: TenantId, new: NewWebhook) -> Result<WebhookNumber, StoreError> {
        const ADD: &str = "INSERT INTO webhook (tenant, url, rules, secret) VALUES ($1, $2, $3, $4) RETURNING number";
        let add = async |session: &mut Session| {
            let change = begin(session).await?;
            let number = number_of(&change, tenant, LOCK_TENANT).await?;
            let values: [&(dyn ToSql + Sync); 4] = [&number, &new.url, &join(&new.rules), &new.secret.expose()];
            let number = change.query_one(ADD, &values).await?.try_get(0)?;
            change.commit().await?;
            Ok(WebhookNumber(number))
        };
        self.connections.run(CHANGE_LIMIT, add).await
    }

    async fn webhooks(&self, tenant: Option<TenantId>) -> Result<Vec<(StoredWebhook, MessageCounts)>, StoreError> {
        const ALL: &str = webhooks!(
            ",
            (SELECT count(*) FROM delivery WHERE webhook = webhook.number AND delivery.state = 0),
            (SELECT count(*) FROM delivery WHERE webhook = webhook.number AND delivery.state = 2)",
            "WHERE $1::bigint IS NULL OR tenant = $1"
        );
        let count = |row: &Row, column| Ok::<_, StoreError>(row.try_get::<_, i64>(column)?.unsigned_abs());
        let of_row =
            |row: &Row| Ok((webhook(row)?, MessageCounts { waiting: count(row, 10)?, failed: count(row, 11)? }));
        let read = async |session: &mut Session| {
            let snapshot = begin(session).await?;
            let number = match tenant {
                Some(tenant) => Some(number_of(&snapshot, tenant, TENANT).await?),
                None => None,
            };
            Ok(snapshot.query(ALL, &[&number]).await?)
        };
        self.connections.run(READ_LIMIT, read).await?.iter().map(of_row).collect()
    }

    async fn remove_webhook(&self, WebhookNumber(number): WebhookNumber) -> Result<bool, StoreError> {
        Ok(self.change("DELETE FROM webhook WHERE number = $1", &[&number]).await? > 0)
    }

    async fn rotate_secret(
        &self,
        WebhookNumber(number): WebhookNumber,
        new: WebhookSecret,
        valid_until: i64,
    ) -> Result<bool, StoreError> {
        const ROTATE: &str = "
            UPDATE webhook SET previous_secret = secret, previous_valid_until = $3, secret = $2 WHERE number = $1";
        Ok(self.change(ROTATE, &[&number, &new.expose(), &valid_until]).await? > 0)
    }

    async fn enable_webhook(&self, WebhookNumber(number): WebhookNumber) -> Result<bool, StoreError> {
        const ENABLE: &str = "UPDATE webhook SET disabled = NULL, throttled_until = 0 WHERE number = $1";
        Ok(self.change(ENABLE, &[&number]).await? > 0)
    }

    async fn claim_webhooks(&self, owner: i64, now: i64, until: i64) -> Result<Vec<StoredWebhook>, StoreError> {
        const CLAIM: &str = "
            UPDATE webhook SET owner = $1, owned_until = $3
            WHERE owned_until <= $2 OR owner = $1 AND owned_until <= $3 - ($3 - $2) / 5";
        let claim = async |session: &mut Session| {
            let change = begin(session).await?;
            change.execute(CLAIM, &[&owner, &now, &until]).await?;
            let rows = change.query(webhooks!("", "WHERE owner = $1"), &[&owner]).await?;
            change.commit().await?;
            Ok(rows)
        };
        self.connections.run(CHANGE_LIMIT, claim).await?.iter().map(webhook).collect()
    }

    async fn rule_state(&self, WebhookNumber(number): WebhookNumber) -> Result<Option<RuleState>, StoreError> {
        const STATE: &str = "SELECT position, state FROM webhook WHERE number = $1 AND position IS NOT NULL";
        let read = async |session: &mut Session| {
            let snapshot = begin(session).await?;
            Ok(snapshot.query_opt(STATE, &[&number]).await?)
        };
        let Some(row) = self.connections.run(READ_LIMIT, read).await? else { return Ok(None) };
        Ok(Some(RuleState { position: row.try_get(0)?, state: row.try_get(1)? }))
    }

    async fn release_webhooks(&self, owner: i64) -> Result<(), StoreError> {
        self.change("UPDATE webhook SET owner = NULL, owned_until = 0 WHERE owner = $1", &[&owner]).await.map(drop)
    }

    async fn advance_webhook(&self, advance: Advance) -> Result<bool, StoreError> {
        const ADVANCE: &str = "
            UPDATE webhook SET position = $3, state = $4 WHERE number = $1 AND position IS NOT DISTINCT FROM $2";
        let Advance { webhook: WebhookNumber(number), from, to, state, messages, now } = &advance;
        let change = async |session: &mut Session| {
            let change = begin(session).await?;
            if change.execute(ADVANCE, &[number, from, to, state]).await? == 0 {
                return Ok(false);
            }
            for (message, kind) in messages {
                let (id, body) = (message.id.as_str(), message.body.as_bytes());
                change.execute(INSERT, &[number, &id, kind, &body, now, &Some(to)]).await?;
            }
            change.commit().await?;
            Ok(true)
        };
        self.connections.run(CHANGE_LIMIT, change).await
    }

    async fn add_message(
        &self,
        WebhookNumber(number): WebhookNumber,
        message: OutgoingMessage,
        kind: &'static str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let add = async |session: &mut Session| {
            let change = begin(session).await?;
            let locked = change.query_opt("SELECT FROM webhook WHERE number = $1 FOR KEY SHARE", &[&number]).await?;
            if locked.is_none() {
                return Ok(false);
            }
            let (id, body, position) = (message.id.as_str(), message.body.as_bytes(), None::<String>);
            change.execute(INSERT, &[&number, &id, &kind, &body, &now, &position]).await?;
            change.commit().await?;
            Ok(true)
        };
        self.connections.run(CHANGE_LIMIT, add).await
    }

    async fn due_deliveries(
        &self,
        owner: i64,
        until: i64,
        now: i64,
        wanted: Vec<(WebhookNumber, usize)>,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        const DUE: &str = "
            SELECT due.number, webhook.number, attempts, id, body
            FROM unnest($1::bigint[], $2::bigint[]) AS wanted (webhook, most)
                JOIN webhook ON webhook.number = wanted.webhook
                CROSS JOIN LATERAL (
                    SELECT number, attempts, id, body, next_attempt FROM delivery
                    WHERE delivery.webhook = wanted.webhook AND state = 0 AND next_attempt <= $5
                    ORDER BY next_attempt, number LIMIT wanted.most
                ) AS due
            WHERE owner = $3 AND owned_until >= $4 AND disabled IS NULL AND throttled_until <= $5
            ORDER BY webhook.number, next_attempt, due.number";
        let (webhooks, most): (Vec<i64>, Vec<i64>) =
            wanted.into_iter().map(|(WebhookNumber(number), most)| (number, most as i64)).unzip();
        let read = async |session: &mut Session| {
            let snapshot = begin(session).await?;
            Ok(snapshot.query(DUE, &[&webhooks, &most, &owner, &until, &now]).await?)
        };
        let due = |row: &Row| {
            let id = row.try_get::<_, &str>(3)?.parse().map_err(StoreError::database)?;
            let body = MessageBody::new(row.try_get(4)?).ok_or_else(|| StoreError::database(EmptyBody))?;
            let attempts = row.try_get::<_, i64>(2)?.try_into().unwrap_or(u32::MAX);
            let webhook = WebhookNumber(row.try_get(1)?);
            Ok(DueDelivery { number: row.try_get(0)?, webhook, attempts, message: OutgoingMessage { id, body } })
        };
        self.connections.run(READ_LIMIT, read).await?.iter().map(due).collect()
    }

    async fn record_attempts(&self, attempts: Vec<AttemptRecord>) -> Result<(), StoreError> {
        const RECORD: &str = "
            UPDATE delivery SET attempts = attempts + 1, outcome = $2, state = $3, next_attempt = $4
            WHERE number = $1 RETURNING webhook";
        const THROTTLE: &str = "
            UPDATE webhook SET throttled_until = greatest(throttled_until, $2) WHERE number = $1";
        const DISABLE: &str = "UPDATE webhook SET disabled = $2 WHERE number = $1";
        let record = async |session: &mut Session| {
            let change = begin(session).await?;
            for attempt in &attempts {
                let outcome = to_column(&attempt.outcome);
                let values: [&(dyn ToSql + Sync); 4] =
                    [&attempt.number, &outcome, &attempt.state.code(), &attempt.next_attempt];
                // It may have been removed meanwhile.
                let Some(row) = change.query_opt(RECORD, &values).await? else { continue };
                let webhook: i64 = row.try_get(0)?;
                if let Some(until) = &attempt.throttled_until {
                    change.execute(THROTTLE, &[&webhook, until]).await?;
                }
                if let Some(reason) = &attempt.disables {
                    change.execute(DISABLE, &[&webhook, &to_column(reason)]).await?;
                }
            }
            change.commit().await?;
            Ok(())
        };
        self.connections.run(CHANGE_LIMIT, record).await
    }

    async fn deliveries(
        &self,
        WebhookNumber(number): WebhookNumber,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        const DELIVERIES: &str = "
            SELECT id, kind, created, position, attempts, state, outcome, next_attempt FROM delivery
            WHERE webhook = $1 ORDER BY number DESC LIMIT $2";
        let read = async |session: &mut Session| {
            let snapshot = begin(session).await?;
            Ok(snapshot.query(DELIVERIES, &[&number, &(limit as i64)]).await?)
        };
        let delivery = |row: &Row| {
            Ok(Delivery {
                id: row.try_get::<_, &str>(0)?.parse().map_err(StoreError::database)?,
                kind: row.try_get(1)?,
                created: row.try_get(2)?,
                position: row.try_get(3)?,
                attempts: row.try_get::<_, i64>(4)?.try_into().unwrap_or(u32::MAX),
                state: DeliveryState::of_code(row.try_get(5)?),
                outcome: row.try_get(6)?,
                next_attempt: row.try_get(7)?,
            })
        };
        self.connections.run(READ_LIMIT, read).await?.iter().map(delivery).collect()
    }

    async fn replay_deliveries(
        &self,
        WebhookNumber(number): WebhookNumber,
        since: StreamPosition,
        now: i64,
    ) -> Result<u64, StoreError> {
        const REPLAY: &str = "
            UPDATE delivery SET state = 0, attempts = 0, next_attempt = $3
            WHERE webhook = $1 AND split_part(position, '.', 1)::bigint >= $2";
        self.change(REPLAY, &[&number, &since.step.cast_signed(), &now]).await
    }

    async fn expire_deliveries(&self, before: i64) -> Result<u64, StoreError> {
        match self.change("DELETE FROM delivery WHERE created < $1", &[&before]).await {
            // The database that it follows deletes them.
            Err(StoreError::ReadOnly) => Ok(0),
            deleted => deleted,
        }
    }
}

fn webhook(row: &Row) -> Result<StoredWebhook, StoreError> {
    let (previous, valid_until): (Option<&str>, Option<i64>) = (row.try_get(6)?, row.try_get(7)?);
    Ok(StoredWebhook {
        number: WebhookNumber(row.try_get(0)?),
        tenant: TenantNumber(row.try_get(1)?),
        tenant_id: TenantId::from(row.try_get::<_, i64>(2)?.cast_unsigned()),
        url: row.try_get(3)?,
        rules: split(row.try_get(4)?),
        secrets: secrets(row.try_get(5)?, previous.zip(valid_until)).map_err(StoreError::database)?,
        disabled: row.try_get(8)?,
        position: row.try_get(9)?,
    })
}

/// The body of a message is empty.
#[derive(Debug, thiserror::Error)]
#[error("the body of a message is empty: the database is damaged")]
struct EmptyBody;
