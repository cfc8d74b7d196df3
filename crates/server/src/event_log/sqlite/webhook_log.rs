//! [`WebhookLog`] of a SQLite file.

use async_trait::async_trait;
use group_dispatch_types::signing::TenantId;
use rusqlite::Transaction;

use super::{SqliteLog, append, webhooks};
use crate::{
    error::StoreError,
    event_log::{
        stream::StreamPosition,
        webhooks::{
            Advance, AttemptRecord, Delivery, DueDelivery, MessageCounts, NewWebhook, RuleState, StoredWebhook,
            WebhookLog, WebhookNumber,
        },
    },
    webhooks::{outgoing::OutgoingMessage, secret::WebhookSecret},
};

#[async_trait]
impl WebhookLog for SqliteLog {
    async fn add_webhook(&self, tenant: TenantId, new: NewWebhook) -> Result<WebhookNumber, StoreError> {
        let add = move |change: &Transaction<'_>| {
            let tenant = append::find_tenant(change, tenant)?;
            tenant.map(|tenant| webhooks::add(change, tenant, &new)).transpose()
        };
        self.writer.transact(add).await?.ok_or(StoreError::UnknownTenant(tenant))
    }

    async fn webhooks(&self, tenant: Option<TenantId>) -> Result<Vec<(StoredWebhook, MessageCounts)>, StoreError> {
        let Some(id) = tenant else { return self.reader.transact(|snapshot| webhooks::all(snapshot, None)).await };
        let read = move |snapshot: &Transaction<'_>| {
            let tenant = append::find_tenant(snapshot, id)?;
            tenant.map(|tenant| webhooks::all(snapshot, Some(tenant))).transpose()
        };
        self.reader.transact(read).await?.ok_or(StoreError::UnknownTenant(id))
    }

    async fn remove_webhook(&self, webhook: WebhookNumber) -> Result<bool, StoreError> {
        self.writer.transact(move |change| webhooks::remove(change, webhook)).await
    }

    async fn rotate_secret(
        &self,
        webhook: WebhookNumber,
        new: WebhookSecret,
        valid_until: i64,
    ) -> Result<bool, StoreError> {
        self.writer.transact(move |change| webhooks::rotate(change, webhook, &new, valid_until)).await
    }

    async fn enable_webhook(&self, webhook: WebhookNumber) -> Result<bool, StoreError> {
        self.writer.transact(move |change| webhooks::enable(change, webhook)).await
    }

    async fn claim_webhooks(&self, owner: i64, now: i64, until: i64) -> Result<Vec<StoredWebhook>, StoreError> {
        self.writer.transact(move |change| webhooks::claim(change, owner, now, until)).await
    }

    async fn rule_state(&self, webhook: WebhookNumber) -> Result<Option<RuleState>, StoreError> {
        self.reader.transact(move |snapshot| webhooks::rule_state(snapshot, webhook)).await
    }

    async fn release_webhooks(&self, owner: i64) -> Result<(), StoreError> {
        self.writer.transact(move |change| webhooks::release(change, owner)).await
    }

    async fn advance_webhook(&self, advance: Advance) -> Result<bool, StoreError> {
        self.writer.transact(move |change| webhooks::advance(change, &advance)).await
    }

    async fn add_message(
        &self,
        webhook: WebhookNumber,
        message: OutgoingMessage,
        kind: &'static str,
        now: i64,
    ) -> Result<bool, StoreError> {
        self.writer.transact(move |change| webhooks::add_message(change, webhook, &message, kind, now)).await
    }

    async fn due_deliveries(
        &self,
        owner: i64,
        until: i64,
        now: i64,
        wanted: Vec<(WebhookNumber, usize)>,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        self.reader.transact(move |snapshot| webhooks::due(snapshot, owner, until, now, &wanted)).await
    }

    async fn record_attempts(&self, attempts: Vec<AttemptRecord>) -> Result<(), StoreError> {
        self.writer.transact(move |change| webhooks::record(change, &attempts)).await
    }

    async fn deliveries(&self, webhook: WebhookNumber, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        self.reader.transact(move |snapshot| webhooks::deliveries(snapshot, webhook, limit)).await
    }

    async fn replay_deliveries(
        &self,
        webhook: WebhookNumber,
        since: StreamPosition,
        now: i64,
    ) -> Result<u64, StoreError> {
        let step = since.step.cast_signed();
        let replayed = self.writer.transact(move |change| webhooks::replay(change, webhook, step, now)).await?;
        Ok(replayed as u64)
    }

    async fn expire_deliveries(&self, before: i64) -> Result<u64, StoreError> {
        let deleted = self.writer.transact(move |change| webhooks::delete_expired(change, before)).await?;
        Ok(deleted as u64)
    }
}
