//! Computes the alerts of webhooks from the log, and stores them as messages.
//!
//! For each webhook it reads what has come behind the position of its rules, and stores the messages, the new state and the new
//! position in one step. What is computed twice, after a crash or by two servers at once, has the same ids and is stored once.

use std::{collections::HashMap, sync::Arc};

use group_dispatch_types::{AccountStatus, StatusDetail};

use super::{change_reader::ChangeReader, hub::PAGE_EVENTS, shared::Shared};
use crate::{
    error::StoreError,
    event_log::{
        stream::{StreamPage, StreamPosition, StreamRead, StreamSearch},
        webhooks::{Advance, RuleState, StoredWebhook, WebhookNumber},
    },
    report::days::EmbeddedZones,
    store::StreamEnd,
    webhooks::{
        outgoing::OutgoingMessage,
        rules::{alerts::Alert, change::Change, engine::RuleEngine, rule::Rule},
    },
};

/// Without alerts, the state is stored after this time: what has come since is computed again after a crash. A state has all
/// accounts that are online, so it is not stored at each round.
const SAVE_INTERVAL_MS: i64 = 60_000;
/// Pages of the log that are read before what came of them is stored.
const PAGES_PER_STEP: usize = 16;
/// Accounts that are looked at at a time when rules begin.
const ACCOUNTS_PER_STEP: u32 = 4_096;

/// The rules of the webhooks of this process.
#[derive(Default)]
pub struct Alerting(HashMap<WebhookNumber, Running>);

struct Running {
    engine: RuleEngine,
    /// The position of the state that is stored.
    stored: Option<String>,
    /// The position of the engine.
    reached: StreamPosition,
    /// When the state was stored.
    stored_at: i64,
}

impl Alerting {
    /// Forgets the rules of all other webhooks.
    pub fn keep(&mut self, webhooks: &[StoredWebhook]) {
        self.0.retain(|number, _| webhooks.iter().any(|webhook| webhook.number == *number));
    }

    /// Computes what has come for a webhook, and stores the messages. Returns how many there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn advance(
        &mut self,
        store: &Arc<Shared>,
        webhook: &StoredWebhook,
        now: i64,
    ) -> Result<usize, StoreError> {
        let mut running = match self.0.remove(&webhook.number) {
            Some(running) if running.stored == webhook.position => running,
            _ => match begin(store, webhook, now).await? {
                Some(running) => running,
                None => return Ok(0),
            },
        };
        let Some(alerts) = read(store, webhook, &mut running, now).await? else { return Ok(0) };
        let to = running.reached.to_string();
        let is_due = now.saturating_sub(running.stored_at) >= SAVE_INTERVAL_MS;
        if alerts.is_empty() && running.stored.is_some() && (!is_due || running.stored.as_ref() == Some(&to)) {
            self.0.insert(webhook.number, running);
            return Ok(0);
        }
        let messages: Vec<(OutgoingMessage, &'static str)> =
            alerts.iter().filter_map(|alert| Some((alert.outgoing()?, alert.message.kind))).collect();
        let count = messages.len();
        let state = running.engine.save().map_err(StoreError::database)?;
        let advance =
            Advance { webhook: webhook.number, from: running.stored.clone(), to: to.clone(), state, messages, now };
        // Otherwise another server has computed them: the next round begins with what that one has stored.
        if store.log.advance_webhook(advance).await? {
            (running.stored, running.stored_at) = (Some(to), now);
            self.0.insert(webhook.number, running);
            return Ok(count);
        }
        Ok(0)
    }
}

/// Reads some pages of the log, and if that is all that there is, raises what is due by now. Returns the alerts; `None` if the
/// position is lost, and the rules have to begin again.
async fn read(
    store: &Arc<Shared>,
    webhook: &StoredWebhook,
    running: &mut Running,
    now: i64,
) -> Result<Option<Vec<Alert>>, StoreError> {
    let mut alerts = Vec::new();
    // In PostgreSQL, this puts what has come into the order.
    store.log.stream_end().await?;
    for _ in 0..PAGES_PER_STEP {
        let search = StreamSearch { after: running.reached, tenant: Some(webhook.tenant), limit: PAGE_EVENTS };
        let StreamRead::Page(StreamPage { events, end, more }) = store.log.stream(search).await? else {
            return Ok(None);
        };
        for event in &events {
            alerts.extend(running.engine.apply(&Change::from(&event.logged)));
        }
        running.reached = end;
        if !more {
            for known in store.freshness.of(webhook.tenant).iter().filter(|known| known.ended.is_none()) {
                alerts.extend(running.engine.apply_look(known.source, known.last));
            }
            alerts.extend(running.engine.advance(now));
            break;
        }
    }
    Ok(Some(alerts))
}

/// Goes on with the state that is stored, or begins with who is online now. `None` if the tenant is gone.
async fn begin(store: &Arc<Shared>, webhook: &StoredWebhook, now: i64) -> Result<Option<Running>, StoreError> {
    let scope = format!("{}.{}", webhook.tenant_id, webhook.number.0);
    let rules: Vec<Rule> = webhook.rules.iter().filter_map(|text| Rule::parse(text, &EmbeddedZones).ok()).collect();
    let stored = store.log.rule_state(webhook.number).await?;
    if let Some(RuleState { position, state }) = &stored {
        if let Ok(reached) = position.parse()
            && let Ok(engine) = RuleEngine::restore(scope.clone(), rules.clone(), state)
            && is_known(store, webhook, reached).await?
        {
            return Ok(Some(Running { engine, stored: Some(position.clone()), reached, stored_at: now }));
        }
        tracing::warn!(
            webhook = webhook.number.0,
            "the rules of a webhook begin again with who is online now, because their position is not in the log any \
             more, or another version has written their state: of what came between there are no alerts"
        );
    }
    let mut reader = match ChangeReader::open(Arc::clone(store), webhook.tenant_id, None).await {
        Ok(reader) => reader,
        Err(StreamEnd::Failed(StoreError::UnknownTenant(_)) | StreamEnd::Removed) => return Ok(None),
        Err(StreamEnd::Failed(error)) => return Err(error),
        // It will begin in the next round.
        Err(StreamEnd::Lost(_) | StreamEnd::Slow | StreamEnd::Recomputed) => return Ok(None),
    };
    let known = online(&reader, now);
    let engine = RuleEngine::begin(scope, rules, known);
    let stored = stored.map(|state| state.position);
    Ok(Some(Running { engine, stored, reached: reader.position(), stored_at: i64::MIN }))
}

/// Returns whether a position is one of the log.
async fn is_known(store: &Arc<Shared>, webhook: &StoredWebhook, after: StreamPosition) -> Result<bool, StoreError> {
    let search = StreamSearch { after, tenant: Some(webhook.tenant), limit: 1 };
    Ok(matches!(store.log.stream(search).await?, StreamRead::Page(_)))
}

/// Returns the accounts that are online, as changes.
fn online(reader: &ChangeReader, now: i64) -> Vec<Change> {
    let mut known = Vec::new();
    for source in reader.sources() {
        let (mut first, mut accounts) = (0, Vec::new());
        while reader.online_accounts(source, first, ACCOUNTS_PER_STEP, &mut accounts) {
            first += ACCOUNTS_PER_STEP;
        }
        known.extend(accounts.into_iter().map(|account| Change {
            seq: 0,
            at: now,
            user_id: account.user_id,
            whats_app: account.whatsapp,
            source,
            status: AccountStatus::Online,
            detail_status: StatusDetail::PcOnline,
        }));
    }
    known
}
