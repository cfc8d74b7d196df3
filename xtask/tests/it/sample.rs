//! The sample is what it promises to be: enough of everything, consistent, and with the page's own records in it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::LazyLock,
};

use serde_json::{Map, Value, json};
use xtask::sample;

const PC: i64 = 1;
const MOBILE: i64 = 2;
const CLOUD: i64 = 3;

/// The members of an event in their order, and whether they may be absent.
const MEMBERS: [(&str, bool); 11] = [
    ("eventId", true),
    ("userId", false),
    ("agentAccount", false),
    ("userName", false),
    ("whatsApp", false),
    ("name", true),
    ("status", false),
    ("source", false),
    ("countryCode", false),
    ("detailStatus", false),
    ("createTime", false),
];

/// What a number of each country begins with.
const CALLING_CODES: [(&str, &str); 11] = [
    ("中国", "86"),
    ("Indonesia", "62"),
    ("印度", "91"),
    ("Deutschland", "49"),
    ("Nigeria", "234"),
    ("Brasil", "55"),
    ("英国", "44"),
    ("哥伦比亚", "57"),
    ("France", "33"),
    ("México", "52"),
    ("United States", "1"),
];

/// An event as it was read back from its line.
struct Event(Map<String, Value>);

impl Event {
    fn text(&self, member: &str) -> &str {
        self.0[member].as_str().unwrap()
    }

    fn number(&self, member: &str) -> i64 {
        self.0[member].as_i64().unwrap()
    }

    fn agent(&self) -> i64 {
        self.number("userId")
    }

    fn account(&self) -> &str {
        self.text("whatsApp")
    }

    fn source(&self) -> i64 {
        self.number("source")
    }

    fn detail(&self) -> i64 {
        self.number("detailStatus")
    }

    /// Whether it is the page's own record, the only event of its account.
    fn is_the_pages(&self) -> bool {
        self.account() == "573125704139"
    }
}

/// The sample, read once for all tests.
fn events() -> &'static [Event] {
    static EVENTS: LazyLock<Vec<Event>> =
        LazyLock::new(|| sample::ndjson().lines().map(|line| Event(serde_json::from_str(line).unwrap())).collect());
    &EVENTS
}

fn distinct<T: Ord>(events: &[Event], of: impl Fn(&Event) -> T) -> BTreeSet<T> {
    events.iter().map(of).collect()
}

fn count(events: &[Event], which: impl Fn(&Event) -> bool) -> usize {
    events.iter().filter(|event| which(event)).count()
}

/// Each account's events at each source, oldest first.
fn histories(events: &[Event]) -> BTreeMap<(&str, i64), Vec<&Event>> {
    let mut histories: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        histories.entry((event.account(), event.source())).or_default().push(event);
    }
    histories
}

/// The latest event of each account that is online at a source at the end.
fn online(events: &[Event]) -> BTreeMap<(&str, i64), &Event> {
    let latest = histories(events).into_iter().map(|(place, events)| (place, *events.last().unwrap()));
    latest.filter(|(_, event)| event.number("status") == 10).collect()
}

/// The accounts with which an agent is online at a source, with their names.
fn online_with(events: &[Event], agent: i64, source: i64) -> Vec<(&str, Option<&str>)> {
    let here = online(events).into_iter().filter(|((_, at), event)| *at == source && event.agent() == agent);
    here.map(|((account, _), event)| (account, event.0.get("name").and_then(Value::as_str))).collect()
}

#[test]
fn every_line_is_an_event_with_its_members_in_order() {
    let text = sample::ndjson();
    assert!(text.ends_with('\n') && text.len() < 900_000, "{} bytes", text.len());
    for event in events() {
        let expected = MEMBERS.iter().filter(|(member, optional)| !optional || event.0.contains_key(*member));
        assert!(event.0.keys().eq(expected.map(|(member, _)| member)), "{:?}", event.0);
        for (member, value) in &event.0 {
            let integer = ["userId", "status", "source", "detailStatus"].contains(&member.as_str());
            assert!(if integer { value.is_i64() } else { value.is_string() }, "{member}: {value}");
            assert!(member == "name" || value != "", "{member} is empty");
        }
    }
}

#[test]
fn there_is_enough_of_everything() {
    let events = events();
    assert!((3_000..4_000).contains(&events.len()), "{} events", events.len());
    assert!(distinct(events, Event::agent).len() >= 40);
    assert!(distinct(events, |event| event.account().to_owned()).len() >= 120);
    assert_eq!(distinct(events, |event| event.text("createTime")[..10].to_owned()).len(), 5);
    assert_eq!(distinct(events, Event::source), BTreeSet::from([PC, MOBILE, CLOUD]));

    let cloud = count(events, |event| event.source() == CLOUD) * 100 / events.len();
    assert!((15..=25).contains(&cloud), "{cloud} % at cloud computers");
    for detail in [11, 12, 13, 21, 22, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43] {
        assert!(count(events, |event| event.detail() == detail) >= 3, "too few of {detail}");
    }
    assert!(count(events, |event| !event.0.contains_key("name")) > 0, "no name is absent");
    assert!(count(events, |event| event.0.get("name") == Some(&json!(""))) > 0, "no name is empty");
}

#[test]
fn event_ids_are_unique_and_most_events_have_one() {
    let events = events();
    let ids: Vec<_> = events.iter().filter_map(|event| event.0.get("eventId")).collect();
    assert!(ids.len() < events.len() && ids.len() * 10 > events.len() * 9, "{} ids", ids.len());
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    // Without an id, events that are equal count as one.
    let moments: HashSet<_> =
        events.iter().map(|event| (event.text("createTime"), event.account(), event.source())).collect();
    assert_eq!(moments.len(), events.len());
}

#[test]
fn times_ascend_within_the_five_days() {
    let events = events();
    let times: Vec<&str> = events.iter().map(|event| event.text("createTime")).collect();
    assert!(times.is_sorted());
    assert!(times[0] >= "2024-07-05 00:00:00");
    let last = times[times.len() - 1];
    assert!(("2024-07-09 18:00:00".."2024-07-10 00:00:00").contains(&last), "{last}");
    for time in times {
        let digits_as_zeros = time.replace(|character: char| character.is_ascii_digit(), "0");
        assert_eq!(digits_as_zeros, "0000-00-00 00:00:00", "{time}");
        assert!(&time[11..13] < "24" && &time[14..16] < "60" && &time[17..] < "60", "{time}");
    }
}

#[test]
fn numbers_are_those_of_their_country() {
    for event in events() {
        let account = event.account();
        assert!((1..=15).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
        let country = event.text("countryCode");
        let (_, code) = CALLING_CODES.iter().find(|(name, _)| *name == country).unwrap();
        assert!(account.starts_with(code), "{account} is not a number of {country}");
    }
}

#[test]
fn an_account_and_an_agent_are_the_same_throughout() {
    let events = events();
    let agents = distinct(events, |event| (event.agent(), event.text("agentAccount").to_owned()));
    assert_eq!(agents.len(), distinct(events, Event::agent).len());
    assert_eq!(agents.len(), distinct(events, |event| event.text("agentAccount").to_owned()).len());
    assert_eq!(agents.len(), distinct(events, |event| (event.agent(), event.text("userName").to_owned())).len());
    let name = |event: &Event| event.0.get("name").map(Value::to_string);
    let accounts =
        distinct(events, |event| (event.account().to_owned(), name(event), event.text("countryCode").to_owned()));
    assert_eq!(accounts.len(), distinct(events, |event| event.account().to_owned()).len());
}

#[test]
fn the_status_follows_from_what_happened_where() {
    for event in events().iter().filter(|event| !event.is_the_pages()) {
        let detail = event.detail();
        assert_eq!(event.number("status"), detail / 10 * 10, "{detail}");
        let mobile = [13, 22, 34, 35, 36, 37, 42].contains(&detail);
        assert!(detail == 43 || mobile == (event.source() == MOBILE), "{detail} at source {}", event.source());
    }
}

#[test]
fn accounts_come_and_go_in_turn() {
    let events = events();
    for (place, history) in histories(events) {
        for pair in history.windows(2) {
            let (before, after) = (pair[0].detail(), pair[1].detail());
            match before {
                11..=13 => assert!(after > 20, "{place:?} came online twice"),
                21..=37 => assert!(after < 20, "{place:?} went twice"),
                _ => assert!((41..=42).contains(&before) && after == 43, "{place:?} is back after {before}"),
            }
        }
    }
}

#[test]
fn a_ban_is_the_end_of_an_account_everywhere() {
    let events = events();
    for account in distinct(events, |event| event.account().to_owned()) {
        let history: Vec<_> = events.iter().filter(|event| event.account() == account).collect();
        let banned = history.iter().position(|event| event.detail() >= 41).unwrap_or(history.len());
        assert!(history.iter().skip(banned + 1).all(|event| event.detail() == 43), "{account}");
        assert!(history.iter().filter(|event| event.detail() == 43).count() <= 1, "{account}");
    }
}

#[test]
fn some_accounts_move_to_another_agent_and_some_are_at_two_sources() {
    let events = events();
    let agents = distinct(events, |event| (event.account().to_owned(), event.agent()));
    let sources = distinct(events, |event| (event.account().to_owned(), event.source()));
    let accounts = distinct(events, |event| event.account().to_owned());
    assert!((3..20).contains(&(agents.len() - accounts.len())), "{} moves", agents.len() - accounts.len());
    assert!(sources.len() > accounts.len());
}

#[test]
fn the_limits_of_ten_accounts_and_fifty_events_show() {
    let events = events();
    let mut logs: BTreeMap<_, usize> = BTreeMap::new();
    let mut recent: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for event in events {
        let place = (event.agent(), event.source());
        *logs.entry(place).or_default() += 1;
        if event.number("status") == 10 {
            recent.entry(place).or_default().insert(event.account());
        }
    }
    for source in [PC, MOBILE] {
        let here = |place: &(i64, i64)| place.1 == source;
        let over_ten = recent.iter().filter(|(place, accounts)| here(place) && accounts.len() > 10).count();
        assert!(over_ten >= 2, "{over_ten} agents with more than ten accounts at {source}");
        assert!(logs.iter().any(|(place, &events)| here(place) && events > 100), "no long log at {source}");
    }
}

#[test]
fn a_third_to_a_half_of_the_accounts_is_online_at_the_end() {
    let events = events();
    let online = online(events);
    let accounts: BTreeSet<_> = online.keys().map(|(account, _)| *account).collect();
    let all = distinct(events, |event| event.account().to_owned()).len();
    assert!(accounts.len() * 3 >= all && accounts.len() * 2 <= all, "{} of {all}", accounts.len());
    for source in [PC, MOBILE, CLOUD] {
        assert!(online.keys().any(|place| place.1 == source), "nobody is online at {source}");
    }
}

#[test]
fn the_pages_examples_find_their_answers() {
    let events = events();
    // queryUserStatus, agent 12 on mobile.
    assert_eq!(online_with(events, 12, MOBILE), [("861821371272", Some("jack"))]);
    // queryAllOlWhatsAppInfo and queryWhatsAppInfo: both answers show agent 868024 on PC, with an account each.
    assert_eq!(online_with(events, 868_024, PC), [("8618217331411", None), ("8618217331413", Some("chen"))]);
    // queryWhatsAppInfo's request.
    assert_eq!(online_with(events, 868_024, CLOUD), [("8618217331412", None)]);
    // getLatestOnlineWhatsAccount, agent 621443 on PC: no other account has been online there.
    assert_eq!(online_with(events, 621_443, PC), [("234567892", Some("zhang"))]);
    assert!(
        events
            .iter()
            .all(|event| { event.agent() != 621_443 || event.source() != PC || event.account() == "234567892" })
    );

    let named = |id| events.iter().find(|event| event.agent() == id).unwrap();
    assert_eq!(named(12).text("agentAccount"), "u1");
    assert_eq!(named(621_443).text("agentAccount"), "lsl001");
    assert_eq!((named(868_024).text("agentAccount"), named(868_024).text("userName")), ("202503101", "202503101"));
}

#[test]
fn the_pages_own_record_is_there_to_the_letter() {
    let records: Vec<_> = events().iter().filter(|event| event.is_the_pages()).collect();
    assert_eq!(records.len(), 1);
    let mut record = records[0].0.clone();
    record.remove("eventId");
    assert_eq!(
        Value::Object(record),
        json!({
            "userId": 621_443,
            "agentAccount": "lsl001",
            "userName": "lsl001",
            "whatsApp": "573125704139",
            "name": "",
            "status": 20,
            "source": 2,
            "countryCode": "哥伦比亚",
            "detailStatus": 42,
            "createTime": "2024-07-08 19:25:31",
        })
    );
}
