//! Who is online at a source: what the store says, and what it differs from the vendor's answer by.

use std::collections::{BTreeSet, HashMap, HashSet};

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

/// When a question was sent and when its answer was there, by this machine's clock, and whether every element could be read.
#[derive(Clone, Copy)]
pub struct ReplyHead {
    pub sent: i64,
    pub received: i64,
    pub is_whole: bool,
}

/// An answer about who is online at a source.
pub struct Seen {
    pub sent: i64,
    pub received: i64,
    is_whole: bool,
    agents: Vec<(OnlineAgent, String)>,
    /// Each account with its place: the number of its agent, and its own in the list of that agent.
    places: HashMap<WhatsAppNumber, (usize, usize)>,
}

impl Seen {
    /// Makes it of a group of queryAllOlWhatsAppInfo.
    pub fn of_group(at: ReplyHead, list: Vec<NamedOnlineAgent>, before: &AtSource) -> Self {
        let agents = list.into_iter().map(|agent| {
            let NamedOnlineAgent { user_id, agent_account, user_name, whats_app_list } = agent;
            (OnlineAgent { user_id, agent_account, whats_app_list }, user_name)
        });
        Self::new(at, agents.collect(), before)
    }

    /// Makes it of an answer of queryUserStatus.
    pub fn of_agents(at: ReplyHead, list: Vec<OnlineAgent>, before: &AtSource) -> Self {
        Self::new(at, list.into_iter().map(|agent| (agent, String::new())).collect(), before)
    }

    /// An account that is listed with several agents is with the one that had it, or else with the first.
    fn new(at: ReplyHead, agents: Vec<(OnlineAgent, String)>, before: &AtSource) -> Self {
        let mut places = HashMap::new();
        for (number, (agent, _)) in agents.iter().enumerate() {
            for (rank, account) in agent.whats_app_list.iter().enumerate() {
                let account = account.whats_app;
                if !places.contains_key(&account) || before.agent_of(account) == Some(agent.user_id) {
                    places.insert(account, (number, rank));
                }
            }
        }
        let ReplyHead { sent, received, is_whole } = at;
        Self { sent, received, is_whole, agents, places }
    }

    /// Returns each account that is listed, with its agent.
    fn listed(&self) -> impl Iterator<Item = (WhatsAppNumber, UserId)> {
        self.places.iter().map(|(account, (agent, _))| (*account, self.agents[*agent].0.user_id))
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
    partial: Option<PartialAnswers>,
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

/// Answers in a row with elements that can't be read. Which accounts these are is not known.
struct PartialAnswers {
    /// Accounts that one of the answers listed, with their agent: the elements that can't be read are others.
    readable: HashSet<(WhatsAppNumber, UserId)>,
    /// Readable accounts that the latest answers lack: how many answers, and the look before the first of them.
    missing: HashMap<WhatsAppNumber, (u32, Option<i64>)>,
    /// The look before all these answers.
    not_before: Option<i64>,
}

impl PartialAnswers {
    fn new(not_before: Option<i64>) -> Self {
        Self { readable: HashSet::new(), missing: HashMap::new(), not_before }
    }

    /// Adds an answer that lacks accounts that were readable. Returns which of them several answers lack.
    fn add(
        &mut self,
        seen: &Seen,
        lost: &BTreeSet<WhatsAppNumber>,
        not_before: Option<i64>,
    ) -> BTreeSet<WhatsAppNumber> {
        self.readable.extend(seen.listed());
        self.missing.retain(|account, _| lost.contains(account));
        let mut gone = BTreeSet::new();
        for account in lost {
            let (answers, _) = self.missing.entry(*account).or_insert((0, not_before));
            *answers += 1;
            if *answers >= BELIEVED_ANSWERS {
                gone.insert(*account);
            }
        }
        gone
    }

    /// Returns the last look that may have shown an account, if that is not the latest one.
    fn not_before(&self, account: WhatsAppNumber, agent: UserId) -> Option<Option<i64>> {
        match self.missing.get(&account) {
            Some((_, not_before)) => Some(*not_before),
            None => (!self.readable.contains(&(account, agent))).then_some(self.not_before),
        }
    }
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
        if !seen.is_whole {
            lost = self.lost_in_part(seen, lost, not_before);
        } else if is_doubtful(lost.len(), self.online.len()) {
            lost = self.believed(lost, seen.sent, interval)?;
        }
        let partial = self.partial.as_ref();
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
                not_before: partial.and_then(|partial| partial.not_before(*account, *user_id)).unwrap_or(not_before),
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
        if seen.is_whole {
            self.partial = None;
        }
        Some(observed)
    }

    /// Returns which accounts have gone of those that an answer lacks of which a part can't be read: those that were readable
    /// in such answers before, and that several lack.
    fn lost_in_part(
        &mut self,
        seen: &Seen,
        mut lost: BTreeSet<WhatsAppNumber>,
        not_before: Option<i64>,
    ) -> BTreeSet<WhatsAppNumber> {
        let partial = self.partial.get_or_insert_with(|| PartialAnswers::new(not_before));
        lost.retain(|account| {
            let agent = self.online.get(account).map(|holder| holder.user_id);
            let is_readable = agent.is_some_and(|agent| partial.readable.contains(&(*account, agent)));
            !self.later.contains_key(account) && (is_readable || is_broken(Rule::DoubtUnread))
        });
        partial.add(seen, &lost, not_before)
    }

    /// Takes over an observation that is stored, and with which agent the account is online in the store since. If a later event
    /// outweighs the observation, the account is as it was observed all the same: otherwise, each answer would be observed again.
    pub fn take(&mut self, observed: Observed, agent: Option<UserId>) {
        let Observed { whats_app, user_id, name, .. } = observed;
        let seen = (observed.change == PresenceChange::Came).then_some(user_id);
        if seen.is_none()
            && let Some(partial) = &mut self.partial
        {
            // If a record says that it is online all the same, it has become unreadable.
            partial.readable.remove(&(whats_app, user_id));
            partial.missing.remove(&whats_app);
        }
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
