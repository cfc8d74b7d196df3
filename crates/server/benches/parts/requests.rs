//! A request from its head to its answer, without the connection, against a handler that reads the same request and gives
//! the same bytes.

use std::{path::Path, time::SystemTime};

use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::header::CONTENT_TYPE,
    routing::post,
};
use group_dispatch_server::{
    ApiKey, Config, Credentials, Limits, router,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::{QueryUserStatusLogRequest, QueryWhatsAppInfoRequest};
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::{
    Outcome,
    events::{KEY, events, tenant},
    turns::{Case, Work},
};

const PLAIN: &str = "the same bytes from memory";

pub fn cases<'a>(runtime: &'a Runtime, folder: &Path) -> Outcome<Vec<Case<'a>>> {
    let server = runtime.block_on(server(&folder.join("requests.db")))?;
    let location = ("queryWhatsAppInfo", r#"{"source":1,"whatsapp":8613000000001}"#);
    let log = ("queryUserStatusLog", r#"{"source":1,"agentAccount":"agent1"}"#);
    Ok(vec![
        case::<QueryWhatsAppInfoRequest>(runtime, "where an account is", &server, location, KEY)?,
        case::<QueryUserStatusLogRequest>(runtime, "50 records of an agent", &server, log, KEY)?,
        case::<QueryWhatsAppInfoRequest>(runtime, "a wrong signature is refused", &server, location, "another")?,
    ])
}

async fn server(file: &Path) -> Outcome<Router> {
    let store = Store::open(&Database::Sqlite(file.into()), StoreOptions::default()).await?;
    store.add_tenant(tenant(), ApiKey::new(KEY)).await?;
    store.append(tenant(), events(0, 10_000)?).await?;
    let limits = Limits { requests_per_second: 0, ..Limits::default() };
    Ok(router(store, Config { limits, ..Config::default() }))
}

fn case<'a, T: DeserializeOwned + Send + 'static>(
    runtime: &'a Runtime,
    name: &'static str,
    server: &Router,
    (operation, body): (&'static str, &'static str),
    key: &'static str,
) -> Outcome<Case<'a>> {
    let path = format!("/group-dispatch-api/user/{operation}");
    let answer = runtime.block_on(ask(server, request(&path, body, key)?))?;
    let give = post(async move |Json(request): Json<T>| {
        drop(std::hint::black_box(request));
        ([(CONTENT_TYPE, "application/json")], answer)
    });
    let plain = Router::new().route(&path, give);
    let asking = |server: Router, path: String| -> Work<'a> {
        Box::new(move |times| {
            runtime.block_on(async {
                for _ in 0..times {
                    std::hint::black_box(ask(&server, request(&path, body, key)?).await?);
                }
                Ok(())
            })
        })
    };
    Ok(Case { name, ours: asking(server.clone(), path.clone()), against: PLAIN, plain: asking(plain, path) })
}

async fn ask(server: &Router, request: Request) -> Outcome<Bytes> {
    Ok(to_bytes(server.clone().oneshot(request).await?.into_body(), usize::MAX).await?)
}

/// Signed again each time, which costs both alike.
fn request(path: &str, body: &'static str, key: &str) -> Outcome<Request> {
    let timestamp = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis().to_string();
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .header("tenant_id", tenant().to_string())
        .header("token", Credentials::new(tenant(), key).token(&timestamp))
        .header("timestamp", timestamp);
    Ok(request.body(Body::from(body))?)
}
