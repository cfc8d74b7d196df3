//! Generates the sample of status events that `demo` serves: five simulated days of an invented company.
//!
//! Nothing here comes from the contract. The output is the same on every machine: only integers are computed, from one seed.
//! Agents and accounts are invented, except those of the vendor's page, for which the page's five requests have answers.

use serde_json::{Map, Value};

mod cast;
mod random;

use cast::{Account, Agent, MOBILE, PAGE_RECORD_NUMBER};
use random::{HOUR, MINUTE, Random};

const DAY: u64 = 24 * HOUR;

/// The sample begins at midnight, at UTC+8, of Friday 2024-07-05.
const FIRST_DAY: u64 = 5;
const DAYS: u64 = 5;
/// It ends on Tuesday evening, while some work and others don't.
const END: u64 = 4 * DAY + 21 * HOUR;
const SHIFT: u64 = 9 * HOUR;

/// The page's own record happened on 2024-07-08 at 19:25:31.
const PAGE_RECORD_AT: u64 = 3 * DAY + 19 * HOUR + 25 * MINUTE + 31;

/// Returns the events as NDJSON, oldest first.
#[must_use]
pub fn ndjson() -> String {
    let mut random = Random::seeded(20_240_709);
    let agents = cast::agents(&mut random);
    let accounts = cast::accounts(&mut random);

    let mut events = Vec::new();
    for account in &accounts {
        for &source in account.sources {
            live(&mut random, &agents, account, source, &mut events);
        }
    }
    events.extend(accounts.iter().filter_map(|account| page_record(&agents, account)));
    events.retain(|event| event.at <= END);
    events.sort_by_key(|event| event.at);

    let mut text = String::new();
    for (index, event) in events.iter().enumerate() {
        // An event id is optional, so a few events have none.
        let id = (!random.one_in(20)).then(|| format!("sample-{:04}", index + 1));
        text.push_str(&event.json(id).to_string());
        text.push('\n');
    }
    text
}

/// Something that happened to an account.
struct Event<'a> {
    /// Seconds since the sample began.
    at: u64,
    agent: &'a Agent,
    account: &'a Account,
    source: u32,
    status: u32,
    detail: u32,
}

impl Event<'_> {
    fn json(&self, id: Option<String>) -> Value {
        let members = [
            ("eventId", id.map(Value::from)),
            ("userId", Some(self.agent.id.into())),
            ("agentAccount", Some(self.agent.login.as_str().into())),
            ("userName", Some(self.agent.name.as_str().into())),
            ("whatsApp", Some(self.account.number.as_str().into())),
            ("name", self.account.name.map(Value::from)),
            ("status", Some(self.status.into())),
            ("source", Some(self.source.into())),
            ("countryCode", Some(self.account.country.into())),
            ("detailStatus", Some(self.detail.into())),
            ("createTime", Some(clock(self.at).into())),
        ];
        let present = members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?)));
        Value::Object(present.collect::<Map<_, _>>())
    }
}

/// The codes of what can happen at a source; what is listed more often happens more often.
struct Codes {
    online: &'static [u32],
    interrupted: &'static [u32],
    closed: &'static [u32],
    banned: u32,
}

/// A cloud computer runs the PC client.
const PC_CODES: Codes =
    Codes { online: &[12, 12, 12, 11], interrupted: &[21, 21, 21, 21, 33], closed: &[31, 32, 32], banned: 41 };
const MOBILE_CODES: Codes =
    Codes { online: &[13], interrupted: &[22, 22, 22, 22, 36, 37], closed: &[35, 35, 35, 34], banned: 42 };
const PERMANENTLY_BANNED: u32 = 43;

/// An account's five days at a source, until it is banned.
fn live<'a>(random: &mut Random, agents: &'a [Agent], account: &'a Account, source: u32, events: &mut Vec<Event<'a>>) {
    let codes = if source == MOBILE { &MOBILE_CODES } else { &PC_CODES };
    for day in 0..DAYS {
        let agent = &agents[account.agent_on(day)];
        let banned = account.banned == Some(day);
        let weekend = day == 1 || day == 2;
        // Now and then an account isn't needed; on the last day all are.
        let needed = day == DAYS - 1 || !random.one_in(12);
        if !banned && (weekend && !agent.weekends || !needed) {
            continue;
        }
        let mut happens =
            |at, detail| events.push(Event { at, agent, account, source, status: detail / 10 * 10, detail });

        let start = day * DAY + agent.shift + random.between(0, 20 * MINUTE);
        let end = start + SHIFT + random.between(0, 30 * MINUTE);
        happens(start, random.pick(codes.online));
        let mut at = start;
        if banned {
            at += random.between(HOUR, 5 * HOUR);
            happens(at, codes.banned);
            if random.one_in(2) {
                happens(at + random.between(HOUR, 3 * HOUR), PERMANENTLY_BANNED);
            }
            return;
        }
        loop {
            at += random.between(50 * MINUTE, 280 * MINUTE);
            // Nobody leaves for the day while disconnected: every interruption ends before the shift does.
            let back = at + random.between(MINUTE, 45 * MINUTE);
            if account.steady || back >= end {
                break;
            }
            happens(at, random.pick(codes.interrupted));
            happens(back, random.pick(codes.online));
            at = back;
        }
        happens(end, random.pick(codes.closed));
    }
}

/// The page's own record, to the letter: the only event whose status does not follow from what happened.
fn page_record<'a>(agents: &'a [Agent], account: &'a Account) -> Option<Event<'a>> {
    let agent = &agents[account.agent];
    (account.number == PAGE_RECORD_NUMBER).then_some(Event {
        at: PAGE_RECORD_AT,
        agent,
        account,
        source: MOBILE,
        status: 20,
        detail: 42,
    })
}

/// A time as the vendor writes it.
fn clock(at: u64) -> String {
    let (day, hour, minute, second) = (FIRST_DAY + at / DAY, at % DAY / HOUR, at % HOUR / MINUTE, at % MINUTE);
    format!("2024-07-{day:02} {hour:02}:{minute:02}:{second:02}")
}
