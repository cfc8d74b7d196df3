//! `serve` without its database file: it is not created unasked, and if it goes away, nothing is lost.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, Read as _},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use group_dispatch_client::{Client, Credentials, Error, types::ingest::Receipt};
use serde_json::Value;

use crate::common::{Server, TestStore, command, run, signal};

const FILE_GONE_STATUS: i32 = 5;

async fn feed(server: &Server, number: u64) -> Result<Receipt, Error> {
    let event = serde_json::json!({
        "userId": 1, "agentAccount": "br02", "whatsApp": "8618217331411", "source": 2, "detailStatus": 12,
        "createTime": 1_720_437_931_000_u64 + number,
    });
    let client = Client::builder().base_url(&server.url).credentials(Credentials::new(7, "k"));
    client
        .retry(group_dispatch_client::RetryPolicy::never())
        .build()
        .unwrap()
        .feed(serde_json::from_value(Value::Array(vec![event])).unwrap())
        .await
}

/// Waits until `/readyz` fails: the database is asked once a second.
async fn until_not_ready(server: &Server) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let began = Instant::now();
    while http.get(format!("{}/readyz", server.url)).send().await.unwrap().status() != 503 {
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}

/// Waits until the server exits. Returns its status and the rest of its log.
pub fn exit(server: &mut Server) -> (Option<i32>, Vec<Value>) {
    let mut log = String::new();
    server.log.take().unwrap().read_to_string(&mut log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (server.child.wait().unwrap().code(), lines)
}

fn rescued(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_str().unwrap().contains(".rescued-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_file_is_removed_leaves_a_copy_and_exits_with_a_status_of_its_own() {
    let store = TestStore::new();
    let mut server = store.serve();
    for number in 0..3 {
        feed(&server, number).await.unwrap();
    }
    fs::remove_file(store.path()).unwrap();
    assert!(feed(&server, 3).await.is_err());
    let (status, log) = exit(&mut server);
    assert_eq!(status, Some(FILE_GONE_STATUS), "{log:?}");
    let errors: Vec<_> = log.iter().filter(|line| line["level"] == "ERROR").collect();
    assert!(
        errors.iter().any(|line| line["message"].as_str().unwrap().contains("the database file is gone")),
        "{log:?}"
    );
    let [copy] = &rescued(store.path().parent().unwrap())[..] else { panic!("{log:?}") };
    assert!(errors.iter().any(|line| line["copy"] == copy.to_str().unwrap()), "{log:?}");

    // What would have been a new, empty database.
    for arguments in [&["serve", "--listen", "127.0.0.1:0", "--create"][..], &["tenant", "add", "8", "--api-key", "k"]]
    {
        let refused = run(&mut store.command(arguments));
        assert_eq!(refused.status, 1);
        assert!(refused.err.contains("a copy of it is there"), "{}", refused.err);
        assert!(refused.err.contains(copy.to_str().unwrap()), "{}", refused.err);
    }
    let again = run(&mut store.command(&["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(again.status, 1);
    assert!(again.err.contains("there is no such file"), "{}", again.err);
    assert!(!store.path().exists());
    fs::rename(copy, store.path()).unwrap();
    assert_eq!(store.events(), 3);
    assert_eq!(feed(&store.serve(), 3).await.unwrap().stored.get(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_t_write_the_copy_goes_on_until_a_signal_stops_it() {
    let store = TestStore::new();
    let nowhere = store.path().with_file_name("nowhere");
    fs::create_dir(&nowhere).unwrap();
    let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--rescue-dir"]);
    let mut server = TestStore::serve_by(serve.arg(&nowhere));
    feed(&server, 0).await.unwrap();
    fs::remove_dir(&nowhere).unwrap();
    fs::rename(store.path(), store.path().with_extension("old")).unwrap();
    let log = server.log.as_mut().unwrap();
    let mut line = String::new();
    while !line.contains("could not be written") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server stopped");
    }
    assert!(feed(&server, 1).await.is_err());
    until_not_ready(&server).await;
    assert_eq!(server.json(&["online", "--source", "mobile"])[0]["agentAccount"], "br02", "queries are answered");
    signal(&server.child, "TERM");
    assert_eq!(exit(&mut server).0, Some(FILE_GONE_STATUS));
}

/// A copy could not be written when it is needed.
#[test]
fn a_directory_for_copies_that_takes_no_files_is_refused_at_the_start() {
    let store = TestStore::new();
    let missing = store.path().with_file_name("nowhere");
    for directory in [&missing, &store.path(), Path::new("/proc/self")] {
        let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--rescue-dir"]);
        let refused = run(serve.arg(directory));
        assert_eq!(refused.status, 1, "{}", refused.err);
        assert!(refused.err.contains("--rescue-dir: no file can be created in it"), "{}", refused.err);
    }
}

#[test]
fn a_database_is_created_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("new.db").display());
    let on = |arguments: &[&str]| -> Command {
        let mut command = command();
        command.args(arguments).env("GROUP_DISPATCH_DATABASE", &database);
        command
    };
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["tenant", "list"], &["tenant", "remove", "1"]] {
        let refused = run(&mut on(arguments));
        assert_eq!(refused.status, 1);
        assert!(refused.err.contains("`group-dispatch serve --create` create it"), "{arguments:?}: {}", refused.err);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    drop(TestStore::serve_by(&mut on(&["serve", "--listen", "127.0.0.1:0", "--create"])));
    drop(TestStore::serve_by(on(&["serve", "--listen", "127.0.0.1:0"]).env("GROUP_DISPATCH_CREATE", "true")));
    fs::remove_file(folder.path().join("new.db")).unwrap();
    fs::write(folder.path().join("new.db-wal"), "events").unwrap();
    let orphaned = run(&mut on(&["serve", "--listen", "127.0.0.1:0", "--create"]));
    assert_eq!(orphaned.status, 1);
    assert!(orphaned.err.contains("its write-ahead log is there"), "{}", orphaned.err);
}
