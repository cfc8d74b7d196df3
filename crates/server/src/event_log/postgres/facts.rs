//! Reads the log of a PostgreSQL database from one time to another, in one snapshot, through the index of each partition, which
//! begins with the time.

use std::time::{Duration, Instant};

use group_dispatch_types::Source;
use tokio::sync::mpsc::Sender;
use tokio_postgres::{IsolationLevel, Row, types::ToSql};

use super::{connection::Connections, session::Session};
use crate::{
    error::StoreError,
    event::{Provenance, fact::StatusFact},
    event_log::facts::{BATCH_FACTS, FactSearch, SCAN_LIMIT, ScanEnd},
};

const FACTS: &str = "
    SELECT seq, at, user_id, whatsapp, source, status, detail_status, ordinal, not_before FROM status_event
    WHERE xact >= 0 AND tenant = $1 AND at >= $2 AND at < $3
        AND ($4::bigint IS NULL OR whatsapp = $4) AND ($5::integer IS NULL OR source = $5)
    ORDER BY at, seq";

/// Sorting everything would take long before the first row comes; the index has the times in order.
const SETTINGS: &str = "SET LOCAL enable_sort TO off";

/// What connecting and the last batch may take beside the scan.
const REST: Duration = Duration::from_secs(5);

/// Sends the facts that a search selects.
pub async fn scan(
    connections: &Connections,
    search: &FactSearch,
    batches: &Sender<Vec<StatusFact>>,
) -> Result<ScanEnd, StoreError> {
    let begin = Instant::now();
    let scan = async |session: &mut Session| {
        let snapshot = session.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let snapshot = snapshot.start().await?;
        snapshot.batch_execute(SETTINGS).await?;
        let statement = snapshot.prepare(FACTS).await?;
        let (account, source) = (search.account(), search.source.map(Source::code));
        let values: [&(dyn ToSql + Sync); 5] =
            [&search.tenant.0, &search.times.start, &search.times.end, &account, &source];
        let portal = snapshot.bind(&statement, &values).await?;
        loop {
            let rows = snapshot.query_portal(&portal, BATCH_FACTS as i32).await?;
            let is_last = rows.len() < BATCH_FACTS;
            let facts = rows.iter().map(fact).collect::<Result<Vec<_>, _>>()?;
            if batches.send(facts).await.is_err() || is_last {
                return Ok(ScanEnd::Complete);
            }
            if begin.elapsed() > SCAN_LIMIT {
                return Ok(ScanEnd::OutOfTime);
            }
        }
    };
    connections.run(SCAN_LIMIT + REST, scan).await
}

fn fact(row: &Row) -> Result<StatusFact, StoreError> {
    Ok(StatusFact {
        seq: row.try_get::<_, i64>(0)?.cast_unsigned(),
        at: row.try_get(1)?,
        user_id: row.try_get::<_, i64>(2)?.try_into().map_err(StoreError::database)?,
        whatsapp: row.try_get::<_, i64>(3)?.cast_unsigned().try_into().map_err(StoreError::database)?,
        source: row.try_get::<_, i32>(4)?.into(),
        status: row.try_get::<_, i32>(5)?.into(),
        detail_status: row.try_get::<_, i32>(6)?.into(),
        provenance: Provenance::of_columns(row.try_get(7)?, row.try_get(8)?).map_err(StoreError::database)?,
    })
}
