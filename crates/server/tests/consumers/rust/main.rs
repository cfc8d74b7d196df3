//! What every client is asked for: the queries, an account that is not online, a code that the contract does not list,
//! and an error.
//!
//! Run as `program URL TENANT_ID API_KEY`. The values are printed, a line for each step, for the test to compare.

use std::{
    env,
    fmt::Debug,
    future::Future,
    time::{SystemTime, UNIX_EPOCH},
};

use client::{
    apis::{Error, configuration::Configuration, history_api as history, presence_api as presence},
    models::ErrorResponse,
};
use md5::{Digest, Md5};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Values of a step, or why there are none.
type Values = Result<Vec<Value>, String>;

/// `data` as the two documents have it: a list that is always there, or one that may be null or absent.
trait Data {
    type Given;
    fn given(self) -> Option<Self::Given>;
}

impl<T> Data for Vec<T> {
    type Given = Self;
    fn given(self) -> Option<Self> {
        Some(self)
    }
}

impl<T> Data for Option<Box<T>> {
    type Given = Box<T>;
    fn given(self) -> Option<Box<T>> {
        self
    }
}

impl<T> Data for Option<Option<T>> {
    type Given = T;
    fn given(self) -> Option<T> {
        self.flatten()
    }
}

struct Client {
    url: String,
    tenant_id: String,
    api_key: String,
}

impl Client {
    /// For one request: the client has no hook that could sign, and one `api_key` for all three headers.
    fn signed(&self) -> Configuration {
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let digest = Md5::digest(format!("{}{timestamp}{}", self.tenant_id, self.api_key));
        let token: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let headers = [("tenant_id", self.tenant_id.clone()), ("timestamp", timestamp.to_string()), ("token", token)];
        let headers =
            headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap()));
        let client = reqwest::Client::builder().default_headers(HeaderMap::from_iter(headers)).build().unwrap();
        Configuration { base_path: self.url.clone(), client, ..Configuration::default() }
    }

    async fn query_user_status(&self) -> Values {
        let question = question(json!({ "userId": 12, "source": 1 }));
        let answer = presence::query_user_status(&self.signed(), question).await.map_err(said)?;
        let agent = first(answer.data.given())?;
        let account = first(Some(agent.whats_app_list))?;
        Ok(vec![value(agent.user_id), value(agent.agent_account), value(account.whats_app), value(account.name)])
    }

    async fn query_all_ol_whats_app_info(&self) -> Values {
        let answer = presence::query_all_ol_whats_app_info(&self.signed(), None).await.map_err(said)?;
        let group = first(answer.data.given())?;
        let agent = first(Some(group.list))?;
        let account = first(Some(agent.whats_app_list))?;
        let (id, login) = (value(agent.user_id), value(agent.agent_account));
        Ok(vec![value(group.source), id, login, value(agent.user_name), value(account.whats_app)])
    }

    async fn query_whats_app_info(&self) -> Values {
        let question = question(json!({ "whatsapp": 8_618_217_331_411_u64, "source": 1 }));
        let answer = presence::query_whats_app_info(&self.signed(), question).await.map_err(said)?;
        let place = answer.data.given().ok_or("no data")?;
        Ok(vec![value(place.user_id), value(place.agent_account), value(place.whats_app), value(place.source)])
    }

    async fn query_user_status_log(&self) -> Values {
        let question = question(json!({ "agentAccount": "br02", "source": 2 }));
        let answer = history::query_user_status_log(&self.signed(), question).await.map_err(said)?;
        let agent = first(answer.data.given())?;
        let event = first(Some(agent.whats_app_list))?;
        let (status, detail) = (value(event.status), value(event.detail_status));
        Ok(vec![value(agent.user_id), value(event.whats_app), status, detail, value(event.create_time)])
    }

    async fn get_latest_online_whats_account(&self) -> Values {
        let question = question(json!({ "userId": 12, "source": 2 }));
        let answer = history::get_latest_online_whats_account(&self.signed(), question).await.map_err(said)?;
        let agent = first(answer.data.given())?;
        let account = first(Some(agent.whats_app_list))?;
        Ok(vec![value(agent.user_id), value(account.whats_app), value(account.status)])
    }

    async fn not_online(&self) -> Values {
        let question = question(json!({ "whatsapp": 573_125_704_139_u64, "source": 2 }));
        let answer = presence::query_whats_app_info(&self.signed(), question).await.map_err(said)?;
        let data = answer.data.given().map_or_else(|| json!("nothing"), value);
        Ok(vec![value(answer.code), data])
    }

    async fn unknown_code(&self) -> Values {
        let question = question(json!({ "agentAccount": "br03", "source": 3 }));
        let answer = history::query_user_status_log(&self.signed(), question).await.map_err(said)?;
        let agent = first(answer.data.given())?;
        let event = first(Some(agent.whats_app_list))?;
        Ok(vec![value(event.status), value(event.detail_status)])
    }

    async fn error(&self) -> Values {
        let question = question(json!({ "userId": 12, "source": 1 }));
        match presence::query_user_status(&self.signed(), question).await {
            Ok(answer) => Ok(vec![value(answer.code), value(answer.message)]),
            Err(Error::ResponseError(refused)) => {
                let Some(presence::QueryUserStatusError::Status4XX(answer)) = refused.entity else {
                    return Err(refused.content);
                };
                let ErrorResponse { code, message, .. } = answer;
                Ok(vec![value(code), value(message)])
            }
            Err(error) => Err(said(error)),
        }
    }
}

fn question<Q: DeserializeOwned>(members: Value) -> Q {
    serde_json::from_value(members).unwrap()
}

fn first<T>(list: Option<Vec<T>>) -> Result<T, String> {
    list.into_iter().flatten().next().ok_or_else(|| "nothing, or an empty list".to_owned())
}

fn value(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn said(error: impl Debug) -> String {
    format!("{error:?}")
}

async fn step(name: &str, values: impl Future<Output = Values>) {
    let line = match values.await {
        Ok(values) => {
            let values =
                values.into_iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            values.collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("failed: {}", error.replace('\n', " ")),
    };
    println!("{name}: {line}");
}

fn main() {
    let [url, tenant_id, api_key] = env::args().skip(1).collect::<Vec<_>>().try_into().expect("URL TENANT_ID API_KEY");
    let stranger = Client { url: url.clone(), tenant_id: tenant_id.clone(), api_key: "another key".to_owned() };
    let client = Client { url, tenant_id, api_key };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        step("queryUserStatus", client.query_user_status()).await;
        step("queryAllOlWhatsAppInfo", client.query_all_ol_whats_app_info()).await;
        step("queryWhatsAppInfo", client.query_whats_app_info()).await;
        step("queryUserStatusLog", client.query_user_status_log()).await;
        step("getLatestOnlineWhatsAccount", client.get_latest_online_whats_account()).await;
        step("not online", client.not_online()).await;
        step("unknown code", client.unknown_code()).await;
        step("error", stranger.error()).await;
    });
}
