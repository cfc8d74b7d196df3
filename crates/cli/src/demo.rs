//! `group-dispatch demo`: everything at once, on this machine.

use std::{
    env,
    future::pending,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use group_dispatch_client::{Client, Credentials, TenantId};
use group_dispatch_server::{
    Config,
    event::StatusEvent,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::{Source, UserId, UtcOffset};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    arguments::{Asking, Demo, Question, Reading, Selection},
    output::Answer,
    questions,
    signals::Signals,
    table,
    tenant::new_key,
    terminal,
};

/// Simulated events of a company, the vendor's page's own records among them; made by `cargo xtask codegen`.
const SAMPLE: &str = include_str!("generated/sample.snap.ndjson");
const TENANT: u64 = 1;
/// Rows of each table; the full answer is one command away.
const ROWS: usize = 12;
const A_DAY: i64 = 24 * 60 * 60 * 1000;

pub async fn run(arguments: &Demo) -> anyhow::Result<()> {
    // Heard before anything is made that has to be cleared away.
    let mut signals = Signals::hear()?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let database = Database::Sqlite(folder.path().join("demo.db"));
    let store = Store::open(&database, StoreOptions::default()).await?;
    let credentials = Credentials::new(TENANT, new_key());
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on this machine")?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    // The ready-made headers are good for a day, not just for five minutes.
    let settings = Config { timestamp_window: Duration::from_secs(24 * 60 * 60), ..Config::default() };
    let serving = tokio::spawn(group_dispatch_server::serve(listener, store.clone(), settings, async {
        let _ = stopped.await;
    }));

    let shown = tokio::select! {
        shown = show(arguments, &store, &url, &credentials) => shown,
        () = signals.next() => Ok(()),
    };
    // The server closes the store, after all that still runs on it; only then can the folder go.
    let _ = stop.send(());
    serving.await??;
    shown
}

async fn show(arguments: &Demo, store: &Store, url: &str, credentials: &Credentials) -> anyhow::Result<()> {
    fill(store, credentials).await?;
    ask(url, credentials).await?;
    if !arguments.once {
        introduce(url, credentials)?;
        pending::<()>().await;
    }
    Ok(())
}

/// Fills the store with the sample, moved by whole days so that it ends today or yesterday.
async fn fill(store: &Store, credentials: &Credentials) -> anyhow::Result<()> {
    let tenant: TenantId = credentials.tenant_id();
    store.add_tenant(tenant, credentials.api_key().clone()).await?;
    let mut events = SAMPLE
        .lines()
        .map(|line| StatusEvent::from_json(line.as_bytes(), UtcOffset::VENDOR))
        .collect::<Result<Vec<_>, _>>()
        .context("the sample is broken")?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let latest = events.iter().map(|event| event.at).max().unwrap_or(now);
    let shift = (now - latest).div_euclid(A_DAY) * A_DAY;
    for event in &mut events {
        event.at += shift;
    }
    let count = events.len();
    store.append(tenant, events).await?;
    terminal::print(format_args!(
        "{count} sample events are in a temporary store. Below each question stands the command that asks it; in a \
         checkout,\n`cargo run --release -- all` is what `group-dispatch all` is where it is installed."
    ))
}

/// Asks the five questions through the client.
async fn ask(url: &str, credentials: &Credentials) -> anyhow::Result<()> {
    let client = Client::builder().base_url(url).credentials(credentials.clone()).build()?;
    for (asked, command, question) in questions()? {
        let Answer { mut rows, .. } = questions::ask(&client, &question, UtcOffset::VENDOR).await?;
        let beyond = rows.shorten(ROWS);
        let table = table::render(&rows, terminal::width());
        terminal::show(format_args!("\n{asked}\n  group-dispatch {command}\n\n{table}"))?;
        if beyond > 0 {
            terminal::print(format_args!("... and {beyond} more"))?;
        }
    }
    Ok(())
}

/// Each question in words, as a command, and as it is.
fn questions() -> anyhow::Result<[(&'static str, &'static str, Question); 5]> {
    let asking = Asking::default;
    let mobile = Source::Mobile;
    Ok([
        (
            "queryUserStatus: who is online on mobile?",
            "online --source mobile",
            Question::Online { source: mobile, user_id: None, agent_account: None, asking: asking() },
        ),
        ("queryAllOlWhatsAppInfo: who is online on PC and mobile?", "all", Question::All { asking: asking() }),
        (
            "queryWhatsAppInfo: is 8618217331412 online on a cloud computer?",
            "account 8618217331412 --source cloud",
            Question::Account { number: "8618217331412".parse()?, source: Some(Source::Cloud), asking: asking() },
        ),
        (
            "queryUserStatusLog: what happened to br02's accounts on mobile?",
            "log --source mobile --agent-account br02",
            Question::Log {
                source: mobile,
                agent_account: Some("br02".to_owned()),
                whatsapp: None,
                selection: Selection::default(),
                reading: Reading::default(),
                asking: asking(),
            },
        ),
        (
            "getLatestOnlineWhatsAccount: which accounts of agent 700153 came online last on PC?",
            "recent --source pc --user-id 700153",
            Question::Recent { source: Source::Pc, user_id: Some(UserId::from(700_153)), asking: asking() },
        ),
    ])
}

fn introduce(url: &str, credentials: &Credentials) -> anyhow::Result<()> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().to_string();
    let command = env::args().next().unwrap_or_else(|| "group-dispatch".to_owned());
    terminal::print(format_args!(
        r#"
The docs:      {url}/docs
The contract:  {url}/openapi.yaml

Ask it with curl; these headers are good for a day:
  curl -s --noproxy '*' {url}/group-dispatch-api/user/queryUserStatus -H 'Content-Type: application/json' -H 'tenant_id: {tenant}' -H 'timestamp: {timestamp}' -H 'token: {token}' -d '{{"source": 2}}'

Ask it with this command, in another terminal:
  export GROUP_DISPATCH_URL={url} GROUP_DISPATCH_TENANT_ID={tenant} GROUP_DISPATCH_API_KEY={key}
  {command} all

The server stays up until Ctrl-C."#,
        tenant = credentials.tenant_id(),
        token = credentials.token(&timestamp),
        key = credentials.api_key().expose(),
    ))
}
