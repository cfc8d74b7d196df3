// Made by `cargo xtask codegen` from openapi/ingest.yaml: change that file instead.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
pub use ::group_dispatch_types::ingest as types;
#[derive(Clone, Debug)]
/**Client for Status events for group-dispatch-server

How the status events of a tenant get into a group-dispatch-server, from which it answers the five account queries. The vendor has nothing of the kind.

**Signing.** Every request carries `tenant_id`, `timestamp` (Unix epoch milliseconds), `nonce`, `body_sha256` and `hmac`, the lower-case hexadecimal HMAC-SHA256 of seven lines under the UTF-8 bytes of the ApiKey. The lines are the words `group-dispatch-hmac-sha256-1`; the method, `POST`; the path as it is in this contract, followed by `?` and the query if the address has one, as it is sent; `tenant_id`; `timestamp`; `nonce`; and `body_sha256`. A line feed (one byte, 0A) is between two lines, and none after the last. The body is hashed as it is sent, compressed if it has a `Content-Encoding`. A call that is repeated within the window of its timestamp is accepted, and stores nothing twice (D46).

An example: with the ApiKey `demo-api-key`, tenant_id 1, timestamp 1710936559123, nonce `4f1c2a9e0b7d4c6e8a5f3d2b1c0e9f8a`, the query `order=newest-first`, and the line of the example "one" of application/x-ndjson below without a line feed as the body, `body_sha256` is `73a1888ef1203053a6f7adacf073b0c7ebd04808743b352939b09cde7a956576` and `hmac` is `d254675826c9067cc7e0f269efae7b74d976c0bf49febb0c1b725b57210fb837`.

A call without `hmac` may be signed as the queries are: with `tenant_id`, `timestamp` and `token`, the lower-case hexadecimal MD5 of tenant_id, timestamp and ApiKey written one after the other as text. Whoever sees such a call can send others until its timestamp is too old, because the token covers neither address nor body. The server's operator can turn it off.

**All or nothing.** The events of one call are stored together or not at all. Success is told once they are durable; where one event is refused, none is stored, and the answer lists all that are refused, with the reasons (D40).

**Repeating.** An event that is there already is counted and changes nothing, so that a call that may have failed on the way is sent again as it was (D41).

Version: 3.0.0*/
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
        "3.0.0"
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
    /**Feed status events

Appends up to 10,000 status events, all or none of them. Their order decides which event is the latest among those of one account at one source at one time (see `order`), and which of several events with one `eventId` is stored; it changes nothing else (D16). The answer comes once they are durable, and from then on the queries know them. A body may be as large as the server's operator allows: 8 MiB by default.

Sends a `POST` request to `/ingest/v1/status-events`

Arguments:
- `order`: Whether later events of the call stand later in it (`oldest-first`) or earlier (`newest-first`), as in a log. Among events of one account at one source at one time, the latest counts (D16). Without it, the call is oldest first. It is the only query parameter: any other is refused with 400, so that a misspelled one is not overlooked (D40).
- `body`: The events: an array as application/json, or one a line as application/x-ndjson, where blank lines are passed over. Either may be compressed with gzip (D43).
*/
    pub async fn status_events<'a>(
        &'a self,
        order: Option<&'a ::group_dispatch_types::ingest::FeedOrder>,
        body: &'a ::group_dispatch_types::ingest::StatusEventsRequest,
    ) -> Result<
        ResponseValue<types::StatusEventsResponse>,
        Error<types::ErrorResponse>,
    > {
        let url = format!("{}/ingest/v1/status-events", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(&progenitor_client::QueryParam::new("order", &order))
            .build()?;
        let info = OperationInfo {
            operation_id: "status_events",
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
