//! What follows from the vendor's log: new records, gaps, and checks for late records.

use std::collections::{BTreeMap, BTreeSet, VecDeque, btree_map::Entry};

use group_dispatch_types::{AgentStatusLog, Source, UserId, WhatsAppNumber};

use super::Mirror;
use crate::{
    narrowing::{LATEST_APPEARANCE, LateCheck, Narrowing},
    online::AtSource,
    page::{Known, Page, Unseen},
    question::Question,
    rules::{Rule, is_broken},
};

/// After this many logs in a row with records that can't be read, what can be read of them counts: the rest may stay unreadable.
const UNREAD_LOGS: u32 = 3;

impl Mirror {
    pub(super) fn take_log(&mut self, source: Source, log: Vec<AgentStatusLog>, is_whole: bool) {
        let unread = &mut self.sources.entry(source).or_default().unread_logs;
        *unread = if is_whole { 0 } else { *unread + 1 };
        if (1..UNREAD_LOGS).contains(&*unread) {
            return;
        }
        if let Some(round) = &mut self.round {
            round.logs_read.push(source);
        }
        let mut agents = BTreeMap::<_, AgentStatusLog>::new();
        for mut agent in log {
            match agents.entry(agent.user_id) {
                Entry::Vacant(new) => drop(new.insert(agent)),
                Entry::Occupied(listed) => listed.into_mut().whats_app_list.append(&mut agent.whats_app_list),
            }
        }
        for agent in agents.into_values() {
            let page = Page::new(source, agent, !is_whole, self.settings.zone);
            let is_known = self.known.contains_key(&(source, page.user_id));
            match &mut self.round {
                Some(round) if page.is_cut && !is_known => round.unknown.push_back(page),
                _ => self.take_page(&page),
            }
        }
    }

    pub(super) fn take_page(&mut self, page: &Page) {
        let Some(round) = &mut self.round else { return };
        let (source, agent) = (page.source, page.user_id);
        let known = self.known.entry((source, agent)).or_default();
        let at_source = self.sources.entry(source).or_default();
        let (offset, uncertainty) = (self.clock.milliseconds(), self.clock.uncertainty());
        let asked = round.seen.get(&source).map_or(round.began, |seen| seen.sent);
        for (account, at) in page.records_since(asked + offset - uncertainty - 1_000) {
            let latest = at_source.later.entry(account).or_insert(at);
            *latest = at.max(*latest);
        }
        let news = page.news(known);
        round.most_new = round.most_new.max(news.len());
        if !is_broken(Rule::DeclareGaps) {
            let unseen = page.unseen(known);
            // What appeared since the log was read last may be older than that.
            let late = at_source.log_read.map(|at| at + offset - LATEST_APPEARANCE);
            if let Some(Unseen { from, to }) = unseen {
                // Of an agent without a known record, nothing was there when the log was read before.
                let from = match (from, late) {
                    (Some(from), Some(late)) => Some(from.min(late)),
                    (from, late) => from.or(late),
                };
                let unseen = Unseen { from, to };
                let mut accounts = accounts_of(agent, at_source, known);
                accounts.extend(page.accounts());
                let mut narrowing = Narrowing::new((source, agent), page.agent_account.clone(), unseen, accounts);
                if unseen.from.is_none() || round.failure.is_some() {
                    // Nothing was known: what the vendor still has of the past is not asked for.
                    narrowing.give_up();
                }
                round.narrowings.push_back(narrowing);
            }
            if let Some(late) = late
                && let Some(to) = page.end()
                && page.is_cut
                && late < to
            {
                let check = self.late_checks.entry((source, agent)).or_insert_with(|| LateCheck {
                    agent_account: String::new(),
                    unseen: Unseen { from: Some(late), to },
                    due: round.began + LATEST_APPEARANCE,
                });
                check.agent_account.clone_from(&page.agent_account);
                check.unseen.to = check.unseen.to.max(to);
            }
        }
        known.add(page);
        round.add_records(news);
    }

    /// Takes the checks for late records that are due.
    pub(super) fn due_late_checks(&mut self, now: i64) -> VecDeque<Narrowing> {
        let mut due = VecDeque::new();
        self.late_checks.retain(|(source, agent), LateCheck { agent_account, unseen, due: at }| {
            if *at > now {
                return true;
            }
            let at_source = self.sources.entry(*source).or_default();
            let known = self.known.entry((*source, *agent)).or_default();
            let accounts = accounts_of(*agent, at_source, known);
            due.push_back(Narrowing::new((*source, *agent), std::mem::take(agent_account), *unseen, accounts));
            false
        });
        due
    }

    pub(super) fn take_narrow_log(&mut self, log: Vec<AgentStatusLog>, is_whole: bool) {
        let Some(round) = &mut self.round else { return };
        let Some(narrowing) = round.narrowings.front_mut() else { return };
        let Some(Question::Log { source, whats_app: Some(account) }) = narrowing.question() else { return };
        let log = log.into_iter().find(|agent| agent.user_id == narrowing.user_id);
        let page = log.map(|log| Page::new(source, log, false, self.settings.zone));
        let to = narrowing.take_account(page.as_ref(), is_whole);
        if let Some((page, to)) = page.zip(to) {
            round.replace_records(account, &page, page.until(to), to);
        }
    }
}

/// Returns the accounts that are known to have been with an agent.
fn accounts_of(agent: UserId, at_source: &AtSource, known: &Known) -> BTreeSet<WhatsAppNumber> {
    let online = at_source.online.iter().filter(|(_, account)| account.user_id == agent);
    online.map(|(account, _)| *account).chain(known.accounts()).collect()
}
