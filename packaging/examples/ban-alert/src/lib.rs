//! Finds bans in the status log, and posts each of them once to a webhook.

mod alerted;

use std::{mem, time::Duration};

use anyhow::{Context, Result};
use group_dispatch_client::{
    Client, Source, reqwest,
    types::{AccountStatus, StatusRecord},
};
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};

pub use self::alerted::Alerted;

/// Reads the log, and posts to the webhook.
pub struct BanAlert {
    pub client: Client,
    pub sources: Vec<Source>,
    pub http: reqwest::Client,
    pub webhook: String,
    pub alerted: Alerted,
    /// The bans whose alert failed. The next check sends them, even if they are no longer in the log.
    pub waiting: Vec<Ban>,
}

/// A ban in the status log.
pub struct Ban {
    source: Source,
    agent: String,
    record: StatusRecord,
}

impl BanAlert {
    /// Alerts the bans that are new in the log, and returns how many.
    ///
    /// # Errors
    /// The first error of a source, an alert or the file. The check goes on with the others; the next one tries again.
    pub async fn check(&mut self) -> Result<usize> {
        let mut outcome = Ok(());
        for source in self.sources.clone() {
            match self.bans(source).await {
                Ok(bans) => self.take(source, bans),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome = outcome.and(self.alerted.save());
        self.waiting.sort_by_key(|ban| ban.record.create_time);
        let mut count = 0;
        for ban in mem::take(&mut self.waiting) {
            match self.alert(&ban).await {
                Ok(()) => {
                    count += 1;
                    self.alerted.add(ban.key());
                    outcome = outcome.and(self.alerted.save());
                }
                Err(error) => {
                    self.waiting.push(ban);
                    outcome = outcome.and(Err(error));
                }
            }
        }
        outcome.map(|()| count)
    }

    /// Returns the bans in the log of a source.
    async fn bans(&self, source: Source) -> Result<Vec<Ban>> {
        let mut bans = Vec::new();
        for log in self.client.status_log(source).await? {
            let records = log.whats_app_list.into_iter().filter(is_ban);
            bans.extend(records.map(|record| Ban { source, agent: log.agent_account.clone(), record }));
        }
        Ok(bans)
    }

    /// Adds those bans to the waiting ones that are new.
    fn take(&mut self, source: Source, bans: Vec<Ban>) {
        self.alerted.follow_log(source, bans.iter().map(Ban::key).collect());
        for ban in bans {
            let key = ban.key();
            if !self.alerted.contains(&key) && self.waiting.iter().all(|other| other.key() != key) {
                self.waiting.push(ban);
            }
        }
    }

    async fn alert(&self, ban: &Ban) -> Result<()> {
        let record = &ban.record;
        let text = format!(
            "{}: WhatsApp account {} of agent {} ({}, UTC+8)",
            record.detail_status.description(),
            record.whats_app,
            ban.agent,
            record.create_time
        );
        let post = self.http.post(&self.webhook).json(&json!({ "text": text }));
        let response = post.send().await.map_err(reqwest::Error::without_url).context("cannot reach the webhook")?;
        response.error_for_status().map_err(reqwest::Error::without_url).context("the webhook rejects the alert")?;
        Ok(())
    }
}

/// The status and what happened need not agree: the vendor's own example has a ban with the status "disconnected".
fn is_ban(record: &StatusRecord) -> bool {
    record.status == AccountStatus::Banned || record.detail_status.status() == Some(AccountStatus::Banned)
}

impl Ban {
    /// What makes this ban another one than all others.
    fn key(&self) -> String {
        let StatusRecord { create_time, whats_app, detail_status, .. } = &self.record;
        format!("{} {create_time} {whats_app} {detail_status}", self.source)
    }
}

/// Returns when to check: once a minute. A check that takes longer is followed by one check at once, not by several.
pub fn checks() -> Interval {
    let mut checks = interval(Duration::from_secs(60));
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    checks
}
