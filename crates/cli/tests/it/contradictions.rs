//! Flags that contradict each other are a usage error, before a request is sent or a database opened.

use std::{io::ErrorKind, net::TcpListener};

use crate::common::{command, run};

const SWAPPED: &str = "--since is later than --until, so that no event can match; swap them";

#[test]
fn contradictory_filters_are_rejected_before_a_query_is_sent() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    service.set_nonblocking(true).unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    for (arguments, problem) in [
        (&["--since", "2024-07-09", "--until", "2024-07-08"][..], SWAPPED),
        (&["--since", "1h", "--until", "2h"], SWAPPED),
        // Clock times are at the service's offset, +08:00.
        (&["--since", "2024-07-08T12:00:00Z", "--until", "2024-07-08 19:59:59"], SWAPPED),
        (&["--since", "2024-07-08T12:00:00Z", "--until", "2024-07-08 12:59:59", "--utc-offset", "+01:00"], SWAPPED),
        (&["--since", "150000000h"], "--since: expected a time within the years 0 to 9999"),
        (&["--until", "150000000h"], "--until: expected a time within the years 0 to 9999"),
        (&["--limit", "0"], "invalid value '0' for '--limit <NUMBER>': expected an integer of at least 1"),
        (&["--profile", " "], "invalid value ' ' for '--profile <NAME>': expected the name of a profile"),
        (&["--timeout", "0"], "invalid value '0' for '--timeout <TIME>': expected a duration longer than zero"),
    ] {
        for query in ["log", "history"] {
            let mut command = command();
            command
                .args([query, "--source", "pc", "--url", &url, "--tenant-id", "7", "--api-key", "k"])
                .args(arguments);
            let result = run(&mut command);
            assert_eq!(result.status, 2, "{query} {arguments:?}: {}", result.err);
            assert!(result.err.starts_with(&format!("error: {problem}")), "{query} {arguments:?}: {}", result.err);
            assert!(result.err.ends_with("\n\nFor more information, try '--help'.\n"), "{}", result.err);
        }
    }
    // Without a service, the first error is the same.
    for times in [["2024-07-09", "2024-07-08"], ["1h", "2h"], ["2024-07-08T12:00:00Z", "2024-07-08T11:00:00Z"]] {
        let [since, until] = times;
        let result = run(command().args(["log", "--source", "pc", "--since", since, "--until", until]));
        assert!(result.status == 2 && result.err.starts_with(&format!("error: {SWAPPED}")), "{}", result.err);
    }
    assert_eq!(service.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "a request was sent");
}

#[test]
fn invalid_server_flags_are_rejected_before_the_database_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let database = format!("sqlite://{}", file.display());
    for (arguments, problem) in [
        (
            &["serve", "--listen", "127.0.0.1:8080", "--metrics-listen", "127.0.0.1:8080"][..],
            "--metrics-listen 127.0.0.1:8080 and --listen 127.0.0.1:8080 use the same port; choose another port",
        ),
        (
            &["serve", "--listen", "0.0.0.0:8080", "--metrics-listen", "127.0.0.1:8080"],
            "--metrics-listen 127.0.0.1:8080 and --listen 0.0.0.0:8080 use the same port",
        ),
        (&["serve", "--log", "a=b=c"], "invalid value 'a=b=c' for '--log <FILTER>': expected a filter"),
        (&["serve", "--body-limit", "0"], "invalid value '0' for '--body-limit <BYTES>'"),
        (&["serve", "--ingest-body-limit", "0"], "invalid value '0' for '--ingest-body-limit <BYTES>'"),
        (&["tenant", "add", "7", "--api-key", ""], "the key given by --api-key is empty"),
    ] {
        let result = run(command().args(arguments).args(["--database", &database]));
        assert_eq!(result.status, 2, "{arguments:?}: {}", result.err);
        assert!(result.err.starts_with(&format!("error: {problem}")), "{arguments:?}: {}", result.err);
    }
    assert!(!file.exists());
}
