//! What the vendor knows at a moment, in the forms of the answers (D15, D16, D21 to D23).

use std::ops::Range;

use group_dispatch_types::{
    AccountLocation, AccountStatus, AgentRecentAccounts, AgentStatusLog, NamedOnlineAgent, OnlineAccount,
    RecentAccount, Source, StatusRecord, StatusTime, UserId, UserIdText, UtcOffset, WhatsAppNumber,
};

use crate::{
    history::{
        History,
        cast::{AgentNames, Profile},
        log::Page,
        presence::Acquaintance,
    },
    record::Record,
    scenario::{LogLimit, Scenario},
    sources::source_index,
};

/// How many records the log shows of an agent, or in all (D15).
const LOG_RECORDS: usize = 50;
/// How many recent accounts there are of an agent (D15).
const RECENT_ACCOUNTS: usize = 10;

/// What the vendor knows at a moment. Agents are given by their indexes, which are in the order of their ids.
pub struct Moment<'a> {
    /// Made at least up to `at`.
    pub history: &'a History,
    pub scenario: &'a Scenario,
    /// Unix epoch milliseconds of true UTC.
    pub at: i64,
}

impl<'a> Moment<'a> {
    /// Returns the agents that filters select, by id.
    pub fn agents(&self, id: Option<UserId>, login: Option<&str>) -> Range<u32> {
        let cast = &self.history.cast;
        let mut one = id.map(|id| cast.agent_by_id(id));
        if let Some(login) = login {
            let found = cast.agent_by_login(login, self.at);
            one = Some(found.filter(|found| one.is_none_or(|one| one == Some(*found))));
        }
        match one {
            None => 0..cast.agents.len() as u32,
            Some(None) => 0..0,
            Some(Some(agent)) => agent..agent + 1,
        }
    }

    /// Returns an agent with its accounts that are online at a source, by number; `None` if none is.
    pub fn online_agent(&self, agent: u32, source: Source) -> Option<NamedOnlineAgent> {
        let source = source_index(source)?;
        let presence = &self.history.presence;
        let mut online = Vec::new();
        for acquaintance in presence.acquaintances(agent, source) {
            let state = presence.state(acquaintance.account, source, self.at);
            if state.is_some_and(|state| state.is_online_with(agent)) {
                let (whats_app, profile) = self.account(acquaintance.account)?;
                online.push(OnlineAccount { name: profile.nickname.clone(), whats_app });
            }
        }
        let (user_id, names) = self.agent(agent).filter(|_| !online.is_empty())?;
        Some(NamedOnlineAgent {
            agent_account: names.login.clone(),
            user_id,
            user_name: names.name.clone(),
            whats_app_list: online,
        })
    }

    /// Returns where an account is online among `sources`: where its latest record is.
    pub fn location(&self, number: WhatsAppNumber, sources: &[Source]) -> Option<AccountLocation> {
        let account = self.history.cast.account_by_number(number)?;
        let states = sources.iter().filter_map(|source| {
            let state = self.history.presence.state(account, source_index(*source)?, self.at)?;
            (state.status == AccountStatus::Online).then_some((state, *source))
        });
        let (state, source) = states.max_by_key(|(state, _)| state.newest)?;
        let (id, names) = self.agent(state.agent)?;
        Some(AccountLocation { agent_account: names.login.clone(), source, user_id: UserIdText(id), whats_app: number })
    }

    /// Returns the latest records at a source of each agent or, if they are given, of one agent and of one account.
    pub fn logs(&self, source: Source, login: Option<&str>, number: Option<WhatsAppNumber>) -> Vec<AgentStatusLog> {
        let Some(source) = source_index(source) else { return Vec::new() };
        let log = &self.history.log;
        let agents = self.agents(None, login);
        let mut logs: Vec<_> = match number.map(|number| self.history.cast.account_by_number(number)) {
            None => agents.filter_map(|agent| self.agent_log(agent, &log.of(agent, source)?.all)).collect(),
            Some(None) => Vec::new(),
            Some(Some(account)) => {
                let agents_of = log.agents_of(account, source).iter().copied().filter(|agent| agents.contains(agent));
                let page = |agent| log.of(agent, source)?.by_account.get(&account);
                agents_of.filter_map(|agent| self.agent_log(agent, page(agent)?)).collect()
            }
        };
        if self.scenario.log_limit == LogLimit::Answer {
            keep_latest(&mut logs);
        }
        logs
    }

    fn agent_log(&self, agent: u32, page: &Page) -> Option<AgentStatusLog> {
        let records = page.newest_first(&self.history.records, self.at).take(LOG_RECORDS);
        let records: Vec<_> = records.filter_map(|record| self.status_record(record)).collect();
        let (user_id, names) = self.agent(agent).filter(|_| !records.is_empty())?;
        Some(AgentStatusLog { agent_account: names.login.clone(), user_id, whats_app_list: records })
    }

    /// The vendor shows the names and the country that the account has now.
    fn status_record(&self, record: &Record) -> Option<StatusRecord> {
        let (whats_app, profile) = self.account(record.account)?;
        Some(StatusRecord {
            country_code: profile.country.to_owned(),
            create_time: StatusTime::from_epoch_seconds(record.create_time, UtcOffset::VENDOR).ok()?,
            detail_status: record.detail_status,
            name: profile.nickname.clone(),
            source: record.source,
            status: record.status,
            whats_app,
        })
    }

    /// Returns an agent with the accounts that came online last at a source, the last one first; `None` if none did.
    pub fn recent_accounts(&self, agent: u32, source: Source) -> Option<AgentRecentAccounts> {
        let source = source_index(source)?;
        let History { records, presence, .. } = self.history;
        let login = |account: &Acquaintance| account.last_login(records, self.at);
        let mut logins: Vec<_> = presence
            .acquaintances(agent, source)
            .filter_map(|acquaintance| Some((login(acquaintance)?, acquaintance.account)))
            .collect();
        logins.sort_unstable_by(|one, other| other.cmp(one));
        logins.truncate(RECENT_ACCOUNTS);
        let recent: Vec<_> = logins
            .into_iter()
            .filter_map(|(_, account)| {
                let (whats_app, profile) = self.account(account)?;
                let status = presence.state(account, source, self.at).map(|state| state.status);
                Some(RecentAccount { name: profile.nickname.clone(), status, whats_app })
            })
            .collect();
        let (user_id, names) = self.agent(agent).filter(|_| !recent.is_empty())?;
        Some(AgentRecentAccounts { agent_account: names.login.clone(), user_id, whats_app_list: recent })
    }

    fn agent(&self, agent: u32) -> Option<(UserId, &'a AgentNames)> {
        let agent = &self.history.cast.agents[agent as usize];
        Some((agent.id, agent.names.at(self.at)?))
    }

    fn account(&self, account: u32) -> Option<(WhatsAppNumber, &'a Profile)> {
        let account = &self.history.cast.accounts[account as usize];
        Some((account.number, account.profile.at(self.at)?))
    }
}

/// Keeps the latest records of all logs together. Of one second, those of the first agents are kept.
fn keep_latest(logs: &mut Vec<AgentStatusLog>) {
    let mut times: Vec<_> = logs.iter().flat_map(|log| &log.whats_app_list).map(|record| record.create_time).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    let Some(earliest) = times.get(LOG_RECORDS - 1).copied() else { return };
    let mut of_earliest = LOG_RECORDS - times.partition_point(|time| *time > earliest);
    for log in &mut *logs {
        log.whats_app_list.retain(|record| {
            let is_kept = record.create_time > earliest || record.create_time == earliest && of_earliest > 0;
            of_earliest -= usize::from(is_kept && record.create_time == earliest);
            is_kept
        });
    }
    logs.retain(|log| !log.whats_app_list.is_empty());
}
