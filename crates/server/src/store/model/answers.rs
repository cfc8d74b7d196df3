//! The answers, read from what is known of a tenant.

use axum::body::Bytes;
use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentSource, AgentStatusLog, NamedOnlineAgent, OnlineAccount, RecentAccount,
    Source, SourceGroup, StatusRecord, StatusTime, UtcOffset, WhatsAppNumber,
};

use super::{
    account::{Account, Record},
    agent::{Agent, AgentIndex},
    facts::{Facts, State},
};
use crate::store::AgentFilter;

/// So many agents are told of before writers get their turn, in answers that need not be of one moment.
const AT_ONCE: usize = 64;

impl Facts {
    pub fn online_agents(&self, sources: &[AgentSource], filter: &AgentFilter) -> Vec<SourceGroup> {
        let state = self.read();
        let agents = state.agents.meant(filter);
        let group = |&source: &AgentSource| SourceGroup {
            source: source.into(),
            list: agents.iter().filter_map(|agent| online(state.agents.get(*agent), source.into())).collect(),
        };
        sources.iter().map(group).collect()
    }

    /// All who are online at PC and mobile, as `render` tells them; it is asked only if something has changed since.
    pub fn all_online<E>(&self, render: impl FnOnce(Vec<SourceGroup>) -> Result<Bytes, E>) -> Result<Bytes, E> {
        // Who comes while it is rendered waits for it, instead of doing the same again.
        let mut kept = self.all_online.lock();
        // Before it is read: what changes meanwhile is rendered next time.
        let presence = self.presence();
        if let Some((of, bytes)) = &*kept
            && *of == presence
        {
            return Ok(bytes.clone());
        }
        let bytes = render(self.online_agents(AgentSource::ALL, &AgentFilter::default()))?;
        *kept = Some((presence, bytes.clone()));
        Ok(bytes)
    }

    pub fn account_location(&self, account: WhatsAppNumber, sources: &[Source]) -> Option<AccountLocation> {
        let state = self.read();
        let at = |&source: &Source| {
            let record = state.sources.get(&source)?.get(&account)?.latest();
            state.kind(record).is_online().then_some((record, source))
        };
        let (record, source) = sources.iter().filter_map(at).max_by_key(|(record, _)| record.time())?;
        let agent = state.agents.get(record.agent);
        Some(AccountLocation {
            agent_account: agent.account.text.to_string(),
            source,
            user_id: agent.id.into(),
            whats_app: account,
        })
    }

    pub fn status_log(
        &self,
        source: AgentSource,
        filter: &AgentFilter,
        account: Option<WhatsAppNumber>,
        offset: UtcOffset,
    ) -> Vec<AgentStatusLog> {
        let log = |state: &State, index: AgentIndex, records: &mut dyn Iterator<Item = (WhatsAppNumber, &Record)>| {
            let whats_app_list: Vec<_> = records
                .filter(|(_, record)| state.tells(record))
                .filter_map(|(account, record)| told(state, source.into(), account, record, offset))
                .collect();
            let agent = state.agents.get(index);
            let agent_account = agent.account.text.to_string();
            (!whats_app_list.is_empty()).then_some(AgentStatusLog { agent_account, user_id: agent.id, whats_app_list })
        };
        match account {
            None => self.of_agents(filter, |state, index| {
                let events = state.agents.get(index).at(source.into())?.log();
                log(state, index, &mut events.map(|(account, record)| (*account, record)))
            }),
            Some(number) => {
                let state = self.read();
                let account = state.sources.get(&source.into()).and_then(|accounts| accounts.get(&number));
                let of = |index: AgentIndex| {
                    let records = account?.records().filter(|record| record.agent == index);
                    log(&state, index, &mut records.map(|record| (number, record)))
                };
                let agents = account.into_iter().flat_map(Account::records).map(|record| record.agent);
                state.agents.meant_among(agents, filter).into_iter().filter_map(of).collect()
            }
        }
    }

    pub fn recent_accounts(&self, source: AgentSource, filter: &AgentFilter) -> Vec<AgentRecentAccounts> {
        self.of_agents(filter, |state, index| {
            let agent = state.agents.get(index);
            let accounts = state.sources.get(&source.into())?;
            let now = |number: &WhatsAppNumber| {
                let record = accounts.get(number)?.latest();
                let name = record.name.as_ref().map(ToString::to_string);
                Some(RecentAccount { name, status: Some(state.kind(record).status), whats_app: *number })
            };
            let recent = agent.at(source.into())?.recent().iter();
            let whats_app_list: Vec<_> = recent.filter_map(|(_, number)| now(number)).collect();
            let agent_account = agent.account.text.to_string();
            let answer = AgentRecentAccounts { agent_account, user_id: agent.id, whats_app_list };
            (!answer.whats_app_list.is_empty()).then_some(answer)
        })
    }

    /// What there is to say of each agent that is meant.
    fn of_agents<T>(&self, filter: &AgentFilter, say: impl Fn(&State, AgentIndex) -> Option<T>) -> Vec<T> {
        let mut answers = Vec::new();
        let mut state = self.read();
        let agents = state.agents.meant(filter);
        for (turn, agents) in agents.chunks(AT_ONCE).enumerate() {
            if turn > 0 {
                drop(state);
                state = self.read();
            }
            answers.extend(agents.iter().filter_map(|agent| say(&state, *agent)));
        }
        answers
    }
}

fn online(agent: &Agent, source: Source) -> Option<NamedOnlineAgent> {
    let online = &agent.at(source)?.online;
    if online.is_empty() {
        return None;
    }
    let account = |(number, name): (&WhatsAppNumber, &Option<arcstr::ArcStr>)| OnlineAccount {
        name: name.as_ref().map(ToString::to_string),
        whats_app: *number,
    };
    Some(NamedOnlineAgent {
        agent_account: agent.account.text.to_string(),
        user_id: agent.id,
        user_name: agent.name().to_string(),
        whats_app_list: online.iter().map(account).collect(),
    })
}

/// An event as an answer tells it. Times that no answer can tell are refused when they are appended.
fn told(
    state: &State,
    source: Source,
    account: WhatsAppNumber,
    record: &Record,
    offset: UtcOffset,
) -> Option<StatusRecord> {
    let kind = state.kind(record);
    Some(StatusRecord {
        country_code: kind.country_code.to_string(),
        create_time: StatusTime::from_epoch_seconds(record.at.div_euclid(1000), offset).ok()?,
        detail_status: kind.detail_status,
        name: record.name.as_ref().map(ToString::to_string),
        source,
        status: kind.status,
        whats_app: account,
    })
}
