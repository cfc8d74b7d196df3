//! Sessions and reports over HTTP: what was stored is counted, and what is wrong in a request is named.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use futures_util::TryStreamExt;
use group_dispatch_client::{
    Error,
    types::{history::*, ingest},
};
use group_dispatch_server::{
    event::{self, StatusEvent},
    store::{self, Database, Grouping, MirroredFacts, ReportQuery, Retention, Store, StoreOptions, Subjects, Zone},
};
use serde_json::{Value, json};

use crate::common::{TestServer, now, start, stored};

/// 2024-07-08T00:00:00Z.
const DAY: i64 = 1_720_396_800_000;
const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;

/// An account of agent 12 at PC, this number of seconds after the day's beginning.
fn event(second: i64, detail: i32) -> StatusEvent {
    let event = json!({
        "userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": "8618217331411", "source": 1,
        "detailStatus": detail, "createTime": DAY + second * SECOND,
    });
    stored(&event.to_string())
}

fn online(second: i64) -> StatusEvent {
    event(second, 12)
}

fn offline(second: i64) -> StatusEvent {
    event(second, 32)
}

fn mobile(event: StatusEvent) -> StatusEvent {
    StatusEvent { source: Source::Mobile, ..event }
}

async fn with(events: impl IntoIterator<Item = StatusEvent>) -> TestServer {
    let server = start().await;
    server.store.append(1.into(), events.into_iter().collect()).await.unwrap();
    server
}

async fn mirror(server: &TestServer, facts: MirroredFacts) {
    server.store.append_mirrored(1.into(), facts).await.unwrap();
}

fn row(members: Value) -> Value {
    let mut row = json!({
        "onlineMilliseconds": 0, "longestAbsenceMilliseconds": 0, "sessions": 0, "disconnects": 0, "bans": 0, "flaps": 0,
        "atLeast": false,
    });
    row.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    row
}

fn rows(report: &HistoryReport) -> Value {
    serde_json::to_value(&report.rows).unwrap()
}

#[tokio::test]
async fn a_report_says_what_happened_on_each_day() {
    let hour = 3600;
    // At PC from 22:00 to 02:00, at mobile from 01:00 to 03:00; the account is another agent's from 05:00 on.
    let server = with([
        online(22 * hour),
        mobile(online(25 * hour)),
        event(26 * hour, 21),
        mobile(offline(27 * hour)),
        StatusEvent { user_id: 13.into(), agent_account: "u2".to_owned(), user_name: None, ..online(29 * hour) },
        StatusEvent { user_id: 13.into(), agent_account: "u2".to_owned(), ..event(30 * hour, 41) },
    ])
    .await;
    let client = server.client(1);
    let report = client.report("2024-07-08", ReportGrouping::AgentDay).last_day("2024-07-09").await.unwrap();
    assert_eq!((report.from, report.to), (EventTime::Instant(DAY), EventTime::Instant(DAY + 48 * HOUR)));
    assert_eq!((report.time_zone.as_str(), report.time_zone_data.as_str()), ("UTC", store::time_zone_data_version()));
    let one = |day: &str, members: Value| {
        let mut one = row(json!({ "day": day, "userId": 12, "agentAccount": "u1", "userName": "li" }));
        one.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        one
    };
    let of_first = json!({ "onlineMilliseconds": 2 * HOUR, "longestAbsenceMilliseconds": 22 * HOUR, "sessions": 1 });
    let of_second = json!({
        "onlineMilliseconds": 3 * HOUR, "longestAbsenceMilliseconds": 21 * HOUR, "sessions": 2, "disconnects": 1,
    });
    let of_other = row(json!({
        "day": "2024-07-09", "userId": 13, "agentAccount": "u2", "userName": "li", "onlineMilliseconds": HOUR,
        "longestAbsenceMilliseconds": 18 * HOUR, "sessions": 1, "bans": 1,
    }));
    assert_eq!(rows(&report), json!([one("2024-07-08", of_first), one("2024-07-09", of_second), of_other]));

    // In Bogota, all of it is on one day, up to 01:00 of the next.
    let report = client.report("2024-07-08", ReportGrouping::Account).time_zone("america/bogota").await.unwrap();
    assert_eq!((report.from, report.time_zone.as_str()), (EventTime::Instant(DAY + 5 * HOUR), "America/Bogota"));
    let account = json!({
        "whatsApp": "8618217331411", "onlineMilliseconds": 5 * HOUR, "longestAbsenceMilliseconds": 17 * HOUR, "sessions": 2,
        "disconnects": 1,
    });
    assert_eq!(rows(&report), json!([row(account)]));

    let report = client.report("2024-07-09", ReportGrouping::Day).user_id(12).source(Source::Pc).await.unwrap();
    let day = json!({
        "day": "2024-07-09", "onlineMilliseconds": 2 * HOUR, "longestAbsenceMilliseconds": 22 * HOUR, "sessions": 1,
        "disconnects": 1,
    });
    assert_eq!(rows(&report), json!([row(day)]));
    for (filtered, expected) in [
        (client.report("2024-07-09", ReportGrouping::Agent).agent_account("u2"), 1),
        (client.report("2024-07-09", ReportGrouping::Agent).agent_account("nobody"), 0),
        (client.report("2024-07-09", ReportGrouping::Agent).whats_app("573125704139"), 0),
        (client.report("2024-07-10", ReportGrouping::Agent), 0),
        (client.report("2024-07-10", ReportGrouping::Day), 1),
    ] {
        assert_eq!(filtered.await.unwrap().rows.len(), expected);
    }
    assert!(server.client(2).report("2024-07-09", ReportGrouping::Agent).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn what_lasts_counts_until_now_and_gaps_make_it_at_least() {
    let begin = (now() - 2 * HOUR) / 1000 * 1000;
    let server = with([StatusEvent { at: begin, ..online(0) }]).await;
    let gap = store::Gap {
        source: Source::Pc,
        user_id: 12.into(),
        agent_account: "u1".to_owned(),
        whatsapp: None,
        from: None,
        to: begin,
    };
    mirror(&server, MirroredFacts { gaps: vec![gap], ..MirroredFacts::default() }).await;
    let (first, last) = (date(now() - 24 * HOUR), date(now()));
    let report = server.client(1).report(first, ReportGrouping::Agent).last_day(last).await.unwrap();
    assert_eq!(report.to, report.as_of);
    let (EventTime::Instant(as_of), [row]) = (report.as_of, report.rows.as_slice()) else { panic!("{report:?}") };
    assert_eq!((row.online_milliseconds.get(), row.at_least), (u64::try_from(as_of - begin).unwrap(), true));
    let page = server.client(1).sessions().await.unwrap();
    let [session] = page.sessions.as_slice() else { panic!("{page:?}") };
    assert_eq!((session.to, session.ended.is_none(), session.at_least), (None, true, true));
}

/// The day of a time in UTC.
fn date(at: i64) -> CalendarDay {
    jiff::Timestamp::from_millisecond(at).unwrap().to_string()[..10].parse().unwrap()
}

#[tokio::test]
async fn a_session_says_how_it_began_and_ended() {
    let server = with([online(0), offline(60)]).await;
    let logged = |event: StatusEvent| StatusEvent { provenance: event::Provenance::Logged { ordinal: 0 }, ..event };
    let observed = |status: i32, not_before: i64, event: StatusEvent| StatusEvent {
        provenance: event::Provenance::Observed { not_before: Some(DAY + not_before * SECOND) },
        status: status.into(),
        detail_status: ingest::StatusDetail::from(0),
        ..event
    };
    let events = vec![
        logged(online(100)),
        observed(30, 195, offline(200)),
        // The looks that show it are later than the record, which is what it began with.
        logged(online(300)),
        observed(10, 299, online(304)),
    ];
    mirror(&server, MirroredFacts { events, ..MirroredFacts::default() }).await;
    let sessions: Vec<Session> = server.client(1).sessions().limit(1).all().try_collect().await.unwrap();
    let expected = |second: i64, members: Value| {
        let mut session = json!({
            "userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": "8618217331411", "source": 1,
            "from": DAY + second * SECOND, "atLeast": false,
        });
        session.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        session
    };
    let began = json!({ "provenance": "logged", "status": 10, "detailStatus": 12 });
    let gone = json!({ "provenance": "observed", "notBefore": DAY + 195 * SECOND, "notAfter": DAY + 200 * SECOND });
    let first = json!({
        "to": DAY + 60 * SECOND,
        "began": { "provenance": "fed", "status": 10, "detailStatus": 12 },
        "ended": { "provenance": "fed", "status": 30, "detailStatus": 32 },
    });
    assert_eq!(
        serde_json::to_value(&sessions).unwrap(),
        json!([
            expected(0, first),
            expected(100, json!({ "to": DAY + 200 * SECOND, "began": began, "ended": gone })),
            expected(300, json!({ "began": began })),
        ])
    );
    let at = |second: i64| EventTime::Instant(DAY + second * SECOND);
    let page = server.client(1).sessions().from(at(61)).to(at(300)).await.unwrap();
    assert_eq!(page.sessions.iter().map(|session| session.from).collect::<Vec<_>>(), [at(100)]);
    assert_eq!(server.client(1).sessions().source(Source::Mobile).await.unwrap().sessions, []);
}

#[tokio::test]
async fn a_flap_is_a_session_that_begins_within_a_minute() {
    let other = |event| StatusEvent { user_id: 13.into(), agent_account: "u2".to_owned(), ..event };
    let server = with([
        online(0),
        offline(100),
        online(160),
        offline(200),
        online(261),
        // Another agent takes over and gives it back: nothing was interrupted.
        other(online(300)),
        online(310),
        offline(320),
    ])
    .await;
    let report = server.client(1).report("2024-07-08", ReportGrouping::Account).await.unwrap();
    assert_eq!((report.rows[0].flaps.get(), report.rows[0].sessions.get()), (1, 5));
}

#[tokio::test]
async fn what_is_out_of_range_is_refused_by_its_member() {
    let server = start().await;
    let report = |first: &str, last: &str, zone: &str| {
        server.client(1).report(first, ReportGrouping::Day).last_day(last).time_zone(zone)
    };
    for (query, expected) in [
        (report("2023-02-29", "2023-03-01", "UTC"), "firstDay: expected a day of the calendar"),
        (report("2023-02-01", "2023-02-30", "UTC"), "lastDay: expected a day of the calendar"),
        (report("1973-12-31", "1974-01-01", "UTC"), "firstDay: "),
        (report("2024-07-08", "2024-07-07", "UTC"), "lastDay: expected firstDay or a later day"),
        (report("2023-01-01", "2024-01-02", "UTC"), "lastDay: expected at most 366 days"),
        (report("2024-07-08", "2024-07-08", "Mars/Olympus"), "timeZone: expected the name of a time zone"),
    ] {
        let Error::Business { code, message, .. } = query.await.unwrap_err() else { panic!("another error") };
        assert_eq!(code, BusinessCode::BadRequest);
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(report("2023-01-01", "2024-01-01", "UTC").await.unwrap().rows.len(), 366);
    let next = {
        server.store.append(1.into(), vec![online(0), offline(1), online(2), offline(3)]).await.unwrap();
        server.client(1).sessions().limit(1).await.unwrap().next.unwrap()
    };
    for query in [
        server.client(1).sessions().user_id(12).cursor(next),
        server.client(1).sessions().cursor("1.0".to_owned().into()),
    ] {
        let Error::Business { code, message, .. } = query.await.unwrap_err() else { panic!("another error") };
        assert_eq!((code, message.starts_with("cursor: ")), (BusinessCode::BadRequest, true), "{message}");
    }
}

#[tokio::test]
async fn what_retention_has_deleted_makes_sums_at_least() {
    let folder = tempfile::tempdir().unwrap();
    let retention = Some(Retention { days: 3 });
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions { retention, ..StoreOptions::default() }).await.unwrap();
    store.add_tenant(1.into(), crate::common::credentials(1).api_key().clone()).await.unwrap();
    // It came online before what is kept, and has been online ever since.
    let (now, kept_since) = (now(), store.kept_since().unwrap());
    store.append(1.into(), vec![StatusEvent { at: kept_since - HOUR, ..online(0) }]).await.unwrap();
    let zone = Zone::find("UTC").unwrap();
    let days = zone.days(date(kept_since - 24 * HOUR), date(now), 10).unwrap();
    let grouping = Grouping { subjects: Subjects::Agents, by_day: true };
    let query = ReportQuery { filter: store::FactFilter::default(), days: days.clone(), grouping, now };
    let report = store.report(1.into(), query).await.unwrap();
    let last = report.rows.last().unwrap();
    assert_eq!(
        (last.day, last.sums.online, last.sums.at_least),
        (Some(date(now)), now - days.last().unwrap().from, false)
    );
    let of = |day: CalendarDay| report.rows.iter().find(|row| row.day == Some(day)).unwrap().sums;
    assert!(of(date(kept_since)).at_least && !of(date(kept_since + 24 * HOUR)).at_least);
    assert_eq!(of(date(kept_since + 24 * HOUR)).online, 24 * HOUR);
}
