//! Webhooks and their deliveries, as the log stores them.
//!
//! A webhook has rules, and the state of these rules up to a position of the log. Whoever computes the next alerts stores them in
//! one step with the new state and position ([`Advance`]), which fails if somebody else has done so meanwhile. So an alert is
//! stored once, whoever computes it. A webhook has one owner at a time, which alone makes attempts, and only if they end while it
//! is the owner. After a crash between an attempt and its record the next owner sends the message again, with the same id.

use std::fmt;

use async_trait::async_trait;
use group_dispatch_types::signing::TenantId;

use super::stream::StreamPosition;
use crate::{
    error::StoreError,
    tenant::TenantNumber,
    webhooks::{
        message_id::MessageId,
        outgoing::OutgoingMessage,
        secret::{PreviousSecret, SigningSecrets, WebhookSecret},
    },
};

/// The part of a log that has the webhooks. Times are Unix epoch milliseconds.
///
/// Every method fails as those of [`EventLog`](super::EventLog) do.
#[async_trait]
pub trait WebhookLog: Send + Sync + 'static {
    /// Adds a webhook to a tenant.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    async fn add_webhook(&self, tenant: TenantId, new: NewWebhook) -> Result<WebhookNumber, StoreError>;

    /// Returns the webhooks of a tenant, or all, by number, and how many messages each has.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    async fn webhooks(&self, tenant: Option<TenantId>) -> Result<Vec<(StoredWebhook, MessageCounts)>, StoreError>;

    /// Removes a webhook with its deliveries. Returns whether it was there.
    async fn remove_webhook(&self, webhook: WebhookNumber) -> Result<bool, StoreError>;

    /// Replaces the secret of a webhook; the one before signs as well until a Unix epoch second. Returns whether it was there.
    async fn rotate_secret(
        &self,
        webhook: WebhookNumber,
        new: WebhookSecret,
        valid_until: i64,
    ) -> Result<bool, StoreError>;

    /// Sends messages of a webhook that is disabled again. Returns whether it was there.
    async fn enable_webhook(&self, webhook: WebhookNumber) -> Result<bool, StoreError>;

    /// Makes a process the owner of those that have no owner any more, until a time, and of its own for that long if a fifth
    /// of their time is over. Returns all that it owns.
    async fn claim_webhooks(&self, owner: i64, now: i64, until: i64) -> Result<Vec<StoredWebhook>, StoreError>;

    /// Returns the state of a webhook's rules that was stored last; `None` before the first time.
    async fn rule_state(&self, webhook: WebhookNumber) -> Result<Option<RuleState>, StoreError>;

    /// Gives up the webhooks of a process.
    async fn release_webhooks(&self, owner: i64) -> Result<(), StoreError>;

    /// Stores the next state of the rules of a webhook, and its messages, in one step. Returns false, and stores nothing, if the
    /// state is not the one that it follows.
    async fn advance_webhook(&self, advance: Advance) -> Result<bool, StoreError>;

    /// Adds a message that was made by hand. Returns whether the webhook is there.
    async fn add_message(
        &self,
        webhook: WebhookNumber,
        message: OutgoingMessage,
        kind: &'static str,
        now: i64,
    ) -> Result<bool, StoreError>;

    /// Returns messages that are due, of webhooks that a process owns until a time or longer, and of each at most this number. Those
    /// that have been due longest come first.
    async fn due_deliveries(
        &self,
        owner: i64,
        until: i64,
        now: i64,
        wanted: Vec<(WebhookNumber, usize)>,
    ) -> Result<Vec<DueDelivery>, StoreError>;

    /// Records attempts that have ended.
    async fn record_attempts(&self, attempts: Vec<AttemptRecord>) -> Result<(), StoreError>;

    /// Returns the latest deliveries of a webhook, the newest first.
    async fn deliveries(&self, webhook: WebhookNumber, limit: usize) -> Result<Vec<Delivery>, StoreError>;

    /// Lets the messages that follow from a position of the log, or a later one, be sent again, with the same ids, whatever became
    /// of them. Returns how many.
    async fn replay_deliveries(
        &self,
        webhook: WebhookNumber,
        since: StreamPosition,
        now: i64,
    ) -> Result<u64, StoreError>;

    /// Deletes the deliveries that were made before a time. Returns how many there were.
    async fn expire_deliveries(&self, before: i64) -> Result<u64, StoreError>;
}

/// The number of a webhook, which is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookNumber(pub i64);

/// A webhook to be added.
#[derive(Clone)]
pub struct NewWebhook {
    /// Where messages are sent. It may have a secret in it.
    pub url: String,
    /// Rules, as a user writes them.
    pub rules: Vec<String>,
    /// What signs the messages.
    pub secret: WebhookSecret,
}

/// A webhook.
#[derive(Clone)]
pub struct StoredWebhook {
    /// Its number.
    pub number: WebhookNumber,
    /// The number of its tenant.
    pub tenant: TenantNumber,
    /// The tenant's id.
    pub tenant_id: TenantId,
    /// Where messages are sent.
    pub url: String,
    /// Its rules.
    pub rules: Vec<String>,
    /// What signs the messages.
    pub secrets: SigningSecrets,
    /// Why no messages are sent; `None` if they are.
    pub disabled: Option<String>,
    /// The position in the log up to which its rules were computed; `None` before the first time.
    pub position: Option<String>,
}

/// How many messages of a webhook have not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageCounts {
    /// Those that wait for an attempt.
    pub waiting: u64,
    /// Those whose attempts have all failed.
    pub failed: u64,
}

/// The state of a webhook's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleState {
    /// The position in the log up to which it was computed.
    pub position: String,
    /// The state there.
    pub state: Vec<u8>,
}

/// The next state of the rules of a webhook, with the messages that led to.
pub struct Advance {
    /// The webhook.
    pub webhook: WebhookNumber,
    /// Where the state before was.
    pub from: Option<String>,
    /// Where the new one is.
    pub to: String,
    /// The new state.
    pub state: Vec<u8>,
    /// The messages, each with its type.
    pub messages: Vec<(OutgoingMessage, &'static str)>,
    /// When they were made, in Unix epoch milliseconds.
    pub now: i64,
}

/// A message that is due.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its number.
    pub number: i64,
    /// The webhook.
    pub webhook: WebhookNumber,
    /// How many attempts there were.
    pub attempts: u32,
    /// The message.
    pub message: OutgoingMessage,
}

/// The state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its next attempt.
    Waiting,
    /// A receiver has it.
    Delivered,
    /// All attempts have failed.
    Failed,
}

/// What an attempt led to.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// The delivery.
    pub number: i64,
    /// What came of it, in words without anything of the response's body.
    pub outcome: String,
    /// The next state of the message.
    pub state: DeliveryState,
    /// When the next attempt is due; only of a message that waits.
    pub next_attempt: i64,
    /// Until when no message is sent to the webhook.
    pub throttled_until: Option<i64>,
    /// Why the webhook is disabled from now on.
    pub disables: Option<String>,
}

/// A message and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id that a receiver gets.
    pub id: MessageId,
    /// The type of the message.
    pub kind: String,
    /// When it was made, in Unix epoch milliseconds.
    pub created: i64,
    /// The position of the log from which it follows; `None` for one that was made by hand.
    pub position: Option<String>,
    /// How many attempts there were.
    pub attempts: u32,
    /// Its state.
    pub state: DeliveryState,
    /// What came of the last attempt.
    pub outcome: Option<String>,
    /// When the next attempt is due.
    pub next_attempt: i64,
}

impl DeliveryState {
    /// Returns what the column has.
    pub(super) const fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Delivered => 1,
            Self::Failed => 2,
        }
    }

    /// Reads the column; what is unknown has failed.
    pub(super) const fn of_code(code: i16) -> Self {
        match code {
            0 => Self::Waiting,
            1 => Self::Delivered,
            _ => Self::Failed,
        }
    }
}

/// The rules as one text: they have no line feeds.
pub(super) fn join(rules: &[String]) -> String {
    rules.join("\n")
}

/// Reads what [`join`] made.
pub(super) fn split(rules: &str) -> Vec<String> {
    rules.lines().map(str::to_owned).collect()
}

/// A secret in the database can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the secret of a webhook can't be read: the database is damaged, or of another version of this program")]
pub struct UnreadableSecret;

/// Reads the secrets of a webhook: the current one, and the previous one with the second until which it signs.
pub(super) fn secrets(current: &str, previous: Option<(&str, i64)>) -> Result<SigningSecrets, UnreadableSecret> {
    let read = |text: &str| text.parse::<WebhookSecret>().map_err(|_| UnreadableSecret);
    let previous = previous.map(|(secret, valid_until)| {
        Ok(PreviousSecret { secret: read(secret)?, valid_until: valid_until.try_into().unwrap_or(0) })
    });
    Ok(SigningSecrets::new(read(current)?, previous.transpose()?))
}

/// Neither the address nor anything of the secrets is shown.
impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhook").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredWebhook")
            .field("number", &self.number)
            .field("tenant_id", &self.tenant_id)
            .field("rules", &self.rules)
            .field("disabled", &self.disabled)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
