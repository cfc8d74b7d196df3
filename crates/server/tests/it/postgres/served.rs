//! Servers over one database, as clients see them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use group_dispatch_server::{
    Config, Limits,
    store::{self, TenantSummary},
};
use group_dispatch_types::UtcOffset;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    common::{TestServer, start_over},
    postgres::server::{Database, Server, restart_three_times},
};

/// 2024-07-08.
const DAY: i64 = 1_720_396_800_000;

struct Served {
    server: TestServer,
    http: reqwest::Client,
}

async fn serve(database: &Database) -> Served {
    let limits = Limits { requests_per_second: 0, ..Limits::default() };
    let settings = Config { limits, ..Config::default() };
    let server = start_over(&store::Database::Postgres(database.url.clone()), UtcOffset::VENDOR, settings).await;
    Served { server, http: crate::common::http() }
}

/// Feeds events; says how many were stored and how many repeated, if they were taken.
async fn feed(served: &Served, events: &[Value]) -> Option<(usize, usize)> {
    let request = served.server.request_by(&served.http, 1, "../../ingest/v1/status-events", json!(events).to_string());
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let answer = answer.json::<Value>().await.ok()?;
    assert!(!status.is_client_error(), "{answer}");
    let count = |member: &str| usize::try_from(answer["data"][member].as_u64()?).ok();
    Some((count("stored")?, count("repeated")?))
}

/// What a server answers to questions of all five kinds.
async fn answers(served: &Served) -> Vec<String> {
    let mut answers = Vec::new();
    for (operation, body) in [
        ("queryUserStatus", json!({"source": 1})),
        ("queryUserStatus", json!({"source": 2, "userId": 3})),
        ("queryAllOlWhatsAppInfo", json!({})),
        ("queryWhatsAppInfo", json!({"source": 1, "whatsapp": 8_618_217_331_412_u64})),
        ("queryUserStatusLog", json!({"source": 1})),
        ("queryUserStatusLog", json!({"source": 2})),
        ("getLatestOnlineWhatsAccount", json!({"source": 1})),
        ("getLatestOnlineWhatsAccount", json!({"source": 2})),
    ] {
        let request = served.server.request_by(&served.http, 1, operation, body.to_string());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{operation}");
        answers.push(answer.text().await.unwrap());
    }
    answers
}

/// Events of a few agents and accounts, at times that come as they like.
fn mixed(random: &mut fastrand::Rng, batch: u64) -> Vec<Value> {
    let event = |random: &mut fastrand::Rng, place: usize| {
        let agent = random.u64(1..6);
        let mut event = json!({
            "userId": agent, "agentAccount": format!("agent{agent}"), "userName": format!("Agent {}", random.u8(..3)),
            "whatsApp": (8_618_217_331_410 + random.u64(..8)).to_string(), "source": random.u8(1..4),
            "detailStatus": random.choice([11, 12, 13, 21, 31, 41]), "name": format!("name{}", random.u8(..3)),
            "countryCode": format!("country {batch}"), "createTime": DAY + random.i64(0..2_000),
        });
        if place.is_multiple_of(3) {
            event["eventId"] = json!(format!("{batch}-{place}"));
        }
        event
    };
    (0..random.usize(1..60)).map(|place| event(random, place)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_answer_alike_after_every_batch() {
    let Some(database) = Database::new().await else { return };
    let servers = [serve(&database).await, serve(&database).await];
    let mut random = fastrand::Rng::with_seed(1);
    let mut before = Vec::new();
    for batch in 0..20 {
        let [fed, other] = if batch % 2 == 0 { [0, 1] } else { [1, 0] }.map(|number: usize| &servers[number]);
        let mut events = mixed(&mut random, batch);
        // Nobody else ever says anything about this one.
        events[0] = json!({
            "userId": 9, "agentAccount": "last", "whatsApp": "8618217331419", "source": 1, "detailStatus": 12,
            "createTime": DAY + 2_000 + i64::try_from(batch).unwrap(),
        });
        let (stored, repeated) = feed(fed, &events).await.unwrap();
        assert_eq!(stored + repeated, events.len());
        let answered = answers(fed).await;
        assert_ne!(answered, before, "an acknowledged event is returned");
        let deadline = Instant::now() + Duration::from_secs(60);
        while answers(other).await != answered {
            assert!(Instant::now() < deadline, "the other server does not show batch {batch}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(feed(other, &events).await, Some((0, events.len())), "it knows them all");
        assert_eq!(answers(fed).await, answered, "to feed them again changes nothing");
        before = answered;
    }
    assert_eq!(answers(&serve(&database).await).await, before, "nor does a start");
}

const SIZE: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_events_are_stored_once_after_a_crash() {
    let Some(postgres) = Server::new(true) else { return };
    let database = postgres.database().await;
    let server = Arc::new(serve(&database).await);
    let (enough, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut feeders = JoinSet::new();
    for first in (0..).step_by(1_000_000).take(4) {
        let (server, enough, acknowledged) = (Arc::clone(&server), Arc::clone(&enough), Arc::clone(&acknowledged));
        feeders.spawn(async move {
            let mut next = first;
            while !enough.load(Ordering::Relaxed) {
                let events: Vec<_> = (next..next + SIZE).map(numbered).collect();
                let (stored, repeated) = loop {
                    if let Some(taken) = feed(&server, &events).await {
                        break taken;
                    }
                };
                assert_eq!(stored + repeated, SIZE);
                acknowledged.fetch_add(1, Ordering::Relaxed);
                next += SIZE;
            }
            (first..next).map(|number| number as u64).collect::<Vec<_>>()
        });
    }
    let _postgres = restart_three_times(postgres, Server::kill, &acknowledged).await;
    enough.store(true, Ordering::Relaxed);
    let mut expected = feeders.join_all().await.concat();
    expected.sort_unstable();
    let stored = "SELECT user_id FROM status_event ORDER BY user_id";
    let stored = database.raw().await.query(stored, &[]).await.unwrap();
    let stored: Vec<_> = stored.iter().map(|row| row.get::<_, i64>(0).cast_unsigned()).collect();
    assert_eq!(stored, expected, "all that was acknowledged is there, each once");
    let summary = |id: u64, events| TenantSummary { id: id.into(), events };
    assert_eq!(server.server.store.tenants().await.unwrap(), [summary(1, expected.len() as u64), summary(2, 0)]);
    assert_eq!(answers(&server).await, answers(&serve(&database).await).await, "and answers follow from them");
}

fn numbered(number: usize) -> Value {
    json!({
        "userId": number, "agentAccount": "agent", "whatsApp": (8_618_217_000_000 + number).to_string(), "source": 1 + number % 2,
        "detailStatus": 11 + number % 2, "createTime": DAY + i64::try_from(number).unwrap(),
    })
}
