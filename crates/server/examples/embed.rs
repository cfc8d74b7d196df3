//! A program that embeds the server: it opens a store, feeds it an event, and serves the five queries below a path of
//! its own, beside its other routes.
//!
//! `cargo run -p group-dispatch-server --example embed -- sqlite.db`, then `curl localhost:8080/health`. A program that
//! has no other routes calls [`group_dispatch_server::serve`] instead, which also limits connections and slow clients.

use std::error::Error;

use axum::{Router, routing::get};
use group_dispatch_server::{
    Config, Credentials,
    event::StatusEvent,
    router,
    store::{Database, Store, StoreOptions},
};
use tokio::net::TcpListener;

/// An event as the ingest contract has it.
const EVENT: &str = r#"{"userId": 12, "agentAccount": "u1", "whatsApp": "8618217331411", "source": 1,
    "detailStatus": 12, "createTime": "2024-07-08 19:25:31"}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "embed.db".to_owned());
    let store = Store::open(&Database::Sqlite(path.into()), StoreOptions::default()).await?;

    // A tenant signs its requests with its key. Feeding an event again is harmless.
    let credentials = Credentials::new(1, "demo-api-key");
    store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await?;
    let event = StatusEvent::from_json(EVENT.as_bytes(), store.utc_offset())?;
    store.append(credentials.tenant_id(), vec![event]).await?;

    let app =
        Router::new().route("/health", get(async || "ok")).nest("/presence", router(store.clone(), Config::default()));
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            tokio::signal::ctrl_c().await.ok();
        })
        .await?;
    store.close().await?;
    Ok(())
}
