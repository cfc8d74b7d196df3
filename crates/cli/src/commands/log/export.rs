//! The JSON of `log`: the response of the service, with a UTC offset in each time.

use group_dispatch_types::{AccountStatus, AgentStatusLog, Source, StatusDetail, StatusRecord, UserId, WhatsAppNumber};
use serde::Serialize;

use crate::output::clock::Clock;

/// The events of one agent, with the members of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedLog<'a> {
    agent_account: &'a str,
    user_id: UserId,
    whats_app_list: Vec<ExportedRecord<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedRecord<'a> {
    country_code: &'a str,
    /// RFC 3339. The contract's own form has no offset, so that only readers who know the service's know the
    /// instant.
    create_time: String,
    detail_status: StatusDetail,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    source: Source,
    status: AccountStatus,
    whats_app: WhatsAppNumber,
}

/// Converts the logs of all agents.
pub fn export_logs<'a>(logs: &'a [AgentStatusLog], clock: &Clock) -> Vec<ExportedLog<'a>> {
    let record = |record: &'a StatusRecord| ExportedRecord {
        country_code: &record.country_code,
        create_time: clock.rfc3339(record.create_time),
        detail_status: record.detail_status,
        name: record.name.as_deref(),
        source: record.source,
        status: record.status,
        whats_app: record.whats_app,
    };
    logs.iter()
        .map(|log| ExportedLog {
            agent_account: &log.agent_account,
            user_id: log.user_id,
            whats_app_list: log.whats_app_list.iter().map(record).collect(),
        })
        .collect()
}
