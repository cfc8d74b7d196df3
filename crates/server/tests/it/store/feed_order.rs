//! Events that an older version stored in the order of a newest-first feed are found and repaired, and no others.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use group_dispatch_server::{
    ApiKey, TenantId,
    event::StatusEvent,
    store::{Admin, EventFilter, Retention, Store, Strike, TenantOrder},
};
use group_dispatch_types::{AccountStatus, Source, UtcOffset};

use super::{fixture::*, place::Place};

const SOURCES: [Source; 2] = [Source::Pc, Source::Mobile];
const AGENTS: u32 = 3;

/// What happened at a source of events, oldest first, much of it in one second.
fn history(seed: u64) -> Vec<StatusEvent> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut at = 1_720_437_931_000;
    let events = (0..150).map(|number| {
        at += i64::from(random.u8(..3) == 0) * 1000;
        let account = random.u32(..9);
        StatusEvent {
            whatsapp: super::fixture::account(u64::from(account) + 100),
            name: Some(format!("n{number}")),
            status: if random.bool() { AccountStatus::Online } else { AccountStatus::Offline },
            source: random.choice(SOURCES).unwrap(),
            ..online(1 + account % AGENTS, at)
        }
    });
    events.collect()
}

/// A log of these events as it is imported: agent after agent, newest first.
fn newest_first(events: &[StatusEvent]) -> Vec<StatusEvent> {
    let mut log = Vec::new();
    for source in SOURCES {
        for agent in 1..=AGENTS {
            let of_agent = |event: &&StatusEvent| event.user_id == user(agent) && event.source == source;
            log.extend(events.iter().rev().filter(of_agent).cloned());
        }
    }
    log
}

fn reversed(mut events: Vec<StatusEvent>) -> Vec<StatusEvent> {
    events.reverse();
    events
}

/// A database with tenant 1, and these events in calls of their own.
async fn filled(calls: impl IntoIterator<Item = Vec<StatusEvent>>) -> Place {
    let place = Place::new().await;
    feed(&place, 1, calls).await;
    place
}

async fn feed(place: &Place, id: u64, calls: impl IntoIterator<Item = Vec<StatusEvent>>) {
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(id), ApiKey::new("key")).await.unwrap();
    for events in calls {
        store.append(tenant(id), events).await.unwrap();
    }
    store.close().await.unwrap();
}

/// One that an older version filled.
async fn older(calls: impl IntoIterator<Item = Vec<StatusEvent>>) -> Place {
    let place = filled(calls).await;
    place.become_older().await;
    place
}

/// Everything that depends on the order of events.
async fn answers(place: &Place, id: u64) -> Vec<String> {
    let store = place.open(UtcOffset::VENDOR).await;
    let answers = answers_of(&store, tenant(id));
    store.close().await.unwrap();
    answers
}

fn answers_of(store: &Store, tenant: TenantId) -> Vec<String> {
    let mut answers = vec![serde_json::to_string(&store.groups(tenant)).unwrap()];
    for source in SOURCES {
        answers.push(serde_json::to_string(&store.online_agents(tenant, source, &ALL)).unwrap());
        answers.push(serde_json::to_string(&store.recent_accounts(tenant, source, &ALL)).unwrap());
        answers.push(serde_json::to_string(&store.status_log(tenant, source, &ALL, None)).unwrap());
    }
    answers
}

/// Ties found in all tenants, and those undecided.
fn ties(found: &[TenantOrder]) -> (u64, u64) {
    (found.iter().map(|tenant| tenant.newest_first).sum(), found.iter().map(|tenant| tenant.undecided).sum())
}

/// Struck events have negative numbers in SQLite, and a repair exchanges the numbers of events.
#[tokio::test]
async fn a_struck_event_is_not_brought_back_by_a_repair() {
    let history = history(7);
    let like = |one: &StatusEvent, other: &StatusEvent| {
        (one.at, one.user_id, one.source) == (other.at, other.user_id, other.source)
    };
    let is_alone = |one: &&StatusEvent| {
        history.iter().filter(|other| like(one, other) && one.whatsapp == other.whatsapp).count() == 1
    };
    let in_ties = history.iter().filter(|one| history.iter().filter(|other| like(one, other)).count() > 1);
    let struck: Vec<_> = in_ties.filter(is_alone).take(30).cloned().collect();
    assert_eq!(struck.len(), 30);
    let others: Vec<_> = history.iter().filter(|event| !struck.contains(event)).cloned().collect();
    let expected = answers(&filled([others]).await, 1).await;
    for (events, is_newest_first) in [(history.clone(), false), (newest_first(&history), true)] {
        let place = older([events]).await;
        let admin = Admin::open(&place.database()).await.unwrap();
        for StatusEvent { at, user_id, whatsapp, source, .. } in struck.clone() {
            let (user_id, whatsapp, source) = (Some(user_id), Some(whatsapp), Some(source));
            let filter = EventFilter { event_id: None, user_id, whatsapp, source, times: at..at + 1 };
            assert!(matches!(admin.strike(tenant(1), filter, false).await.unwrap(), Strike::Struck(_)));
        }
        admin.close().await.unwrap();
        let repaired = ties(&place.repair_order(None).await.unwrap()).0;
        assert_eq!(repaired > 0, is_newest_first);
        assert_eq!(answers(&place, 1).await, expected, "{is_newest_first}");
    }
}

#[tokio::test]
async fn a_repaired_database_answers_like_its_source() {
    let mut wrong_before = 0;
    for seed in 0..6 {
        let history = history(seed);
        let source = filled([history.clone()]).await;
        let place = older([newest_first(&history)]).await;
        let (newest_first, undecided) = ties(&place.inspect_order().await);
        assert!(newest_first > 10, "seed {seed}: {newest_first}");
        assert_eq!(undecided, 0, "seed {seed}");

        // The upgrade alone changes nothing.
        let source = answers(&source, 1).await;
        wrong_before += usize::from(answers(&place, 1).await[0] != source[0]);
        let repaired = place.repair_order(None).await.unwrap();
        assert_eq!(ties(&repaired), (newest_first, 0), "seed {seed}");
        assert!(answers(&place, 1).await == source, "seed {seed}");
        assert_eq!(place.inspect_order().await, [], "seed {seed}");
    }
    assert!(wrong_before > 3, "who is online was wrong before: {wrong_before}");
}

/// As a program imports them that asks now and then; repeats were passed over.
#[tokio::test]
async fn overlapping_pages_are_repaired() {
    let mut equal = 0;
    for seed in 0..6 {
        let history = history(seed);
        let source = answers(&filled([history.clone()]).await, 1).await;
        let place = older([50, 100, 150].map(|end| newest_first(&history[..end]))).await;
        let (_, undecided) = ties(&place.repair_order(None).await.unwrap());
        let is_equal = answers(&place, 1).await == source;
        assert!(is_equal || undecided > 0, "seed {seed}: what can't be repaired is counted");
        equal += usize::from(is_equal);
    }
    assert!(equal >= 4, "{equal} of 6");
}

#[tokio::test]
async fn events_stored_oldest_first_do_not_change() {
    // In calls as they happen, and event by event; agents in turn.
    for size in [150, 7, 1] {
        let place = older(history(1).chunks(size).map(<[_]>::to_vec)).await;
        let before = place.events().await;
        assert_eq!(ties(&place.inspect_order().await).0, 0);
        assert_eq!(ties(&place.repair_order(None).await.unwrap()).0, 0);
        assert!(place.events().await == before, "calls of {size}");
    }
}

#[tokio::test]
async fn events_of_this_version_do_not_change() {
    // The calls of a newest-first feed, each of them turned round: times fall, and the ties are right.
    let history = history(2);
    let calls: Vec<_> =
        newest_first(&history).chunk_by(|one, next| one.at == next.at).map(|call| reversed(call.to_vec())).collect();
    let place = filled(calls.clone()).await;
    let before = place.events().await;
    assert_eq!(place.inspect_order().await, []);
    assert_eq!(place.repair_order(None).await.unwrap(), []);
    assert!(place.events().await == before);

    // Nor where an older version stored others before.
    let earlier: Vec<_> = self::history(3)
        .into_iter()
        .map(|event| StatusEvent { at: event.at - 100_000_000, country_code: "earlier".into(), ..event })
        .collect();
    let place = older([newest_first(&earlier)]).await;
    feed(&place, 1, calls).await;
    let later = |events: Vec<String>| events.into_iter().filter(|event| !event.contains("earlier")).collect::<Vec<_>>();
    let before = later(place.events().await);
    assert_eq!(before.len(), history.len());
    assert!(ties(&place.repair_order(None).await.unwrap()).0 > 10);
    assert!(later(place.events().await) == before);
    let source = filled([earlier, history]).await;
    assert!(answers(&place, 1).await == answers(&source, 1).await);
}

#[tokio::test]
async fn a_second_repair_finds_nothing() {
    let place = older([newest_first(&history(4))]).await;
    assert!(ties(&place.repair_order(None).await.unwrap()).0 > 10);
    let (events, answered) = (place.events().await, answers(&place, 1).await);
    assert_eq!(place.repair_order(None).await.unwrap(), []);
    assert!(place.events().await == events);
    assert!(answers(&place, 1).await == answered);
}

#[tokio::test]
async fn an_interrupted_repair_leaves_each_tenant_whole() {
    let place = filled([newest_first(&history(5))]).await;
    feed(&place, 2, [newest_first(&history(6))]).await;
    place.become_older().await;
    let before = place.events().await;
    let both = ties(&place.inspect_order().await).0;

    // The last thing that is done for a tenant fails, so that its transaction is dropped.
    place.fail_repair_of(tenant(1)).await;
    assert!(place.repair_order(None).await.is_err());
    assert!(place.events().await == before);
    assert_eq!(ties(&place.inspect_order().await).0, both);
    place.fail_repair_of(tenant(2)).await;
    assert!(place.repair_order(None).await.is_err());
    assert!(place.events().await != before, "tenant 1 is done");
    let found = place.inspect_order().await;
    assert_eq!(found.iter().map(|found| found.tenant).collect::<Vec<_>>(), [tenant(2)]);

    place.let_repair_succeed().await;
    place.repair_order(None).await.unwrap();
    for (id, seed) in [(1, 5), (2, 6)] {
        assert!(answers(&place, id).await == answers(&filled([history(seed)]).await, 1).await, "tenant {id}");
    }
}

#[tokio::test]
async fn one_tenant_is_repaired_alone() {
    let place = filled([newest_first(&history(5))]).await;
    feed(&place, 2, [newest_first(&history(6))]).await;
    place.become_older().await;
    let found = place.repair_order(Some(tenant(2))).await.unwrap();
    assert_eq!(found.iter().map(|found| found.tenant).collect::<Vec<_>>(), [tenant(2)]);
    assert!(answers(&place, 2).await == answers(&filled([history(6)]).await, 1).await);
    assert_eq!(place.inspect_order().await[0].tenant, tenant(1));
    let error = place.repair_order(Some(tenant(3))).await.unwrap_err();
    assert!(error.contains("tenant 3 is not known"), "{error}");
}

#[tokio::test]
async fn a_repair_deletes_the_snapshot() {
    let place = filled([]).await;
    let store = place.open(UtcOffset::VENDOR).await;
    store.append(tenant(1), newest_first(&history(1))).await.unwrap();
    store.save_snapshot().await.unwrap();
    store.close().await.unwrap();
    place.become_older().await;
    place.repair_order(None).await.unwrap();
    assert!(answers(&place, 1).await == answers(&filled([history(1)]).await, 1).await);
}

#[tokio::test]
async fn a_log_with_expired_events_is_not_repaired() {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap() / 1000 * 1000;
    let place = filled([vec![online(1, 10)], vec![online(1, now), offline(1, now), online(1, now - 1000)]]).await;
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut is_deleted = false;
    while !is_deleted {
        // Retention runs when a store is opened, and then at the next hour. In PostgreSQL, the snapshot that it takes covers no
        // event as long as a transaction of before runs in the cluster, as those of other tests.
        assert!(Instant::now() < deadline, "the expired event is not deleted");
        let store = place.open_keeping(Some(Retention { days: 30 })).await;
        let deleted = soon(|| store.events_deleted() > 0);
        is_deleted = tokio::time::timeout(Duration::from_secs(5), deleted).await.is_ok();
        store.close().await.unwrap();
    }
    place.become_older().await;
    let before = place.events().await;
    assert_eq!(before.len(), 3);
    let found = place.inspect_order().await;
    assert_eq!((ties(&found), found[0].has_all_events, found[0].is_beyond_repair()), ((1, 0), false, true));
    let known = answers(&place, 1).await;
    assert_eq!(place.repair_order(None).await.unwrap(), found);
    assert!(place.events().await == before);
    assert!(answers(&place, 1).await == known);
    assert_eq!(place.inspect_order().await, found, "it is reported as long as it is wrong");
}

#[tokio::test]
async fn a_running_server_allows_inspection_and_prevents_repair() {
    let place = older([newest_first(&history(4))]).await;
    let store = place.open(UtcOffset::VENDOR).await;
    let found = place.inspect_order().await;
    assert!(ties(&found).0 > 10);
    let before = place.events().await;
    let error = place.repair_order(None).await.unwrap_err();
    assert!(error.contains("it is in use: stop the servers"), "{error}");
    assert!(place.events().await == before);
    // The server goes on.
    store.append(tenant(1), vec![online(1, 2_000_000_000_000)]).await.unwrap();
    store.close().await.unwrap();
    place.repair_order(None).await.unwrap();
}
