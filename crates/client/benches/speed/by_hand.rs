//! What a sensible person would write without us: plain structs, reqwest, and three headers.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use group_dispatch_client::Credentials;
use reqwest::header::{ACCEPT, HeaderMap};
use serde::{Deserialize, Serialize};

use crate::{Accounts, Outcome};

#[derive(Serialize)]
struct Question {
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

/// An HTTP client that says who it is and gives up in time, as ours does.
pub fn http() -> Outcome<reqwest::Client> {
    let builder = reqwest::Client::builder().user_agent("group-dispatch-client/0.1.0");
    Ok(builder.connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(30)).build()?)
}

pub static CREDENTIALS: LazyLock<Credentials> = LazyLock::new(|| Credentials::new(500_766, "demo-api-key"));

/// The headers that prove the key, made anew for each request.
pub fn signature() -> Outcome<HeaderMap> {
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
    pub fn new(url: &str) -> Outcome<Self> {
        Ok(Self { url: format!("{url}/group-dispatch-api/user/queryUserStatus"), http: http()? })
    }

    pub async fn accounts_online(&self) -> Outcome<usize> {
        // What goes over the wire is what our client sends.
        let request = self.http.post(&self.url).header(ACCEPT, "application/json").headers(signature()?);
        let request = request.json(&Question { source: 1 });
        let answer: UserStatus = request.send().await?.error_for_status()?.json().await?;
        if answer.code != 200 {
            return Err(answer.message.into());
        }
        Ok(answer.accounts())
    }
}
