// Made by `cargo xtask codegen` from openapi/group-dispatch.yaml: change that file instead.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
pub use ::group_dispatch_types as types;
#[derive(Clone, Debug)]
/**Client for SocialEpoch WA-SCRM account queries

Five questions about a tenant's support agents and their WhatsApp accounts: who is online, where (PC, mobile, cloud computer), and what happened to them.

**Signing.** Every request carries three headers: `tenant_id`, `timestamp` (Unix epoch milliseconds) and `token`, the lower-case hexadecimal MD5 of tenant_id, timestamp and ApiKey written one after the other as text. The ApiKey itself is never sent. For tenant_id `1`, timestamp `1710936559123` and ApiKey `demo-api-key` the token is `a35aadc4da20a17e393fbc84321d55fc`.

**Answers.** Every answer is an envelope of `code`, `message` and `data`. A request succeeded when `code` is 200 (or 0). The vendor answers business errors with HTTP status 200 and another `code`; group-dispatch-server mirrors the kind of error in the HTTP status as well (D19).

**Limits.** The vendor allows 50 requests a second for each endpoint (D36; `x-requests-per-second`). Status logs hold the latest 50 records.

**Repeating.** All five only read: `x-idempotent` says of an operation that sending it again does no harm (D38).

Version: 2.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::attempt::Attempt,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::attempt::Attempt,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::attempt::Attempt> for Client {
    fn api_version() -> &'static str {
        "2.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::attempt::Attempt {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::attempt::Attempt>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**Online agents and their WhatsApp accounts

Agents that have at least one WhatsApp account online at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryUserStatus`

Arguments:
- `body`: The source to look at, and which agent.
*/
    pub async fn query_user_status<'a>(
        &'a self,
        body: &'a types::QueryUserStatusRequest,
    ) -> Result<
        ResponseValue<types::QueryUserStatusResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!("{}/group-dispatch-api/user/queryUserStatus", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_user_status",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**All online agents and WhatsApp accounts, by source

The online agents and their accounts, grouped by source. The body may be left out. group-dispatch-server always answers two groups, PC (1) and then mobile (2), and orders agents by id (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryAllOlWhatsAppInfo`

Arguments:
- `body`: Nothing is asked for; the body may be empty or null.
*/
    pub async fn query_all_ol_whats_app_info<'a>(
        &'a self,
        body: &'a ::group_dispatch_types::NoParameters,
    ) -> Result<
        ResponseValue<types::QueryAllOlWhatsAppInfoResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/queryAllOlWhatsAppInfo", self.baseurl,
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_all_ol_whats_app_info",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Where one WhatsApp account is online

The agent and the source with which the account is online, or null when it is not online. Without a source, PC and mobile are looked at and the one that came last is given; cloud computers only when source is 3.

Sends a `POST` request to `/group-dispatch-api/user/queryWhatsAppInfo`

Arguments:
- `body`: The account, and the source to look at.
*/
    pub async fn query_whats_app_info<'a>(
        &'a self,
        body: &'a types::QueryWhatsAppInfoRequest,
    ) -> Result<
        ResponseValue<types::QueryWhatsAppInfoResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!("{}/group-dispatch-api/user/queryWhatsAppInfo", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_whats_app_info",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Status logs of agents' WhatsApp accounts

For each agent the latest 50 status events at the source. A filter that is absent or empty is no filter. group-dispatch-server orders agents by id and events newest first, and counts the 50 after filtering (D15).

Sends a `POST` request to `/group-dispatch-api/user/queryUserStatusLog`

Arguments:
- `body`: The source to look at, and which agent or account.
*/
    pub async fn query_user_status_log<'a>(
        &'a self,
        body: &'a types::QueryUserStatusLogRequest,
    ) -> Result<
        ResponseValue<types::QueryUserStatusLogResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/queryUserStatusLog", self.baseurl,
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "query_user_status_log",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**The WhatsApp accounts that came online last

For each agent the accounts that came online last at the source, at most ten, with the status they have now. group-dispatch-server orders agents by id and accounts by when they came online, the last one first (D15).

Sends a `POST` request to `/group-dispatch-api/user/getLatestOnlineWhatsAccount`

Arguments:
- `body`: The source to look at, and which agent.
*/
    pub async fn get_latest_online_whats_account<'a>(
        &'a self,
        body: &'a types::GetLatestOnlineWhatsAccountRequest,
    ) -> Result<
        ResponseValue<types::GetLatestOnlineWhatsAccountResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!(
            "{}/group-dispatch-api/user/getLatestOnlineWhatsAccount", self.baseurl,
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "get_latest_online_whats_account",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16..=599u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
