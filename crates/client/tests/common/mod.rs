//! A client against a mock, and the five questions of the page.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use group_dispatch_client::{Client, Credentials, Error, types::*};

pub const KEY: &str = "key-that-is-never-sent";

pub fn credentials() -> Credentials {
    Credentials::new(500_766, KEY)
}

pub fn client(url: impl Into<String>) -> Client {
    Client::builder().base_url(url).credentials(credentials()).build().unwrap()
}

/// The example of queryUserStatus' request.
pub fn user_status() -> QueryUserStatusRequest {
    QueryUserStatusRequest { source: AgentSource::Mobile, user_id: Some(12.into()), user_name: Some(String::new()) }
}

/// Asks the page's five questions, in its order.
pub async fn ask_all(client: &Client) -> [Result<(), Error>; 5] {
    let place = QueryWhatsAppInfoRequest { source: Some(Source::Cloud), whatsapp: "8618217331412".parse().unwrap() };
    let log = QueryUserStatusLogRequest {
        agent_account: Some(String::new()),
        whats_app: Some("573125704139".parse().unwrap()),
        source: AgentSource::Mobile,
    };
    let recent = GetLatestOnlineWhatsAccountRequest { user_id: Some(621_443.into()), source: AgentSource::Pc };
    [
        client.query_user_status(&user_status()).await.map(drop),
        client.query_all_ol_whats_app_info().await.map(drop),
        client.query_whats_app_info(&place).await.map(drop),
        client.query_user_status_log(&log).await.map(drop),
        client.get_latest_online_whats_account(&recent).await.map(drop),
    ]
}
