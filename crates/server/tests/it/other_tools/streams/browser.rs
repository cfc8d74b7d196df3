//! The `EventSource` of Chromium. It can't sign, so that a backend of the page does, and passes on what comes.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use test_support::skip;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use super::{Reader, sample, sees_each_event_once};
use crate::{
    common::{credentials, now},
    other_tools::toolbox::prepared,
};

/// The backend of a page.
struct Backend {
    /// Where changes come from.
    changes: String,
    printed: UnboundedSender<String>,
}

/// The page, which prints what the sample shows.
async fn page() -> Html<String> {
    let follow = sample("changes-browser.js");
    assert_eq!(follow.matches("2_000").count(), 1);
    // A pause that a test can wait for.
    let follow = follow.replace("2_000", "50");
    Html(format!(
        "<script>{follow}\nlet printed = Promise.resolve();\nfollow('/changes', (line) => {{ \
         printed = printed.then(() => fetch('/printed', {{ method: 'POST', body: JSON.stringify(line) }})); }});</script>"
    ))
}

async fn changes(State(backend): State<Arc<Backend>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let mut request = reqwest::Client::builder().no_proxy().build().unwrap().post(&backend.changes).body("{}");
    let timestamp = now().to_string();
    request = request.header("content-type", "application/json").header("accept", "text/event-stream");
    request = request.header("tenant_id", 1).header("token", credentials(1).token(&timestamp));
    request = request.header("timestamp", timestamp);
    // A position has nothing that is escaped in a query.
    let since = query.as_deref().and_then(|query| query.strip_prefix("since="));
    let position = headers.get("last-event-id").and_then(|id| id.to_str().ok()).or(since);
    if let Some(position) = position {
        request = request.header("last-event-id", position);
    }
    match request.send().await {
        Ok(response) if response.status() == 200 => {
            ([("content-type", "text/event-stream")], Body::from_stream(response.bytes_stream())).into_response()
        }
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn printed(State(backend): State<Arc<Backend>>, line: String) {
    let _ = backend.printed.send(line);
}

/// Starts the backend of a page. Returns the page's address, and what it prints.
async fn backend(tasks: &mut JoinSet<()>, server: &str) -> (String, UnboundedReceiver<String>) {
    let (sender, receiver) = unbounded_channel();
    let backend = Arc::new(Backend { changes: format!("{server}/history/v1/changes"), printed: sender });
    let router = Router::new()
        .route("/", get(page))
        .route("/changes", get(changes))
        .route("/printed", post(printed))
        .with_state(backend);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page = format!("http://{}/", listener.local_addr().unwrap());
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (page, receiver)
}

fn chromium() -> Option<PathBuf> {
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

fn browser(chromium: &Path, profile: &Path) -> Command {
    let mut command = prepared(chromium);
    command.args([
        "--headless=new",
        // Containers seldom let a browser make its sandbox, nor have they a large /dev/shm.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-proxy-server",
        "--no-first-run",
        "--disable-renderer-backgrounding",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn event_source_of_chromium() {
    let Some(chromium) = chromium() else {
        return skip("there is no chromium; `apt-get install chromium` brings it");
    };
    let profile = tempfile::tempdir().unwrap();
    let mut tasks = JoinSet::new();
    sees_each_event_once(async |url| {
        let (page, printed) = backend(&mut tasks, url).await;
        let mut command = browser(&chromium, profile.path());
        Reader { program: command.arg(page).stderr(Stdio::null()).spawn().unwrap(), printed }
    })
    .await;
}
