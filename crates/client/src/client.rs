//! The client: a method for each operation, which returns a [`Query`].

use std::{fmt::Display, sync::Arc};

use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest, Source, WhatsAppNumber,
    ingest::{MirroredFactsRequest, Receipt, StatusEvent, StatusEventsRequest},
};

use crate::{ClientRequest, Error, Query, call, config::Shared};

/// A client of the account queries and of the ingest endpoint. Clones are cheap and share connections, limits and the
/// measured difference to the service's clock.
///
/// [`Client::builder`] and [`Client::from_env`] create one.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

impl Client {
    /// Queries the agents with WhatsApp accounts online at a source, and those accounts (queryUserStatus).
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

    /// Queries all online agents and their accounts, grouped by source: PC, then mobile (queryAllOlWhatsAppInfo).
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

    /// Queries where an account is online; `None` if it is not (queryWhatsAppInfo). The account is a [`WhatsAppNumber`], or a
    /// phone number with country calling code, as a number or as people write it.
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
    /// The call fails with [`Error::InvalidRequest`] if this is not a phone number.
    pub fn account_location<V>(&self, account: V) -> Query<QueryWhatsAppInfoRequest>
    where
        V: TryInto<WhatsAppNumber, Error: Display>,
    {
        Query::of_account(Arc::clone(&self.shared), account)
    }

    /// Queries the latest 50 status events of each agent at a source, newest first (queryUserStatusLog).
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

    /// Queries for each agent the ten accounts that came online last at a source, with their current status
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

    /// Sends up to 10,000 status events to a group-dispatch-server (statusEvents). It stores all of them or none. When the
    /// call succeeds, they are durable, and the receipt says how many of them are new. To send events one by one, use
    /// [`sender`](Self::sender).
    ///
    /// The events are ordered oldest first; for a log, set [`order`](Query::order) to newest first. Among events of one
    /// account at one source and one time, the latest counts.
    ///
    /// Repeating a call is harmless: the server recognizes an event by its `event_id`, or by all its members if there is
    /// none.
    ///
    /// ```no_run
    /// # use group_dispatch_client::types::ingest::StatusEvent;
    /// # async fn example(client: group_dispatch_client::Client, events: Vec<StatusEvent>) {
    /// match client.feed(events).await {
    ///     Ok(receipt) => println!("{} are new, {} were stored before", receipt.stored, receipt.repeated),
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

    /// Sends events without consuming them, so that they can be sent again.
    pub(crate) async fn feed_batch(&self, events: &StatusEventsRequest) -> Result<Receipt, Error> {
        call::run(&self.shared, events, Arc::default()).await.map(|completed| completed.data)
    }

    /// Sends what a mirror of the vendor found out to a group-dispatch-server (mirroredFacts): all of it is stored, or nothing.
    /// The receipt says whether another mirror has looked meanwhile, and with which agents the accounts are online now.
    ///
    /// The program `group-dispatch mirror` makes these calls. To send events of a program's own, use [`feed`](Self::feed).
    pub fn mirrored_facts(&self, facts: MirroredFactsRequest) -> Query<MirroredFactsRequest> {
        self.query(facts)
    }

    /// Queries by a request type of the contract.
    ///
    /// ```no_run
    /// # async fn example(client: group_dispatch_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use group_dispatch_client::types::QueryUserStatusRequest;
    /// let request: QueryUserStatusRequest = serde_json::from_str(r#"{"userId": 12, "source": 2, "userName": ""}"#)?;
    /// let agents = client.query(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn query<R: ClientRequest>(&self, request: R) -> Query<R> {
        Query::new(Arc::clone(&self.shared), request)
    }
}
