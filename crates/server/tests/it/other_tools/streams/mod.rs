//! The stream of changes as other people's clients read it: what their connections lose, the server sends again, and nothing
//! twice.
//!
//! The programs are those of `crates/docs/samples`, and others of `tests/consumers/streams-python` and `streams-rust`. Each prints
//! the data of all that its client hands on.

mod browser;
mod cutter;
mod haproxy;
mod nginx;
mod proxy;

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use group_dispatch_server::event::StatusEvent;
use serde_json::{Value, json};
use test_support::{skip, workspace_root};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::toolbox::{Toolbox, prepared, run};
use crate::common::{TestServer, credentials, start, stored};

use cutter::{
    Cut::{self, After, Refused, Unavailable},
    Cutter,
    Place::{Data, End, Id, LastLineFeed},
};

/// No test waits so long unless it fails.
const LIMIT: Duration = Duration::from_secs(120);
const ACCOUNT: u64 = 8_618_217_331_411;
/// Accounts that are online when a client begins.
const ONLINE: u64 = 3;
const EVENTS: u64 = 16;
/// The first connection breaks while it says who is online. The next ones break at each place of a block; a connection that
/// goes on begins with a block of type `position`.
const CUTS: [Cut; 9] = [
    After(1, Data),
    Refused,
    After(6, Data),
    After(2, Id),
    Unavailable,
    After(2, LastLineFeed),
    After(3, End),
    After(1, LastLineFeed),
    After(0, Data),
];

/// The account of this number comes online.
pub fn event(number: u64) -> StatusEvent {
    let event = json!({
        "userId": 12, "agentAccount": "u1", "userName": "李", "whatsApp": (ACCOUNT + number).to_string(), "name": "ja\"ck}",
        "source": 1, "detailStatus": 12, "createTime": 1_720_437_931_000 + number * 1000,
    });
    stored(&event.to_string())
}

async fn append(server: &TestServer, events: Vec<StatusEvent>) {
    server.store.append(1.into(), events).await.unwrap();
}

fn number(account: &Value) -> u64 {
    account["whatsApp"].as_str().unwrap().parse::<u64>().unwrap() - ACCOUNT
}

/// A program that prints changes. It ends with the test.
struct Reader {
    program: Child,
    printed: UnboundedReceiver<String>,
}

impl Reader {
    fn run(command: &mut Command, url: &str) -> Self {
        command.env("GROUP_DISPATCH_URL", url).env("GROUP_DISPATCH_TENANT_ID", "1");
        command.env("GROUP_DISPATCH_API_KEY", credentials(1).api_key().expose());
        let mut program = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(program.stdout.take().unwrap());
        let (sender, printed) = mpsc::unbounded_channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { program, printed }
    }

    /// The next change. What else a client hands on, like an empty event, is no JSON.
    async fn line(&mut self) -> Value {
        let line = tokio::time::timeout(LIMIT, self.printed.recv()).await.expect("the client hangs");
        let line = line.expect("the client ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The accounts that are online, up to the first position.
    async fn online(&mut self) -> BTreeSet<u64> {
        let mut online = BTreeSet::new();
        loop {
            let line = self.line().await;
            match line["type"].as_str().unwrap() {
                "online" => drop(online.insert(number(&line["account"]))),
                "position" => return online,
                _ => panic!("{line}"),
            }
        }
    }

    /// The next change that is no position.
    async fn news(&mut self) -> Value {
        loop {
            let line = self.line().await;
            if line["type"] != "position" {
                return line;
            }
        }
    }

    async fn event(&mut self) -> u64 {
        let line = self.news().await;
        assert_eq!(line["type"], "event", "{line}");
        number(&line["event"])
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Runs a client as a program.
async fn has_each_event_once(mut command: Command) {
    sees_each_event_once(async |url| Reader::run(&mut command, url)).await;
}

/// Begins a client whose connections break, and whose server stops and is another one then, which does not know its position.
async fn sees_each_event_once(begin: impl AsyncFnOnce(&str) -> Reader) {
    let first = start().await;
    append(&first, (0..ONLINE).map(event).collect()).await;
    let cutter = Cutter::new(&first.url, CUTS).await;
    let mut reader = begin(&cutter.url).await;
    assert_eq!(reader.online().await, (0..ONLINE).collect());
    for number in ONLINE..ONLINE + EVENTS {
        append(&first, vec![event(number)]).await;
    }
    for expected in ONLINE..ONLINE + EVENTS {
        assert_eq!(reader.event().await, expected);
    }
    assert_eq!(cutter.left(), 0, "each cut was made");

    let second = start().await;
    append(&second, vec![event(100)]).await;
    cutter.turn_to(&second.url);
    first.stop.send(()).unwrap();
    let end = reader.news().await;
    assert_eq!((&end["type"], &end["reason"]), (&json!("end"), &json!("stopping")));
    let reset = reader.news().await;
    assert_eq!((&reset["type"], &reset["reason"]), (&json!("reset"), &json!("unknown")));
    assert_eq!(reader.online().await, [100].into());
    // When the second one is here, the program is done with the first.
    for number in [101, 102] {
        append(&second, vec![event(number)]).await;
        assert_eq!(reader.event().await, number);
    }
}

/// A program of `crates/docs/samples`.
fn sample(name: &str) -> String {
    fs::read_to_string(workspace_root().join("crates/docs/samples").join(name)).unwrap()
}

async fn javascript(name: &str) {
    let Some(tools) = Toolbox::stream_clients_of_node() else { return };
    let folder = tools.scratch();
    let file = folder.path().join(name);
    fs::write(&file, sample(name)).unwrap();
    let mut command = prepared("node");
    command.arg(file);
    has_each_event_once(command).await;
}

async fn python(program: impl FnOnce(&Toolbox) -> std::path::PathBuf) {
    let Some(tools) = Toolbox::stream_clients_of_python() else { return };
    let mut command = tools.tool("python");
    command.arg(program(&tools));
    has_each_event_once(command).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_of_npm() {
    javascript("changes-eventsource.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_event_source_of_npm() {
    javascript("changes-fetch-event-source.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn httpx_sse_of_pypi() {
    python(|_| workspace_root().join("crates/docs/samples/changes.py")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sseclient_py_of_pypi() {
    python(|tools| tools.source.join("read_by_sseclient.py")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aiohttp_sse_client_of_pypi() {
    python(|tools| tools.source.join("read_by_aiohttp.py")).await;
}

/// The programs are compiled once, by the first test that runs.
async fn rust(name: &str) {
    let Some(tools) = Toolbox::stream_clients_of_rust() else { return };
    let mut build = prepared(env!("CARGO"));
    build.args(["build", "--offline", "--locked", "--quiet"]).current_dir(&tools.folder);
    // As if it were run by hand: the variables of the cargo that runs this test are about another package.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
    run(&mut build).unwrap();
    has_each_event_once(tools.tool(name)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reqwest_eventsource_of_crates_io() {
    rust("read_by_reqwest_eventsource").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_client_of_crates_io() {
    rust("read_by_eventsource_client").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_in_a_loop() {
    if !has_curl() {
        return skip("curl is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = prepared("sh");
    command.args(["-c", &without_pause(&sample("changes.sh"))]).current_dir(folder.path());
    has_each_event_once(command).await;
    let position = fs::read_to_string(folder.path().join("position")).unwrap();
    assert!(position.contains('.'), "a later run goes on from there: {position:?}");
}

fn has_curl() -> bool {
    Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The program with a pause that a test can wait for.
fn without_pause(program: &str) -> String {
    assert_eq!(program.matches("sleep 2\n").count(), 1);
    program.replace("sleep 2\n", "sleep 0.05\n")
}

#[test]
fn the_samples_name_versions_that_are_tested() {
    let consumers = workspace_root().join("crates/server/tests/consumers");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let pinned: Value = serde_json::from_str(&read(&consumers.join("streams-node/package.json"))).unwrap();
    for (file, package) in [
        ("changes-eventsource.mjs", "eventsource"),
        ("changes-fetch-event-source.mjs", "@microsoft/fetch-event-source"),
    ] {
        let install = format!("npm install {package}@{}\n", pinned["dependencies"][package].as_str().unwrap());
        assert!(sample(file).contains(&install), "{install}");
    }
    let pinned = read(&consumers.join("streams-python/requirements.txt"));
    let sample = sample("changes.py");
    let install = sample.lines().find_map(|line| line.strip_prefix("# pip install ")).unwrap();
    assert!(pinned.lines().any(|line| line == install), "{install}");
}
