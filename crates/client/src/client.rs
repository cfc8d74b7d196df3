use std::sync::Arc;

use group_dispatch_types::{
    AccountLocation, AgentRecentAccounts, AgentStatusLog, GetLatestOnlineWhatsAccountRequest, NoParameters,
    OnlineAgent, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest, SourceGroup,
};

use crate::{ClientBuilder, Credentials, Error, call::Call, envelope, generated};

/// A client of the account queries. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub struct Shared {
    pub base_url: String,
    pub credentials: Credentials,
    pub http: reqwest::Client,
}

impl Client {
    /// Begins a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Agents that have WhatsApp accounts online at a source, with those accounts.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn query_user_status(&self, question: &QueryUserStatusRequest) -> Result<Vec<OnlineAgent>, Error> {
        let call = self.call();
        envelope::open(call.query_user_status(question).await, &call)
    }

    /// All online agents and their accounts, grouped by source: PC and then mobile.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn query_all_ol_whats_app_info(&self) -> Result<Vec<SourceGroup>, Error> {
        let call = self.call();
        envelope::open(call.query_all_ol_whats_app_info(&NoParameters).await, &call)
    }

    /// Where one account is online; none when it is not.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn query_whats_app_info(
        &self,
        question: &QueryWhatsAppInfoRequest,
    ) -> Result<Option<AccountLocation>, Error> {
        let call = self.call();
        envelope::open(call.query_whats_app_info(question).await, &call)
    }

    /// Per agent its latest 50 status events at a source, newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn query_user_status_log(
        &self,
        question: &QueryUserStatusLogRequest,
    ) -> Result<Vec<AgentStatusLog>, Error> {
        let call = self.call();
        envelope::open(call.query_user_status_log(question).await, &call)
    }

    /// Per agent the ten accounts that came online last at a source, with the status they have now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_latest_online_whats_account(
        &self,
        question: &GetLatestOnlineWhatsAccountRequest,
    ) -> Result<Vec<AgentRecentAccounts>, Error> {
        let call = self.call();
        envelope::open(call.get_latest_online_whats_account(question).await, &call)
    }

    /// The generated client for one call. Retries, limits and per-call options have their place in [`Call`].
    fn call(&self) -> generated::Client {
        let shared = &self.shared;
        generated::Client::new_with_client(&shared.base_url, shared.http.clone(), Call::new(Arc::clone(shared)))
    }
}
