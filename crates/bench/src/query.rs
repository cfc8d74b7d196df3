//! The queries: their signed requests, and the check of their responses.

use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use group_dispatch_types::signing::{
    BODY_SHA256_HEADER, Credentials, FeedCall, HMAC_HEADER, NONCE_HEADER, TENANT_ID_HEADER, TIMESTAMP_HEADER,
    TOKEN_HEADER, body_sha256,
};
use serde_json::Value;

use crate::dataset::{Account, Dataset, KEY, TENANT};

/// One of the five queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    WhatsAppInfo,
    UserStatus,
    LatestOnline,
    StatusLog,
    AllOnline,
}

/// How many distinct requests of a query are sent in turn.
const DISTINCT_REQUESTS: usize = 4_096;

impl Query {
    pub const ALL: [Self; 5] =
        [Self::WhatsAppInfo, Self::UserStatus, Self::LatestOnline, Self::StatusLog, Self::AllOnline];

    /// The queries about one agent or account.
    pub const OF_ONE: [Self; 4] = [Self::WhatsAppInfo, Self::UserStatus, Self::LatestOnline, Self::StatusLog];

    /// Returns the operation id in the contract.
    #[must_use]
    pub fn operation(self) -> &'static str {
        match self {
            Self::WhatsAppInfo => "queryWhatsAppInfo",
            Self::UserStatus => "queryUserStatus",
            Self::LatestOnline => "getLatestOnlineWhatsAccount",
            Self::StatusLog => "queryUserStatusLog",
            Self::AllOnline => "queryAllOlWhatsAppInfo",
        }
    }

    /// Returns the path on a server.
    #[must_use]
    pub fn path(self) -> String {
        format!("/group-dispatch-api/user/{}", self.operation())
    }

    fn body(self, account: Account) -> String {
        let (user, source) = (account.user_id(), account.source());
        match self {
            Self::WhatsAppInfo => format!(r#"{{"source":{source},"whatsapp":{}}}"#, account.number()),
            Self::UserStatus => format!(r#"{{"userId":{user},"source":{source},"userName":""}}"#),
            Self::LatestOnline => format!(r#"{{"userId":{user},"source":{source}}}"#),
            Self::StatusLog => format!(r#"{{"agentAccount":"{}","source":{source}}}"#, account.agent_account()),
            Self::AllOnline => "{}".to_owned(),
        }
    }

    /// Returns signed requests about random accounts that are online.
    #[must_use]
    pub fn hits(self, dataset: Dataset) -> Vec<Vec<u8>> {
        let mut rng = Rng::with_seed(2);
        (0..DISTINCT_REQUESTS).map(|_| self.about(dataset.online_account(&mut rng))).collect()
    }

    /// Returns signed requests whose filter matches nothing.
    #[must_use]
    pub fn misses(self, dataset: Dataset) -> Vec<Vec<u8>> {
        let mut rng = Rng::with_seed(3);
        (0..DISTINCT_REQUESTS).map(|_| self.about(dataset.unknown_account(&mut rng))).collect()
    }

    /// Returns a signed request about an account.
    #[must_use]
    pub fn about(self, account: Account) -> Vec<u8> {
        signed(&self.path(), &self.body(account))
    }

    /// Returns whether the `data` of a response is right for an account that is online. For the log and the latest
    /// accounts, checks the agent, the length and the order.
    #[must_use]
    pub fn is_correct_response(self, response: &Value, dataset: Dataset, account: Account) -> bool {
        let data = &response["data"];
        let agent = &data[0];
        let list = agent["whatsAppList"].as_array().map_or(&[][..], Vec::as_slice);
        let of_agent =
            || data.as_array().is_some_and(|agents| agents.len() == 1) && agent["userId"] == account.user_id();
        match self {
            Self::WhatsAppInfo => {
                data["userId"].as_str() == Some(&account.user_id().to_string())
                    && data["whatsApp"].as_str() == Some(&account.number().to_string())
                    && data["source"] == account.source()
            }
            Self::UserStatus => {
                let number = account.number().to_string();
                of_agent() && list.len() == account.online_beside() && list.iter().any(|one| one["whatsApp"] == number)
            }
            Self::LatestOnline => of_agent() && !list.is_empty() && list.len() <= 10,
            Self::StatusLog => {
                of_agent()
                    && !list.is_empty()
                    && list.iter().all(|one| one["source"] == account.source())
                    && list.windows(2).all(|two| two[0]["createTime"].as_str() >= two[1]["createTime"].as_str())
            }
            Self::AllOnline => {
                let agents =
                    data.as_array().into_iter().flatten().filter_map(|group| group["list"].as_array()).flatten();
                let accounts: usize = agents.filter_map(|agent| agent["whatsAppList"].as_array()).map(Vec::len).sum();
                u64::try_from(accounts).is_ok_and(|accounts| accounts == dataset.online())
            }
        }
    }
}

/// Returns a signed POST request with a JSON body.
#[must_use]
pub fn signed(path: &str, body: &str) -> Vec<u8> {
    let timestamp = now();
    let token = Credentials::new(TENANT, KEY).token(&timestamp);
    request(path, body, &timestamp, &format!("{TOKEN_HEADER}: {token}"))
}

/// Returns a request that feeds events, signed by an HMAC as the client does.
#[must_use]
pub fn signed_by_hmac(path: &str, body: &str) -> Vec<u8> {
    let (timestamp, nonce, body_sha256) = (now(), "bench", body_sha256(body.as_bytes()));
    let call =
        FeedCall { method: "POST", path_and_query: path, timestamp: &timestamp, nonce, body_sha256: &body_sha256 };
    let hmac = Credentials::new(TENANT, KEY).hmac(&call);
    let signature = format!("{NONCE_HEADER}: {nonce}\r\n{BODY_SHA256_HEADER}: {body_sha256}\r\n{HMAC_HEADER}: {hmac}");
    request(path, body, &timestamp, &signature)
}

fn now() -> String {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string()
}

fn request(path: &str, body: &str, timestamp: &str, signature: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         {TENANT_ID_HEADER}: {TENANT}\r\n{TIMESTAMP_HEADER}: {timestamp}\r\n{signature}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
