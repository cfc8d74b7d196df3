//! The status log, and the accounts that came online last.

use group_dispatch_server::{event::StatusEvent, store::StoreError};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use super::fixture::*;

fn labeled(country: &str, event: StatusEvent) -> StatusEvent {
    StatusEvent { country_code: country.into(), ..event }
}

#[tokio::test]
async fn the_log_is_newest_first_whatever_order_it_came_in() {
    let store = with([
        labeled("20", online(1, 20)),
        labeled("10", offline(1, 10)),
        labeled("30, first", online(1, 30)),
        labeled("30, second", offline(1, 30)),
        labeled("another agent's", online(2, 5)),
    ])
    .await;
    let expected = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let one = (1, expected(&["30, second", "30, first", "20", "10"]));
    assert_eq!(log(&store, ALL, None), [one.clone(), (2, expected(&["another agent's"]))]);
    assert_eq!(log(&store, ALL, Some(account(100))), [one, (2, expected(&["another agent's"]))]);
}

#[tokio::test]
async fn the_log_of_an_account_leaves_out_agents_that_never_had_it() {
    let other = |event| StatusEvent { whatsapp: account(200), ..event };
    let store =
        with([labeled("a", online(1, 10)), labeled("b", other(online(1, 20))), labeled("c", other(online(2, 30)))])
            .await;
    assert_eq!(log(&store, ALL, Some(account(100))), [(1, vec!["a".to_owned()])]);
    assert_eq!(log(&store, ALL, Some(account(200))), [(1, vec!["b".to_owned()]), (2, vec!["c".to_owned()])]);
    assert_eq!(log(&store, of_user(2), Some(account(100))), []);
    assert_eq!(log(&store, ALL, Some(account(300))), []);
}

#[tokio::test]
async fn the_log_keeps_every_member_and_an_agent_s_limit() {
    let events = |id| (0..60).map(move |at| labeled(&at.to_string(), online(id, at)));
    let store = with([]).await;
    store.append(tenant(1), events(1).chain(events(2)).collect()).await.unwrap();
    let newest: Vec<_> = (10..60).rev().map(|at| at.to_string()).collect();
    assert_eq!(log(&store, ALL, None), [(1, newest.clone()), (2, newest.clone())]);
    assert_eq!(log(&store, ALL, Some(account(100))), [(1, newest.clone()), (2, newest)]);

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
    let log = store.status_log(tenant(1), Source::Mobile, &ALL, None);
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
async fn a_time_that_responses_can_t_express_is_rejected() {
    let store = with([]).await;
    let (first, last) = StatusEvent::TIMES.into_inner();
    for at in [first - 1, last + 1, i64::MIN, i64::MAX] {
        let refused = store.append(tenant(1), vec![online(1, 0), online(2, at)]).await;
        assert!(matches!(refused, Err(StoreError::TimeOutOfRange)));
    }
    assert_eq!(log(&store, ALL, None), []);
    store.append(tenant(1), vec![online(1, first), online(1, last)]).await.unwrap();
    for (offset, expected) in [
        ("-18:00", ["9999-12-30 11:59:59", "0000-01-01 00:00:00"]),
        ("+18:00", ["9999-12-31 23:59:59", "0000-01-02 12:00:00"]),
    ] {
        let zoned = store.place.open(offset.parse().unwrap()).await;
        let log = zoned.status_log(tenant(1), Source::Pc, &ALL, None);
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
        let zoned = store.place.open(offset.parse().unwrap()).await;
        let log = zoned.status_log(tenant(1), Source::Pc, &ALL, None);
        assert_eq!(log[0].whats_app_list[0].create_time.to_string(), expected, "{offset}");
    }
}

#[tokio::test]
async fn recent_accounts_are_ordered_by_when_they_came_online() {
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
    let agents = store.recent_accounts(tenant(1), Source::Pc, &ALL);
    let accounts: Vec<_> = agents[0].whats_app_list.iter().map(|a| (a.whats_app.get(), a.status)).collect();
    assert_eq!(
        accounts,
        [(3, Some(AccountStatus::Online)), (2, Some(AccountStatus::Banned)), (1, Some(AccountStatus::Online))]
    );
    assert_eq!(recent(&store, ALL), [(1, vec![3, 2, 1])]);
    // A tie with itself: it came online again, after the other.
    store.append(tenant(1), vec![labeled("again", of(2, online(1, 40)))]).await.unwrap();
    assert_eq!(recent(&store, ALL), [(1, vec![2, 3, 1])]);
}

#[tokio::test]
async fn an_account_that_moved_is_still_recent_with_its_old_agent() {
    let named = |name: &str, event| StatusEvent { name: Some(name.into()), ..event };
    let store = with([named("old", online(1, 10)), named("new", online(2, 20)), named("last", offline(2, 30))]).await;
    let agents = store.recent_accounts(tenant(1), Source::Pc, &ALL);
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
    assert_eq!(recent(&store, ALL), [newest(1), newest(2)]);
}
