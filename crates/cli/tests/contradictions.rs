//! Flags that contradict each other, or can't be meant: a usage error, before anything is sent or opened.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{io::ErrorKind, net::TcpListener};

use common::{command, run};

const SWAPPED: &str = "--since is later than --until, so that no event can match; swap them";

#[test]
fn a_question_that_no_event_can_answer_is_not_sent() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    service.set_nonblocking(true).unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    for (arguments, problem) in [
        (&["--since", "2024-07-09", "--until", "2024-07-08"][..], SWAPPED),
        (&["--since", "1h", "--until", "2h"], SWAPPED),
        // A clock time is at the service's offset, +08:00.
        (&["--since", "2024-07-08T12:00:00Z", "--until", "2024-07-08 19:59:59"], SWAPPED),
        (&["--since", "2024-07-08T12:00:00Z", "--until", "2024-07-08 12:59:59", "--utc-offset", "+01:00"], SWAPPED),
        (&["--since", "150000000h"], "--since: expected a time within the years 0 to 9999"),
        (&["--until", "150000000h"], "--until: expected a time within the years 0 to 9999"),
        (&["--limit", "0"], "invalid value '0' for '--limit <NUMBER>': expected a number from 1 on"),
        (&["--profile", " "], "invalid value ' ' for '--profile <NAME>': expected the name of a profile"),
        (&["--timeout", "0"], "invalid value '0' for '--timeout <TIME>': expected a time that is longer than nothing"),
    ] {
        let mut log = command();
        log.args(["log", "--source", "pc", "--url", &url, "--tenant-id", "7", "--api-key", "k"]).args(arguments);
        let said = run(&mut log);
        assert_eq!(said.status, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.starts_with(&format!("error: {problem}")), "{arguments:?}: {}", said.err);
        assert!(said.err.ends_with("\n\nFor more information, try '--help'.\n"), "{}", said.err);
    }
    assert_eq!(service.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "a request was sent");
}

#[test]
fn what_a_server_can_not_do_is_rejected_before_its_database_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let database = format!("sqlite://{}", file.display());
    for (arguments, problem) in [
        (
            &["serve", "--listen", "127.0.0.1:8080", "--metrics-listen", "127.0.0.1:8080"][..],
            "--metrics-listen 127.0.0.1:8080 and --listen 127.0.0.1:8080 take the same port; expected another port",
        ),
        (
            &["serve", "--listen", "0.0.0.0:8080", "--metrics-listen", "127.0.0.1:8080"],
            "--metrics-listen 127.0.0.1:8080 and --listen 0.0.0.0:8080 take the same port",
        ),
        (&["serve", "--log", "a=b=c"], "invalid value 'a=b=c' for '--log <FILTER>': expected a filter"),
        (&["serve", "--body-limit", "0"], "invalid value '0' for '--body-limit <BYTES>'"),
        (&["serve", "--ingest-body-limit", "0"], "invalid value '0' for '--ingest-body-limit <BYTES>'"),
        (&["tenant", "add", "7", "--api-key", ""], "the key given by --api-key is empty"),
    ] {
        let said = run(command().args(arguments).args(["--database", &database]));
        assert_eq!(said.status, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.starts_with(&format!("error: {problem}")), "{arguments:?}: {}", said.err);
    }
    assert!(!file.exists());
}
