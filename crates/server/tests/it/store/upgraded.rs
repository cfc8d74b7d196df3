//! A database of an older version gives the same responses after the upgrade, byte for byte, whichever store it is in.
//!
//! The fixtures were written by the version that they are named after. [`write_fixtures`] writes those of this version, to
//! be kept when the schema or the snapshot changes next.

use std::{fmt::Write as _, path::Path};

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{AgentFilter, AgentQuery, QueryKind, Retention, Store},
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UtcOffset};

use super::{fixture::*, place::Place};

/// A fixture: a database of an older version in this store, and what that version responded, in any store.
struct Fixture {
    name: &'static str,
    database: &'static str,
    responses: &'static str,
}

macro_rules! fixtures {
    ($($name:literal responds $responses:literal),+) => {
        [$(Fixture {
            name: $name,
            database: super::place::older!($name),
            responses: include_str!(concat!("older/", $responses, ".txt")),
        }),+]
    };
}

/// All events; a snapshot, with events after it; and a snapshot of events that have expired (`--keep-days`). Those of contract
/// 2.1.0 are of the version before events had a provenance.
const FIXTURES: [Fixture; 5] = fixtures![
    "contract-2.0.0-all" responds "contract-2.0.0-all",
    "contract-2.0.0-snapshot" responds "contract-2.0.0-all",
    "contract-2.0.0-expired" responds "contract-2.0.0-expired",
    "contract-2.1.0-snapshot" responds "contract-2.0.0-all",
    "contract-2.1.0-expired" responds "contract-2.0.0-expired"
];

const TENANTS: [u64; 2] = [500_766, u64::MAX];
const SOURCES: [Source; 4] = [Source::Pc, Source::Mobile, Source::Cloud, Source::Unknown(7)];
/// 2024-07-08 00:00 UTC.
const FIRST: i64 = 1_720_396_800_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_an_older_version_gives_the_same_responses() {
    for Fixture { name, database, responses } in FIXTURES {
        let place = Place::new().await;
        place.load(database).await;
        for start in ["the start that upgrades it", "the start after that"] {
            let store = place.open(UtcOffset::VENDOR).await;
            assert!(all_responses(&store) == responses, "{name}, {start}:\n{}", all_responses(&store));
            store.close().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes the fixtures of this version to a folder of cargo's"]
async fn write_fixtures() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for form in ["all", "expired", "snapshot"] {
        let place = Place::new().await;
        let store = place.open_keeping((form == "expired").then_some(Retention { days: 30 })).await;
        for tenant_id in TENANTS {
            store.add_tenant(tenant(tenant_id), ApiKey::new(format!("key of {tenant_id}"))).await.unwrap();
        }
        for number in 0..240 {
            if form == "snapshot" && number == 200 {
                store.save_snapshot().await.unwrap();
            }
            let tenant_id = TENANTS[usize::from(number % 5 == 4)];
            store.append(tenant(tenant_id), vec![event(number)]).await.unwrap();
        }
        store.close().await.unwrap();
        if form == "expired" {
            let store = place.open_keeping(Some(Retention { days: 30 })).await;
            soon(|| store.events_deleted() > 0).await;
            store.close().await.unwrap();
        }
        let store = place.open(UtcOffset::VENDOR).await;
        std::fs::write(folder.join(format!("{form}.txt")), all_responses(&store)).unwrap();
        store.close().await.unwrap();
        let database = folder.join(format!("{form}-{}.sql", Place::STORE));
        std::fs::write(database, place.dump().await).unwrap();
    }
}

/// Some account with some agent, as a generator of pseudo-random numbers has it; every second event is of long ago.
fn event(number: u64) -> StatusEvent {
    let random = |below: u64, salt: u64| {
        let mixed = (number * 31 + salt + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33) % below
    };
    let agent = random(6, 1) as u32;
    let detail_status = [11, 12, 13, 21, 31, 37, 41, 43, 99][random(9, 2) as usize];
    let detail_status = StatusDetail::from(detail_status);
    let at =
        FIRST + (random(3_600, 3) * 1_000) as i64 + if number.is_multiple_of(2) { 0 } else { 10 * 365 * 86_400_000 };
    StatusEvent {
        event_id: number.is_multiple_of(3).then(|| format!("event-{number}")),
        user_id: user(7 + agent),
        agent_account: format!("agent{agent}"),
        user_name: [None, Some("李 \"li\"".to_owned())][random(2, 4) as usize].clone(),
        whatsapp: account(8_618_217_331_400 + random(12, 5)),
        name: [None, Some(String::new()), Some(format!("jack\n{number}"))][random(3, 6) as usize].clone(),
        status: detail_status.status().unwrap_or(AccountStatus::Unknown(77)),
        source: SOURCES[random(4, 7) as usize],
        country_code: ["哥伦比亚", "", "Colombia"][random(3, 8) as usize].to_owned(),
        detail_status,
        at,
        provenance: Provenance::Fed,
    }
}

/// The responses to the five queries: all of them, those of each agent, and those of each account.
fn all_responses(store: &Store) -> String {
    let mut text = String::new();
    for id in TENANTS {
        let tenant = store.tenant(tenant(id)).unwrap();
        let mut add = |title: String, json: &[u8]| {
            writeln!(text, "{id} {title}: {}", std::str::from_utf8(json).unwrap()).unwrap();
        };
        for key in tenant.keys() {
            add("key".to_owned(), key.key.expose().as_bytes());
        }
        add("all online".to_owned(), &tenant.all_online().concat());
        for source in SOURCES {
            let mut ask = |kind, filter: AgentFilter, title: String| {
                let mut json = Vec::new();
                tenant.answer(&AgentQuery { kind, source, filter }, &mut json);
                add(format!("{} {kind:?} {title}", source.code()), &json);
            };
            for kind in [QueryKind::Online, QueryKind::Log(None), QueryKind::Recent] {
                ask(kind, ALL, "of all".to_owned());
                ask(kind, of_account("agent3"), "of agent3".to_owned());
                ask(kind, of_user(9), "of 9".to_owned());
            }
            ask(QueryKind::Log(Some(account(8_618_217_331_403))), ALL, "of all".to_owned());
        }
        for number in 8_618_217_331_400..8_618_217_331_412 {
            for sources in [&SOURCES[..2], &SOURCES[2..3]] {
                let mut json = Vec::new();
                tenant.account_location(account(number), sources, &mut json);
                add(format!("{number} at {sources:?}"), &json);
            }
        }
    }
    text
}
