//! Events that an older version stored newest first: `doctor --database` finds them, and `repair-order` repairs them.

use std::{process::Stdio, time::Duration};

use crate::common::{RunResult, TestStore, run};
use insta::assert_snapshot;
use serde_json::{Value, json};
use test_support::older::SQLITE_BEFORE_FEED_ORDER;

/// A newest-first log: in one second, account 200 went offline and came back, and account 300 came online and went.
const LOG: [(u64, u8, u64); 6] = [(100, 10, 5), (300, 30, 4), (200, 10, 4), (300, 10, 4), (200, 30, 4), (200, 10, 3)];

/// Returns a database with this log, in the format before the order of feeds was recorded.
fn older() -> TestStore {
    let store = TestStore::new();
    let lines = LOG.map(|(account, status, at)| {
        let event = json!({
            "userId": 34, "agentAccount": "br03", "whatsApp": account.to_string(), "source": 2, "status": status,
            "detailStatus": if status == 10 { 13 } else { 37 }, "createTime": 1_720_437_931 + at,
        });
        format!("{event}\n")
    });
    let file = store.file("log.ndjson", &lines.concat());
    let result = run(store.command(&["import", "--tenant", "7", "--order", "oldest-first"]).arg(file));
    assert_eq!(result.status, 0, "{}", result.err);
    raw(&store).execute_batch(SQLITE_BEFORE_FEED_ORDER).unwrap();
    store
}

fn path(store: &TestStore) -> String {
    store.database().replace("sqlite://", "")
}

fn raw(store: &TestStore) -> rusqlite::Connection {
    rusqlite::Connection::open(path(store)).unwrap()
}

/// Returns parts of each stored event, in the order of arrival.
fn events(store: &TestStore) -> Vec<(i64, i64, i64)> {
    let raw = raw(store);
    let mut events = raw.prepare("SELECT seq, whatsapp, status FROM status_event ORDER BY seq").unwrap();
    let events = events.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    events.map(Result::unwrap).collect()
}

/// Returns all output and the exit status, without the path of the database.
fn output_of(store: &TestStore, arguments: &[&str]) -> String {
    let RunResult { status, out, err } = run(&mut store.command(arguments));
    format!("{out}{err}exit status {status}").replace(&path(store), "PATH")
}

fn online(store: &TestStore) -> Vec<String> {
    let server = store.serve();
    let answer = server.json(&["online", "--source", "mobile"]);
    let accounts = answer.as_array().unwrap().iter().flat_map(|agent| agent["whatsAppList"].as_array().unwrap());
    accounts.map(|account| account["whatsApp"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn events_in_the_wrong_order_are_found_and_repaired() {
    let store = older();
    let before = events(&store);
    let database = store.database();
    let doctor = ["doctor", "--database", &database];
    assert_snapshot!(output_of(&store, &doctor));
    assert_snapshot!(output_of(&store, &["repair-order", "--dry-run"]));
    assert_eq!(events(&store), before, "nothing is changed");
    let version = "SELECT user_version FROM pragma_user_version";
    assert_eq!(raw(&store).query_row(version, [], |row| row.get::<_, i64>(0)), Ok(2), "it is not migrated");
    assert_eq!(online(&store), ["100", "300"], "a migration alone does not repair it");

    assert_snapshot!(output_of(&store, &["repair-order"]));
    assert_eq!(online(&store), ["100", "200"]);
    assert_snapshot!(output_of(&store, &doctor));
    let repaired = events(&store);
    assert_snapshot!(output_of(&store, &["repair-order"]));
    assert_eq!(events(&store), repaired);
}

#[test]
fn doctor_prints_json() {
    let store = older();
    let printed = |arguments: &[&str]| {
        let result = run(&mut store.command(arguments));
        (result.status, serde_json::from_str::<Value>(&result.out).unwrap())
    };
    // The variable names the database.
    let arguments = ["doctor", "--database", "--output", "json"];
    let (status, json) = printed(&arguments);
    assert_eq!(status, 1);
    assert_eq!(json["order"], json!({ "tenants": 1, "accounts": 2, "ties": 1, "events": 4, "undecided": 0 }));
    let results: Vec<_> = json["checks"].as_array().unwrap().iter().map(|check| &check["result"]).collect();
    assert_eq!(results, ["ok", "failed"]);
    assert!(json["checks"][1]["text"].as_str().unwrap().contains("group-dispatch repair-order --database sqlite://"));
    run(&mut store.command(&["repair-order"]));
    let (status, json) = printed(&arguments);
    assert_eq!((status, &json["order"]["ties"]), (0, &json!(0)));
    let (status, json) = printed(&["doctor", "--output", "json", "--url", "http://127.0.0.1:1"]);
    assert_eq!((status, &json["checks"][0]["check"]), (1, &json!("configuration")), "also for a service");
}

#[test]
fn an_undecided_order_is_a_warning() {
    let store = older();
    raw(&store).execute_batch("DELETE FROM status_event WHERE seq IN (1, 6)").unwrap();
    let database = store.database();
    assert_snapshot!(output_of(&store, &["doctor", "--database", &database]));
    let before = events(&store);
    assert_snapshot!(output_of(&store, &["repair-order"]));
    assert_eq!(events(&store), before);
}

#[test]
fn a_repair_requires_that_no_server_uses_the_database() {
    let store = older();
    let server = store.serve();
    let before = events(&store);
    let database = store.database();
    assert!(output_of(&store, &["doctor", "--database", &database]).contains("failed   order of events: "));
    assert_snapshot!(output_of(&store, &["repair-order"]));
    assert_eq!(events(&store), before);
    drop(server);
    assert!(output_of(&store, &["repair-order"]).ends_with("exit status 0"));
}

#[test]
fn a_missing_database_or_tenant_is_named() {
    let store = TestStore::new();
    let missing = "sqlite:///nonexistent/store.db";
    assert_snapshot!(output_of(&store, &["doctor", "--database", missing]));
    assert_snapshot!(output_of(&store, &["repair-order", "--database", missing]));
    assert_snapshot!(output_of(&store, &["repair-order", "--tenant", "8"]));
}

/// If retention removed events, presence can't be built again from the others.
#[test]
fn events_beyond_repair_are_reported_and_unchanged() {
    let store = older();
    raw(&store).execute_batch("UPDATE log SET is_whole = 0").unwrap();
    let before = events(&store);
    let database = store.database();
    assert_snapshot!(output_of(&store, &["doctor", "--database", &database]));
    assert_snapshot!(output_of(&store, &["repair-order"]));
    assert_eq!(events(&store), before);
}

/// Killed at the end of the transaction, before the commit.
#[test]
fn a_killed_repair_changes_nothing() {
    let store = older();
    // Migrates the database.
    assert_eq!(store.events(), 6);
    let endless = "
        CREATE VIEW endless AS WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number;
        CREATE TRIGGER hang AFTER UPDATE OF feed_order_seq ON tenant BEGIN SELECT count(*) FROM endless; END";
    raw(&store).execute_batch(endless).unwrap();
    let before = (events(&store), std::fs::read(path(&store)).unwrap());
    let mut repair = store.command(&["repair-order"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_free = || {
        let raw = raw(&store);
        raw.busy_timeout(Duration::ZERO).unwrap();
        raw.query_row("SELECT count(*) FROM tenant", [], |row| row.get::<_, i64>(0)).is_ok()
    };
    while is_free() {
        assert!(repair.try_wait().unwrap().is_none(), "the repair ended before it was killed");
    }
    repair.kill().unwrap();
    repair.wait().unwrap();
    assert!(is_free());
    assert_eq!(events(&store), before.0);
    assert!(std::fs::read(path(&store)).unwrap() == before.1, "the file is unchanged");
    raw(&store).execute_batch("DROP TRIGGER hang; DROP VIEW endless").unwrap();
    assert!(output_of(&store, &["repair-order"]).ends_with("exit status 0"));
    assert_eq!(online(&store), ["100", "200"]);
}
