//! Who is online where, and the names of agents and accounts.

use group_dispatch_server::{event::StatusEvent, store::AgentFilter};
use group_dispatch_types::{AccountStatus, Source, StatusDetail};

use super::fixture::*;

#[tokio::test]
async fn an_account_is_online_until_it_is_not() {
    for status in
        [AccountStatus::Disconnected, AccountStatus::Offline, AccountStatus::Banned, AccountStatus::Unknown(11)]
    {
        let store = with([online(1, 10)]).await;
        assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
        store.append(tenant(1), vec![StatusEvent { status, ..online(1, 20) }]).await.unwrap();
        assert_eq!(presence(&store, Source::Pc, ALL), []);
        store.append(tenant(1), vec![online(1, 30)]).await.unwrap();
        assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    }
}

#[tokio::test]
async fn an_event_that_arrives_late_changes_nothing_that_is_newer() {
    let store = with([offline(1, 20), online(1, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    let store = with([online(1, 20), offline(2, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
}

#[tokio::test]
async fn of_two_events_at_one_time_the_one_that_arrived_later_counts() {
    let store = with([online(1, 10), offline(1, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), []);
    let store = with([offline(1, 10), online(1, 10)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    let store = with([]).await;
    store.append(tenant(1), vec![online(1, 10), offline(1, 10)]).await.unwrap();
    assert_eq!(presence(&store, Source::Pc, ALL), []);
}

#[tokio::test]
async fn an_account_that_moved_belongs_to_its_new_agent_alone() {
    let store = with([online(1, 10), online(2, 20)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(2, vec![100])]);
    assert_eq!(location(&store, &[Source::Pc]), Some((2, Source::Pc)));
}

/// D16: the end of a session is reported late where another one has taken its place.
#[tokio::test]
async fn a_former_agents_late_log_off_leaves_the_account_online() {
    let ends = [AccountStatus::Disconnected, AccountStatus::Offline, AccountStatus::Unknown(11)];
    for status in ends {
        let late = StatusEvent { status, ..offline(1, 30) };
        for events in [[online(1, 10), online(2, 20), late.clone()], [late.clone(), online(2, 20), online(1, 10)]] {
            let store = with(events).await;
            assert_eq!(presence(&store, Source::Pc, ALL), [(2, vec![100])]);
            assert_eq!(location(&store, &[Source::Pc]), Some((2, Source::Pc)));
            // It is in the former agent's log all the same.
            assert_eq!(store.status_log(tenant(1), Source::Pc, &ALL, None)[0].whats_app_list[0].status, status);
            // The one who has it ends it, and the former one doesn't come back by that.
            store.append(tenant(1), vec![offline(2, 40)]).await.unwrap();
            assert_eq!(presence(&store, Source::Pc, ALL), []);
            store.append(tenant(1), vec![online(1, 35)]).await.unwrap();
            assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])], "it came after the one that ended");
        }
    }
}

/// D44: a ban is of the account and not of a session, and it may be lifted.
#[tokio::test]
async fn a_ban_ends_presence_whoever_reports_it() {
    for detail in [41, 42, 43] {
        let ban = |agent, time| StatusEvent {
            status: AccountStatus::Banned,
            detail_status: StatusDetail::from(detail),
            ..offline(agent, time)
        };
        let store = with([online(1, 10), online(2, 20), ban(1, 30), offline(2, 40)]).await;
        assert_eq!(presence(&store, Source::Pc, ALL), [], "{detail}");
        store.append(tenant(1), vec![online(2, 25)]).await.unwrap();
        assert_eq!(presence(&store, Source::Pc, ALL), [], "{detail}: what came before it changes nothing");
        let mobile = StatusEvent { source: Source::Mobile, ..online(3, 20) };
        store.append(tenant(1), vec![mobile]).await.unwrap();
        assert_eq!(presence(&store, Source::Mobile, ALL), [(3, vec![100])], "{detail}: each source reports its own");
        store.append(tenant(1), vec![online(2, 50)]).await.unwrap();
        assert_eq!(presence(&store, Source::Pc, ALL), [(2, vec![100])], "{detail}: it was lifted");
    }
}

#[tokio::test]
async fn sources_are_apart() {
    let at = |source, time| StatusEvent { source, ..online(1, time) };
    let store = with([at(Source::Pc, 10), at(Source::Cloud, 20), at(Source::from(7), 30)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(1, vec![100])]);
    assert_eq!(presence(&store, Source::Mobile, ALL), []);
    let mobile = store.status_log(tenant(1), Source::Mobile, &ALL, None);
    assert_eq!(mobile, []);
    let pc = store.status_log(tenant(1), Source::Pc, &ALL, None);
    assert_eq!(pc[0].whats_app_list.len(), 1);
    assert_eq!(location(&store, &[Source::Pc, Source::Mobile]), Some((1, Source::Pc)));
    assert_eq!(location(&store, &[Source::Cloud]), Some((1, Source::Cloud)));
    assert_eq!(location(&store, &[Source::from(7)]), Some((1, Source::from(7))));
    assert_eq!(location(&store, &[]), None);
}

#[tokio::test]
async fn an_account_is_where_it_came_to_last() {
    let at = |source, time| StatusEvent { source, ..online(1, time) };
    let both = [Source::Pc, Source::Mobile];
    let store = with([at(Source::Mobile, 20), at(Source::Pc, 10)]).await;
    assert_eq!(location(&store, &both), Some((1, Source::Mobile)));
    // A tie: the later arrival, in whatever order the sources are asked for.
    store.append(tenant(1), vec![at(Source::Pc, 20)]).await.unwrap();
    assert_eq!(location(&store, &both), Some((1, Source::Pc)));
    assert_eq!(location(&store, &[Source::Mobile, Source::Pc]), Some((1, Source::Pc)));
    store.append(tenant(1), vec![offline(1, 30)]).await.unwrap();
    assert_eq!(location(&store, &both), Some((1, Source::Mobile)));
    assert_eq!(location(&store, &[Source::Pc]), None);
}

/// An account goes to and fro between PC and mobile, online at one of them at every moment.
#[tokio::test(flavor = "multi_thread")]
async fn several_sources_are_shown_as_they_are_at_one_moment() {
    let at = |source, event| StatusEvent { source, ..event };
    let store = with([online(1, 0)]).await;
    let moving = {
        let store = store.store.clone();
        tokio::spawn(async move {
            for time in 1..300 {
                let (from, to) =
                    if time % 2 == 0 { (Source::Mobile, Source::Pc) } else { (Source::Pc, Source::Mobile) };
                store.append(tenant(1), vec![at(from, offline(1, time)), at(to, online(1, time))]).await.unwrap();
            }
        })
    };
    while !moving.is_finished() {
        let groups = store.groups(tenant(1));
        assert_eq!(groups.iter().map(|group| group.source).collect::<Vec<_>>(), [Source::Pc, Source::Mobile]);
        assert_eq!(groups.iter().map(|group| group.list.len()).sum::<usize>(), 1);
    }
    moving.await.unwrap();
}

#[tokio::test]
async fn agents_are_ordered_by_id_and_accounts_by_number() {
    let of = |id, number, at| StatusEvent { whatsapp: account(number), ..online(id, at) };
    // As texts, 9 comes after 10.
    let store = with([of(10, 1000, 1), of(10, 999, 2), of(9, 9, 3), of(9, 8, 4), of(9, 10, 5)]).await;
    assert_eq!(presence(&store, Source::Pc, ALL), [(9, vec![8, 9, 10]), (10, vec![999, 1000])]);
    assert_eq!(recent(&store, ALL), [(9, vec![10, 8, 9]), (10, vec![999, 1000])]);
}

#[tokio::test]
async fn an_agent_has_the_account_and_the_name_that_were_known_last() {
    let named = |name: Option<&str>, agent_account: &str, at| StatusEvent {
        user_name: name.map(Into::into),
        agent_account: agent_account.into(),
        ..online(1, at)
    };
    let store = with([named(None, "first", 10)]).await;
    let known = || async {
        let mut agents = store.groups(tenant(1)).remove(0).list;
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
        (named(None, "", 32), is("Wu", "third"), "an empty account is no news of the account"),
        (named(Some("Xu"), "fourth", 31), is("Xu", "fourth"), "a tie with the account"),
        (named(Some("Yu"), "fifth", 31), is("Yu", "fifth"), "a tie with both"),
    ] {
        store.append(tenant(1), vec![event]).await.unwrap();
        assert_eq!(known().await, expected, "{why}");
    }
    let filter = of_account("fifth");
    let logs = store.status_log(tenant(1), Source::Pc, &filter, None);
    assert_eq!((logs[0].agent_account.as_str(), logs[0].whats_app_list.len()), ("fifth", 9));
    let recent = store.recent_accounts(tenant(1), Source::Pc, &filter);
    assert_eq!(recent[0].agent_account, "fifth");
    let location = store.locate(tenant(1), account(100), &[Source::Pc]).unwrap();
    assert_eq!(location.agent_account, "fifth");
    assert_eq!(presence(&store, Source::Pc, of_account("first")), [], "an account that was");
}

#[tokio::test]
async fn any_account_is_newer_than_an_empty_one() {
    let named = |agent_account: &str, at| StatusEvent { agent_account: agent_account.into(), ..online(1, at) };
    for events in [[named("", 20), named("first", 10)], [named("first", 10), named("", 20)]] {
        let store = with(events).await;
        assert_eq!(store.groups(tenant(1))[0].list[0].agent_account, "first");
        assert_eq!(presence(&store, Source::Pc, of_account("first")), [(1, vec![100])]);
    }
    let store = with([named("", 20)]).await;
    assert_eq!(store.groups(tenant(1))[0].list[0].agent_account, "", "nothing is known of it");
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
        let agents = store.online_agents(tenant(1), Source::Pc, &ALL);
        assert_eq!(agents[0].whats_app_list[0].name.as_deref(), expected);
        let agents = store.recent_accounts(tenant(1), Source::Pc, &ALL);
        assert_eq!(agents[0].whats_app_list[0].name.as_deref(), expected);
    }
    let logs = store.status_log(tenant(1), Source::Pc, &ALL, None);
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
        assert_eq!(presence(&store, Source::Pc, filter.clone()), expected);
        assert_eq!(recent(&store, filter.clone()), expected);
        let agents: Vec<_> = log(&store, filter, None).into_iter().map(|(agent, _)| agent).collect();
        assert_eq!(agents, expected.iter().map(|(agent, _)| *agent).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn two_agents_with_one_login_account_are_both_listed() {
    let shared = |event| StatusEvent { agent_account: "shared".into(), ..event };
    let store = with([shared(online(1, 10)), shared(StatusEvent { whatsapp: account(200), ..online(2, 20) })]).await;
    let both = [(1, vec![100]), (2, vec![200])];
    for filter in [ALL, of_account("shared")] {
        assert_eq!(presence(&store, Source::Pc, filter.clone()), both);
        assert_eq!(recent(&store, filter.clone()), both);
        assert_eq!(log(&store, filter, None).len(), 2);
    }
}
