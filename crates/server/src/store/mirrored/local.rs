//! A store of this process as that of a mirror.

use group_dispatch_mirror::{KNOWN_RECORDS, KnownRecord, Memory, MirrorStore, OnlineAccounts, Recall, StoreFailure};
use group_dispatch_types::{
    OnlineAgent, Source, UserId,
    ingest::{MirroredFactsReceipt, MirroredFactsRequest},
    signing::TenantId,
};

use crate::{
    error::StoreError,
    event::ProvenanceKind,
    event_log::{
        history::{FactFilter, HistoryQuery, PageRequest, TimeOrder},
        mirrored::MirroredFacts,
    },
    presence::agent_query::{AgentFilter, AgentQuery, QueryKind},
    store::Store,
};

/// A tenant of a [`Store`] of this process, for a mirror that runs in it as well.
#[derive(Clone)]
pub struct LocalStore {
    store: Store,
    tenant: TenantId,
}

impl LocalStore {
    /// Uses a tenant of a store.
    #[must_use]
    pub const fn new(store: Store, tenant: TenantId) -> Self {
        Self { store, tenant }
    }

    fn online(&self, sources: &[Source]) -> Result<Vec<OnlineAccounts>, StoreFailure> {
        let tenant = self.store.tenant(self.tenant).ok_or(StoreError::UnknownTenant(self.tenant))?;
        // First the looks: if another mirror looks meanwhile, the next look is a conflict.
        let looked = self.store.freshness(self.tenant).unwrap_or_default();
        let mut all = Vec::new();
        for source in sources {
            let look = looked.iter().find(|look| look.source == *source);
            let mut json = Vec::new();
            let query = AgentQuery { kind: QueryKind::Online, source: *source, filter: AgentFilter::default() };
            tenant.answer(&query, &mut json);
            let agents: Vec<OnlineAgent> = serde_json::from_slice(&json)?;
            all.push(OnlineAccounts::new(
                *source,
                look.map(|look| look.last),
                look.and_then(|look| look.log_read),
                agents,
            ));
        }
        Ok(all)
    }

    async fn known(&self, source: Source, agent: UserId) -> Result<Vec<KnownRecord>, StoreError> {
        let mut query = HistoryQuery {
            page: PageRequest { order: TimeOrder::NewestFirst, limit: KNOWN_RECORDS, cursor: None },
            filter: FactFilter { user_id: Some(agent), source: Some(source), ..FactFilter::default() },
            provenance: Some(ProvenanceKind::Logged),
            ..HistoryQuery::default()
        };
        let mut known = Vec::new();
        // A page may have fewer events than its limit.
        while known.len() < KNOWN_RECORDS {
            let page = self.store.history(self.tenant, query.clone()).await?;
            known.extend(page.events.into_iter().map(|stored| KnownRecord {
                whats_app: stored.event.whatsapp,
                status: stored.event.status,
                detail_status: stored.event.detail_status,
                at: stored.event.at,
            }));
            let Some(next) = page.next else { break };
            query.page.cursor = Some(next);
        }
        Ok(known)
    }
}

impl MirrorStore for LocalStore {
    async fn recall(&self, recall: &Recall) -> Result<Memory, StoreFailure> {
        Ok(match recall {
            Recall::Online(sources) => Memory::Online(self.online(sources)?),
            Recall::Known(source, agent) => Memory::Known(self.known(*source, *agent).await?),
        })
    }

    async fn append(&self, facts: MirroredFactsRequest) -> Result<MirroredFactsReceipt, StoreFailure> {
        let facts = MirroredFacts::from_request(facts, self.store.utc_offset())?;
        Ok(self.store.receive_mirrored(self.tenant, facts).await?)
    }
}
