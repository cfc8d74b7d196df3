//! What is read from the store. Each function sees one snapshot.

use group_dispatch_types::{
    AccountLocation, AccountStatus, AgentRecentAccounts, AgentSource, AgentStatusLog, NamedOnlineAgent, OnlineAccount,
    ParseError, RecentAccount, Source, SourceGroup, StatusDetail, StatusRecord, StatusTime, UserId, UtcOffset,
    WhatsAppNumber,
};
use rusqlite::{OptionalExtension as _, Params, Result, Row, Transaction, named_params, types::Type};

use super::{AgentFilter, TenantSummary};
use crate::{ApiKey, TenantId};

// One range serves both an agent's id and none. An account needs its own query, for its own index, which SQLite would
// not choose by itself: it can't know that the range may be all ids.
const AGENTS: &str = "
    SELECT user_id, agent_account, ifnull(user_name, agent_account) FROM agent
    WHERE tenant_id = :tenant AND user_id BETWEEN :first AND :last
    ORDER BY user_id";

const AGENTS_BY_ACCOUNT: &str = "
    SELECT user_id, agent_account, ifnull(user_name, agent_account) FROM agent INDEXED BY agent_by_account
    WHERE tenant_id = :tenant AND agent_account = :agent_account AND user_id BETWEEN :first AND :last
    ORDER BY user_id";

const ONLINE: &str = "
    SELECT whatsapp, name FROM presence
    WHERE tenant_id = :tenant AND source = :source AND user_id = :user AND status = 10
    ORDER BY whatsapp";

const LOCATION: &str = "
    SELECT presence.at, presence.seq, agent.agent_account, user_id
    FROM presence JOIN agent USING (tenant_id, user_id)
    WHERE tenant_id = :tenant AND source = :source AND whatsapp = :whatsapp AND status = 10";

const LOG: &str = "
    SELECT country_code, at, detail_status, name, source, status, whatsapp FROM status_event
    WHERE tenant_id = :tenant AND source = :source AND user_id = :user
    ORDER BY at DESC, seq DESC LIMIT :most";

// Without the hint SQLite, which knows nothing of the numbers, would walk through all events of the agent.
const LOG_OF_ACCOUNT: &str = "
    SELECT country_code, at, detail_status, name, source, status, whatsapp FROM status_event
    INDEXED BY status_event_of_account
    WHERE tenant_id = :tenant AND source = :source AND whatsapp = :whatsapp AND user_id = :user
    ORDER BY at DESC, seq DESC LIMIT :most";

const RECENT: &str = "
    SELECT whatsapp, presence.name, presence.status
    FROM last_online JOIN presence USING (tenant_id, source, whatsapp)
    WHERE tenant_id = :tenant AND source = :source AND last_online.user_id = :user
    ORDER BY last_online.at DESC, last_online.seq DESC LIMIT :most";

pub fn online_agents(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    sources: &[AgentSource],
    filter: &AgentFilter,
) -> Result<Vec<SourceGroup>> {
    let group = |&source: &AgentSource| {
        Ok(SourceGroup { source: source.into(), list: online_at(snapshot, tenant, source, filter)? })
    };
    sources.iter().map(group).collect()
}

fn online_at(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    source: AgentSource,
    filter: &AgentFilter,
) -> Result<Vec<NamedOnlineAgent>> {
    let accounts = |user: i64| {
        let parameters =
            named_params! { ":tenant": tenant.get().cast_signed(), ":source": source.code(), ":user": user };
        all(snapshot, ONLINE, parameters, |row| Ok(OnlineAccount { whats_app: account(row, 0)?, name: row.get(1)? }))
    };
    per_agent(snapshot, tenant, filter, accounts, |agent, whats_app_list| NamedOnlineAgent {
        agent_account: agent.account,
        user_id: agent.id,
        user_name: agent.name,
        whats_app_list,
    })
}

pub fn account_location(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    whatsapp: WhatsAppNumber,
    sources: &[Source],
) -> Result<Option<AccountLocation>> {
    let mut latest: Option<((i64, i64), AccountLocation)> = None;
    for &source in sources {
        let parameters = named_params! {
            ":tenant": tenant.get().cast_signed(), ":source": source.code(), ":whatsapp": whatsapp.get().cast_signed(),
        };
        let found = all(snapshot, LOCATION, parameters, |row| {
            let (agent_account, user_id) = (row.get(2)?, agent_id(row, 3)?.into());
            Ok(((row.get(0)?, row.get(1)?), AccountLocation { agent_account, source, user_id, whats_app: whatsapp }))
        })?;
        latest = latest.into_iter().chain(found).max_by_key(|(time, _)| *time);
    }
    Ok(latest.map(|(_, location)| location))
}

pub fn status_log(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    source: AgentSource,
    filter: &AgentFilter,
    whatsapp: Option<WhatsAppNumber>,
    most: usize,
    offset: UtcOffset,
) -> Result<Vec<AgentStatusLog>> {
    let (tenant_id, source, most) = (tenant.get().cast_signed(), source.code(), limit(most));
    let records = |user: i64| match whatsapp.map(|account| account.get().cast_signed()) {
        None => {
            let parameters = named_params! { ":tenant": tenant_id, ":source": source, ":user": user, ":most": most };
            all(snapshot, LOG, parameters, |row| record(row, offset))
        }
        Some(whatsapp) => {
            let parameters = named_params! {
                ":tenant": tenant_id, ":source": source, ":user": user, ":most": most, ":whatsapp": whatsapp,
            };
            all(snapshot, LOG_OF_ACCOUNT, parameters, |row| record(row, offset))
        }
    };
    per_agent(snapshot, tenant, filter, records, |agent, whats_app_list| AgentStatusLog {
        agent_account: agent.account,
        user_id: agent.id,
        whats_app_list,
    })
}

pub fn recent_accounts(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    source: AgentSource,
    filter: &AgentFilter,
    most: usize,
) -> Result<Vec<AgentRecentAccounts>> {
    let accounts = |user: i64| {
        let parameters = named_params! {
            ":tenant": tenant.get().cast_signed(), ":source": source.code(), ":user": user, ":most": limit(most),
        };
        all(snapshot, RECENT, parameters, |row| {
            let status = Some(AccountStatus::from(row.get::<_, i32>(2)?));
            Ok(RecentAccount { whats_app: account(row, 0)?, name: row.get(1)?, status })
        })
    };
    per_agent(snapshot, tenant, filter, accounts, |agent, whats_app_list| AgentRecentAccounts {
        agent_account: agent.account,
        user_id: agent.id,
        whats_app_list,
    })
}

pub fn api_key(snapshot: &Transaction<'_>, tenant: TenantId) -> Result<Option<ApiKey>> {
    snapshot
        .prepare_cached("SELECT api_key FROM tenant WHERE id = ?1")?
        .query_row([tenant.get().cast_signed()], |row| row.get::<_, String>(0).map(ApiKey::new))
        .optional()
}

pub fn tenants(snapshot: &Transaction<'_>) -> Result<Vec<TenantSummary>> {
    all(snapshot, "SELECT id, events FROM tenant ORDER BY id", [], |row| {
        let id = TenantId::from(row.get::<_, i64>(0)?.cast_unsigned());
        Ok(TenantSummary { id, events: row.get::<_, i64>(1)?.unsigned_abs() })
    })
}

/// Takes a page of the file in hand.
pub fn ready(snapshot: &Transaction<'_>) -> Result<()> {
    snapshot.prepare_cached("SELECT 1 FROM tenant LIMIT 1")?.exists([]).map(drop)
}

/// An agent as it was known last.
struct Agent {
    id: UserId,
    account: String,
    name: String,
}

/// The agents that are meant and for which there is something to `list`, by id.
fn per_agent<T, A>(
    snapshot: &Transaction<'_>,
    tenant: TenantId,
    filter: &AgentFilter,
    list: impl Fn(i64) -> Result<Vec<T>>,
    answer: impl Fn(Agent, Vec<T>) -> A,
) -> Result<Vec<A>> {
    let mut answers = Vec::new();
    for agent in agents(snapshot, tenant, filter)? {
        let listed = list(agent.id.get().cast_signed())?;
        if !listed.is_empty() {
            answers.push(answer(agent, listed));
        }
    }
    Ok(answers)
}

fn agents(snapshot: &Transaction<'_>, tenant: TenantId, filter: &AgentFilter) -> Result<Vec<Agent>> {
    let tenant = tenant.get().cast_signed();
    let ids = filter.user_id.map_or((0, UserId::MAX.get()), |id| (id.get(), id.get()));
    let (first, last) = (ids.0.cast_signed(), ids.1.cast_signed());
    let agent = |row: &Row<'_>| Ok(Agent { id: agent_id(row, 0)?, account: row.get(1)?, name: row.get(2)? });
    match &filter.agent_account {
        None => all(snapshot, AGENTS, named_params! { ":tenant": tenant, ":first": first, ":last": last }, agent),
        Some(account) => {
            let parameters = named_params! {
                ":tenant": tenant, ":first": first, ":last": last, ":agent_account": account,
            };
            all(snapshot, AGENTS_BY_ACCOUNT, parameters, agent)
        }
    }
}

fn all<T>(
    snapshot: &Transaction<'_>,
    sql: &str,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    snapshot.prepare_cached(sql)?.query_map(parameters, read)?.collect()
}

fn record(row: &Row<'_>, offset: UtcOffset) -> Result<StatusRecord> {
    let seconds = row.get::<_, i64>(1)?.div_euclid(1000);
    Ok(StatusRecord {
        country_code: row.get(0)?,
        create_time: StatusTime::from_epoch_seconds(seconds, offset).map_err(|error| unreadable(1, error))?,
        detail_status: StatusDetail::from(row.get::<_, i32>(2)?),
        name: row.get(3)?,
        source: Source::from(row.get::<_, i32>(4)?),
        status: AccountStatus::from(row.get::<_, i32>(5)?),
        whats_app: account(row, 6)?,
    })
}

fn agent_id(row: &Row<'_>, column: usize) -> Result<UserId> {
    row.get::<_, i64>(column)?.try_into().map_err(|error: ParseError| unreadable(column, error))
}

fn account(row: &Row<'_>, column: usize) -> Result<WhatsAppNumber> {
    WhatsAppNumber::new(row.get::<_, i64>(column)?.cast_unsigned()).map_err(|error| unreadable(column, error))
}

/// Something in the file that this store does not write. The message says what was expected, not what was found.
fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::sqlite::file;

    /// Every query finds its first row in an index, goes on from there in the order it needs, and stops.
    #[test]
    fn nothing_scans_or_sorts() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection = file::open_writer(&file::prepare(&directory.path().join("store.db")).unwrap()).unwrap();
        let snapshot = connection.transaction().unwrap();
        let plan = |sql: &str| -> Vec<String> {
            let mut statement = snapshot.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            statement.raw_query().mapped(|row| row.get("detail")).map(Result::unwrap).collect()
        };
        for (sql, steps) in [
            (AGENTS, vec!["agent USING PRIMARY KEY (tenant_id=? AND user_id>? AND user_id<?)"]),
            (
                AGENTS_BY_ACCOUNT,
                vec![
                    "agent USING INDEX agent_by_account (tenant_id=? AND agent_account=? AND user_id>? AND user_id<?)",
                ],
            ),
            (ONLINE, vec!["presence USING COVERING INDEX presence_online (tenant_id=? AND source=? AND user_id=?)"]),
            (
                LOCATION,
                vec![
                    "presence USING PRIMARY KEY (tenant_id=? AND source=? AND whatsapp=?)",
                    "agent USING PRIMARY KEY (tenant_id=? AND user_id=?)",
                ],
            ),
            (LOG, vec!["status_event USING PRIMARY KEY (tenant_id=? AND source=? AND user_id=?)"]),
            (
                LOG_OF_ACCOUNT,
                vec![
                    "status_event USING INDEX status_event_of_account \
                     (tenant_id=? AND source=? AND whatsapp=? AND user_id=?)",
                ],
            ),
            (
                RECENT,
                vec![
                    "last_online USING COVERING INDEX last_online_by_time (tenant_id=? AND source=? AND user_id=?)",
                    "presence USING PRIMARY KEY (tenant_id=? AND source=? AND whatsapp=?)",
                ],
            ),
        ] {
            let steps: Vec<_> = steps.into_iter().map(|step| format!("SEARCH {step}")).collect();
            assert_eq!(plan(sql), steps, "{sql}");
        }
    }
}
