//! Each command on the docs page "Names" sends the operation that the page lists.

use crate::common::{command, run};
use group_dispatch_client::types::{BusinessCode, Contract, Operation, history::*};
use group_dispatch_docs::names;
use group_dispatch_httpmock::{AnyOperation, MockResponse, RespondExt, history::MockServerExt, httpmock::MockServer};

/// The arguments of commands, except those of the service. A command that requires none can be left out.
const ARGUMENTS: [(&str, &[&str]); 5] = [
    ("online", &["--source", "pc"]),
    ("all", &[]),
    ("account", &["8618217331411"]),
    ("log", &["--source", "pc"]),
    ("recent", &["--source", "pc"]),
];

/// Returns the commands on the page, each with its operation.
fn commands() -> impl Iterator<Item = (&'static str, Operation)> {
    names().into_iter().filter_map(|names| Some((names.command?, Operation::from_path(&names.path)?)))
}

#[test]
fn each_command_sends_the_documented_operation() {
    let commands: Vec<_> = commands().filter(|(_, operation)| operation.is_query()).collect();
    for (name, _) in ARGUMENTS {
        assert!(commands.iter().any(|(known, _)| *known == name), "no operation has the command {name}");
    }
    for (name, operation) in commands {
        let server = MockServer::start();
        let calls = server.respond_to(AnyOperation, MockResponse::null());
        let arguments = ARGUMENTS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, arguments)| arguments);
        let service = ["--url", &server.base_url(), "--tenant-id", "1", "--api-key", "k"];
        let result = run(command().arg(name).args(arguments).args(service));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{name}: what it requires is missing in ARGUMENTS");
        let asked: Vec<_> = calls.requests().iter().map(|request| request.uri().path().to_owned()).collect();
        // `account` queries each source.
        assert!(!asked.is_empty() && asked.iter().all(|asked| asked == operation.path()), "{name}: {asked:?}");
    }
}

/// A command may send others as well: `history` also reads which gaps there are.
#[test]
fn each_command_of_the_history_sends_the_documented_operation() {
    let commands: Vec<_> = commands().filter(|(_, operation)| operation.contract() == Contract::History).collect();
    assert_eq!(commands.len(), 5, "{commands:?}");
    for (words, operation) in commands {
        let server = MockServer::start();
        let (code, message) = (BusinessCode::Success, "success".to_owned());
        let data = HistoryPage { events: Vec::new(), next: None };
        let events = HistoryEventsResponse { code, message: message.clone(), data };
        let events = server.history_events(|_, then| drop(then.ok(&events)));
        let data = GapPage { gaps: Vec::new(), next: None };
        let gaps = HistoryGapsResponse { code, message: message.clone(), data };
        let gaps = server.history_gaps(|_, then| drop(then.ok(&gaps)));
        let data = FreshnessReport { sources: Vec::new() };
        let freshness = HistoryFreshnessResponse { code, message: message.clone(), data };
        let freshness = server.history_freshness(|_, then| drop(then.ok(&freshness)));
        let as_of = EventTime::Instant(0);
        let data = SessionPage { sessions: Vec::new(), as_of, next: None };
        let sessions = HistorySessionsResponse { code, message: message.clone(), data };
        let sessions = server.history_sessions(|_, then| drop(then.ok(&sessions)));
        let (time_zone, time_zone_data) = Default::default();
        let data = HistoryReport { from: as_of, to: as_of, as_of, time_zone, time_zone_data, rows: Vec::new() };
        let report = HistoryReportResponse { code, message, data };
        let report = server.history_report(|_, then| drop(then.ok(&report)));
        let service = ["--url", &server.base_url(), "--tenant-id", "1", "--api-key", "k"];
        let required: &[&str] = if words == "report" { &["--day", "2024-07-08"] } else { &[] };
        let result = run(command().args(words.split(' ')).args(required).args(service));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{words}");
        match operation {
            Operation::HistoryEvents => events.assert(),
            Operation::HistoryGaps => gaps.assert(),
            Operation::HistorySessions => sessions.assert(),
            Operation::HistoryReport => report.assert(),
            _ => freshness.assert(),
        }
    }
}
