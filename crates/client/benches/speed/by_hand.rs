//! The baseline: what a developer would write without this crate, with plain structs, reqwest and three headers.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, bail};
use group_dispatch_client::Credentials;
use reqwest::header::{ACCEPT, HeaderMap};
use serde::{Deserialize, Serialize};

use crate::CountAccounts;

#[derive(Serialize)]
struct OnlineAgentsRequest {
    source: i32,
}

#[derive(Deserialize)]
pub struct UserStatus {
    code: i32,
    message: String,
    data: Vec<Agent>,
}

#[derive(Deserialize)]
pub struct AllOnline {
    code: i32,
    message: String,
    data: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    source: i32,
    list: Vec<NamedAgent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Agent {
    user_id: u64,
    agent_account: String,
    whats_app_list: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedAgent {
    user_id: u64,
    agent_account: String,
    user_name: String,
    whats_app_list: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    whats_app: String,
    name: Option<String>,
}

count_accounts!(UserStatus, AllOnline);

/// Returns an HTTP client with a user agent and timeouts, as ours has.
pub fn http() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().user_agent("group-dispatch-client/0.1.0");
    Ok(builder.connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(30)).build()?)
}

pub static CREDENTIALS: LazyLock<Credentials> = LazyLock::new(|| Credentials::new(500_766, "demo-api-key"));

/// Returns the headers of the signature of a request.
pub fn signature() -> Result<HeaderMap> {
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().to_string();
    let token = CREDENTIALS.token(&timestamp);
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert("tenant_id", CREDENTIALS.tenant_id().get().into());
    headers.insert("timestamp", timestamp.try_into()?);
    headers.insert("token", token.try_into()?);
    Ok(headers)
}

pub struct Client {
    url: String,
    http: reqwest::Client,
}

impl Client {
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self { url: format!("{url}/group-dispatch-api/user/queryUserStatus"), http: http()? })
    }

    pub async fn accounts_online(&self) -> Result<usize> {
        // The same bytes as our client sends.
        let request = self.http.post(&self.url).header(ACCEPT, "application/json").headers(signature()?);
        let request = request.json(&OnlineAgentsRequest { source: 1 });
        let response: UserStatus = request.send().await?.error_for_status()?.json().await?;
        if response.code != 200 {
            bail!(response.message);
        }
        Ok(response.accounts())
    }
}
