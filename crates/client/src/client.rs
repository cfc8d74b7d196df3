use std::{
    fmt::{self, Display},
    sync::Arc,
    time::Duration,
};

use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest, Source, WhatsAppNumber,
    ingest::{Receipt, StatusEvent, StatusEventsRequest},
};
use reqwest::header::HeaderValue;

use crate::{
    ClientBuilder, Credentials, Error, ProxySetting, Query, Request, RetryPolicy, call, clock_skew::ClockSkew,
    rate_limit::RateLimits, retry::RetryBucket,
};

/// A client of the account queries and of the feed. Clones are cheap and share everything: connections, limits, what was learned of the
/// service's clock.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

pub struct Shared {
    pub base_url: String,
    pub server: Server,
    pub credentials: Credentials,
    pub http: reqwest::Client,
    /// The proxy that `http` takes. Unknown where it is the caller's own.
    pub proxy: Option<ProxySetting>,
    /// Set where it is not the HTTP client's own.
    pub user_agent: Option<HeaderValue>,
    pub timeout: Duration,
    pub attempt_timeout: Duration,
    pub retry: RetryPolicy,
    pub retry_bucket: RetryBucket,
    pub rate_limits: RateLimits,
    pub clock_skew: ClockSkew,
    pub max_response_bytes: u64,
    pub is_strict: bool,
    pub traces_personal_data: bool,
}

/// Whom the requests go to.
pub struct Server {
    pub address: String,
    pub port: u16,
}

/// An HTTP client of the caller's own may carry secrets in its headers, and is not shown.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("base_url", &self.base_url)
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client for what the environment says: `GROUP_DISPATCH_URL`, `GROUP_DISPATCH_TENANT_ID` and
    /// `GROUP_DISPATCH_API_KEY`. [`ClientBuilder::from_env`] lets more be set.
    ///
    /// # Errors
    /// [`Error::Configuration`] when one of them is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Agents that have WhatsApp accounts online at a source, with those accounts (queryUserStatus).
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::Source;
    /// for agent in client.online_agents(Source::Pc).user_id(12).await? {
    ///     println!("agent {} has {} accounts online", agent.user_id, agent.whats_app_list.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn online_agents(&self, source: Source) -> Query<QueryUserStatusRequest> {
        self.query(QueryUserStatusRequest { source, user_id: None, user_name: None })
    }

    /// All online agents and their accounts, grouped by source: PC and then mobile (queryAllOlWhatsAppInfo).
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// for group in client.all_online().await? {
    ///     println!("{} agents are online at {}", group.list.len(), group.source);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn all_online(&self) -> Query<NoParameters> {
        self.query(NoParameters)
    }

    /// Where one account is online; none when it is not (queryWhatsAppInfo). The account is a
    /// [`WhatsAppNumber`], or a phone number with its country calling code as a number or as people type it.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// match client.account_location("+86 182-1733-1411").await? {
    ///     Some(location) => println!("at {}, with agent {}", location.source, location.user_id),
    ///     None => println!("not online"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is no phone number makes the call fail with [`Error::InvalidRequest`].
    pub fn account_location<V>(&self, account: V) -> Query<QueryWhatsAppInfoRequest>
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        Query::about(self.clone(), account)
    }

    /// Per agent its latest 50 status events at a source, newest first (queryUserStatusLog).
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::Source;
    /// for log in client.status_log(Source::Mobile).whats_app("573125704139").await? {
    ///     for record in &log.whats_app_list {
    ///         println!("{} {}", record.create_time, record.detail_status.description());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn status_log(&self, source: Source) -> Query<QueryUserStatusLogRequest> {
        self.query(QueryUserStatusLogRequest { source, agent_account: None, whats_app: None })
    }

    /// Per agent the ten accounts that came online last at a source, with the status they have now
    /// (getLatestOnlineWhatsAccount).
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), group_dispatch_client::Error> {
    /// use group_dispatch_client::Source;
    /// let agents = client.recent_accounts(Source::Pc).user_id(621_443).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn recent_accounts(&self, source: Source) -> Query<GetLatestOnlineWhatsAccountRequest> {
        self.query(GetLatestOnlineWhatsAccountRequest { source, user_id: None })
    }

    /// Feeds status events, up to 10,000, to a group-dispatch-server, all or none of them, and tells how many of them are
    /// new (statusEvents). Once that is told, they are durable. [`sender`](Self::sender) makes such calls of single events.
    ///
    /// The events are oldest first, unless `order` says that they are newest first, as those of a log: of the events of one
    /// account at one source and one time, the latest counts.
    ///
    /// It may be repeated: the server knows an event again by its `event_id`, or by all of it where that is not given.
    ///
    /// ```no_run
    /// # use group_dispatch_client::types::ingest::StatusEvent;
    /// # async fn example(client: group_dispatch_client::Client, events: Vec<StatusEvent>) {
    /// match client.feed(events).await {
    ///     Ok(receipt) => println!("{} are new, {} were there", receipt.stored, receipt.repeated),
    ///     Err(error) => {
    ///         for refusal in error.refusals() {
    ///             println!("event {} is refused: {}", refusal.index, refusal.reason);
    ///         }
    ///     }
    /// }
    /// # }
    /// ```
    pub fn feed(&self, events: Vec<StatusEvent>) -> Query<StatusEventsRequest> {
        self.query(StatusEventsRequest(events))
    }

    /// The same of events that are kept, to be sent again.
    pub(crate) async fn feed_batch(&self, events: &StatusEventsRequest) -> Result<Receipt, Error> {
        call::run(&self.shared, events, Arc::default()).await.map(|answered| answered.data)
    }

    /// Asks what is given as a request of the contract.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use group_dispatch_client::types::QueryUserStatusRequest;
    /// let request: QueryUserStatusRequest = serde_json::from_str(r#"{"userId": 12, "source": 2, "userName": ""}"#)?;
    /// let agents = client.query(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn query<R: Request>(&self, request: R) -> Query<R> {
        Query::new(self.clone(), request)
    }
}
