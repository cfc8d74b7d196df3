//! Reads the log of a tenant by time. Unlike queries, this waits for the database.

use group_dispatch_types::signing::TenantId;

use super::{Store, shared::Shared};
use crate::{
    error::StoreError,
    event_log::history::{FactFilter, GapPage, GapQuery, GapSearch, HistoryPage, HistoryQuery},
    presence::agent_query::AgentFilter,
    tenant::TenantNumber,
};

impl Store {
    /// Returns a page of the events of a tenant. An event that was there when the first page was read is returned once,
    /// whatever is appended meanwhile.
    ///
    /// # Errors
    /// If the tenant is unknown, or the database fails.
    pub async fn history(&self, tenant: TenantId, mut query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        let (tenant, agents) = self.0.resolve(tenant, &query.filter)?;
        // What has expired may not be deleted yet.
        query.filter.from = query.filter.from.max(self.kept_since());
        self.0.log.history(tenant, query, agents).await
    }

    /// Returns a page of the gaps of a tenant: what the vendor's log may have had, and no mirror could see.
    ///
    /// # Errors
    /// As for [`history`](Self::history).
    pub async fn gaps(&self, tenant: TenantId, mut query: GapQuery) -> Result<GapPage, StoreError> {
        let (tenant, agents) = self.0.resolve(tenant, &query.filter)?;
        query.filter.from = query.filter.from.max(self.kept_since());
        self.0.log.gaps(GapSearch { tenant, agents, query }).await
    }
}

impl Shared {
    /// Returns the number of a tenant, and the ids of the agents that a filter selects (`None`: all).
    pub(super) fn resolve(
        &self,
        id: TenantId,
        filter: &FactFilter,
    ) -> Result<(TenantNumber, Option<Vec<i64>>), StoreError> {
        let tenant = self.index.tenant(id).ok_or(StoreError::UnknownTenant(id))?;
        let FactFilter { user_id, agent_account, .. } = filter;
        let agents = match (user_id, agent_account) {
            (None, None) => None,
            (Some(user_id), None) => Some(vec![user_id.get().cast_signed()]),
            (_, Some(_)) => {
                let filter = AgentFilter { user_id: *user_id, agent_account: agent_account.clone() };
                Some(tenant.index.agent_ids(&filter).into_iter().map(|id| id.get().cast_signed()).collect())
            }
        };
        Ok((tenant.number, agents))
    }
}
