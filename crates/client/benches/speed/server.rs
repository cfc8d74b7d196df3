//! A server on this machine that always gives the same answer.

use std::{net::TcpListener, thread};

use axum::{Router, http::header::CONTENT_TYPE};
use tokio::runtime;

use crate::Outcome;

/// Starts it in a thread of its own, where it stays until the program ends; tells its address.
pub fn start(answer: String) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let answer = axum::body::Bytes::from(answer);
    let routes = Router::new().fallback(move || async move { ([(CONTENT_TYPE, "application/json")], answer) });
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener)?, routes).await })
    });
    Ok(url)
}
