//! Webhooks as an operator manages them: what is added is checked, and neither secrets nor whole addresses are shown again.

use std::fmt;

use group_dispatch_types::signing::TenantId;

use super::admin::Admin;
use crate::{
    error::StoreError,
    event,
    event_log::webhooks::{DeliveryState as State, MessageCounts, NewWebhook, StoredWebhook, WebhookNumber},
    report::days::EmbeddedZones,
    webhooks::{
        destination::{InvalidUrl, PlainHttp, WebhookUrl},
        message::{Message, MessageData},
        message_id::MessageId,
        rules::rule::Rule,
        secret::{InvalidSecret, NoRandomBytes, WebhookSecret},
    },
};

/// Rules of a webhook at most.
const MAX_RULES: usize = 32;
/// For how long the secret before signs as well, in seconds: a day.
const ROTATION_SECONDS: i64 = 24 * 60 * 60;
/// Deliveries that are listed at most.
const MAX_LISTED: usize = 1_000;

/// A webhook that was added, or whose secret was replaced.
pub struct AddedWebhook {
    /// Its number.
    pub number: i64,
    /// Its secret, which its receiver needs. It is not shown again.
    pub secret: String,
}

/// A webhook, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSummary {
    /// Its number.
    pub number: i64,
    /// Its tenant.
    pub tenant: TenantId,
    /// Where messages are sent: the host, without the path, which may have a secret.
    pub host: String,
    /// Its rules.
    pub rules: Vec<String>,
    /// Why nothing is sent; `None` if messages are.
    pub disabled: Option<String>,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages whose attempts have all failed.
    pub failed: u64,
}

/// A message and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySummary {
    /// The header `webhook-id`.
    pub id: String,
    /// The type of the message.
    pub kind: String,
    /// When it was made, in Unix epoch milliseconds.
    pub created: i64,
    /// The position of the log from which it follows; `None` for a test.
    pub position: Option<String>,
    /// How many attempts there were.
    pub attempts: u32,
    /// Its state.
    pub state: DeliveryState,
    /// What came of the last attempt, in words.
    pub outcome: Option<String>,
    /// When the next attempt is due, in Unix epoch milliseconds; only of a message that waits.
    pub next_attempt: Option<i64>,
}

/// The state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its next attempt.
    Waiting,
    /// A receiver has it.
    Delivered,
    /// All attempts have failed, or the webhook is disabled.
    Failed,
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        })
    }
}

/// Why a webhook can't be added or changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address is invalid.
    #[error("invalid address: {0}")]
    Url(#[from] InvalidUrl),
    /// A rule is invalid: which, and what is wrong.
    #[error("rule `{0}`: {1}")]
    Rule(String, String),
    /// There is no rule, or there are too many.
    #[error("expected 1 to {MAX_RULES} rules")]
    RuleCount,
    /// The secret is invalid.
    #[error(transparent)]
    Secret(#[from] InvalidSecret),
    /// No secret can be made.
    #[error(transparent)]
    Random(#[from] NoRandomBytes),
    /// The clock of this machine is wrong.
    #[error("the clock of this machine shows no time between the years 0 and 9999")]
    Clock,
    /// There is no such webhook.
    #[error("no webhook has the number {0}")]
    Unknown(i64),
    /// The position is not one.
    #[error("invalid position: expected the `position` of a delivery or of a change, unchanged")]
    Position,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Admin {
    /// Adds a webhook to a tenant. A rule is its name, and behind a colon the parameters that differ from their defaults, such as
    /// `agent-offline:for=10m`; the page "Webhooks and alerts" lists them. A server of the database begins to compute them within
    /// seconds. `may_be_http` allows an address without TLS, which each server has to allow as well.
    ///
    /// # Errors
    /// If the address or a rule is invalid, the tenant is unknown, or the database fails.
    pub async fn add_webhook(
        &self,
        tenant: TenantId,
        url: &str,
        rules: &[String],
        may_be_http: bool,
    ) -> Result<AddedWebhook, WebhookError> {
        let plain_http = if may_be_http { PlainHttp::Allowed } else { PlainHttp::Refused };
        let url = WebhookUrl::parse(url, plain_http)?;
        if rules.is_empty() || rules.len() > MAX_RULES {
            return Err(WebhookError::RuleCount);
        }
        let parse = |text: &String| {
            let rule = Rule::parse(text, &EmbeddedZones);
            rule.map(|rule| rule.to_string()).map_err(|error| WebhookError::Rule(text.clone(), error.to_string()))
        };
        let rules = rules.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let secret = WebhookSecret::generate()?;
        let new = NewWebhook { url: url.expose().to_owned(), rules, secret: secret.clone() };
        let WebhookNumber(number) = self.log().add_webhook(tenant, new).await?;
        Ok(AddedWebhook { number, secret: secret.expose() })
    }

    /// Returns the webhooks of a tenant, or all.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn webhooks(&self, tenant: Option<TenantId>) -> Result<Vec<WebhookSummary>, StoreError> {
        Ok(self.log().webhooks(tenant).await?.into_iter().map(WebhookSummary::from).collect())
    }

    /// Replaces the secret of a webhook. For a day, messages are signed with both.
    ///
    /// # Errors
    /// If there is no such webhook, or the database fails.
    pub async fn rotate_webhook_secret(&self, number: i64) -> Result<AddedWebhook, WebhookError> {
        let secret = WebhookSecret::generate()?;
        let until = event::now() / 1000 + ROTATION_SECONDS;
        let found = self.log().rotate_secret(WebhookNumber(number), secret.clone(), until).await?;
        require(found, number)?;
        self.log().purge().await?;
        Ok(AddedWebhook { number, secret: secret.expose() })
    }

    /// Removes a webhook with all its messages. A message that is being sent may still arrive.
    ///
    /// # Errors
    /// If there is no such webhook, or the database fails.
    pub async fn remove_webhook(&self, number: i64) -> Result<(), WebhookError> {
        require(self.log().remove_webhook(WebhookNumber(number)).await?, number)?;
        self.log().purge().await?;
        Ok(())
    }

    /// Sends messages of a webhook that is disabled again, also those that have come meanwhile.
    ///
    /// # Errors
    /// If there is no such webhook, or the database fails.
    pub async fn enable_webhook(&self, number: i64) -> Result<(), WebhookError> {
        require(self.log().enable_webhook(WebhookNumber(number)).await?, number)
    }

    /// Adds a message of type `webhook.test`, which a server sends soon. Returns its id.
    ///
    /// # Errors
    /// If there is no such webhook, or the database fails.
    pub async fn test_webhook(&self, number: i64) -> Result<String, WebhookError> {
        let now = event::now();
        let data = MessageData::Test {};
        let kind = data.kind();
        let id = MessageId::of(&[b"test", &number.to_be_bytes(), &now.to_be_bytes()]);
        let message = Message::new(now, data).outgoing(id.clone()).ok_or(WebhookError::Clock)?;
        require(self.log().add_message(WebhookNumber(number), message, kind, now).await?, number)?;
        Ok(id.to_string())
    }

    /// Returns the latest messages of a webhook, the newest first, at most 1,000.
    ///
    /// # Errors
    /// If there is no such webhook, or the database fails.
    pub async fn webhook_deliveries(&self, number: i64, limit: usize) -> Result<Vec<DeliverySummary>, WebhookError> {
        self.require_webhook(number).await?;
        let deliveries = self.log().deliveries(WebhookNumber(number), limit.min(MAX_LISTED)).await?;
        let summary = |delivery: crate::event_log::webhooks::Delivery| DeliverySummary {
            id: delivery.id.to_string(),
            kind: delivery.kind,
            created: delivery.created,
            position: delivery.position,
            attempts: delivery.attempts,
            state: match delivery.state {
                State::Waiting => DeliveryState::Waiting,
                State::Delivered => DeliveryState::Delivered,
                State::Failed => DeliveryState::Failed,
            },
            outcome: delivery.outcome,
            next_attempt: (delivery.state == State::Waiting).then_some(delivery.next_attempt),
        };
        Ok(deliveries.into_iter().map(summary).collect())
    }

    /// Sends the messages again that follow from a position of the log, or a later one, with the same ids. Returns how many.
    ///
    /// # Errors
    /// If there is no such webhook, the position is invalid, or the database fails.
    pub async fn replay_webhook(&self, number: i64, since: &str) -> Result<u64, WebhookError> {
        let since = since.parse().map_err(|_| WebhookError::Position)?;
        self.require_webhook(number).await?;
        Ok(self.log().replay_deliveries(WebhookNumber(number), since, event::now()).await?)
    }

    async fn require_webhook(&self, number: i64) -> Result<(), WebhookError> {
        let webhooks = self.log().webhooks(None).await?;
        require(webhooks.iter().any(|(webhook, _)| webhook.number.0 == number), number)
    }
}

fn require(is_there: bool, number: i64) -> Result<(), WebhookError> {
    if is_there { Ok(()) } else { Err(WebhookError::Unknown(number)) }
}

impl From<(StoredWebhook, MessageCounts)> for WebhookSummary {
    fn from((webhook, MessageCounts { waiting, failed }): (StoredWebhook, MessageCounts)) -> Self {
        let StoredWebhook { number: WebhookNumber(number), tenant_id, url, rules, disabled, .. } = webhook;
        let host = WebhookUrl::parse(&url, PlainHttp::Allowed).map_or_else(|_| String::new(), |url| url.to_string());
        Self { number, tenant: tenant_id, host, rules, disabled, waiting, failed }
    }
}
