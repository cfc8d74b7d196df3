//! A page that shows who is online, by the state that [`Client::watch`] keeps.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, response::Html, routing::get};
use group_dispatch_client::{Client, Watch, types::SourceGroup};
use minijinja::{Environment, context, value::Serde};
use tokio::sync::watch;

const TEMPLATE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>Who is online</title>
<h1>Who is online</h1>
{% if problem %}<p role="alert">The state may be old: {{ problem }}</p>{% endif %}
{% if not sources and not problem %}<p>Waiting for the service.</p>{% endif %}
{% for source in sources %}
<h2>{{ source.name }}</h2>
{% for agent in source.agents %}
<h3>{{ agent.userName or agent.agentAccount }}</h3>
<ul>{% for account in agent.whatsAppList %}<li>{{ account.whatsApp }} {{ account.name }}</li>{% endfor %}</ul>
{% else %}
<p>Nobody is online.</p>
{% endfor %}
{% endfor %}
"#;

/// What the page shows.
#[derive(Clone, Default)]
struct Online {
    groups: Vec<SourceGroup>,
    /// Why the latest request failed.
    problem: Option<String>,
}

/// Returns a service with the page, and starts to watch.
pub fn router(client: &Client, interval: Duration) -> Router {
    let (sender, online) = watch::channel(Online::default());
    tokio::spawn(follow(client.watch(interval).settle(interval * 3), sender));
    Router::new().route("/", get(page)).with_state(online)
}

/// Keeps what the page shows up to date, as long as there is a page.
async fn follow(mut watch: Watch, online: watch::Sender<Online>) {
    while !online.is_closed() {
        let problem = watch.changes().await.err().map(|error| error.to_string());
        online.send_replace(Online { groups: watch.present(), problem });
    }
}

async fn page(State(online): State<watch::Receiver<Online>>) -> Result<Html<String>, StatusCode> {
    let Online { groups, problem } = online.borrow().clone();
    let source = |group: &SourceGroup| {
        context! { name => group.source.to_string(), agents => Serde(&group.list) }
    };
    let sources: Vec<_> = groups.iter().map(source).collect();
    // Names are other people's text. A template whose name ends with ".html" escapes them.
    Environment::new()
        .render_named_str("page.html", TEMPLATE, context! { sources, problem })
        .map(Html)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
