//! `group-dispatch doctor --database` finds events that an older version stored newest first, `repair-order` repairs them.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{process::Stdio, time::Duration};

use common::{Place, Said, run};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// A log as it is imported, newest first: account 200 went and came back in one second, account 300 came and went.
const LOG: [(u64, u8, u64); 6] = [(100, 10, 5), (300, 30, 4), (200, 10, 4), (300, 10, 4), (200, 30, 4), (200, 10, 3)];

/// A database that the version before the record of the feeds' order filled with this log.
fn older() -> Place {
    let place = Place::new();
    let lines = LOG.map(|(account, status, at)| {
        let event = json!({
            "userId": 34, "agentAccount": "br03", "whatsApp": account.to_string(), "source": 2, "status": status,
            "detailStatus": if status == 10 { 13 } else { 37 }, "createTime": 1_720_437_931 + at,
        });
        format!("{event}\n")
    });
    let file = place.file("log.ndjson", &lines.concat());
    let said = run(place.command(&["import", "--tenant", "7", "--order", "oldest-first"]).arg(file));
    assert_eq!(said.status, 0, "{}", said.err);
    raw(&place).execute_batch("ALTER TABLE tenant DROP COLUMN feed_order_seq; PRAGMA user_version = 2").unwrap();
    place
}

fn path(place: &Place) -> String {
    place.database().replace("sqlite://", "")
}

fn raw(place: &Place) -> rusqlite::Connection {
    rusqlite::Connection::open(path(place)).unwrap()
}

/// What is stored of each event, in the order of arrival.
fn events(place: &Place) -> Vec<(i64, i64, i64)> {
    let raw = raw(place);
    let mut events = raw.prepare("SELECT seq, whatsapp, status FROM status_event ORDER BY seq").unwrap();
    let events = events.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    events.map(Result::unwrap).collect()
}

/// All that was printed, and the exit status; without the database's place.
fn shown(place: &Place, arguments: &[&str]) -> String {
    let Said { status, out, err } = run(&mut place.command(arguments));
    format!("{out}{err}exit status {status}").replace(&path(place), "PATH")
}

fn online(place: &Place) -> Vec<String> {
    let server = place.serve();
    let answer = server.json(&["online", "--source", "mobile"]);
    let accounts = answer.as_array().unwrap().iter().flat_map(|agent| agent["whatsAppList"].as_array().unwrap());
    accounts.map(|account| account["whatsApp"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_database_that_was_filled_the_wrong_way_round_is_found_and_repaired() {
    let place = older();
    let before = events(&place);
    let database = place.database();
    let doctor = ["doctor", "--database", &database];
    assert_snapshot!(shown(&place, &doctor));
    assert_snapshot!(shown(&place, &["repair-order", "--dry-run"]));
    assert_eq!(events(&place), before, "nothing is changed so far");
    let version = "SELECT user_version FROM pragma_user_version";
    assert_eq!(raw(&place).query_row(version, [], |row| row.get::<_, i64>(0)), Ok(2), "nor is it upgraded");
    assert_eq!(online(&place), ["100", "300"], "the upgrade alone does not repair it");

    assert_snapshot!(shown(&place, &["repair-order"]));
    assert_eq!(online(&place), ["100", "200"]);
    assert_snapshot!(shown(&place, &doctor));
    let repaired = events(&place);
    assert_snapshot!(shown(&place, &["repair-order"]));
    assert_eq!(events(&place), repaired);
}

#[test]
fn the_doctor_prints_json_for_programs() {
    let place = older();
    let printed = |arguments: &[&str]| {
        let said = run(&mut place.command(arguments));
        (said.status, serde_json::from_str::<Value>(&said.out).unwrap())
    };
    // Without an address, the variable's.
    let arguments = ["doctor", "--database", "--output", "json"];
    let (status, json) = printed(&arguments);
    assert_eq!(status, 1);
    assert_eq!(json["order"], json!({ "tenants": 1, "accounts": 2, "ties": 1, "events": 4, "undecided": 0 }));
    let results: Vec<_> = json["checks"].as_array().unwrap().iter().map(|check| &check["result"]).collect();
    assert_eq!(results, ["ok", "failed"]);
    assert!(json["checks"][1]["text"].as_str().unwrap().contains("group-dispatch repair-order --database sqlite://"));
    run(&mut place.command(&["repair-order"]));
    let (status, json) = printed(&arguments);
    assert_eq!((status, &json["order"]["ties"]), (0, &json!(0)));
    let (status, json) = printed(&["doctor", "--output", "json", "--url", "http://127.0.0.1:1"]);
    assert_eq!((status, &json["checks"][0]["check"]), (1, &json!("configuration")), "of a service likewise");
}

#[test]
fn what_cannot_be_decided_is_a_warning() {
    let place = older();
    raw(&place).execute_batch("DELETE FROM status_event WHERE seq IN (1, 6)").unwrap();
    let database = place.database();
    assert_snapshot!(shown(&place, &["doctor", "--database", &database]));
    let before = events(&place);
    assert_snapshot!(shown(&place, &["repair-order"]));
    assert_eq!(events(&place), before);
}

#[test]
fn it_is_repaired_while_no_server_uses_it_and_found_at_any_time() {
    let place = older();
    let server = place.serve();
    let before = events(&place);
    let database = place.database();
    assert!(shown(&place, &["doctor", "--database", &database]).contains("failed   order of events: "));
    assert_snapshot!(shown(&place, &["repair-order"]));
    assert_eq!(events(&place), before);
    drop(server);
    assert!(shown(&place, &["repair-order"]).ends_with("exit status 0"));
}

#[test]
fn a_database_or_a_tenant_that_is_missing_is_named() {
    let place = Place::new();
    let missing = "sqlite:///nonexistent/store.db";
    assert_snapshot!(shown(&place, &["doctor", "--database", missing]));
    assert_snapshot!(shown(&place, &["repair-order", "--database", missing]));
    assert_snapshot!(shown(&place, &["repair-order", "--tenant", "8"]));
}

/// Where retention has removed events, the state can't be built again from the others.
#[test]
fn what_cannot_be_repaired_is_left_and_said() {
    let place = older();
    raw(&place).execute_batch("UPDATE log SET is_whole = 0").unwrap();
    let before = events(&place);
    let database = place.database();
    assert_snapshot!(shown(&place, &["doctor", "--database", &database]));
    assert_snapshot!(shown(&place, &["repair-order"]));
    assert_eq!(events(&place), before);
}

/// At the end of the transaction, before it is committed.
#[test]
fn a_repair_that_is_killed_leaves_everything_as_it_was() {
    let place = older();
    // Brings it up to date.
    assert_eq!(place.events(), 6);
    let endless = "
        CREATE VIEW endless AS WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number;
        CREATE TRIGGER hang AFTER UPDATE OF feed_order_seq ON tenant BEGIN SELECT count(*) FROM endless; END";
    raw(&place).execute_batch(endless).unwrap();
    let before = (events(&place), std::fs::read(path(&place)).unwrap());
    let mut repair = place.command(&["repair-order"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_free = || {
        let raw = raw(&place);
        raw.busy_timeout(Duration::ZERO).unwrap();
        raw.query_row("SELECT count(*) FROM tenant", [], |row| row.get::<_, i64>(0)).is_ok()
    };
    while is_free() {
        assert!(repair.try_wait().unwrap().is_none(), "it does not end");
    }
    repair.kill().unwrap();
    repair.wait().unwrap();
    assert!(is_free());
    assert_eq!(events(&place), before.0);
    assert!(std::fs::read(path(&place)).unwrap() == before.1, "the file has not changed by a byte");
    raw(&place).execute_batch("DROP TRIGGER hang; DROP VIEW endless").unwrap();
    assert!(shown(&place, &["repair-order"]).ends_with("exit status 0"));
    assert_eq!(online(&place), ["100", "200"]);
}
