//! Who is online at a source: what the store says, and what it differs from the vendor's answer by.

use std::collections::{BTreeSet, HashMap};

use group_dispatch_types::{NamedOnlineAgent, OnlineAgent, Source, UserId, WhatsAppNumber, ingest::PresenceChange};

use crate::{
    facts::Observed,
    question::AccountHolder,
    rules::{Rule, is_broken},
};

/// A source may lose this many accounts at once, or half of them, without doubt.
const UNDOUBTED_LOSS: usize = 5;
/// How many good answers in a row make a larger loss believable.
const BELIEVED_ANSWERS: u32 = 3;
/// How many intervals they span at least.
const BELIEVED_INTERVALS: i64 = 2;

/// An answer about who is online at a source.
pub struct Seen {
    /// When it was asked and when it was there, by this machine's clock.
    pub sent: i64,
    pub received: i64,
    agents: Vec<(OnlineAgent, String)>,
    /// Each account with its place: the number of its agent, and its own in the list of that agent.
    places: HashMap<WhatsAppNumber, (usize, usize)>,
}

impl Seen {
    /// Makes it of a group of queryAllOlWhatsAppInfo.
    pub fn of_group(sent: i64, received: i64, list: Vec<NamedOnlineAgent>, before: &AtSource) -> Self {
        let agents = list.into_iter().map(|agent| {
            let NamedOnlineAgent { user_id, agent_account, user_name, whats_app_list } = agent;
            (OnlineAgent { user_id, agent_account, whats_app_list }, user_name)
        });
        Self::new(sent, received, agents.collect(), before)
    }

    /// Makes it of an answer of queryUserStatus.
    pub fn of_agents(sent: i64, received: i64, list: Vec<OnlineAgent>, before: &AtSource) -> Self {
        Self::new(sent, received, list.into_iter().map(|agent| (agent, String::new())).collect(), before)
    }

    /// An account that is listed with several agents is with the one that had it, or else with the first.
    fn new(sent: i64, received: i64, agents: Vec<(OnlineAgent, String)>, before: &AtSource) -> Self {
        let mut places = HashMap::new();
        for (number, (agent, _)) in agents.iter().enumerate() {
            for (rank, account) in agent.whats_app_list.iter().enumerate() {
                let account = account.whats_app;
                if !places.contains_key(&account) || before.agent_of(account) == Some(agent.user_id) {
                    places.insert(account, (number, rank));
                }
            }
        }
        Self { sent, received, agents, places }
    }
}

/// A source as the mirror knows it.
#[derive(Default)]
pub struct AtSource {
    /// The accounts that are online in the store.
    pub online: HashMap<WhatsAppNumber, AccountHolder>,
    /// The latest look in the store.
    pub last_look: Option<i64>,
    /// When its log was read last, by this machine's clock.
    pub log_read: Option<i64>,
    /// How many logs in a row had records that could not be read.
    pub unread_logs: u32,
    doubt: Option<Doubt>,
    /// Accounts of which the store has a later event than the vendor's answers, and with which agent these list them.
    outweighed: HashMap<WhatsAppNumber, Option<UserId>>,
    /// Accounts with records that may be later than the next look, with the times of these.
    pub later: HashMap<WhatsAppNumber, i64>,
}

/// Answers that lack most accounts.
struct Doubt {
    answers: u32,
    /// What all of them lack.
    lost: BTreeSet<WhatsAppNumber>,
    /// Before this time they are not believed.
    until: i64,
}

impl AtSource {
    /// Returns what the answer differs by from what is online in the store, or `None` if it is not believed yet. Accounts with
    /// a record that may be later than the answer keep their state. `not_before` and `not_after` are the times of the look
    /// before and of this one, by the vendor's clock.
    pub fn compare(
        &mut self,
        source: Source,
        seen: &Seen,
        (not_before, not_after): (Option<i64>, i64),
        uncertainty: i64,
        interval: i64,
    ) -> Option<Vec<Observed>> {
        // A record has whole seconds: it was up to a second later.
        self.later.retain(|_, at| *at + 1_000 > not_after - uncertainty);
        let lost = self.online.keys().filter(|account| !seen.places.contains_key(account)).copied();
        let mut lost: BTreeSet<_> = lost.collect();
        if is_doubtful(lost.len(), self.online.len()) {
            lost = self.believed(lost, seen.sent, interval)?;
        }
        let is_gone = |(account, _): &(&WhatsAppNumber, &AccountHolder)| {
            lost.contains(account) && !self.later.contains_key(account)
        };
        let gone = self.online.iter().filter(is_gone);
        let mut observed: Vec<_> = gone
            .map(|(account, AccountHolder { user_id, name })| Observed {
                source,
                change: PresenceChange::Gone,
                user_id: *user_id,
                agent_account: String::new(),
                user_name: None,
                whats_app: *account,
                name: name.clone(),
                not_before,
                not_after,
            })
            .collect();
        for (whats_app, (agent, rank)) in &seen.places {
            let (agent, user_name) = &seen.agents[*agent];
            if self.agent_of(*whats_app) == Some(agent.user_id) || self.later.contains_key(whats_app) {
                continue;
            }
            observed.push(Observed {
                source,
                change: PresenceChange::Came,
                user_id: agent.user_id,
                agent_account: agent.agent_account.clone(),
                user_name: Some(user_name.clone()).filter(|name| !name.is_empty()),
                whats_app: *whats_app,
                name: agent.whats_app_list[*rank].name.clone(),
                not_before,
                not_after,
            });
        }
        observed.sort_unstable_by_key(|one| (one.change == PresenceChange::Came, one.whats_app));
        self.doubt = None;
        Some(observed)
    }

    /// Takes over an observation that is stored, and with which agent the account is online in the store since. If a later event
    /// outweighs the observation, the account is as it was observed all the same: otherwise, each answer would be observed again.
    pub fn take(&mut self, observed: Observed, agent: Option<UserId>) {
        let Observed { whats_app, user_id, name, .. } = observed;
        let seen = (observed.change == PresenceChange::Came).then_some(user_id);
        self.set(whats_app, seen, name);
        if agent != seen {
            self.outweighed.insert(whats_app, seen);
        }
    }

    /// Takes over who is online in the store. Where a later event outweighs what was observed, that stays.
    pub fn replace_online(&mut self, accounts: Vec<(WhatsAppNumber, AccountHolder)>) {
        self.online = accounts.into_iter().collect();
        let mut outweighed = std::mem::take(&mut self.outweighed);
        outweighed.retain(|account, seen| self.agent_of(*account) != *seen);
        for (account, seen) in &outweighed {
            let name = self.online.remove(account).and_then(|holder| holder.name);
            if let Some(user_id) = *seen {
                self.online.insert(*account, AccountHolder { user_id, name });
            }
        }
        self.outweighed = outweighed;
    }

    /// Takes over with which agent an account is online in the store, and under which name.
    pub fn set(&mut self, account: WhatsAppNumber, agent: Option<UserId>, name: Option<String>) {
        self.outweighed.remove(&account);
        match agent {
            Some(user_id) => drop(self.online.insert(account, AccountHolder { user_id, name })),
            None => drop(self.online.remove(&account)),
        }
    }

    fn agent_of(&self, account: WhatsAppNumber) -> Option<UserId> {
        self.online.get(&account).map(|online| online.user_id)
    }

    /// Returns which of these lost accounts are believed to be gone: those that several answers lack.
    fn believed(
        &mut self,
        lost: BTreeSet<WhatsAppNumber>,
        sent: i64,
        interval: i64,
    ) -> Option<BTreeSet<WhatsAppNumber>> {
        let doubt = self.doubt.get_or_insert_with(|| Doubt {
            answers: 0,
            lost: lost.clone(),
            until: sent + BELIEVED_INTERVALS * interval,
        });
        doubt.answers += 1;
        doubt.lost.retain(|account| lost.contains(account));
        (doubt.answers >= BELIEVED_ANSWERS && sent >= doubt.until).then(|| doubt.lost.clone())
    }
}

fn is_doubtful(lost: usize, of: usize) -> bool {
    lost > UNDOUBTED_LOSS && lost * 2 > of && !is_broken(Rule::DoubtLosses)
}
