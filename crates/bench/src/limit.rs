//! The limit: an axum handler that reads the same request and gives an answer from memory.

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

use crate::question::Question;

/// Answer a question with the same bytes always; `group-dispatch-bench` runs this itself.
#[derive(Args)]
pub struct Limit {
    listen: SocketAddr,
    operation: String,
    body: PathBuf,
}

impl Limit {
    /// Serves until it is killed.
    ///
    /// # Errors
    /// When the answer can't be read, or nothing can listen there.
    pub fn run(&self) -> Result<()> {
        let body = Bytes::from(fs::read(&self.body).with_context(|| format!("cannot read {}", self.body.display()))?);
        let handler = |question| match question {
            Question::WhatsAppInfo => giving::<QueryWhatsAppInfoRequest>(body.clone()),
            Question::UserStatus => giving::<QueryUserStatusRequest>(body.clone()),
            Question::LatestOnline => giving::<GetLatestOnlineWhatsAccountRequest>(body.clone()),
            Question::StatusLog => giving::<QueryUserStatusLogRequest>(body.clone()),
            Question::AllOnline => giving::<NoParameters>(body.clone()),
        };
        let question = Question::ALL.into_iter().find(|question| question.operation() == self.operation);
        let question = question.with_context(|| format!("{}: no such operation", self.operation))?;
        let router = Router::new().route(&question.path(), handler(question)).route("/readyz", get(async || "ready"));
        serve(self.listen, router)
    }
}

/// Serves until it is killed, with as many threads as it may use cores, as the server.
///
/// # Errors
/// When nothing can listen there.
pub fn serve(listen: SocketAddr, router: Router) -> Result<()> {
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

fn giving<T: DeserializeOwned + Send + 'static>(body: Bytes) -> MethodRouter {
    post(async move |Json(request): Json<T>| {
        drop(std::hint::black_box(request));
        ([(CONTENT_TYPE, "application/json")], body.clone()).into_response()
    })
}
