//! The states of the world that operating.md lists: each row of its table has tests, and these are those of SQLite.
#![cfg(unix)]

mod disk;
mod expected;
mod postgres;

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use test_support::workspace_root;

use self::{
    disk::SmallDisk,
    expected::{Expected, check, feed, ready},
};
use crate::common::TestStore;

/// Longer than a failed append is a sign by itself that feeds fail.
const SILENCE: Duration = Duration::from_secs(12);

/// Each row of the table, by its first cell, with the tests that show what it says.
const ROWS: &[(&str, &[(&str, &str)])] = &[
    ("all is well", &[("server/tests/it/information.rs", "readiness_says_what_works")]),
    (
        "after a stop signal, with `--drain`",
        &[("cli/tests/it/command.rs", "a_draining_server_serves_everything_and_is_not_ready")],
    ),
    (
        "SQLite: another process holds the lock for writing",
        &[
            ("cli/tests/it/states.rs", "sqlite_is_locked"),
            ("server/tests/it/information.rs", "readiness_says_what_works"),
        ],
    ),
    ("SQLite: the disk is full", &[("cli/tests/it/states.rs", "the_disk_of_sqlite_is_full")]),
    (
        "SQLite: the file, its `-wal` or its `-shm` is gone or overwritten",
        &[
            (
                "cli/tests/it/file_gone.rs",
                "a_server_whose_file_is_removed_leaves_a_copy_and_exits_with_a_status_of_its_own",
            ),
            ("cli/tests/it/file_gone.rs", "a_server_that_can_t_write_the_copy_goes_on_until_a_signal_stops_it"),
            ("server/tests/it/store/file_gone.rs", "nothing_is_lost_when_the_file_goes_away"),
        ],
    ),
    (
        "SQLite: the file is missing or empty at the start",
        &[
            ("cli/tests/it/file_gone.rs", "a_database_is_created_only_on_request"),
            ("server/tests/it/store/missing_file.rs", "a_file_is_created_only_on_request"),
        ],
    ),
    (
        "SQLite: the file is missing or empty at the start, its `-wal` is there",
        &[
            ("cli/tests/it/file_gone.rs", "a_database_is_created_only_on_request"),
            ("server/tests/it/store/missing_file.rs", "a_write_ahead_log_without_its_file_is_not_destroyed"),
        ],
    ),
    (
        "SQLite: the file is missing or empty at the start, a copy of it is there",
        &[(
            "cli/tests/it/file_gone.rs",
            "a_server_whose_file_is_removed_leaves_a_copy_and_exits_with_a_status_of_its_own",
        )],
    ),
    (
        "PostgreSQL: a restart or a failover of less than 25 s",
        &[
            ("cli/tests/it/states/postgres.rs", "postgres_restarts"),
            ("server/tests/it/postgres/outages.rs", "after_a_failover_no_answer_has_what_was_lost"),
        ],
    ),
    (
        "PostgreSQL: it hangs, or is down for longer",
        &[
            ("cli/tests/it/states/postgres.rs", "postgres_hangs"),
            ("cli/tests/it/states/postgres.rs", "postgres_is_down"),
            (
                "server/tests/it/postgres/outages.rs",
                "while_the_database_hangs_queries_are_answered_feeds_fail_in_time_and_a_stop_ends",
            ),
        ],
    ),
    (
        "PostgreSQL: old connections hang, new ones do not",
        &[
            ("server/tests/it/postgres/outages.rs", "feeds_are_not_ready_while_one_waits_for_long"),
            ("server/tests/it/postgres/outages.rs", "queries_are_not_ready_while_following_waits_for_long"),
            ("server/src/event_log/postgres/tests/hanging.rs", "frozen_connections_are_replaced_by_new_ones"),
        ],
    ),
    (
        "PostgreSQL: read-only, or a standby",
        &[
            ("cli/tests/it/states/postgres.rs", "postgres_is_read_only"),
            ("server/src/event_log/postgres/tests/read_only.rs", "a_log_opens_on_a_read_only_database_and_follows_it"),
        ],
    ),
    (
        "PostgreSQL: a synchronous standby is away",
        &[("cli/tests/it/states/postgres.rs", "a_standby_of_postgres_is_away")],
    ),
    ("PostgreSQL: the tables are gone", &[("cli/tests/it/states/postgres.rs", "the_tables_of_postgres_are_gone")]),
    (
        "PostgreSQL: a primary that was replaced takes no writes, and its connections stay open",
        &[
            ("server/tests/it/postgres/outages.rs", "servers_that_nobody_feeds_are_ready_again_after_a_failover"),
            (
                "server/src/event_log/postgres/tests/read_only.rs",
                "a_log_that_nobody_appends_to_moves_to_the_new_primary",
            ),
        ],
    ),
    (
        "PostgreSQL: it hangs at the start",
        &[
            (
                "server/src/event_log/postgres/tests/hanging.rs",
                "a_host_that_accepts_connections_and_never_answers_is_passed_over",
            ),
            (
                "server/src/event_log/postgres/tests/hanging.rs",
                "a_start_waits_for_locked_tables_and_ends_if_the_database_hangs_then",
            ),
        ],
    ),
    (
        "PostgreSQL: its tables are locked at the start",
        &[
            (
                "server/src/event_log/postgres/tests/hanging.rs",
                "a_start_waits_for_locked_tables_and_ends_if_the_database_hangs_then",
            ),
            ("cli/tests/it/serving.rs", "a_signal_ends_a_start_that_waits_for_the_database"),
        ],
    ),
    (
        "PostgreSQL: a pooler that gives each transaction another session, at the start",
        &[("cli/tests/it/states/postgres.rs", "a_pooler_that_keeps_no_sessions_is_refused")],
    ),
    (
        "PostgreSQL: every host is read-only and `target_session_attrs=read-write` is set, at the start",
        &[("cli/tests/it/states/postgres.rs", "no_host_takes_writes_though_one_is_wanted")],
    ),
    // Each of the others stops its server by a signal.
    (
        "a stop signal in any of these states",
        &[
            ("cli/tests/it/command.rs", "serve_stops_at_sigterm_and_at_ctrl_c"),
            ("cli/tests/it/states.rs", "sqlite_is_locked"),
            ("cli/tests/it/states/postgres.rs", "postgres_hangs"),
            ("cli/tests/it/file_gone.rs", "a_server_that_can_t_write_the_copy_goes_on_until_a_signal_stops_it"),
        ],
    ),
];

#[test]
fn each_state_of_the_world_has_a_test() {
    let text = fs::read_to_string(workspace_root().join("crates/server/docs/operating.md")).unwrap();
    let table = text.lines().skip_while(|line| !line.starts_with("| state of the world |")).skip(2);
    let rows = table.map_while(|line| line.strip_prefix("| ")?.split(" | ").next());
    let (rows, listed): (BTreeSet<_>, BTreeSet<_>) = (rows.collect(), ROWS.iter().map(|(row, _)| *row).collect());
    assert_eq!(rows.difference(&listed).collect::<Vec<_>>(), [&""; 0], "rows without a test");
    assert_eq!(listed.difference(&rows).collect::<Vec<_>>(), [&""; 0], "tests without a row");
    for (row, tests) in ROWS {
        assert!(!tests.is_empty(), "{row}");
        for (file, name) in *tests {
            let source = fs::read_to_string(workspace_root().join("crates").join(file)).unwrap();
            let before = source.split(&format!("fn {name}()")).next().filter(|before| before.len() < source.len());
            let before = before.unwrap_or_else(|| panic!("{row}: {name} is not in {file}"));
            let attributes: Vec<_> = before.lines().rev().take(2).collect();
            assert!(attributes.iter().any(|line| line.contains("test")), "{row}: {name} is not a test");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_locked() {
    let store = TestStore::new();
    let server = store.serve();
    assert_eq!(feed(&server, 1).await, (200, 200));
    let other = rusqlite::Connection::open(store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    check(server, Expected { queries: 200, feeds: 503, log: &["feeds fail"], statuses: &[0, 1] }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_sqlite_is_full() {
    let place = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(place.path()) else { return };
    let store = TestStore::in_folder(tempfile::tempdir_in(place.path()).unwrap());
    let server = store.serve();
    assert_eq!(feed(&server, 1).await, (200, 200));
    disk.fill();
    let mut number = 1_000_000;
    while feed(&server, number).await.0 == 200 {
        number += 1;
    }
    // What fails now is no sign of room later, when the server tries by itself.
    let failed = Instant::now();
    while failed.elapsed() < SILENCE {
        assert_eq!(ready(&server, "?feeds").await, 503);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    check(server, Expected { queries: 200, feeds: 503, log: &["feeds fail"], statuses: &[0, 1] }).await;
}
