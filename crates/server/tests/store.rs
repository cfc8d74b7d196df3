//! What every store must do, told by the `Store` trait alone; and what the SQLite file must stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, Ordering},
    },
};

use group_dispatch_server::{
    ApiKey, TenantId,
    event::StatusEvent,
    store::{AgentFilter, Appended, OpenError, Removal, SqliteStore, Store, StoreError, TenantSummary},
};
use group_dispatch_types::{
    AccountStatus, AgentSource, NamedOnlineAgent, Source, StatusDetail, UserId, UtcOffset, WhatsAppNumber,
};
use proptest::{prelude::*, test_runner::TestRunner};
use tempfile::TempDir;

use self::model::Model;

const ALL: AgentFilter = AgentFilter { user_id: None, agent_account: None };

/// A store and, as long as it lives, the place where it keeps its data.
struct Fixture {
    store: Arc<dyn Store>,
    directory: TempDir,
}

impl std::ops::Deref for Fixture {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

/// An empty store. Another kind of store joins here.
async fn empty() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store = sqlite(&directory, UtcOffset::VENDOR);
    Fixture { store, directory }
}

/// A store that knows tenant 1 and has its events, each of them appended on its own.
async fn with(events: impl IntoIterator<Item = StatusEvent>) -> Fixture {
    let store = empty().await;
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    for event in events {
        store.append(tenant(1), vec![event]).await.unwrap();
    }
    store
}

fn sqlite(directory: &TempDir, offset: UtcOffset) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&directory.path().join("store.db"), offset).unwrap())
}

fn tenant(id: u64) -> TenantId {
    id.into()
}

fn user(id: u32) -> UserId {
    id.into()
}

fn account(number: u64) -> WhatsAppNumber {
    number.try_into().unwrap()
}

fn of_user(id: u32) -> AgentFilter {
    AgentFilter { user_id: Some(user(id)), ..ALL }
}

fn of_account(account: &str) -> AgentFilter {
    AgentFilter { agent_account: Some(account.into()), ..ALL }
}

/// Account 100 comes online on PC with agent `user`.
fn online(id: u32, at: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: user(id),
        agent_account: format!("agent{id}"),
        user_name: None,
        whatsapp: account(100),
        name: None,
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status: StatusDetail::PcOnline,
        at,
    }
}

fn offline(id: u32, at: i64) -> StatusEvent {
    let (status, detail_status) = (AccountStatus::Offline, StatusDetail::PcClientClosed);
    StatusEvent { status, detail_status, ..online(id, at) }
}

async fn online_at(store: &dyn Store, source: AgentSource, filter: AgentFilter) -> Vec<NamedOnlineAgent> {
    let mut groups = store.online_agents(tenant(1), vec![source], filter).await.unwrap();
    assert_eq!((groups.len(), groups[0].source), (1, source.into()));
    groups.remove(0).list
}

/// Agents and accounts that are online, as (agent, accounts).
async fn presence(store: &dyn Store, source: AgentSource, filter: AgentFilter) -> Vec<(u64, Vec<u64>)> {
    online_at(store, source, filter)
        .await
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.iter().map(|a| a.whats_app.get()).collect()))
        .collect()
}

/// The log at PC as (agent, countries): tests use the country to tell events apart.
async fn log(store: &dyn Store, filter: AgentFilter, account: Option<WhatsAppNumber>) -> Vec<(u64, Vec<String>)> {
    let agents = store.status_log(tenant(1), AgentSource::Pc, filter, account, 50).await.unwrap();
    agents
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.into_iter().map(|r| r.country_code).collect()))
        .collect()
}

async fn recent(store: &dyn Store, filter: AgentFilter, most: usize) -> Vec<(u64, Vec<u64>)> {
    let agents = store.recent_accounts(tenant(1), AgentSource::Pc, filter, most).await.unwrap();
    agents
        .into_iter()
        .map(|agent| (agent.user_id.get(), agent.whats_app_list.iter().map(|a| a.whats_app.get()).collect()))
        .collect()
}

async fn location(store: &dyn Store, sources: &[Source]) -> Option<(u64, Source)> {
    let location = store.account_location(tenant(1), account(100), sources.to_vec()).await.unwrap()?;
    assert_eq!(location.whats_app, account(100));
    Some((location.user_id.0.get(), location.source))
}

// Presence

#[tokio::test]
async fn an_account_is_online_until_it_is_not() {
    for status in
        [AccountStatus::Disconnected, AccountStatus::Offline, AccountStatus::Banned, AccountStatus::Unknown(11)]
    {
        let store = with([online(1, 10)]).await;
        assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
        store.append(tenant(1), vec![StatusEvent { status, ..online(1, 20) }]).await.unwrap();
        assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
        store.append(tenant(1), vec![online(1, 30)]).await.unwrap();
        assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
    }
}

#[tokio::test]
async fn an_event_that_arrives_late_changes_nothing_that_is_newer() {
    let store = with([offline(1, 20), online(2, 10)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
    let store = with([online(1, 20), offline(2, 10)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
}

#[tokio::test]
async fn of_two_events_at_one_time_the_one_that_arrived_later_counts() {
    let store = with([online(1, 10), offline(1, 10)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
    let store = with([offline(1, 10), online(1, 10)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
    let store = with([]).await;
    store.append(tenant(1), vec![online(1, 10), offline(1, 10)]).await.unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
}

#[tokio::test]
async fn an_account_that_moved_belongs_to_its_new_agent_alone() {
    let store = with([online(1, 10), online(2, 20)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(2, vec![100])]);
    assert_eq!(location(&*store, &[Source::Pc]).await, Some((2, Source::Pc)));
    // That the old agent lets go of it afterwards is the latest that is known of it.
    store.append(tenant(1), vec![offline(1, 30)]).await.unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
}

#[tokio::test]
async fn sources_are_apart() {
    let at = |source, time| StatusEvent { source, ..online(1, time) };
    let store = with([at(Source::Pc, 10), at(Source::Cloud, 20), at(Source::from(7), 30)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
    assert_eq!(presence(&*store, AgentSource::Mobile, ALL).await, []);
    let mobile = store.status_log(tenant(1), AgentSource::Mobile, ALL, None, 50).await.unwrap();
    assert_eq!(mobile, []);
    let pc = store.status_log(tenant(1), AgentSource::Pc, ALL, None, 50).await.unwrap();
    assert_eq!(pc[0].whats_app_list.len(), 1);
    assert_eq!(location(&*store, &[Source::Pc, Source::Mobile]).await, Some((1, Source::Pc)));
    assert_eq!(location(&*store, &[Source::Cloud]).await, Some((1, Source::Cloud)));
    assert_eq!(location(&*store, &[Source::from(7)]).await, Some((1, Source::from(7))));
    assert_eq!(location(&*store, &[]).await, None);
}

#[tokio::test]
async fn an_account_is_where_it_came_to_last() {
    let at = |source, time| StatusEvent { source, ..online(1, time) };
    let both = [Source::Pc, Source::Mobile];
    let store = with([at(Source::Mobile, 20), at(Source::Pc, 10)]).await;
    assert_eq!(location(&*store, &both).await, Some((1, Source::Mobile)));
    // A tie: the later arrival, in whatever order the sources are asked for.
    store.append(tenant(1), vec![at(Source::Pc, 20)]).await.unwrap();
    assert_eq!(location(&*store, &both).await, Some((1, Source::Pc)));
    assert_eq!(location(&*store, &[Source::Mobile, Source::Pc]).await, Some((1, Source::Pc)));
    store.append(tenant(1), vec![offline(1, 30)]).await.unwrap();
    assert_eq!(location(&*store, &both).await, Some((1, Source::Mobile)));
    assert_eq!(location(&*store, &[Source::Pc]).await, None);
}

/// An account goes to and fro between PC and mobile, online at one of them at every moment.
#[tokio::test(flavor = "multi_thread")]
async fn several_sources_are_shown_as_they_are_at_one_moment() {
    let at = |source, event| StatusEvent { source, ..event };
    let store = with([online(1, 0)]).await;
    let moving = {
        let store = Arc::clone(&store.store);
        tokio::spawn(async move {
            for time in 1..300 {
                let (from, to) =
                    if time % 2 == 0 { (Source::Mobile, Source::Pc) } else { (Source::Pc, Source::Mobile) };
                store.append(tenant(1), vec![at(from, offline(1, time)), at(to, online(1, time))]).await.unwrap();
            }
        })
    };
    while !moving.is_finished() {
        let groups = store.online_agents(tenant(1), vec![AgentSource::Mobile, AgentSource::Pc], ALL).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.source).collect::<Vec<_>>(), [Source::Mobile, Source::Pc]);
        assert_eq!(groups.iter().map(|group| group.list.len()).sum::<usize>(), 1);
    }
    moving.await.unwrap();
}

#[tokio::test]
async fn agents_are_ordered_by_id_and_accounts_by_number() {
    let of = |id, number, at| StatusEvent { whatsapp: account(number), ..online(id, at) };
    // As texts, 9 comes after 10.
    let store = with([of(10, 1000, 1), of(10, 999, 2), of(9, 9, 3), of(9, 8, 4), of(9, 10, 5)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(9, vec![8, 9, 10]), (10, vec![999, 1000])]);
    assert_eq!(recent(&*store, ALL, 10).await, [(9, vec![10, 8, 9]), (10, vec![999, 1000])]);
}

// What is known of agents and accounts

#[tokio::test]
async fn an_agent_has_the_account_and_the_name_that_were_known_last() {
    let named = |name: Option<&str>, agent_account: &str, at| StatusEvent {
        user_name: name.map(Into::into),
        agent_account: agent_account.into(),
        ..online(1, at)
    };
    let store = with([named(None, "first", 10)]).await;
    let known = || async {
        let mut agents = online_at(&*store, AgentSource::Pc, ALL).await;
        assert_eq!(agents.len(), 1);
        agents.pop().map(|agent| (agent.user_name, agent.agent_account)).unwrap()
    };
    let is = |name: &str, account: &str| (name.to_owned(), account.to_owned());
    assert_eq!(known().await, is("first", "first"), "without a name, the account");
    for (event, expected, why) in [
        (named(Some("Li"), "second", 20), is("Li", "second"), "newer"),
        (named(None, "third", 30), is("Li", "third"), "no name is no news of the name"),
        (named(Some(""), "third", 31), is("Li", "third"), "nor is an empty one"),
        (named(Some("Old"), "old", 15), is("Li", "third"), "older"),
        (named(Some("Wu"), "older", 25), is("Wu", "third"), "older than the account, newer than the name"),
        (named(Some("Xu"), "fourth", 31), is("Xu", "fourth"), "a tie with the account"),
        (named(Some("Yu"), "fifth", 31), is("Yu", "fifth"), "a tie with both"),
    ] {
        store.append(tenant(1), vec![event]).await.unwrap();
        assert_eq!(known().await, expected, "{why}");
    }
    let filter = of_account("fifth");
    let logs = store.status_log(tenant(1), AgentSource::Pc, filter.clone(), None, 50).await.unwrap();
    assert_eq!((logs[0].agent_account.as_str(), logs[0].whats_app_list.len()), ("fifth", 8));
    let recent = store.recent_accounts(tenant(1), AgentSource::Pc, filter, 10).await.unwrap();
    assert_eq!(recent[0].agent_account, "fifth");
    let location = store.account_location(tenant(1), account(100), vec![Source::Pc]).await.unwrap().unwrap();
    assert_eq!(location.agent_account, "fifth");
    assert_eq!(presence(&*store, AgentSource::Pc, of_account("first")).await, [], "an account that was");
}

#[tokio::test]
async fn a_name_is_what_the_latest_event_says_even_if_it_says_none() {
    let named = |name: Option<&str>, at| StatusEvent { name: name.map(Into::into), ..online(1, at) };
    let store = with([]).await;
    for (event, expected) in [
        (named(Some("jack"), 10), Some("jack")),
        (named(Some("old"), 5), Some("jack")),
        (named(Some(""), 20), Some("")),
        (named(None, 30), None),
    ] {
        store.append(tenant(1), vec![event]).await.unwrap();
        let agents = online_at(&*store, AgentSource::Pc, ALL).await;
        assert_eq!(agents[0].whats_app_list[0].name.as_deref(), expected);
        let agents = store.recent_accounts(tenant(1), AgentSource::Pc, ALL, 10).await.unwrap();
        assert_eq!(agents[0].whats_app_list[0].name.as_deref(), expected);
    }
    let logs = store.status_log(tenant(1), AgentSource::Pc, ALL, None, 50).await.unwrap();
    let names: Vec<_> = logs[0].whats_app_list.iter().map(|record| record.name.as_deref()).collect();
    assert_eq!(names, [None, Some(""), Some("jack"), Some("old")]);
}

#[tokio::test]
async fn filters_narrow_together() {
    let store = with([online(1, 10), StatusEvent { whatsapp: account(200), ..online(2, 20) }]).await;
    let both = |id, account: &str| AgentFilter { user_id: Some(user(id)), agent_account: Some(account.into()) };
    for (filter, expected) in [
        (ALL, vec![(1, vec![100]), (2, vec![200])]),
        (of_user(2), vec![(2, vec![200])]),
        (of_user(3), vec![]),
        (of_account("agent1"), vec![(1, vec![100])]),
        (of_account("AGENT1"), vec![]),
        (of_account("agent"), vec![]),
        (both(2, "agent2"), vec![(2, vec![200])]),
        (both(2, "agent1"), vec![]),
    ] {
        assert_eq!(presence(&*store, AgentSource::Pc, filter.clone()).await, expected);
        assert_eq!(recent(&*store, filter.clone(), 10).await, expected);
        let agents: Vec<_> = log(&*store, filter, None).await.into_iter().map(|(agent, _)| agent).collect();
        assert_eq!(agents, expected.iter().map(|(agent, _)| *agent).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn two_agents_with_one_login_account_are_both_listed() {
    let shared = |event| StatusEvent { agent_account: "shared".into(), ..event };
    let store = with([shared(online(1, 10)), shared(StatusEvent { whatsapp: account(200), ..online(2, 20) })]).await;
    let both = [(1, vec![100]), (2, vec![200])];
    for filter in [ALL, of_account("shared")] {
        assert_eq!(presence(&*store, AgentSource::Pc, filter.clone()).await, both);
        assert_eq!(recent(&*store, filter.clone(), 10).await, both);
        assert_eq!(log(&*store, filter, None).await.len(), 2);
    }
}

// The log

fn told(country: &str, event: StatusEvent) -> StatusEvent {
    StatusEvent { country_code: country.into(), ..event }
}

#[tokio::test]
async fn the_log_is_newest_first_whatever_order_it_came_in() {
    let store = with([
        told("20", online(1, 20)),
        told("10", offline(1, 10)),
        told("30, first", online(1, 30)),
        told("30, second", offline(1, 30)),
        told("another agent's", online(2, 5)),
    ])
    .await;
    let expected = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let one = (1, expected(&["30, second", "30, first", "20", "10"]));
    assert_eq!(log(&*store, ALL, None).await, [one.clone(), (2, expected(&["another agent's"]))]);
    assert_eq!(log(&*store, ALL, Some(account(100))).await, [one, (2, expected(&["another agent's"]))]);
}

#[tokio::test]
async fn the_log_of_an_account_leaves_out_agents_that_never_had_it() {
    let other = |event| StatusEvent { whatsapp: account(200), ..event };
    let store =
        with([told("a", online(1, 10)), told("b", other(online(1, 20))), told("c", other(online(2, 30)))]).await;
    assert_eq!(log(&*store, ALL, Some(account(100))).await, [(1, vec!["a".to_owned()])]);
    assert_eq!(log(&*store, ALL, Some(account(200))).await, [(1, vec!["b".to_owned()]), (2, vec!["c".to_owned()])]);
    assert_eq!(log(&*store, of_user(2), Some(account(100))).await, []);
    assert_eq!(log(&*store, ALL, Some(account(300))).await, []);
}

#[tokio::test]
async fn the_log_keeps_every_member_and_an_agent_s_limit() {
    let events = |id| (0..60).map(move |at| told(&at.to_string(), online(id, at)));
    let store = with([]).await;
    store.append(tenant(1), events(1).chain(events(2)).collect()).await.unwrap();
    let newest: Vec<_> = (10..60).rev().map(|at| at.to_string()).collect();
    assert_eq!(log(&*store, ALL, None).await, [(1, newest.clone()), (2, newest.clone())]);
    assert_eq!(log(&*store, ALL, Some(account(100))).await, [(1, newest.clone()), (2, newest)]);

    let odd = StatusEvent {
        status: AccountStatus::Unknown(99),
        detail_status: StatusDetail::Unknown(-1),
        name: Some("杰克".into()),
        country_code: "哥伦比亚".into(),
        whatsapp: WhatsAppNumber::MAX,
        user_id: UserId::MAX,
        source: Source::Mobile,
        ..online(1, 1_720_437_931_999)
    };
    store.append(tenant(1), vec![odd]).await.unwrap();
    let log = store.status_log(tenant(1), AgentSource::Mobile, ALL, None, usize::MAX).await.unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].user_id, UserId::MAX);
    let record = &log[0].whats_app_list[0];
    assert_eq!(record.status, AccountStatus::Unknown(99));
    assert_eq!(record.detail_status, StatusDetail::Unknown(-1));
    assert_eq!(record.name.as_deref(), Some("杰克"));
    assert_eq!(record.country_code, "哥伦比亚");
    assert_eq!(record.whats_app, WhatsAppNumber::MAX);
    assert_eq!(record.source, Source::Mobile);
    assert_eq!(record.create_time.to_string(), "2024-07-08 19:25:31");
}

#[tokio::test]
async fn a_time_that_no_answer_can_say_is_refused_and_nothing_stored() {
    let store = with([]).await;
    let (first, last) = StatusEvent::TIMES.into_inner();
    for at in [first - 1, last + 1, i64::MIN, i64::MAX] {
        let refused = store.append(tenant(1), vec![online(1, 0), online(2, at)]).await;
        assert!(matches!(refused, Err(StoreError::TimeOutOfRange)));
    }
    assert_eq!(log(&*store, ALL, None).await, []);
    store.append(tenant(1), vec![online(1, first), online(1, last)]).await.unwrap();
    for (offset, expected) in [
        ("-18:00", ["9999-12-30 11:59:59", "0000-01-01 00:00:00"]),
        ("+18:00", ["9999-12-31 23:59:59", "0000-01-02 12:00:00"]),
    ] {
        let zoned = sqlite(&store.directory, offset.parse().unwrap());
        let log = zoned.status_log(tenant(1), AgentSource::Pc, ALL, None, 50).await.unwrap();
        let times: Vec<_> = log[0].whats_app_list.iter().map(|r| r.create_time.to_string()).collect();
        assert_eq!(times, expected);
    }
}

#[tokio::test]
async fn times_are_shown_in_the_zone_that_was_chosen() {
    let store = with([online(1, 1_720_437_931_000)]).await;
    for (offset, expected) in
        [("+08:00", "2024-07-08 19:25:31"), ("+00:00", "2024-07-08 11:25:31"), ("-12:00", "2024-07-07 23:25:31")]
    {
        let zoned = sqlite(&store.directory, offset.parse().unwrap());
        let log = zoned.status_log(tenant(1), AgentSource::Pc, ALL, None, 50).await.unwrap();
        assert_eq!(log[0].whats_app_list[0].create_time.to_string(), expected, "{offset}");
    }
}

// Accounts that came online last

#[tokio::test]
async fn recent_accounts_are_ordered_by_when_they_came_online_and_have_the_status_of_now() {
    let of = |number, event| StatusEvent { whatsapp: account(number), ..event };
    let store = with([
        of(1, online(1, 30)),
        of(2, online(1, 40)),
        of(3, online(1, 40)),
        of(4, offline(1, 90)),
        of(1, online(1, 20)),
        of(2, StatusEvent { status: AccountStatus::Banned, ..online(1, 50) }),
    ])
    .await;
    let agents = store.recent_accounts(tenant(1), AgentSource::Pc, ALL, 10).await.unwrap();
    let accounts: Vec<_> = agents[0].whats_app_list.iter().map(|a| (a.whats_app.get(), a.status)).collect();
    assert_eq!(
        accounts,
        [(3, Some(AccountStatus::Online)), (2, Some(AccountStatus::Banned)), (1, Some(AccountStatus::Online))]
    );
    assert_eq!(recent(&*store, ALL, 2).await, [(1, vec![3, 2])]);
    // A tie with itself: it came online again, after the other.
    store.append(tenant(1), vec![told("again", of(2, online(1, 40)))]).await.unwrap();
    assert_eq!(recent(&*store, ALL, 2).await, [(1, vec![2, 3])]);
    assert_eq!(recent(&*store, ALL, 0).await, []);
}

#[tokio::test]
async fn an_account_that_moved_is_still_recent_with_its_old_agent() {
    let named = |name: &str, event| StatusEvent { name: Some(name.into()), ..event };
    let store = with([named("old", online(1, 10)), named("new", online(2, 20)), named("last", offline(2, 30))]).await;
    let agents = store.recent_accounts(tenant(1), AgentSource::Pc, ALL, 10).await.unwrap();
    assert_eq!(agents.iter().map(|agent| agent.user_id.get()).collect::<Vec<_>>(), [1, 2]);
    for agent in agents {
        let [account] = agent.whats_app_list.as_slice() else { panic!("one account each") };
        assert_eq!(account.status, Some(AccountStatus::Offline));
        assert_eq!(account.name.as_deref(), Some("last"));
    }
}

#[tokio::test]
async fn ten_accounts_for_each_agent() {
    let events = |id: u32| {
        (1..=12).map(move |n: u32| StatusEvent { whatsapp: account(u64::from(100 * id + n)), ..online(id, n.into()) })
    };
    let store = with(events(1).chain(events(2))).await;
    let newest = |id: u64| (id, (3..=12).rev().map(|n| 100 * id + n).collect::<Vec<_>>());
    assert_eq!(recent(&*store, ALL, 10).await, [newest(1), newest(2)]);
}

// Feeding

#[tokio::test]
async fn an_event_fed_again_is_counted_and_changes_nothing() {
    let id = |id: &str, event| StatusEvent { event_id: Some(id.into()), ..event };
    let store = with([]).await;
    let append = |events| store.append(tenant(1), events);
    let batch = vec![online(1, 10), online(1, 10), id("x", online(1, 10)), id("x", offline(1, 20))];
    assert_eq!(append(batch.clone()).await.unwrap(), Appended { stored: 2, repeated: 2 });
    assert_eq!(append(batch).await.unwrap(), Appended { stored: 0, repeated: 4 });
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])], "the first with its id counts");
    assert_eq!(append(vec![online(1, 11), id("y", online(1, 10))]).await.unwrap(), Appended { stored: 2, repeated: 0 });
    assert_eq!(append(vec![]).await.unwrap(), Appended::default());
    assert_eq!(store.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 4 }]);
}

#[tokio::test]
async fn a_repeat_does_not_win_a_tie() {
    let store = with([online(1, 10), offline(1, 10), online(1, 10)]).await;
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
}

// Tenants

#[tokio::test]
async fn events_of_an_unknown_tenant_are_refused() {
    let store = with([]).await;
    let refused = store.append(tenant(2), vec![online(1, 10)]).await;
    assert!(matches!(refused, Err(StoreError::UnknownTenant(id)) if id == tenant(2)));
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    assert_eq!(store.status_log(tenant(2), AgentSource::Pc, ALL, None, 50).await.unwrap(), []);
}

#[tokio::test]
async fn tenants_are_added_given_other_keys_and_listed() {
    let store = empty().await;
    assert_eq!(store.tenants().await.unwrap(), []);
    assert_eq!(store.api_key(tenant(2)).await.unwrap(), None);
    assert!(!store.replace_key(tenant(2), ApiKey::new("a")).await.unwrap());
    assert_eq!(store.tenants().await.unwrap(), [], "another key is for tenants that are known");
    assert!(store.add_tenant(tenant(2), ApiKey::new("a")).await.unwrap());
    assert!(store.add_tenant(tenant(1), ApiKey::new("c")).await.unwrap());
    store.append(tenant(2), vec![online(1, 10)]).await.unwrap();
    assert!(!store.add_tenant(tenant(2), ApiKey::new("b")).await.unwrap());
    assert_eq!(store.api_key(tenant(2)).await.unwrap(), Some(ApiKey::new("a")), "who is known keeps the key");
    assert!(store.replace_key(tenant(2), ApiKey::new("b")).await.unwrap());
    assert_eq!(store.api_key(tenant(2)).await.unwrap(), Some(ApiKey::new("b")));
    assert_eq!(store.api_key(tenant(1)).await.unwrap(), Some(ApiKey::new("c")));
    let summary = |id, events| TenantSummary { id: tenant(id), events };
    assert_eq!(store.tenants().await.unwrap(), [summary(1, 0), summary(2, 1)]);
    store.ready().await.unwrap();
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let store = with([online(1, 10)]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    let theirs = StatusEvent { agent_account: "theirs".into(), ..offline(1, 20) };
    let same = online(1, 10);
    let appended = store.append(tenant(2), vec![theirs, same]).await.unwrap();
    assert_eq!(appended, Appended { stored: 2, repeated: 0 }, "the same event of another tenant is another event");
    assert_eq!(presence(&*store, AgentSource::Pc, of_account("agent1")).await, [(1, vec![100])]);
    assert_eq!(log(&*store, ALL, None).await[0].1.len(), 1);
    assert_eq!(store.online_agents(tenant(2), vec![AgentSource::Pc], ALL).await.unwrap()[0].list, []);
    assert_eq!(store.account_location(tenant(2), account(100), vec![Source::Pc]).await.unwrap(), None);
    let recent = store.recent_accounts(tenant(2), AgentSource::Pc, ALL, 10).await.unwrap();
    assert_eq!(recent[0].agent_account, "theirs");
}

#[tokio::test]
async fn a_tenant_is_removed_with_all_it_had() {
    let store = with([online(1, 10)]).await;
    store.add_tenant(tenant(2), ApiKey::new("key")).await.unwrap();
    store.append(tenant(2), vec![online(1, 10)]).await.unwrap();
    assert_eq!(store.remove_tenant(tenant(1), false).await.unwrap(), Removal::Refused { events: 1 });
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])], "nothing is removed");
    assert_eq!(store.remove_tenant(tenant(1), true).await.unwrap(), Removal::Removed { events: 1 });
    assert_eq!(store.remove_tenant(tenant(1), true).await.unwrap(), Removal::Unknown);
    assert_eq!(store.api_key(tenant(1)).await.unwrap(), None);
    assert_eq!(store.tenants().await.unwrap(), [TenantSummary { id: tenant(2), events: 1 }]);
    // Nothing of it comes back with it.
    store.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
    assert_eq!(recent(&*store, ALL, 10).await, []);
    assert_eq!(log(&*store, ALL, None).await, []);
    let appended = store.append(tenant(1), vec![online(1, 10)]).await.unwrap();
    assert_eq!(appended, Appended { stored: 1, repeated: 0 });
}

#[tokio::test]
async fn a_tenant_without_events_is_removed_at_once() {
    let store = with([]).await;
    assert_eq!(store.remove_tenant(tenant(1), false).await.unwrap(), Removal::Removed { events: 0 });
    assert_eq!(store.tenants().await.unwrap(), []);
}

#[tokio::test]
async fn a_closed_store_fails() {
    let store = with([online(1, 10)]).await;
    let (other, running) = (Arc::clone(&store.store), Arc::clone(&store.store));
    // What was asked before is answered; closing waits for it.
    let (answer, closed) =
        tokio::join!(
            async move { presence(&*running, AgentSource::Pc, ALL).await },
            async move { other.close().await }
        );
    assert_eq!(answer, [(1, vec![100])]);
    closed.unwrap();
    assert!(matches!(store.ready().await, Err(StoreError::Closed)));
    assert!(matches!(store.append(tenant(1), vec![]).await, Err(StoreError::Closed)));
    assert!(matches!(store.tenants().await, Err(StoreError::Closed)));
    assert!(matches!(store.close().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_store_answers_by_its_definition() {
    let store = empty().await;
    let next = AtomicU64::new(1);
    let runtime = tokio::runtime::Handle::current();
    let strategy = proptest::collection::vec(proptest::collection::vec(model::event(), 1..12), 1..5);
    // Each case asks some 200 questions.
    let config = ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() };
    let check = move || {
        TestRunner::new(config).run(&strategy, |batches| {
            let tenant = tenant(next.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(agrees_with_model(&*store, tenant, batches))
        })
    };
    tokio::task::spawn_blocking(check).await.unwrap().unwrap();
}

async fn agrees_with_model(
    store: &dyn Store,
    tenant: TenantId,
    batches: Vec<Vec<model::Event>>,
) -> Result<(), TestCaseError> {
    store.add_tenant(tenant, ApiKey::new("key")).await.unwrap();
    let mut model = Model::default();
    for batch in batches {
        let batch: Vec<_> = batch.into_iter().map(StatusEvent::from).collect();
        let expected = model.append(&batch);
        prop_assert_eq!(store.append(tenant, batch).await.unwrap(), expected);
    }
    let accounts = model::ACCOUNTS.map(|number| Some(account(number)));
    for filter in model::filters() {
        let sources = AgentSource::ALL;
        let answer = store.online_agents(tenant, sources.to_vec(), filter.clone()).await.unwrap();
        prop_assert_eq!(answer, model.online_agents(sources, &filter));
        for source in [AgentSource::Pc, AgentSource::Mobile] {
            let answer = store.recent_accounts(tenant, source, filter.clone(), 2).await.unwrap();
            prop_assert_eq!(answer, model.recent_accounts(source, &filter, 2));
            for account in accounts.into_iter().chain([None]) {
                let answer = store.status_log(tenant, source, filter.clone(), account, 3).await.unwrap();
                prop_assert_eq!(answer, model.status_log(source, &filter, account, 3));
            }
        }
    }
    let both = vec![Source::Pc, Source::Mobile];
    for sources in [both, vec![Source::Mobile], vec![Source::Cloud, Source::from(7)]] {
        for account in accounts.into_iter().flatten() {
            let answer = store.account_location(tenant, account, sources.clone()).await.unwrap();
            prop_assert_eq!(answer, model.account_location(account, &sources));
        }
    }
    Ok(())
}

// The file

#[tokio::test]
async fn a_file_that_is_opened_again_has_everything() {
    let store = with([online(1, 10), offline(1, 20), online(2, 30)]).await;
    store.close().await.unwrap();
    let entries: Vec<_> = std::fs::read_dir(store.directory.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(entries, ["store.db"], "the write-ahead log is in the file");
    let again = sqlite(&store.directory, UtcOffset::VENDOR);
    assert_eq!(presence(&*again, AgentSource::Pc, ALL).await, [(2, vec![100])]);
    assert_eq!(log(&*again, ALL, None).await.len(), 2);
    assert_eq!(again.api_key(tenant(1)).await.unwrap(), Some(ApiKey::new("key")));
    // Arrivals are counted on, so that ties and repeats are still told right.
    let appended = again.append(tenant(1), vec![offline(2, 30), online(2, 30)]).await.unwrap();
    assert_eq!(appended, Appended { stored: 1, repeated: 1 });
    assert_eq!(presence(&*again, AgentSource::Pc, ALL).await, []);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_new_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let store = with([online(1, 10)]).await;
    let mut files = 0;
    for entry in std::fs::read_dir(store.directory.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(files, 3, "the file, its write-ahead log, and the log's index");
}

#[test]
fn what_is_not_a_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let open = |name: &str| SqliteStore::open(&directory.path().join(name), UtcOffset::VENDOR).map(drop);
    assert!(matches!(open("missing/store.db"), Err(OpenError::NoDirectory)));
    assert!(matches!(open(""), Err(OpenError::Directory)));
    open("newer").unwrap();
    raw(&directory, "newer").pragma_update(None, "user_version", 1_000).unwrap();
    assert!(matches!(open("newer"), Err(OpenError::Newer)));
    std::fs::write(directory.path().join("file"), "").unwrap();
    assert!(matches!(open("file/store.db"), Err(OpenError::NoDirectory)));
    open("file").expect("an empty file may become a store");
}

#[test]
fn what_another_program_made_is_left_as_it_is() {
    let foreign: [(&str, &str); 5] = [
        ("tables", "CREATE TABLE tenant (id INTEGER)"),
        ("write-ahead log", "PRAGMA journal_mode = wal; CREATE TABLE tenant (id INTEGER)"),
        ("tables with an id", "PRAGMA application_id = 7; CREATE TABLE tenant (id INTEGER)"),
        ("an id", "PRAGMA application_id = 7"),
        ("a version", "PRAGMA user_version = 1"),
    ];
    let texts = [("short text", "text".to_owned()), ("text", "something else entirely ".repeat(100))];
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in foreign {
        raw(&directory, name).execute_batch(sql).unwrap();
    }
    for (name, text) in &texts {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let files = || {
        let files = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect::<BTreeMap<_, _>>()
    };
    let before = files();
    let open = |name| SqliteStore::open(&directory.path().join(name), UtcOffset::VENDOR).map(drop);
    for (name, _) in foreign {
        assert!(matches!(open(name), Err(OpenError::Foreign)), "{name}");
    }
    for (name, _) in texts {
        assert!(matches!(open(name), Err(OpenError::NotSqlite)), "{name}");
    }
    assert!(files() == before, "no byte has changed, and nothing was added");
}

#[tokio::test]
async fn a_name_that_looks_like_a_uri_is_a_name() {
    let directory = tempfile::tempdir().unwrap();
    SqliteStore::open(&directory.path().join("file:a?mode=memory"), UtcOffset::VENDOR).unwrap();
    assert!(directory.path().join("file:a?mode=memory").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_file_see_and_respect_each_other() {
    let one = with([online(1, 10)]).await;
    let other = sqlite(&one.directory, UtcOffset::VENDOR);
    assert_eq!(presence(&*other, AgentSource::Pc, ALL).await, [(1, vec![100])]);
    other.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    assert_eq!(presence(&*one, AgentSource::Pc, ALL).await, []);

    let appends = (0..40).map(|n| {
        let store = if n % 2 == 0 { Arc::clone(&one.store) } else { Arc::clone(&other) };
        tokio::spawn(async move { store.append(tenant(1), vec![online(1, 100 + n), online(1, 1)]).await })
    });
    let mut total = Appended::default();
    for append in appends.collect::<Vec<_>>() {
        let appended = append.await.unwrap().unwrap();
        total = Appended { stored: total.stored + appended.stored, repeated: total.repeated + appended.repeated };
    }
    assert_eq!(total, Appended { stored: 41, repeated: 39 });
    assert_eq!(one.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 43 }]);
    assert_eq!(other.tenants().await.unwrap(), one.tenants().await.unwrap());
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let directory = tempfile::tempdir().unwrap();
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    sqlite(&directory, UtcOffset::VENDOR)
                });
            }
        });
    }
}

/// A connection past the store, as another program may have it.
fn raw(directory: &TempDir, name: &str) -> rusqlite::Connection {
    rusqlite::Connection::open(directory.path().join(name)).unwrap()
}

#[tokio::test]
async fn reading_does_not_wait_for_a_writer() {
    let store = with([online(1, 10)]).await;
    let writer = raw(&store.directory, "store.db");
    writer.execute_batch("BEGIN EXCLUSIVE; DELETE FROM presence; DELETE FROM status_event").unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, [(1, vec![100])]);
    assert_eq!(log(&*store, ALL, None).await.len(), 1);
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
    assert_eq!(log(&*store, ALL, None).await, []);
}

#[tokio::test]
async fn writing_does_not_wait_for_a_reader() {
    let store = with([online(1, 10)]).await;
    let reader = raw(&store.directory, "store.db");
    let count = || reader.query_row("SELECT count(*) FROM status_event", [], |row| row.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1);
    store.append(tenant(1), vec![offline(1, 20)]).await.unwrap();
    assert_eq!(presence(&*store, AgentSource::Pc, ALL).await, []);
    assert_eq!(count(), 1, "the reader's snapshot stands");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 2);
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_personal_data_and_undone() {
    let store = with([]).await;
    let other = raw(&store.directory, "store.db");
    other.execute_batch("ALTER TABLE presence RENAME TO gone").unwrap();
    let event = StatusEvent { name: Some("jack".into()), user_name: Some("zhang".into()), ..online(1, 10) };
    let number = account(573_125_704_139);
    let error = store.append(tenant(1), vec![StatusEvent { whatsapp: number, ..event.clone() }]).await.unwrap_err();
    let text = format!("{error} {error:?}");
    for personal in ["573125704139", "jack", "zhang", "agent1"] {
        assert!(!text.contains(personal), "{text}");
    }
    other.execute_batch("ALTER TABLE gone RENAME TO presence").unwrap();
    assert_eq!(log(&*store, ALL, None).await, []);
    assert_eq!(store.append(tenant(1), vec![event]).await.unwrap(), Appended { stored: 1, repeated: 0 });
}
