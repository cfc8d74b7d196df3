//! Finds bans in the status log, and posts each of them once to a webhook.

mod alerted;

use anyhow::{Context, Result};
use group_dispatch_client::{
    Client, Source, reqwest,
    types::{AccountStatus, StatusRecord},
};
use serde_json::json;

pub use self::alerted::Alerted;

/// Reads the log, and posts to the webhook.
pub struct BanAlert {
    pub client: Client,
    pub sources: Vec<Source>,
    pub http: reqwest::Client,
    pub webhook: String,
    pub alerted: Alerted,
}

/// A ban in the status log.
struct Ban {
    agent: String,
    record: StatusRecord,
}

impl BanAlert {
    /// Alerts the bans that are new in the log, and returns how many.
    ///
    /// # Errors
    /// If the log can't be read, or the webhook does not take an alert. The next call goes on with that alert.
    pub async fn check(&mut self) -> Result<usize> {
        let mut bans = self.bans().await?;
        if self.alerted.is_first_run() {
            self.alerted.begin(bans.iter().map(Ban::key))?;
            return Ok(0);
        }
        bans.retain(|ban| !self.alerted.contains(&ban.key()));
        for ban in &bans {
            self.alert(ban).await?;
            self.alerted.add(ban.key())?;
        }
        Ok(bans.len())
    }

    /// Returns the bans in the log, oldest first.
    async fn bans(&self) -> Result<Vec<Ban>> {
        let mut bans = Vec::new();
        for source in &self.sources {
            for log in self.client.status_log(*source).await? {
                let records = log.whats_app_list.into_iter().filter(is_ban);
                bans.extend(records.map(|record| Ban { agent: log.agent_account.clone(), record }));
            }
        }
        bans.sort_by_key(|ban| ban.record.create_time);
        Ok(bans)
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
    /// What makes this ban another one than all others. It begins with the time.
    fn key(&self) -> String {
        let StatusRecord { create_time, source, whats_app, detail_status, .. } = &self.record;
        format!("{create_time} {source} {whats_app} {detail_status}")
    }
}
