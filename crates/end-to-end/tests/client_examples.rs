//! Runs the client's examples as a reader does: as programs that get a server's address by their environment.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use group_dispatch_client::types::UtcOffset;
use group_dispatch_server::{
    Config, Credentials,
    event::StatusEvent,
    store::{Database, Store, StoreOptions},
};
use insta::assert_snapshot;
use test_support::{built_examples, workspace_root};

const TENANT: u64 = 7;
const KEY: &str = "the-right-key";
/// u1 has two accounts on PC and one on mobile, br02 a banned one on mobile.
const EVENTS: [&str; 5] = [
    r#"{"userId":12,"agentAccount":"u1","userName":"Uma","whatsApp":"861821371272","name":"jack","source":1,"countryCode":"China","detailStatus":12,"createTime":"2024-07-08 09:00:00"}"#,
    r#"{"userId":12,"agentAccount":"u1","userName":"Uma","whatsApp":"8618217331412","source":1,"countryCode":"China","detailStatus":11,"createTime":"2024-07-08 09:05:00"}"#,
    r#"{"userId":12,"agentAccount":"u1","userName":"Uma","whatsApp":"8618217331413","source":2,"countryCode":"China","detailStatus":13,"createTime":"2024-07-08 09:10:00"}"#,
    r#"{"userId":700153,"agentAccount":"br02","whatsApp":"550000000640","source":2,"countryCode":"Brasil","detailStatus":13,"createTime":"2024-07-08 09:15:00"}"#,
    r#"{"userId":700153,"agentAccount":"br02","whatsApp":"550000000640","source":2,"countryCode":"Brasil","detailStatus":42,"createTime":"2024-07-08 09:20:31"}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn online_agents() {
    assert_snapshot!(output_of("online_agents", &["pc", "12"]).await, @"
    agent 12 (u1)
      861821371272 jack
      8618217331412 -
    ");
    assert_snapshot!(output_of("online_agents", &[]).await, @"
    agent 12 (u1)
      861821371272 jack
      8618217331412 -
    ");
    assert_snapshot!(output_of("online_agents", &["mobile", "13"]).await, @"");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_online() {
    assert_snapshot!(output_of("all_online", &[]).await, @"
    pc: accounts 2, agents 1
      Uma (u1) has 2
    mobile: accounts 1, agents 1
      Uma (u1) has 1
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn account_location() {
    assert_snapshot!(output_of("account_location", &["+86 182-1733-1413"]).await, @"online at mobile, with agent 12 (u1)");
    assert_snapshot!(output_of("account_location", &["8618217331413", "cloud"]).await, @"not online");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_log() {
    assert_snapshot!(output_of("status_log", &["mobile", "br02"]).await, @"
    agent 700153 (br02)
      2024-07-08 09:20:31 = 1720401631
        550000000640 is banned: Banned on mobile
      2024-07-08 09:15:00 = 1720401300
        550000000640 is online: Came online on mobile
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn recent_accounts() {
    assert_snapshot!(output_of("recent_accounts", &["mobile", "700153"]).await, @"
    agent 700153 (br02)
      550000000640 is banned now
    ");
    assert_snapshot!(output_of("recent_accounts", &[]).await, @"
    agent 12 (u1)
      8618217331412 is online now
      861821371272 is online now
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors() {
    assert_snapshot!(output_of("errors", &[]).await, @"agents online: 1");

    let url = serve().await;
    let refused = run(program("errors").env("GROUP_DISPATCH_URL", url).env("GROUP_DISPATCH_API_KEY", "another key"));
    // The server generates the request id.
    let (refused, id) = refused.trim_end().rsplit_once(' ').unwrap();
    assert!(id.len() > 1, "{id}");
    assert_snapshot!(refused, @"
    the key is wrong: has it been renewed?
    requests sent: 1; the last one's id:
    ");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    assert_snapshot!(run(program("errors").env("GROUP_DISPATCH_URL", &url)), @"
    no response in time
    requests sent: 1; the last one's id: -
    ");

    drop(silent);
    assert_snapshot!(run(program("errors").env("GROUP_DISPATCH_URL", &url)), @"
    temporary failure: can't connect to the service after 3 attempts
    requests sent: 3; the last one's id: -
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_response() {
    assert_snapshot!(output_of("raw_response", &["order-4711"]).await, @r#"
    HTTP 200 OK (request 1)
    id: order-4711
    type: Some("application/json")
    {"code":200,"data":[{"agentAccount":"u1","userId":12,"whatsAppList":[{"name":"jack","whatsApp":"861821371272"},{"whatsApp":"8618217331412"}]}],"message":"success"}
    agents: 1
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking() {
    assert_snapshot!(output_of("blocking", &["8618217331412", "550000000640"]).await, @"
    8618217331412 is online at pc, with agent 12
    550000000640 is not online
    ");
}

/// The program runs until it is stopped. Each change is made after the one before it was reported.
#[tokio::test(flavor = "multi_thread")]
async fn watch() {
    let (url, store) = serve_store().await;
    let mut program = program("watch").env("GROUP_DISPATCH_URL", url).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut next_lines = |count| lines.by_ref().take(count).collect::<Vec<_>>();
    assert_eq!(next_lines(2), ["pc: agents online: 1", "mobile: agents online: 1"]);
    append(&store, EVENTS[3].replace("15:00", "30:00")).await;
    assert_eq!(next_lines(2), ["mobile: br02 came", "  550000000640 with br02"]);
    append(&store, EVENTS[4].replace("20:31", "40:00")).await;
    assert_eq!(next_lines(2), ["  550000000640 gone", "mobile: br02 left"]);
    program.kill().unwrap();
    program.wait().unwrap();
}

/// The second run goes on where the first was stopped.
#[tokio::test(flavor = "multi_thread")]
async fn changes() {
    let (url, store) = serve_store().await;
    let folder = tempfile::tempdir().unwrap();
    let position = folder.path().join("position.txt");
    let start = || {
        let mut changes = program("changes");
        changes.arg(&position).env("GROUP_DISPATCH_URL", &url);
        let mut program = changes.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
        (program, lines)
    };
    let stop = |mut program: Child| {
        program.kill().unwrap();
        program.wait().unwrap();
    };
    let (program, mut lines) = start();
    let mut online: Vec<_> = lines.by_ref().take(3).collect();
    online.sort_unstable();
    assert_eq!(
        online,
        ["861821371272 is online with u1", "8618217331412 is online with u1", "8618217331413 is online with u1"]
    );
    append(&store, EVENTS[3].replace("15:00", "30:00")).await;
    assert_eq!(lines.next().unwrap(), "550000000640: now online with agent 700153");
    let known = || fs::read_to_string(&position).unwrap_or_default();
    // It is written behind each line.
    append(&store, EVENTS[4].replace("20:31", "40:00")).await;
    assert_eq!(lines.next().unwrap(), "550000000640: now online with nobody");
    let before = known();
    append(&store, EVENTS[3].replace("15:00", "41:00")).await;
    assert_eq!(lines.next().unwrap(), "550000000640: now online with agent 700153");
    while known() == before {
        tokio::task::yield_now().await;
    }
    stop(program);
    append(&store, EVENTS[4].replace("20:31", "50:00")).await;
    let (program, mut lines) = start();
    let mut next = lines.next().unwrap();
    // A run that is stopped between a line and its position repeats the line.
    if next == "550000000640: now online with agent 700153" {
        next = lines.next().unwrap();
    }
    assert_eq!(next, "550000000640: now online with nobody");
    stop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn feed() {
    let unknown = EVENTS[0].replace("\"detailStatus\":12", "\"detailStatus\":99");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), [EVENTS[0], &EVENTS[1].replace("09:05:00", "09:50:00"), &unknown].join("\n")).unwrap();
    let output = run(program("feed").env("GROUP_DISPATCH_URL", serve().await).stdin(file.reopen().unwrap()));
    let (counts, refused) = output.split_once('\n').unwrap();
    assert_eq!(counts, "new: 1, stored before: 1");
    assert!(refused.starts_with("refused: StatusEvent {") && refused.contains(": status: missing, and"), "{output}");
    assert!(!output.contains("861821371272"), "{output}");
}

/// The lines contain times, and ids that the server generates.
#[tokio::test(flavor = "multi_thread")]
async fn spans() {
    let output = output_of("spans", &[]).await;
    let lines: Vec<_> = output.lines().collect();
    let [request, call, end] = lines[..] else { panic!("{output}") };
    assert!(request.contains("group_dispatch.request{") && request.contains("200"), "{output}");
    assert!(call.contains("group_dispatch.call{") && !call.contains("group_dispatch.request{"), "{output}");
    assert_eq!(end, "sources: 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_arguments_and_missing_variables_are_reported() {
    for (name, arguments, reason) in [
        ("online_agents", ["desk"].as_slice(), "1 (pc), 2 (mobile) or 3 (cloud)"),
        ("account_location", &[], "the account is missing"),
        ("account_location", &["nobody"], "expected a WhatsApp account"),
    ] {
        let output = output_of(name, arguments).await;
        assert!(output.starts_with("failed: ") && output.contains(reason), "{name} {arguments:?}: {output}");
    }
    let output = run(program("all_online").env_remove("GROUP_DISPATCH_URL"));
    assert!(output.starts_with("failed: ") && output.contains("not text: GROUP_DISPATCH_URL"), "{output}");
}

/// Returns the output of an example with a server that has those events.
async fn output_of(name: &str, arguments: &[&str]) -> String {
    run(program(name).args(arguments).env("GROUP_DISPATCH_URL", serve().await))
}

/// Starts a server with those events that runs until the test ends.
async fn serve() -> String {
    serve_store().await.0
}

/// Like [`serve`], and returns the store as well.
async fn serve_store() -> (String, Store) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    let credentials = Credentials::new(TENANT, KEY);
    assert!(store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap());
    for event in EVENTS {
        append(&store, event.to_owned()).await;
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = store.clone();
    tokio::spawn(async move {
        let _folder = folder;
        group_dispatch_server::serve(listener, served, Config::default(), std::future::pending()).await
    });
    (url, store)
}

async fn append(store: &Store, event: String) {
    let event = StatusEvent::from_json(event.as_bytes(), UtcOffset::VENDOR).unwrap();
    store.append(TENANT.into(), vec![event]).await.unwrap();
}

/// Returns what a program prints, and its error if it fails.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let printed = text(output.stdout);
    if output.status.success() { printed } else { format!("{printed}failed: {}", text(output.stderr)) }
}

/// Returns an example with the environment that it needs, without proxies.
fn program(name: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(FOLDER.get_or_init(folder).join(format!("{name}{EXE_SUFFIX}")));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").env("GROUP_DISPATCH_TENANT_ID", TENANT.to_string()).env("GROUP_DISPATCH_API_KEY", KEY);
    command
}

/// Builds the examples and returns the folder of their programs.
fn folder() -> PathBuf {
    let sources = fs::read_dir(workspace_root().join("crates/client/examples")).unwrap();
    let names = sources.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
    // `cargo test` builds `mocks` as a test, not as a program.
    built_examples("crates/client", &names.filter(|name| name != "mocks").collect::<Vec<_>>())
}
