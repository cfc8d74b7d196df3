//! The names on the page "Names" are those of the real client and of the real mocks.

use std::any::type_name;

use group_dispatch_client::{
    Client, ClientRequest, Credentials, Query,
    types::{BusinessCode, Operation, history, ingest},
};
use group_dispatch_docs::{Names, Place, names, site};
use group_dispatch_httpmock::{
    GetLatestOnlineWhatsAccount, MockResponse, QueryAllOlWhatsAppInfo, QueryUserStatus, QueryUserStatusLog,
    QueryWhatsAppInfo, RespondExt, httpmock::MockServer,
};

/// The names of a call as the compiler knows them, with the path that the mock received.
#[derive(Debug)]
struct Called {
    method: &'static str,
    request: String,
    mock: &'static str,
    path: String,
}

fn request_type<Q: ClientRequest>(_: &Query<Q>) -> String {
    type_name::<Q>().rsplit("::").next().unwrap().to_owned()
}

fn client(server: &MockServer) -> Client {
    Client::builder().base_url(server.base_url()).credentials(Credentials::new(1, "key")).build().unwrap()
}

macro_rules! called {
    ($mock:ident by $method:ident($($argument:expr),*)) => {{
        let server = MockServer::start_async().await;
        let calls = server.respond_to($mock, MockResponse::empty());
        let query = client(&server).$method($($argument),*);
        let request = request_type(&query);
        query.await.unwrap();
        let path = calls.requests()[0].uri().path().to_owned();
        Called { method: stringify!($method), request, mock: stringify!($mock), path }
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_those_of_client_and_mocks() {
    let called = [
        called!(QueryUserStatus by online_agents("pc".parse().unwrap())),
        called!(QueryAllOlWhatsAppInfo by all_online()),
        called!(QueryWhatsAppInfo by account_location("8618217331411")),
        called!(QueryUserStatusLog by status_log("pc".parse().unwrap())),
        called!(GetLatestOnlineWhatsAccount by recent_accounts("pc".parse().unwrap())),
    ];
    let names = names();
    for Names { method, mock, path, .. } in names.iter().filter(|names| is_query(names) && names.method != "query") {
        let is_called = called.iter().any(|called| called.path == *path);
        assert!(is_called, "add `called!({mock} by {method}(...))` to `called` in crates/docs/tests/it/names.rs");
    }
    for Called { method, request, mock, path } in called {
        let row = names.iter().find(|names| names.path == path).unwrap();
        assert_eq!((row.method, &*row.request, &*row.mock), (method, &*request, mock), "{path}");
    }
}

macro_rules! mocked {
    ($module:ident: $mock:ident returns $response:expr, by $method:ident($($argument:expr),*)) => {{
        use group_dispatch_httpmock::$module::MockServerExt as _;
        let server = MockServer::start_async().await;
        let response = $response;
        let mock = server.$mock(|_, then| drop(then.ok(&response)));
        let query = client(&server).$method($($argument),*);
        let request = format!("{}::{}", stringify!($module), request_type(&query));
        query.await.unwrap();
        mock.assert();
        let mock = concat!(stringify!($module), "::MockServerExt::", stringify!($mock));
        (stringify!($method), request, mock)
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_our_own_operations_are_those_of_client_and_mocks() {
    let (code, message) = (BusinessCode::Success, "success".to_owned());
    let none = ingest::EventCount::try_from(0).unwrap();
    let receipt = ingest::Receipt { stored: none, repeated: none, refused: none, refusals: Vec::new() };
    let receipt = ingest::StatusEventsResponse { code, message: message.clone(), data: receipt };
    let facts = ingest::MirroredFactsRequest {
        mirror: ingest::MirrorId::MIN,
        looks: Vec::new(),
        logged: Vec::new(),
        observed: Vec::new(),
        gaps: Vec::new(),
    };
    let outcome = ingest::MirrorOutcome::Stored;
    let stored = ingest::MirroredFactsReceipt { outcome, stored: none, repeated: none, accounts: Vec::new() };
    let stored = ingest::MirroredFactsResponse { code, message: message.clone(), data: stored };
    let callback = ingest::VendorCallbackRequest { timestamp: ingest::EventTime::Instant(0), body: String::new() };
    let kept = ingest::VendorCallbackReceipt { callbacks: none };
    let kept = ingest::VendorCallbackResponse { code, message: message.clone(), data: kept };
    let events = history::HistoryPage { events: Vec::new(), next: None };
    let events = history::HistoryEventsResponse { code, message: message.clone(), data: events };
    let gaps = history::GapPage { gaps: Vec::new(), next: None };
    let gaps = history::HistoryGapsResponse { code, message: message.clone(), data: gaps };
    let freshness = history::FreshnessReport { sources: Vec::new() };
    let freshness = history::HistoryFreshnessResponse { code, message: message.clone(), data: freshness };
    let changes = history::ChangePage { lines: Vec::new(), position: "0.00000000".to_owned().into() };
    let changes = history::HistoryChangesResponse { code, message: message.clone(), data: changes };
    let as_of = history::EventTime::Instant(0);
    let sessions = history::SessionPage { sessions: Vec::new(), as_of, next: None };
    let sessions = history::HistorySessionsResponse { code, message: message.clone(), data: sessions };
    let report = history::HistoryReport {
        from: as_of,
        to: as_of,
        as_of,
        time_zone: history::TimeZoneName::default(),
        time_zone_data: String::new(),
        rows: Vec::new(),
    };
    let report = history::HistoryReportResponse { code, message, data: report };
    let called = [
        mocked!(ingest: status_events returns receipt, by feed(Vec::new())),
        mocked!(ingest: mirrored_facts returns stored, by mirrored_facts(facts)),
        mocked!(ingest: vendor_callback returns kept, by query(callback)),
        mocked!(history: history_events returns events, by history()),
        mocked!(history: history_gaps returns gaps, by gaps()),
        mocked!(history: history_freshness returns freshness, by freshness()),
        mocked!(history: history_changes returns changes, by changes()),
        mocked!(history: history_sessions returns sessions, by sessions()),
        mocked!(history: history_report returns report, by report("2024-07-08", history::ReportGrouping::Agent)),
    ];
    let names = names();
    let rows = names.iter().filter(|names| !is_query(names));
    let rows: Vec<_> = rows.map(|names| (names.method, names.request.clone(), &*names.mock)).collect();
    assert_eq!(rows, called);
}

fn is_query(names: &Names) -> bool {
    Operation::from_path(&names.path).unwrap().is_query()
}

/// The types of an operation without a method of its own are named by no code here.
#[test]
fn the_types_of_each_query_exist() {
    let source = |path: &str| std::fs::read_to_string(test_support::workspace_root().join(path)).unwrap();
    let client = source("crates/client/src/generated/operations.snap.rs");
    let mocks = source("crates/httpmock/src/generated/markers.snap.rs");
    for Names { operation, request, mock, .. } in names().iter().filter(|names| is_query(names)) {
        let send = format!("impl ClientRequest for ::group_dispatch_types::{request} {{");
        assert!(client.contains(&send), "{operation}: {request}");
        assert!(mocks.contains(&format!("pub struct {mock};")), "{operation}: {mock}");
    }
}

#[test]
fn the_page_has_all_names_of_each_operation() {
    let files = site(Place::Published).unwrap();
    let page = files.iter().find(|file| file.path == "names.html").unwrap();
    let page = std::str::from_utf8(&page.bytes).unwrap().replace("<wbr>", "");
    let operations: Vec<_> = names().into_iter().map(|names| names.operation).collect();
    assert!(operations.iter().eq(Operation::ALL.map(Operation::id).iter()));
    for Names { summary, operation, path, method, command, request, mock, page: file } in names() {
        let row = page.split_once(&format!("<tr id=\"names-{operation}\">")).unwrap().1.split_once("</tr>").unwrap().0;
        let command = command.map_or_else(|| "none".to_owned(), |command| format!("group-dispatch {command}"));
        assert!(row.contains(&format!("<a href=\"{file}\">")), "{operation}: no link to {file} in {row}");
        assert!(files.iter().any(|known| known.path == file), "{operation}: the site has no {file}");
        for name in [&summary, &path, method, &command, &request, &mock] {
            assert!(row.contains(name), "{operation}: {name} is missing in {row}");
        }
    }
}
