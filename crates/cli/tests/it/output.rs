//! The output of all queries in each format, and the help of each command, as snapshots.

use std::process::Stdio;

use crate::common::{Help, Server, TestStore, command, helps, run, to_result};
use insta::assert_snapshot;
use regex::Regex;

/// Events of an afternoon, and of a night in which clocks were set back, at UTC+8.
const EVENTS: &str = r#"
{"userId": 12, "agentAccount": "u1", "userName": "Uma Uno", "whatsApp": "861821371272", "name": "jack", "source": 2, "countryCode": "中国", "detailStatus": 13, "createTime": "2024-07-08 19:25:31"}
{"userId": 12, "agentAccount": "u1", "userName": "Uma Uno", "whatsApp": "491713920011", "name": "=SUM(A1), \"or so\"", "source": 2, "countryCode": "Deutschland", "detailStatus": 13, "createTime": "2024-07-08 19:25:32"}
{"userId": 12, "agentAccount": "u1", "userName": "Uma Uno", "whatsApp": "550000000011", "source": 2, "countryCode": "Brasil", "detailStatus": 35, "createTime": "2024-07-08 19:25:33"}
{"userId": 34, "agentAccount": "night-shift-at-the-harbour", "userName": "夜班客服代表与港口办事处联络员", "whatsApp": "573125704139", "name": "哥伦比亚咖啡出口与国际贸易有限公司", "source": 2, "countryCode": "哥伦比亚", "detailStatus": 42, "createTime": "2024-07-08 19:25:34"}
{"userId": 34, "agentAccount": "night-shift-at-the-harbour", "userName": "夜班客服代表与港口办事处联络员", "whatsApp": "234567892", "name": "zhang", "source": 2, "countryCode": "Nigeria", "detailStatus": 22, "createTime": "2024-07-08 19:25:35"}
{"userId": 34, "agentAccount": "night-shift-at-the-harbour", "userName": "夜班客服代表与港口办事处联络员", "whatsApp": "8618217331411", "name": "chen", "source": 2, "countryCode": "中国", "detailStatus": 13, "createTime": "2024-07-08 19:25:36"}
{"userId": 56, "agentAccount": "owl", "userName": "Olga", "whatsApp": "100", "name": "o", "source": 1, "countryCode": "Österreich", "detailStatus": 12, "createTime": "2024-10-27 08:30:00"}
{"userId": 56, "agentAccount": "owl", "userName": "Olga", "whatsApp": "100", "name": "o", "source": 1, "countryCode": "Österreich", "detailStatus": 33, "createTime": "2024-10-27 09:30:00"}
{"userId": 56, "agentAccount": "owl", "userName": "Olga", "whatsApp": "100", "name": "o", "source": 1, "countryCode": "Österreich", "status": 20, "detailStatus": 99, "createTime": "2024-10-27 09:31:00"}
"#;
/// The rules of Berlin's time zone, so that no time zone database is needed.
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn filled() -> (TestStore, Server) {
    let store = TestStore::new();
    let file = store.file("events.ndjson", EVENTS);
    assert_eq!(store.import(&file).err, "9 stored, 0 already stored, 0 rejected\n");
    let server = store.serve();
    (store, server)
}

/// Returns the output of each query with these arguments appended.
fn output_of(questions: &[impl AsRef<str>], variables: &[(&str, &str)], arguments: &str) -> String {
    let (_store, server) = filled();
    let answers = questions.iter().map(|question| {
        let line = format!("{} {arguments}", question.as_ref()).trim().to_owned();
        let words: Vec<_> = line.split(' ').collect();
        let result = run(server.command(&words).envs(variables.iter().copied()));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{line}: what it requires is missing in QUERIES");
        // A report says when it was made.
        let out = Regex::new(r#""asOf": \d+"#).unwrap().replace_all(&result.out, "\"asOf\": 0");
        format!("$ group-dispatch {line}\n{out}")
    });
    answers.collect::<Vec<_>>().join("\n")
}

/// A line for each query. What is not listed has no arguments but the source, if it has that.
const QUERIES: [&str; 6] = [
    "online --source mobile",
    "all",
    "account 8618217331411 --source mobile",
    "log --source mobile",
    "recent --source mobile",
    "report --day 2024-07-08 --by agent-day --source mobile",
];

/// Returns [`QUERIES`] and the other commands that send a query, by the flag that all of them have.
fn queries() -> Vec<String> {
    let mut lines = QUERIES.map(str::to_owned).to_vec();
    for Help { words, text } in helps().iter().filter(|help| help.text.contains("\n      --exit-code\n")) {
        let name = words.join(" ");
        if !QUERIES.iter().any(|line| line.split(' ').next() == Some(&name)) {
            let source = if text.contains("--source") { " --source mobile" } else { "" };
            lines.push(name + source);
        }
    }
    lines
}

#[test]
fn tables_on_a_pipe_have_no_width_limit() {
    assert_snapshot!(output_of(&queries(), &[], ""));
}

#[test]
fn tables_fit_120_columns() {
    assert_snapshot!(output_of(&queries(), &[("COLUMNS", "120")], ""));
}

#[test]
fn tables_fit_80_columns() {
    assert_snapshot!(output_of(&queries(), &[("COLUMNS", "80")], ""));
}

#[test]
fn tables_fit_60_columns() {
    assert_snapshot!(output_of(&queries(), &[("COLUMNS", "60")], ""));
}

#[test]
fn tables_fit_40_columns() {
    assert_snapshot!(output_of(&queries(), &[("COLUMNS", "40")], ""));
}

#[test]
fn responses_are_printed_as_json() {
    assert_snapshot!(output_of(&queries(), &[("TZ", BERLIN)], "--output json"));
}

#[test]
fn responses_are_printed_as_ndjson() {
    assert_snapshot!(output_of(&queries(), &[("TZ", BERLIN)], "--output ndjson"));
}

#[test]
fn responses_are_printed_as_csv() {
    assert_snapshot!(output_of(&queries(), &[("TZ", BERLIN)], "--output csv"));
}

#[test]
fn times_are_printed_in_local_time_or_in_utc() {
    let berlin = [("TZ", BERLIN)];
    let texts = [
        output_of(&["log --source mobile --agent-account u1", "log --source pc"], &berlin, ""),
        output_of(&["log --source pc"], &berlin, "--utc"),
        output_of(&["log --source pc"], &berlin, "--utc --output ndjson"),
        output_of(&["log --source pc"], &berlin, "--utc-offset +00:00"),
        output_of(&["log --source pc"], &[("GROUP_DISPATCH_UTC_OFFSET", "-03:30")], "--utc"),
    ];
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn colors_mark_the_status_if_they_are_enabled() {
    let colored = output_of(&["log --source mobile", "recent --source mobile"], &[], "--color always");
    assert_snapshot!(colored.replace('\x1b', "ESC"));
    let plain = output_of(&["log --source mobile", "recent --source mobile"], &[], "");
    assert!(!plain.contains('\x1b'));
    let stripped = console::strip_ansi_codes(&colored).replace(" --color always", "");
    assert_eq!(stripped, plain, "colors change nothing else");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        assert_eq!(output_of(&["log --source mobile", "recent --source mobile"], &[(name, value)], ""), plain);
    }
}

#[test]
fn an_empty_response_is_reported_with_the_filters() {
    let (_store, server) = filled();
    for (question, nothing) in [
        ("online --source pc --user-id 12", "no agent with id 12 is online at pc"),
        ("online --source mobile --agent-account x", "no agent with the login account x is online at mobile"),
        (
            "online --source mobile --user-name x --user-id 12",
            "no agent with the login account x and id 12 is online at mobile",
        ),
        ("online --source pc", "no agent is online at pc"),
        ("account 1", "1 is not online at pc, mobile or cloud"),
        ("account 1 --source cloud", "1 is not online at cloud"),
        ("log --source mobile --agent-account x", "no agent with the login account x has events at mobile"),
        ("log --source pc --whatsapp 7", "no agent has events of 7 at pc"),
        ("recent --source mobile --user-id 7", "no agent with id 7 has had an account online at mobile"),
    ] {
        let ask = |form: &str| {
            let result = server.ask(&[&question.split(' ').collect::<Vec<_>>()[..], &["--output", form]].concat());
            assert_eq!((result.status, result.err.as_str()), (0, ""), "{question}");
            result.out
        };
        assert_eq!(ask("table"), format!("{nothing}\n"));
        assert_eq!(ask("ndjson"), "");
        assert_eq!(ask("csv").lines().count(), 1, "the header");
    }
}

#[test]
fn a_closed_standard_output_is_no_error() {
    let (store, server) = filled();
    for arguments in [
        "all",
        "all --output json",
        "all --output ndjson",
        "all --output csv",
        "history",
        "history --all --output json",
        "all --color always",
        "completions bash",
        "man",
        "tenant list",
    ] {
        let mut child = server
            .command(&arguments.split(' ').collect::<Vec<_>>())
            .env("GROUP_DISPATCH_DATABASE", store.database())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let result = to_result(child.wait_with_output().unwrap());
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{arguments}");
    }
}

/// The docs have these snapshots on the page on the command.
#[test]
fn the_help_of_each_command_is_reviewed() {
    let helps = helps();
    assert!(helps.len() >= 24, "{}", helps.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("help");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for Help { words, text } in helps {
            assert_snapshot!(format!("help {}", words.join(" ")).trim().replace(' ', "_"), text);
        }
    });
}

#[test]
fn manual_pages_are_generated() {
    let page = run(command().arg("man")).out;
    assert!(page.contains(".TH group-dispatch 1"), "{page}");
    for status in 0..=4 {
        assert!(page.contains(&format!("{status}  ")), "exit status {status} is missing in {page}");
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let result = run(command().args(["man", "--dir"]).arg(&pages));
    assert_eq!((result.status, result.out.as_str()), (0, ""), "{}", result.err);
    for name in ["group-dispatch", "group-dispatch-log", "group-dispatch-tenant-add", "group-dispatch-login"] {
        assert!(pages.join(format!("{name}.1")).exists(), "{name}");
    }
}
