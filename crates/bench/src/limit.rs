//! The limit: an axum handler that parses the same request and returns a fixed response from memory.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    body::Bytes,
    http::header::CONTENT_TYPE,
    response::IntoResponse,
    routing::{MethodRouter, get, post},
    serve::ListenerExt,
};
use clap::Args;
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest,
};
use serde::de::DeserializeOwned;
use tokio::{net::TcpListener, runtime};

use crate::query::Query;

/// Respond to a query with fixed bytes; started by `group-dispatch-bench` itself.
#[derive(Args)]
pub struct Limit {
    listen: SocketAddr,
    operation: String,
    body: PathBuf,
}

impl Limit {
    /// Serves until the process is killed.
    ///
    /// # Errors
    /// If the file with the response can't be read, or the address can't be bound.
    pub fn run(&self) -> Result<()> {
        let body = Bytes::from(fs::read(&self.body).with_context(|| format!("cannot read {}", self.body.display()))?);
        let handler = |query| match query {
            Query::WhatsAppInfo => respond_with::<QueryWhatsAppInfoRequest>(body.clone()),
            Query::UserStatus => respond_with::<QueryUserStatusRequest>(body.clone()),
            Query::LatestOnline => respond_with::<GetLatestOnlineWhatsAccountRequest>(body.clone()),
            Query::StatusLog => respond_with::<QueryUserStatusLogRequest>(body.clone()),
            Query::AllOnline => respond_with::<NoParameters>(body.clone()),
        };
        let query = Query::ALL.into_iter().find(|query| query.operation() == self.operation);
        let query = query.with_context(|| format!("{}: no such operation", self.operation))?;
        let router = Router::new().route(&query.path(), handler(query)).route("/readyz", get(async || "ready"));
        serve(self.listen, router)
    }
}

/// Serves until the process is killed, with a thread for each core, like the server.
///
/// # Errors
/// If the address can't be bound.
pub fn serve(listen: SocketAddr, router: Router) -> Result<()> {
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

fn respond_with<T: DeserializeOwned + Send + 'static>(body: Bytes) -> MethodRouter {
    post(async move |Json(request): Json<T>| {
        drop(std::hint::black_box(request));
        ([(CONTENT_TYPE, "application/json")], body.clone()).into_response()
    })
}
