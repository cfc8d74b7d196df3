//! Single situations, with a vendor that answers what the test says.

use std::{collections::BTreeMap, time::Duration};

use group_dispatch_types::{
    AccountStatus, AgentRecentAccounts, AgentStatusLog, NamedOnlineAgent, OnlineAccount, OnlineAgent, Operation,
    RecentAccount, Source, SourceGroup, StatusDetail, StatusRecord, StatusTime, UserId, UtcOffset, WhatsAppNumber,
    ingest::PresenceChange,
};

use super::store::Store;
use crate::{Answer, Facts, Failure, Logged, Mirror, Question, Reply, Settings, Step, mirror::Stored};

/// A whole minute.
const START: i64 = 1_772_400_000_000;
const AGENT: u64 = 7;

/// The vendor, a store and a mirror. Answers take no time, and the clocks agree.
struct Situation {
    mirror: Mirror,
    store: Store,
    now: i64,
    /// Accounts that are online on PC.
    online: Vec<u64>,
    /// The agent's records on PC, oldest first.
    log: Vec<StatusRecord>,
    name: &'static str,
    is_down: bool,
    /// What fails alone.
    failing: Option<Operation>,
    /// The account in whose place the answers about who is online have something that can't be read, and whether queryUserStatus
    /// can be read all the same.
    unreadable: Option<(u64, bool)>,
    asked: Vec<Question>,
}

impl Situation {
    fn new() -> Self {
        Self {
            mirror: Mirror::new(Settings::default()),
            store: Store::default(),
            now: START,
            online: Vec::new(),
            log: Vec::new(),
            name: "jack",
            is_down: false,
            failing: None,
            unreadable: None,
            asked: Vec::new(),
        }
    }

    /// Adds a record that is `seconds` after the start.
    fn record(&mut self, account: u64, seconds: i64, detail: StatusDetail) {
        self.log.push(StatusRecord {
            country_code: String::new(),
            create_time: StatusTime::from_epoch_seconds(START / 1_000 + seconds, UtcOffset::VENDOR).unwrap(),
            detail_status: detail,
            name: None,
            source: Source::Pc,
            status: detail.status().unwrap(),
            whats_app: number(account),
        });
    }

    /// Runs until the mirror waits for the next round.
    fn round(&mut self) {
        self.round_until(|_| false);
    }

    /// Runs until the next step is a certain one, or the mirror waits for the next round.
    fn round_until(&mut self, is_end: impl Fn(&Step) -> bool) {
        self.asked.clear();
        let began = self.now;
        loop {
            let step = self.mirror.step(self.now);
            if is_end(&step) {
                break;
            }
            match step {
                Step::Wait(until) if self.asked.is_empty() || until - self.now < 100 => self.now = until,
                Step::Wait(_) => break,
                Step::Ask(question) => {
                    self.asked.push(question);
                    let is_failing = self.is_down || self.failing == Some(question.operation());
                    let outcome = if is_failing { Err(Failure::Temporary(None)) } else { Ok(self.answer(question)) };
                    // Whole seconds.
                    let date = Some(self.now / 1_000 * 1_000);
                    let is_whole = self.unreadable_in(question).is_none();
                    self.mirror.replied(Reply { sent: self.now, received: self.now, date, outcome, is_whole });
                }
                Step::Recall(recall) => self.mirror.recalled(self.store.recall(&recall), self.now),
                Step::Store(facts) => {
                    let outcome = self.store.store(&facts);
                    self.mirror.stored(outcome, self.now);
                }
            }
            assert!(self.now - began < 200_000, "the round does not end");
        }
    }

    fn unreadable_in(&self, question: Question) -> Option<u64> {
        let (account, is_readable_by_source) = self.unreadable?;
        let is_unreadable = match question {
            Question::AllOnline => true,
            Question::OnlineAt(source) => source == Source::Pc && !is_readable_by_source,
            Question::Log { .. } | Question::Recent { .. } => false,
        };
        is_unreadable.then_some(account)
    }

    /// Returns the accounts that an answer lists as online on PC.
    fn listed(&self, question: Question) -> Vec<OnlineAccount> {
        let unreadable = self.unreadable_in(question);
        let listed = self.online.iter().filter(|account| unreadable != Some(**account));
        listed.map(|account| OnlineAccount { name: Some(self.name.to_owned()), whats_app: number(*account) }).collect()
    }

    fn answer(&self, question: Question) -> Answer {
        let user_id = UserId::from(AGENT as u32);
        let agent_account = "lsl001".to_owned();
        match question {
            Question::AllOnline => {
                let whats_app_list = self.listed(question);
                let agent = NamedOnlineAgent { agent_account, user_id, user_name: "li".to_owned(), whats_app_list };
                let list = if agent.whats_app_list.is_empty() { Vec::new() } else { vec![agent] };
                Answer::AllOnline(vec![
                    SourceGroup { source: Source::Pc, list },
                    SourceGroup { source: Source::Mobile, list: Vec::new() },
                ])
            }
            Question::OnlineAt(Source::Pc) => {
                let whats_app_list = self.listed(question);
                Answer::OnlineAt(vec![OnlineAgent { agent_account, user_id, whats_app_list }])
            }
            Question::OnlineAt(_) => Answer::OnlineAt(Vec::new()),
            Question::Log { source: Source::Pc, whats_app } => {
                let selected = self.log.iter().rev();
                let selected = selected.filter(|record| whats_app.is_none_or(|number| number == record.whats_app));
                let named = |record: &StatusRecord| StatusRecord { name: Some(self.name.to_owned()), ..record.clone() };
                let whats_app_list = selected.take(50).map(named).collect();
                Answer::Log(vec![AgentStatusLog { agent_account, user_id, whats_app_list }])
            }
            Question::Log { .. } => Answer::Log(Vec::new()),
            Question::Recent { .. } => {
                let mut accounts = BTreeMap::new();
                for record in &self.log {
                    accounts.insert(record.whats_app, record.status);
                }
                let account = |(whats_app, status): (WhatsAppNumber, AccountStatus)| RecentAccount {
                    name: None,
                    status: Some(status),
                    whats_app,
                };
                let whats_app_list = accounts.into_iter().take(10).map(account).collect();
                Answer::Recent(vec![AgentRecentAccounts { agent_account, user_id, whats_app_list }])
            }
        }
    }

    /// Returns who is online on PC in the store.
    fn stored(&self) -> Vec<WhatsAppNumber> {
        self.store.online(Source::Pc).into_keys().collect()
    }
}

fn number(account: u64) -> WhatsAppNumber {
    WhatsAppNumber::new(86_000_000_000 + account).unwrap()
}

#[test]
fn a_record_explains_what_the_next_look_shows() {
    let mut situation = Situation::new();
    situation.round();
    situation.record(1, 30, StatusDetail::PcOnline);
    situation.online.push(1);
    situation.now += 60_000;
    situation.round();
    assert_eq!(situation.stored(), [number(1)]);
    assert!(situation.store.observed.is_empty());
}

#[test]
fn what_no_record_explains_is_observed_between_two_looks() {
    let mut situation = Situation::new();
    situation.round();
    let first = situation.store.last_look(Source::Pc);
    situation.online.push(1);
    situation.now += 60_000;
    situation.round();
    let [came] = situation.store.observed.as_slice() else { panic!("one is observed") };
    assert_eq!((came.change, came.whats_app), (PresenceChange::Came, number(1)));
    let (before, after) = (came.not_before.unwrap(), came.not_after);
    // The clocks agree within half a second.
    assert!(
        (before - first.unwrap()).abs() <= 500 && (after - situation.store.last_look(Source::Pc).unwrap()).abs() <= 500
    );
}

#[test]
fn what_a_later_event_outweighs_is_observed_once() {
    let mut situation = Situation::new();
    situation.round();
    // By a clock that was wrong, somebody else stored that the account goes in a year.
    let until = START + 365 * 86_400_000;
    let gone = Logged {
        source: Source::Pc,
        user_id: UserId::from(AGENT as u32),
        agent_account: String::new(),
        user_name: None,
        whats_app: number(1),
        name: None,
        country_code: String::new(),
        status: AccountStatus::Offline,
        detail_status: StatusDetail::PcClientClosed,
        at: until,
        ordinal: 0,
    };
    situation.store.store(&Facts { logged: vec![gone], ..Facts::default() });
    situation.online.push(1);
    for _ in 0..30 {
        situation.now += 60_000;
        situation.round();
    }
    assert_eq!(situation.store.observed.len(), 1, "also after the store was asked again");
    assert!(situation.stored().is_empty());
    situation.online.clear();
    situation.now += 60_000;
    situation.round();
    assert_eq!(situation.store.observed.len(), 2, "that it went is news");
}

#[test]
fn a_look_that_shows_many_changes_is_stored_in_parts_and_all_or_not_at_all() {
    let mut situation = Situation::new();
    situation.online.extend(1..=50);
    situation.round();
    let store = &situation.store;
    assert_eq!((situation.stored().len(), store.observed.len(), store.looks[&Source::Pc].len()), (50, 50, 1));
    // Killed between two parts, the next mirror observes what is left.
    situation.online = (101..=150).chain(1..=50).collect();
    situation.now += 60_000;
    situation.mirror = Mirror::new(Settings::default());
    situation.round_until(|step| matches!(step, Step::Store(facts) if facts.looks.iter().any(|look| look.is_partial)));
    let Step::Store(part) = situation.mirror.step(situation.now) else { panic!("a part") };
    situation.store.store(&part);
    assert_eq!(situation.store.looks[&Source::Pc].len(), 1, "the look is not stored yet");
    situation.mirror = Mirror::new(Settings::default());
    situation.now += 1_000;
    situation.round();
    let store = &situation.store;
    assert_eq!((situation.stored().len(), store.observed.len(), store.looks[&Source::Pc].len()), (100, 100, 2));
}

#[test]
fn an_account_that_went_keeps_its_name() {
    let mut situation = Situation::new();
    situation.online.push(1);
    situation.round();
    situation.online.clear();
    situation.now += 60_000;
    situation.round();
    let [_, gone] = situation.store.observed.as_slice() else { panic!("it came and went") };
    assert_eq!((gone.change, gone.name.as_deref()), (PresenceChange::Gone, Some("jack")));
}

#[test]
fn a_vendor_that_stops_makes_nobody_offline() {
    let mut situation = Situation::new();
    situation.online.extend(1..=8);
    situation.round();
    let look = situation.store.last_look(Source::Pc);
    situation.is_down = true;
    let down_at = situation.now;
    while situation.now < down_at + 3_600_000 {
        situation.round();
        assert!(situation.asked.len() <= 2, "{:?}", situation.asked);
    }
    assert_eq!(situation.stored().len(), 8);
    assert_eq!(situation.store.last_look(Source::Pc), look, "so that it is known how old this is");
    assert!(situation.now - down_at > 3_600_000 && situation.store.observed.len() == 8);
}

#[test]
fn a_source_that_loses_most_accounts_is_believed_after_three_answers() {
    let mut situation = Situation::new();
    situation.online.extend(1..=8);
    situation.round();
    situation.online.truncate(1);
    for _ in 0..2 {
        situation.now += 5_000;
        situation.round();
        assert_eq!(situation.stored().len(), 8);
    }
    situation.online.extend(2..=8);
    situation.now += 5_000;
    situation.round();
    assert_eq!(situation.store.observed.len(), 8, "that was wrong, and nothing has changed");
    situation.online.truncate(1);
    for expected in [8, 8, 1] {
        situation.now += 5_000;
        situation.round();
        assert_eq!(situation.stored().len(), expected);
    }
}

#[test]
fn a_loss_that_records_explain_is_believed_at_once() {
    let mut situation = Situation::new();
    situation.online.extend(1..=8);
    situation.round();
    for account in 1..=8 {
        situation.record(account, 30, StatusDetail::PcClientClosed);
    }
    situation.online.clear();
    situation.now = START + 60_000;
    situation.round();
    assert!(situation.stored().is_empty());
    assert_eq!(situation.store.last_look(Source::Pc), Some(START + 60_000));
}

#[test]
fn a_burst_leaves_no_gap_where_each_account_reaches_back() {
    let mut situation = Situation::new();
    situation.record(1, 0, StatusDetail::PcOnline);
    situation.now += 5_000;
    situation.round();
    for count in 0..120 {
        situation.record(1 + count % 3, 10 + count as i64 / 3, StatusDetail::PcOnline);
    }
    situation.now = START + 60_000;
    situation.round();
    assert_eq!(situation.store.records.len(), 121);
    assert!(situation.store.gaps.is_empty());
}

#[test]
fn what_does_not_reach_back_is_a_gap_of_that_account() {
    let mut situation = Situation::new();
    situation.record(1, 0, StatusDetail::PcOnline);
    situation.record(2, 0, StatusDetail::PcOnline);
    situation.now += 5_000;
    situation.round();
    for count in 0..80 {
        situation.record(1, 10 + count, StatusDetail::PcOnline);
    }
    situation.record(2, 10, StatusDetail::PcClientClosed);
    situation.now = START + 120_000;
    situation.round();
    let [gap] = situation.store.gaps.as_slice() else { panic!("one gap") };
    assert_eq!(gap.whats_app, Some(number(1)));
    assert_eq!(gap.to, START + 40_000, "the earliest of the latest 50");
    // Back to the record before, and to what may still have appeared late.
    assert!(gap.from.unwrap() <= START);
    assert_eq!(situation.store.records.len(), 2 + 50 + 1);
}

#[test]
fn a_full_page_at_the_first_start_is_a_gap_since_ever() {
    let mut situation = Situation::new();
    for count in 0..60 {
        situation.record(1, count, StatusDetail::PcOnline);
    }
    situation.now += 120_000;
    situation.round();
    let [gap] = situation.store.gaps.as_slice() else { panic!("one gap") };
    assert_eq!((gap.whats_app, gap.from, gap.to), (None, None, START + 10_000));
    assert_eq!(situation.asked.len(), 5, "what the vendor has of the past is not asked for: {:?}", situation.asked);
}

#[test]
fn a_rename_is_no_news() {
    let mut situation = Situation::new();
    for count in 0..60 {
        situation.record(1, count, StatusDetail::PcOnline);
    }
    situation.online.push(1);
    situation.now += 120_000;
    situation.round();
    let (records, looks) = (situation.store.records.len(), situation.store.looks[&Source::Pc].len());
    situation.name = "jim";
    situation.now += 60_000;
    situation.round();
    let store = &situation.store;
    assert_eq!((store.records.len(), store.repeats, store.gaps.len()), (records, 0, 1));
    assert_eq!((store.looks[&Source::Pc].len(), store.observed.len()), (looks + 1, 0));
}

#[test]
fn after_a_stop_the_change_is_between_stop_and_start() {
    let mut situation = Situation::new();
    situation.online.push(1);
    situation.round();
    let stopped = situation.store.looks[&Source::Pc].last().copied().unwrap();
    situation.mirror = Mirror::new(Settings::default());
    situation.online = vec![2];
    situation.now += 3 * 3_600_000;
    situation.round();
    let look = situation.store.looks[&Source::Pc].last().copied().unwrap();
    assert_eq!((look.after, look.continues), (Some(stopped.at), false), "nobody looked in between");
    assert_eq!(situation.stored(), [number(2)]);
    assert!(situation.store.observed.iter().skip(1).all(|observed| observed.not_before.is_some()));
}

#[test]
fn the_interval_follows_what_happens() {
    let mut situation = Situation::new();
    let mut intervals = Vec::new();
    for round in 0..40 {
        let began = situation.now;
        situation.round();
        let Step::Wait(until) = situation.mirror.step(situation.now) else { panic!("the round has ended") };
        intervals.push(until - began);
        situation.now = until;
        if round >= 30 {
            for _ in 0..40 {
                let seconds = (situation.now - START) / 1_000;
                situation.record(1, seconds, StatusDetail::PcOnline);
            }
        }
    }
    assert_eq!(intervals[28], 60_000, "nothing happens: {intervals:?}");
    assert!(intervals[39] < 20_000, "{intervals:?}");
}

#[test]
fn a_look_says_how_many_requests_were_sent_and_what_the_interval_is() {
    let mut situation = Situation::new();
    let mut asked = 0;
    for _ in 0..5 {
        let interval = situation.mirror.interval();
        situation.round();
        asked += situation.asked.len();
        let look = situation.store.looks[&Source::Pc].last().unwrap();
        assert_eq!(look.requests_per_minute as usize, asked);
        assert_eq!(u128::try_from(look.interval), Ok(interval.as_millis()));
        let Step::Wait(until) = situation.mirror.step(situation.now) else { panic!("the round has ended") };
        situation.now = until;
    }
    // Older requests don't count.
    situation.now += 60_000;
    situation.round();
    let look = situation.store.looks[&Source::Pc].last().unwrap();
    assert_eq!(look.requests_per_minute as usize, situation.asked.len());
}

#[test]
fn a_hint_begins_a_round_early_but_ends_no_pause() {
    let mut situation = Situation::new();
    let until = |situation: &mut Situation| {
        situation.round();
        let Step::Wait(until) = situation.mirror.step(situation.now) else { panic!("the round has ended") };
        until
    };
    for _ in 0..20 {
        situation.now = until(&mut situation);
    }
    let due = until(&mut situation);
    let early = situation.now + 2_000;
    assert!(due > early, "nothing happens, so that rounds are rare");
    situation.mirror.hurry(early);
    assert!(matches!(situation.mirror.step(early), Step::Ask(_)));
    situation.now = early;
    situation.is_down = true;
    let due = until(&mut situation);
    situation.mirror.hurry(situation.now + 500);
    assert!(matches!(situation.mirror.step(situation.now + 500), Step::Wait(wait) if wait == due), "the vendor fails");
}

#[test]
fn a_hint_during_a_round_begins_the_next_one_early() {
    let mut situation = Situation::new();
    let due = |situation: &mut Situation| {
        let Step::Wait(until) = situation.mirror.step(situation.now) else { panic!("the round has ended") };
        until
    };
    for _ in 0..20 {
        situation.round();
        situation.now = due(&mut situation);
    }
    let began = situation.now;
    // The questions of a round are spread, so that the driver waits in it.
    situation.round_until(|step| matches!(step, Step::Wait(_)));
    situation.mirror.hurry(situation.now);
    situation.round();
    assert_eq!(due(&mut situation), began + 1_000);
    situation.now = due(&mut situation);
    situation.round();
    assert!(due(&mut situation) > situation.now + 2_000, "one round follows, and no more");
}

#[test]
fn questions_that_are_answered_at_once_are_spread_over_the_seconds() {
    let mut situation = Situation::new();
    for account in 1..=60 {
        situation.online.push(account);
    }
    situation.record(1, 0, StatusDetail::PcOnline);
    situation.now += 5_000;
    situation.round();
    for count in 0..60 {
        situation.record(1 + count, 10, StatusDetail::PcOnline);
    }
    situation.now = START + 60_000;
    situation.round();
    let logs = situation.asked.iter().filter(|question| matches!(question, Question::Log { .. })).count();
    assert!(logs > 60, "each account is asked for: {logs}");
    let took = situation.now - (START + 60_000);
    assert!(took >= 40 * 60, "25 a second: {took} ms");
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_the_mirror() {
    let mut situation = Situation::new();
    situation.now += 10 * 3_600_000;
    situation.round();
    let wrong = situation.now;
    situation.now = START;
    situation.online.push(1);
    for _ in 0..3 {
        situation.round();
    }
    assert!(situation.now < START + 300_000 && wrong > START);
    let look = situation.store.looks[&Source::Pc].last().copied().unwrap();
    assert!(look.at < wrong && !situation.store.looks[&Source::Pc].is_empty());
    assert_eq!(situation.store.observed.last().unwrap().not_before, None, "when that was is not known any more");
}

#[test]
fn only_what_three_answers_lack_is_gone() {
    let mut situation = Situation::new();
    situation.online.extend(1..=8);
    situation.round();
    for online in [vec![1, 2], vec![1, 2], vec![]] {
        situation.online = online;
        situation.now += 5_000;
        situation.round();
    }
    assert_eq!(situation.stored(), [number(1), number(2)], "the last one alone lacks these");
}

#[test]
fn a_question_that_fails_does_not_keep_others_from_being_asked() {
    let mut mirror = Mirror::new(Settings::default());
    let store = Store::default();
    let (mut now, mut logs) = (START, 0);
    while now < START + 60_000 {
        match mirror.step(now) {
            Step::Wait(until) => now = until,
            Step::Ask(question) => {
                let outcome = match question {
                    Question::AllOnline => Ok(Answer::AllOnline(Vec::new())),
                    Question::OnlineAt(_) => Err(Failure::Temporary(None)),
                    Question::Recent { .. } => Ok(Answer::Recent(Vec::new())),
                    Question::Log { .. } => {
                        logs += 1;
                        Ok(Answer::Log(Vec::new()))
                    }
                };
                mirror.replied(Reply { sent: now, received: now, date: None, outcome, is_whole: true });
            }
            Step::Recall(recall) => mirror.recalled(store.recall(&recall), now),
            Step::Store(_) => mirror.stored(Stored::Yes(Vec::new()), now),
        }
    }
    assert!(logs >= 9, "{logs}");
}

#[test]
fn a_look_of_somebody_else_is_respected() {
    let mut situation = Situation::new();
    situation.round();
    // Another mirror sees an account come, and stores it.
    let mut other = Situation { store: std::mem::take(&mut situation.store), ..Situation::new() };
    other.now = situation.now + 2_000;
    other.online.push(1);
    other.round();
    situation.store = other.store;
    situation.online.push(1);
    for _ in 0..3 {
        situation.now += 60_000;
        situation.round();
    }
    assert_eq!(situation.store.observed.len(), 1, "it is not stored again");
    assert!(situation.store.last_look(Source::Pc) > Some(other.now), "and looks go on");
}

#[test]
fn a_question_that_the_vendor_refuses_is_not_asked_for_ten_minutes() {
    let mut mirror = Mirror::new(Settings { shortest_interval: Duration::from_secs(10), ..Settings::default() });
    let store = Store::default();
    let (mut now, mut refused) = (START, Vec::new());
    while now < START + 1_300_000 {
        match mirror.step(now) {
            Step::Wait(until) => now = until,
            Step::Ask(question) => {
                let outcome = match question {
                    Question::OnlineAt(_) => {
                        refused.push(now);
                        Err(Failure::Refused)
                    }
                    Question::AllOnline => {
                        let empty = |source| SourceGroup { source, list: Vec::new() };
                        Ok(Answer::AllOnline([Source::Pc, Source::Mobile].map(empty).into()))
                    }
                    Question::Log { .. } => Ok(Answer::Log(Vec::new())),
                    Question::Recent { .. } => Ok(Answer::Recent(Vec::new())),
                };
                mirror.replied(Reply { sent: now, received: now, date: None, outcome, is_whole: true });
            }
            Step::Recall(recall) => mirror.recalled(store.recall(&recall), now),
            Step::Store(_) => mirror.stored(Stored::Yes(Vec::new()), now),
        }
    }
    assert_eq!(refused.len(), 3, "{refused:?}");
}

#[test]
fn each_source_is_asked_for_alone_where_the_answer_about_all_fails_or_cannot_be_read() {
    for (unreadable, failing) in [(Some((4, true)), None), (None, Some(Operation::QueryAllOlWhatsAppInfo))] {
        let mut situation = Situation { unreadable, failing, ..Situation::new() };
        situation.online.extend(1..=4);
        situation.round();
        assert_eq!(situation.stored(), [1, 2, 3, 4].map(number));
        situation.online = vec![1, 2];
        situation.now += 60_000;
        situation.round();
        assert_eq!(situation.stored(), [1, 2].map(number), "the answer about the source is whole");
        let asked = situation.asked.iter().filter(|question| question.operation() == Operation::QueryUserStatus);
        assert_eq!(asked.count(), 3);
    }
}

#[test]
fn what_can_never_be_read_blinds_nobody_and_makes_nobody_offline() {
    let mut situation = Situation::new();
    situation.online.extend(1..=4);
    situation.round();
    let whole = situation.store.last_look(Source::Pc).unwrap();
    situation.unreadable = Some((4, false));
    let wait = |situation: &mut Situation, rounds| {
        for _ in 0..rounds {
            situation.now += 60_000;
            situation.round();
        }
    };
    wait(&mut situation, 3);
    let look = situation.store.last_look(Source::Pc).unwrap();
    assert!(look > whole + 170_000, "there are looks");
    assert_eq!(situation.stored(), [1, 2, 3, 4].map(number));
    // One comes, and one of those that could be read goes.
    situation.online = vec![1, 2, 4, 5];
    wait(&mut situation, 1);
    assert_eq!(situation.stored(), [1, 2, 3, 4, 5].map(number), "one answer may lack anybody");
    wait(&mut situation, 2);
    assert_eq!(situation.stored(), [1, 2, 4, 5].map(number), "nobody can see whether 4 is online");
    let gone = situation.store.observed.last().unwrap();
    assert_eq!((gone.whats_app, gone.change), (number(3), PresenceChange::Gone));
    assert!((gone.not_before.unwrap() - look).abs() <= 500, "the last look that showed it");
    // It can be read again, and is gone: since when is not known.
    situation.online = vec![1, 2, 5];
    situation.unreadable = None;
    wait(&mut situation, 1);
    assert_eq!(situation.stored(), [1, 2, 5].map(number));
    let gone = situation.store.observed.last().unwrap();
    assert_eq!((gone.whats_app, gone.change), (number(4), PresenceChange::Gone));
    assert!((gone.not_before.unwrap() - whole).abs() <= 500, "the last look that showed it");
}

#[test]
fn a_record_says_that_an_account_that_became_unreadable_is_online() {
    let mut situation = Situation::new();
    situation.online.extend(1..=4);
    let wait = |situation: &mut Situation, rounds| {
        for _ in 0..rounds {
            situation.now += 60_000;
            situation.round();
        }
    };
    situation.unreadable = Some((4, false));
    wait(&mut situation, 4);
    assert_eq!(situation.stored(), [1, 2, 3].map(number));
    // Now 3 is what can't be read. It was readable beside something that was not, so that it is taken for gone.
    situation.unreadable = Some((3, false));
    wait(&mut situation, 3);
    assert_eq!(situation.stored(), [1, 2, 4].map(number));
    let seconds = (situation.now - START) / 1_000;
    situation.record(3, seconds, StatusDetail::PcOnline);
    wait(&mut situation, 12);
    assert_eq!(situation.stored(), [1, 2, 3, 4].map(number), "the record counts, and no more answers");
}
