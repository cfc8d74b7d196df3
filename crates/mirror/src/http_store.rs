//! A group-dispatch-server as the store of a mirror, over HTTP.

use futures_util::TryStreamExt;
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    Source, UserId, UtcOffset,
    history::{EventTime, HistoryEvent, HistoryOrder, Provenance, SourceFreshness},
    ingest::{MirroredFactsReceipt, MirroredFactsRequest},
};

use crate::{
    question::{KnownRecord, Memory, OnlineAccounts, Recall},
    store::{KNOWN_RECORDS, MirrorStore, StoreFailure},
};

/// A group-dispatch-server, over HTTP.
#[derive(Clone, Debug)]
pub struct HttpStore {
    client: Client,
}

impl HttpStore {
    /// Uses the server of a client. Its key has to be one that may feed.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    async fn online(&self, sources: &[Source]) -> Result<Vec<OnlineAccounts>, Error> {
        // First the looks: if another mirror looks meanwhile, the next look is a conflict.
        let looked = self.client.freshness().await?.sources;
        let mut all = Vec::new();
        for source in sources {
            let look = looked.iter().find(|look| look.source == *source);
            let agents = self.client.online_agents(*source).await?;
            all.push(OnlineAccounts::new(*source, look.map(last_look), look.and_then(log_read), agents));
        }
        Ok(all)
    }

    async fn known(&self, source: Source, agent: UserId) -> Result<Vec<KnownRecord>, Error> {
        let query = self.client.history().source(source).user_id(agent).provenance(Provenance::Logged);
        let mut events = query.order(HistoryOrder::NewestFirst).limit(KNOWN_RECORDS as u32).events();
        let mut known = Vec::new();
        while let Some(HistoryEvent { whats_app, status, detail_status, create_time, .. }) = events.try_next().await? {
            if let (Some(status), Some(detail_status), Some(at)) = (status, detail_status, create_time) {
                known.push(KnownRecord { whats_app, status, detail_status, at: milliseconds(at) });
            }
            if known.len() >= KNOWN_RECORDS {
                break;
            }
        }
        Ok(known)
    }
}

impl MirrorStore for HttpStore {
    async fn recall(&self, recall: &Recall) -> Result<Memory, StoreFailure> {
        Ok(match recall {
            Recall::Online(sources) => Memory::Online(self.online(sources).await?),
            Recall::Known(source, agent) => Memory::Known(self.known(*source, *agent).await?),
        })
    }

    async fn append(&self, facts: MirroredFactsRequest) -> Result<MirroredFactsReceipt, StoreFailure> {
        Ok(self.client.mirrored_facts(facts).await?)
    }
}

fn last_look(freshness: &SourceFreshness) -> i64 {
    milliseconds(freshness.last_look)
}

fn log_read(freshness: &SourceFreshness) -> Option<i64> {
    freshness.log_read.map(milliseconds)
}

/// A group-dispatch-server writes times of its history as instants.
fn milliseconds(time: EventTime) -> i64 {
    time.epoch_milliseconds(UtcOffset::VENDOR)
}
