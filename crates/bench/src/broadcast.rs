//! The baseline of the change stream: an axum handler that sends what another request brings to all readers, by a broadcast channel
//! of tokio. It stores nothing, and every reader gets the same bytes.

use std::{convert::Infallible, fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::Args;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, Receiver};

use crate::{feeder, limit, readers};

/// How many changes a reader may be behind.
const CHANNEL_LENGTH: usize = 64;

/// Send each change to all readers; started by `group-dispatch-bench` itself.
#[derive(Args)]
pub struct Broadcast {
    listen: SocketAddr,
    /// What a reader gets for each change.
    bytes: PathBuf,
}

impl Broadcast {
    /// Serves until the process is killed.
    ///
    /// # Errors
    /// If the file can't be read, or the address can't be bound.
    pub fn run(&self) -> Result<()> {
        let bytes = fs::read(&self.bytes).with_context(|| format!("cannot read {}", self.bytes.display()))?;
        let bytes = Bytes::from(bytes);
        let (changes, _) = broadcast::channel::<Bytes>(CHANNEL_LENGTH);
        let readers = changes.clone();
        let feed = async move |Json(events): Json<Vec<Value>>| {
            for _ in &events {
                let _ = changes.send(bytes.clone());
            }
            Json(json!({"data": {"stored": events.len()}})).into_response()
        };
        let read = async move || response(readers.subscribe());
        let router = Router::new()
            .route(feeder::PATH, post(feed))
            .route(readers::PATH, post(read))
            .route("/readyz", get(async || "ready"));
        limit::serve(self.listen, router)
    }
}

fn response(changes: Receiver<Bytes>) -> Response {
    let chunks = stream::unfold(changes, |mut changes| async {
        let bytes = changes.recv().await.ok()?;
        Some((Ok::<_, Infallible>(bytes), changes))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}
