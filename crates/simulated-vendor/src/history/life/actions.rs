//! What the steps do.

use std::ops::RangeInclusive;

use group_dispatch_types::{AccountStatus, StatusDetail};

use super::{Life, Stage, Step, session::Session};
use crate::{
    history::cast::Cast,
    random::{MINUTE, Random, SECOND, milliseconds},
    record::Record,
    sources::SOURCES,
};

/// The shortest time in milliseconds that an account stays online or away, so that only what is meant to happens within one
/// second.
const SHORTEST: i64 = 2 * SECOND;
/// How many records a burst has.
const BURST_RECORDS: RangeInclusive<i64> = 60..=160;
/// The chance that an account is used at PC, mobile and cloud computer.
const USES: [f64; 3] = [0.7, 0.45, 0.2];

impl Life {
    /// Adds an account with its sessions, which come online one after the other.
    pub(super) fn enroll(&mut self, at: i64, cast: &mut Cast) {
        let account = cast.add_account();
        let agent = self.random.u32(0..self.scenario.agents);
        let mut sessions = Vec::new();
        for (source, chance) in SOURCES.into_iter().zip(USES) {
            if self.random.chance(chance) || source == SOURCES[2] && sessions.is_empty() {
                let session = self.sessions.len() as u32;
                sessions.push(session);
                self.sessions.push(Session::new(account, source, agent));
                let wait = self.random.around(milliseconds(self.scenario.rates.offline));
                self.plan(at + wait, Step::Change { session, changes: 0 });
            }
        }
        self.of_account.push(sessions);
    }

    /// A session's own next step.
    pub(super) fn change(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let moves = self.random.chance(self.scenario.rates.moves);
        let session = &self.sessions[index as usize];
        if session.is_banned {
            return;
        }
        let former = session.agent;
        if !session.is_online {
            if moves {
                self.sessions[index as usize].agent = self.random.u32(0..self.scenario.agents);
            }
            return self.come_online(index, at, stage);
        }
        if moves {
            self.sessions[index as usize].agent = self.random.u32(0..self.scenario.agents);
            self.come_online(index, at, stage);
            if self.random.chance(0.7) {
                let wait = self.random.i64(0..3 * SECOND);
                self.plan(at + wait, Step::EndFormer { session: index, agent: former });
            }
        } else if self.random.chance(self.scenario.rates.quick_reconnects) {
            self.reconnect(index, at, stage);
        } else {
            let leaves = self.random.chance(self.scenario.rates.leaves);
            let detail = session.end(leaves, &mut self.random);
            self.go_off(index, detail, at, stage);
        }
    }

    /// A session is back within the same moment, once or several times. Their records are equal, but for their order.
    fn reconnect(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let session = &self.sessions[index as usize];
        let agent = session.agent;
        let (end, login) = (session.end(false, &mut self.random), session.login(&mut self.random));
        for _ in 0..self.random.u32(1..=3) {
            self.record(index, agent, end, at, stage);
            self.record(index, agent, login, at, stage);
        }
        self.settle(index, true, at, milliseconds(self.scenario.rates.online));
    }

    fn come_online(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let session = &self.sessions[index as usize];
        let (agent, detail) = (session.agent, session.login(&mut self.random));
        self.record(index, agent, detail, at, stage);
        self.settle(index, true, at, milliseconds(self.scenario.rates.online));
    }

    fn go_off(&mut self, index: u32, detail: StatusDetail, at: i64, stage: &mut Stage<'_>) {
        let agent = self.sessions[index as usize].agent;
        self.record(index, agent, detail, at, stage);
        let is_disconnected = detail.status() == Some(AccountStatus::Disconnected);
        let rates = &self.scenario.rates;
        let away = if is_disconnected { rates.disconnected } else { rates.offline };
        self.settle(index, false, at, milliseconds(away));
    }

    pub(super) fn flap(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let session = &self.sessions[index as usize];
        if session.is_banned {
            return;
        }
        if session.is_online {
            let detail = session.end(false, &mut self.random);
            self.go_off(index, detail, at, stage);
        } else {
            self.come_online(index, at, stage);
        }
    }

    pub(super) fn depart(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let session = &self.sessions[index as usize];
        if session.is_online && !session.is_banned {
            let detail = session.departed();
            self.go_off(index, detail, at, stage);
        }
    }

    pub(super) fn end_former(&mut self, index: u32, agent: u32, at: i64, stage: &mut Stage<'_>) {
        let leaves = self.random.bool();
        let detail = self.sessions[index as usize].end(leaves, &mut self.random);
        self.record(index, agent, detail, at, stage);
    }

    /// Bans an account: each source where it is used reports it within seconds, now and then with another agent than the one
    /// that has it. It never comes back, and a new account takes its place later.
    pub(super) fn ban(&mut self, at: i64) {
        let account = self.random.usize(0..self.of_account.len());
        let sessions = self.of_account[account].clone();
        if sessions.iter().any(|session| self.sessions[*session as usize].is_banned) {
            return;
        }
        let wait = MINUTE + self.random.around(10 * MINUTE);
        self.plan(at + wait, Step::Enroll);
        for session in sessions {
            self.sessions[session as usize].is_banned = true;
            let wait = self.random.i64(0..5 * SECOND);
            self.plan(at + wait, Step::ReportBan { session });
        }
    }

    pub(super) fn report_ban(&mut self, index: u32, at: i64, stage: &mut Stage<'_>) {
        let session = &self.sessions[index as usize];
        let (mut agent, detail) = (session.agent, session.banned(&mut self.random));
        if self.random.chance(0.1) {
            agent = self.random.u32(0..self.scenario.agents);
        }
        self.record(index, agent, detail, at, stage);
        let session = &mut self.sessions[index as usize];
        session.is_online = false;
        session.changes += 1;
    }

    /// Plans a burst: of one session, or of all that an agent has at a source.
    pub(super) fn burst(&mut self, at: i64) {
        let first = self.random.usize(0..self.sessions.len());
        let Session { agent, source, .. } = self.sessions[first];
        let of_agent = |session: &Session| session.agent == agent && session.source == source && !session.is_banned;
        let mut all: Vec<_> = (0..self.sessions.len()).filter(|index| of_agent(&self.sessions[*index])).collect();
        if self.random.bool() && all.contains(&first) {
            all = vec![first];
        }
        if all.is_empty() {
            return;
        }
        let records = self.random.i64(BURST_RECORDS);
        let length = self.random.i64(SECOND..=MINUTE);
        for record in 0..records {
            let session = all[record as usize % all.len()] as u32;
            self.plan(at + length * record / records, Step::Flap { session });
        }
    }

    /// Plans that nearly all accounts leave a source.
    pub(super) fn departure(&mut self, at: i64) {
        let source = self.random.pick(&SOURCES);
        let all = (0..self.sessions.len()).filter(|index| self.sessions[*index].source == source);
        for session in all.collect::<Vec<_>>() {
            if self.random.chance(0.95) {
                let wait = self.random.i64(0..20 * SECOND);
                self.plan(at + wait, Step::Depart { session: session as u32 });
            }
        }
    }

    /// Leaves a session as it is for a while, whatever was planned for it.
    fn settle(&mut self, index: u32, is_online: bool, at: i64, mean: i64) {
        let wait = SHORTEST + self.random.around(mean);
        let session = &mut self.sessions[index as usize];
        session.is_online = is_online;
        session.changes += 1;
        let changes = session.changes;
        self.plan(at + wait, Step::Change { session: index, changes });
    }

    /// Adds a record. It may be late in the log; then the later records of this session and second are as late, so that a second
    /// reaches the log in its order.
    fn record(&mut self, index: u32, agent: u32, detail: StatusDetail, at: i64, stage: &mut Stage<'_>) {
        let create_time = self.scenario.vendor_time(at).div_euclid(SECOND);
        let (mut in_presence_at, mut in_log_at) = (at, at);
        if self.random.chance(self.scenario.rates.late) {
            let latest = milliseconds(self.scenario.rates.latest);
            in_log_at += SHORTEST.min(latest) + self.random.around((latest - SHORTEST).max(0) / 3);
            if self.random.bool() {
                in_presence_at = in_log_at;
            }
        }
        let session = &mut self.sessions[index as usize];
        if session.latest.0 == create_time {
            in_log_at = in_log_at.max(session.latest.1);
        }
        session.latest = (create_time, in_log_at);
        stage.records.push(Record {
            user_id: stage.cast.agents[agent as usize].id,
            whatsapp: stage.cast.accounts[session.account as usize].number,
            source: session.source,
            status: detail.status().unwrap_or(AccountStatus::Offline),
            detail_status: detail,
            create_time,
            happened_at: at,
            in_presence_at,
            in_log_at,
            agent,
            account: session.account,
        });
    }
}
