//! `group-dispatch mirror status`: its report, and its exit status for monitoring.

use std::time::{Duration, Instant};

use crate::common::{
    RunResult, Server, TestStore, command,
    mirrored::{gap, looks, now},
    run,
};
use group_dispatch_client::types::Source;
use group_dispatch_server::store::MirroredFacts;
use insta::assert_snapshot;
use regex::Regex;

/// Returns a server on which PC was looked at just now, mobile two hours ago, and cloud never. PC has a gap that ended an hour
/// ago, one that ended ten minutes ago, and one that ended two days ago.
fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    let now = now();
    let mut looks_at_both = looks(Source::Pc, now);
    looks_at_both.extend(looks(Source::Mobile, now - 2 * 3_600_000));
    let gaps = [2 * 86_400_000, 3_600_000, 600_000].map(|ago| gap(12, None, now - ago)).to_vec();
    store.mirror(MirroredFacts { looks: looks_at_both, gaps, ..MirroredFacts::default() });
    let server = store.serve();
    (store, server)
}

fn status(server: &Server, arguments: &[&str]) -> RunResult {
    server.ask(&[&["mirror", "status"], arguments].concat())
}

/// Replaces times and ages.
fn masked(text: &str) -> String {
    let patterns = [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", "TIME"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "YYYY-MM-DD HH:MM:SS"),
        (r"17\d{11}|18\d{11}|19\d{11}", "MILLISECONDS"),
        (r"\b2h (\d+m )?(\d+s )?ago", "2h ago"),
        (r"\b\d+s ago  ", "0s ago  "),
        (r"(age.?.?: ?)\d\b", "${1}0"),
        (r"((age|lag).?.?: ?)72\d\d\b", "${1}7200"),
    ];
    patterns
        .iter()
        .fold(text.to_owned(), |text, (pattern, shown)| Regex::new(pattern).unwrap().replace_all(&text, *shown).into())
}

#[test]
fn each_source_shows_its_last_look_the_vendors_clock_and_its_gaps() {
    let (_store, server) = filled();
    let texts = ["table", "json", "ndjson"].map(|form| {
        let result = status(&server, &["--output", form]);
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{form}");
        format!("$ mirror status --output {form}\n{}", masked(&result.out))
    });
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn gaps_are_counted_since_a_time() {
    let (_store, server) = filled();
    let gaps = |arguments: &[&str]| {
        let report = server.json(&[&["mirror", "status", "--source", "pc"], arguments].concat());
        report["sources"][0]["gaps"].as_u64().unwrap()
    };
    assert_eq!((gaps(&[]), gaps(&["--since", "3d"]), gaps(&["--since", "30m"])), (2, 3, 1));
    assert_eq!((gaps(&["--since", "1m"]), gaps(&["--since", "2024-07-08"])), (0, 3));
}

#[test]
fn the_exit_status_says_whether_a_source_is_too_old() {
    let (_store, server) = filled();
    for (arguments, code, problem) in [
        (&[][..], 0, ""),
        (&["--max-age", "3h"], 0, ""),
        (&["--max-age", "2m"], 6, "not looked at within --max-age: mobile\n"),
        (&["--max-age", "2m", "--output", "json"], 6, "not looked at within --max-age: mobile\n"),
        (&["--max-age", "2m", "--source", "pc"], 0, ""),
        (&["--max-age", "3h", "--source", "pc,cloud"], 6, "not looked at within --max-age: cloud\n"),
    ] {
        let result = status(&server, arguments);
        assert_eq!((result.status, result.err.as_str()), (code, problem), "{arguments:?}: {}", result.out);
    }
    let store = TestStore::new();
    let never = store.serve();
    let result = status(&never, &["--max-age", "2m"]);
    assert_eq!((result.status, result.err.as_str()), (6, "not looked at within --max-age: pc, mobile, cloud\n"));
    assert_eq!(status(&never, &[]).out.matches("never looked at").count(), 3);
}

/// Runs `tenant end-mirror` of tenant 7.
fn end(store: &TestStore) -> RunResult {
    run(&mut store.command(&["tenant", "end-mirror", "7"]))
}

#[test]
fn a_mirror_that_was_ended_makes_nothing_out_of_date() {
    let (store, server) = filled();
    assert_eq!(status(&server, &["--max-age", "2m"]).status, 6);
    let ended = end(&store);
    assert!(
        ended.status == 0 && ended.out.starts_with("ended the mirror of tenant 7, whose last look was "),
        "{}",
        ended.out
    );
    let started = Instant::now();
    let states = || {
        let report = server.json(&["mirror", "status"]);
        let states =
            report["sources"].as_array().unwrap().iter().map(|source| source["state"].as_str().unwrap().to_owned());
        states.collect::<Vec<_>>()
    };
    while states() != ["ended", "ended", "never"] {
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not detect it");
    }
    let shown = masked(&status(&server, &[]).out);
    assert_eq!(shown.matches("ended, ").count(), 2, "{shown}");
    // Nothing is mirrored now, which a monitor of the mirror has to know.
    let result = status(&server, &["--max-age", "2m"]);
    assert_eq!((result.status, result.err.as_str()), (6, "not looked at within --max-age: pc, mobile, cloud\n"));
    let query = server.ask(&["online", "--source", "mobile"]);
    assert_eq!((query.status, query.err.as_str()), (0, ""), "the data has no age");

    let again = end(&store);
    let problem = "error: no mirror has looked for tenant 7 since its mirror was ended, or at all\n";
    assert_eq!((again.status, again.err.as_str()), (1, problem));
    let unknown = run(&mut store.command(&["tenant", "end-mirror", "8"]));
    let problem = "error: there is no tenant 8; `group-dispatch tenant list` lists the tenants\n";
    assert_eq!((unknown.status, unknown.err.as_str()), (1, problem));
}

#[test]
fn without_a_subcommand_the_help_is_printed() {
    let result = run(command().arg("mirror"));
    assert_eq!(result.status, 2);
    assert!(result.err.contains("Usage: group-dispatch mirror") && result.err.contains("status"), "{}", result.err);
}
