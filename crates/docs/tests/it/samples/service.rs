//! What the samples ask: a real server that has an answer to each of the page's questions, or one with a fixed answer.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{Router, http::StatusCode};
use group_dispatch_client::{
    Client, ClientRequest, Credentials,
    types::{
        GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
        QueryWhatsAppInfoRequest, UtcOffset,
    },
};
use group_dispatch_docs::contract;
use group_dispatch_server::{
    Config,
    event::StatusEvent,
    store::{Database, Store, StoreOptions},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const TENANT: u64 = 7;
pub const KEY: &str = "the-right-kéy";
/// What is not ASCII, or wants escaping, in names.
const EVENTS: [&str; 4] = [
    r#"{"userId":12,"agentAccount":"u1","userName":"Uma","whatsApp":"861821371272","name":"\"jack\" \\ 🙂","source":2,"countryCode":"China","detailStatus":13,"createTime":"2024-07-08 09:00:00"}"#,
    r#"{"userId":868024,"agentAccount":"202503101","userName":"陈","whatsApp":"8618217331412","name":"chen","source":3,"countryCode":"China","detailStatus":11,"createTime":"2024-07-08 09:05:00"}"#,
    r#"{"userId":621443,"agentAccount":"lsl001","whatsApp":"573125704139","name":"","source":2,"countryCode":"哥伦比亚","detailStatus":42,"createTime":"2024-07-08 19:25:31"}"#,
    r#"{"userId":621443,"agentAccount":"lsl001","whatsApp":"234567892","name":"zhang","source":1,"countryCode":"哥伦比亚","detailStatus":12,"createTime":"2024-07-08 19:25:31"}"#,
];

/// The address of a server with those events, until the test ends.
pub async fn serve() -> String {
    serve_with(Config::default()).await
}

/// The same with another configuration.
pub async fn serve_with(config: Config) -> String {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    let credentials = Credentials::new(TENANT, KEY);
    assert!(store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap());
    let events = EVENTS.map(|event| StatusEvent::from_json(event.as_bytes(), UtcOffset::VENDOR).unwrap());
    store.append(credentials.tenant_id(), events.into()).await.unwrap();

    let (listener, url) = listen().await;
    tokio::spawn(async move {
        let _folder = folder;
        group_dispatch_server::serve(listener, store, config, std::future::pending()).await
    });
    url
}

/// The address of a service that answers everything alike.
pub async fn always(status: u16, body: &'static str) -> String {
    let (listener, url) = listen().await;
    let router = Router::new().fallback(move || async move { (StatusCode::from_u16(status).unwrap(), body) });
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// What the client gets for an operation's question of the contract.
pub async fn data(url: &str, operation: &str) -> Value {
    let client = Client::builder().base_url(url).credentials(Credentials::new(TENANT, KEY)).build().unwrap();
    match operation {
        "queryUserStatus" => ask::<QueryUserStatusRequest>(&client, operation).await,
        "queryAllOlWhatsAppInfo" => ask::<NoParameters>(&client, operation).await,
        "queryWhatsAppInfo" => ask::<QueryWhatsAppInfoRequest>(&client, operation).await,
        "queryUserStatusLog" => ask::<QueryUserStatusLogRequest>(&client, operation).await,
        "getLatestOnlineWhatsAccount" => ask::<GetLatestOnlineWhatsAccountRequest>(&client, operation).await,
        other => data_of_wire(url, other).await,
    }
}

/// What the service returns to the example of an operation whose types are not named here.
async fn data_of_wire(url: &str, operation: &str) -> Value {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let token = Credentials::new(TENANT, KEY).token(&timestamp);
    let path = format!("/group-dispatch-api/user/{operation}");
    let request = reqwest::Client::builder().no_proxy().build().unwrap().post(format!("{url}{path}"));
    let request = request.header("tenant_id", TENANT).header("timestamp", timestamp).header("token", token);
    let question = contract::request_example(&path);
    let body = if question.is_null() { "{}".to_owned() } else { question.to_string() };
    let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let mut envelope: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(envelope["code"], 200, "{operation}: {envelope}");
    envelope["data"].take()
}

async fn ask<Q: ClientRequest<Data: Serialize> + DeserializeOwned>(client: &Client, operation: &str) -> Value {
    let question = contract::request_example(&format!("/group-dispatch-api/user/{operation}"));
    let question = if question.is_null() { json!({}) } else { question };
    let question: Q = serde_json::from_value(question).unwrap();
    serde_json::to_value(client.query(question).await.unwrap()).unwrap()
}
