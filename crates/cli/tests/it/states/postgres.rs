//! The states of PostgreSQL in the table of operating.md.

use std::{io::BufRead, process::Command};

use super::expected::{Expected, check, feed, stop, until_ready};
use crate::common::{Server, TestStore, command, run};
use test_support::cluster::Cluster;

const DOWN: Expected = Expected { queries: 503, feeds: 503, log: &["queries fail", "feeds fail"], statuses: &[0, 1] };

fn on(database: &str, arguments: &[&str]) -> Command {
    let mut command = command();
    command.args(arguments).env("GROUP_DISPATCH_DATABASE", database);
    command
}

/// Starts a server that has stored an event.
async fn serve(cluster: &Cluster) -> Server {
    let url = cluster.url("");
    let added = run(&mut on(&url, &["tenant", "add", "7", "--api-key", "k"]));
    assert_eq!(added.status, 0, "{}", added.err);
    let server = TestStore::serve_by(&mut on(&url, &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(feed(&server, 1).await, (200, 200));
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_restarts() {
    let Some(mut cluster) = Cluster::new(&[]) else { return };
    let mut server = serve(&cluster).await;
    cluster.stop();
    let (fed, ()) = tokio::join!(feed(&server, 2), async {
        until_ready(&server, "", 503).await;
        until_ready(&server, "?feeds", 503).await;
        cluster.start();
    });
    assert_eq!(fed, (200, 200), "it waits, and is stored");
    until_ready(&server, "?feeds", 200).await;
    let mut log = String::new();
    while !log.contains("was computed again") {
        assert_ne!(server.log.as_mut().unwrap().read_line(&mut log).unwrap(), 0, "{log}");
    }
    let why = "the database was restarted or is another one: commits that no standby had may be lost";
    assert!(log.contains("failed; it is retried"), "{log}");
    assert!(log.lines().any(|line| line.contains("\"WARN\"") && line.contains(why)), "{log}");
    let (status, log) = tokio::task::spawn_blocking(|| stop(server)).await.unwrap();
    assert_eq!(status, 0, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_down() {
    let Some(mut cluster) = Cluster::new(&[]) else { return };
    let server = serve(&cluster).await;
    cluster.stop();
    check(server, DOWN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_hangs() {
    let Some(cluster) = Cluster::new(&[]) else { return };
    let server = serve(&cluster).await;
    cluster.freeze();
    check(server, DOWN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_read_only() {
    let Some(cluster) = Cluster::new(&[]) else { return };
    let server = serve(&cluster).await;
    cluster.execute(&["ALTER SYSTEM SET default_transaction_read_only TO on", "SELECT pg_reload_conf()"]);
    check(server, Expected { queries: 200, feeds: 503, log: &["feeds fail"], statuses: &[0] }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_of_postgres_is_away() {
    let Some(cluster) = Cluster::new(&[]) else { return };
    let server = serve(&cluster).await;
    // It has never been there.
    cluster.execute(&["ALTER SYSTEM SET synchronous_standby_names TO 'away'", "SELECT pg_reload_conf()"]);
    let log = &["feeds fail", "still waits for a standby"];
    check(server, Expected { queries: 200, feeds: 503, log, statuses: &[0, 1] }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_of_postgres_are_gone() {
    let Some(cluster) = Cluster::new(&[]) else { return };
    let server = serve(&cluster).await;
    cluster.execute(&["DROP SCHEMA group_dispatch CASCADE"]);
    check(server, Expected { statuses: &[0, 1], ..DOWN }).await;
}

#[test]
fn a_pooler_that_keeps_no_sessions_is_refused() {
    let Some(cluster) = Cluster::new(&[]) else { return };
    let Some((_pooler, url)) = cluster.pooler() else { return };
    let refused = run(&mut on(&url, &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("set pool_mode=session"), "{}", refused.err);
}

#[test]
fn no_host_takes_writes_though_one_is_wanted() {
    let Some(cluster) = Cluster::new(&["default_transaction_read_only=on"]) else { return };
    let url = cluster.url("target_session_attrs=read-write");
    let refused = run(&mut on(&url, &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("cannot open the database"), "{}", refused.err);
}
