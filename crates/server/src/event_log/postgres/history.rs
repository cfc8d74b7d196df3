//! Reads the log of a PostgreSQL database by time: through the index of each partition, which begins with the time.
//!
//! There is no index by account or agent, so that a page with such a filter reads all events between its first and its last.

use group_dispatch_types::Source;
use tokio_postgres::{IsolationLevel, Row, types::ToSql};

use super::{
    connection::{Connections, READ_LIMIT},
    nul_escape::from_column,
    row::{columns, read_event},
    session::Session,
};
use crate::{
    error::StoreError,
    event::{LoggedEvent, ProvenanceKind},
    event_log::{
        history::{EventSearch, GapPage, GapSearch, HistoryPage, HistoryQuery, TimeOrder},
        mirrored::Gap,
    },
    tenant::TenantNumber,
};

/// Every transaction before this one has ended.
const HORIZON: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base FROM origin";

macro_rules! search {
    ($order:literal, $behind:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM status_event
            WHERE xact >= 0 AND tenant = $1 AND at >= $2 AND at < $3
                AND ($4::bigint[] IS NULL OR user_id = ANY($4))
                AND ($5::bigint IS NULL OR whatsapp = $5)
                AND ($6::integer IS NULL OR source = $6)
                AND ($7::integer IS NULL OR status = $7)
                AND ($8::integer IS NULL OR detail_status = $8)
                AND ($9::text IS NULL OR $9 =
                    CASE WHEN ordinal IS NOT NULL THEN 'logged' WHEN not_before IS NOT NULL THEN 'observed' ELSE 'fed' END)
                AND ($10::bigint IS NULL OR (at, seq) ",
            $behind,
            " ($10, $11::bigint))
                AND ($12::bigint IS NULL OR xact < $12)
            ORDER BY at ",
            $order,
            ", seq ",
            $order,
            " LIMIT $13::bigint"
        )
    };
}

/// Returns a page of events.
pub async fn page(
    connections: &Connections,
    tenant: TenantNumber,
    query: &HistoryQuery,
    agents: Option<Vec<i64>>,
) -> Result<HistoryPage, StoreError> {
    let search = EventSearch::of_page(tenant, query, agents);
    connections.run(READ_LIMIT, async |session| page_in(session, query, &search).await).await
}

async fn page_in(session: &mut Session, query: &HistoryQuery, search: &EventSearch) -> Result<HistoryPage, StoreError> {
    // One snapshot: an event is either a copy or not.
    let snapshot = session.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = &snapshot.start().await?;
    let horizon = match query.page.cursor {
        Some(cursor) => cursor.horizon.cast_signed(),
        None => snapshot.query_one(HORIZON, &[]).await?.try_get(0)?,
    };
    let mut page = HistoryPage::new(find(snapshot, search).await?, &query.page, horizon);
    if let Some(seconds) = page.seconds_of_fed(query.provenance) {
        let of = |provenance| search.clone().of_seconds(seconds.clone(), provenance, horizon);
        let logged = find(snapshot, &of(ProvenanceKind::Logged)).await?;
        if !logged.is_empty() {
            page.hide_fed_copies(&logged, &find(snapshot, &of(ProvenanceKind::Fed)).await?);
        }
    }
    Ok(page)
}

/// Returns the rows that a search selects, in its order.
async fn find(
    snapshot: &deadpool_postgres::Transaction<'_>,
    search: &EventSearch,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let sql = match search.order {
        TimeOrder::OldestFirst => search!("ASC", ">"),
        TimeOrder::NewestFirst => search!("DESC", "<"),
    };
    let provenance = search.provenance.map(|provenance| match provenance {
        ProvenanceKind::Fed => "fed",
        ProvenanceKind::Logged => "logged",
        ProvenanceKind::Observed => "observed",
    });
    let (behind_at, behind_seq) = search.behind.unzip();
    let limit = search.limit.map(|limit| limit as i64);
    let values: [&(dyn ToSql + Sync); 13] = [
        &search.tenant.0,
        &search.times.start,
        &search.times.end,
        &search.agents,
        &search.whatsapp,
        &search.source,
        &search.status,
        &search.detail_status,
        &provenance,
        &behind_at,
        &behind_seq,
        &search.horizon,
        &limit,
    ];
    // Not a cached statement: its plan would not know the times.
    let rows = snapshot.query(sql, &values).await?;
    rows.iter().map(|row| Ok(read_event(row)?.1)).collect()
}

macro_rules! gaps {
    ($order:literal, $behind:literal) => {
        concat!(
            "SELECT number, source, user_id, agent_account, whatsapp, from_at, to_at FROM gap
            WHERE tenant = $1 AND to_at >= $2 AND coalesce(from_at, -9223372036854775808) < $3
                AND ($4::bigint[] IS NULL OR user_id = ANY($4))
                AND ($5::bigint IS NULL OR coalesce(whatsapp, $5) = $5)
                AND ($6::integer IS NULL OR source = $6)
                AND ($7::bigint IS NULL OR (to_at, number) ",
            $behind,
            " ($7, $8::bigint))
            ORDER BY to_at ",
            $order,
            ", number ",
            $order,
            " LIMIT $9"
        )
    };
}

/// Returns a page of gaps.
pub async fn gaps(connections: &Connections, search: &GapSearch) -> Result<GapPage, StoreError> {
    let (filter, page) = (&search.query.filter, &search.query.page);
    let sql = match page.order {
        TimeOrder::OldestFirst => gaps!("ASC", ">"),
        TimeOrder::NewestFirst => gaps!("DESC", "<"),
    };
    let (from, to) = (filter.from.unwrap_or(i64::MIN), filter.to.unwrap_or(i64::MAX));
    let whatsapp = filter.whatsapp.map(|number| number.get().cast_signed());
    let source = filter.source.map(Source::code);
    let (behind_at, behind_number) = page.cursor.map(|cursor| (cursor.at, cursor.number.cast_signed())).unzip();
    let limit = page.length() as i64 + 1;
    let rows = connections.run(READ_LIMIT, async |session| {
        let values: [&(dyn ToSql + Sync); 9] =
            [&search.tenant.0, &from, &to, &search.agents, &whatsapp, &source, &behind_at, &behind_number, &limit];
        Ok(session.query(sql, &values).await?)
    });
    let gaps = rows.await?.iter().map(gap).collect::<Result<_, _>>()?;
    Ok(GapPage::new(gaps, page))
}

fn gap(row: &Row) -> Result<(u64, Gap), StoreError> {
    let whatsapp = row.try_get::<_, Option<i64>>(4)?.map(|number| number.cast_unsigned().try_into());
    let gap = Gap {
        source: row.try_get::<_, i32>(1)?.into(),
        user_id: row.try_get::<_, i64>(2)?.try_into().map_err(StoreError::database)?,
        agent_account: from_column(row.try_get(3)?),
        whatsapp: whatsapp.transpose().map_err(StoreError::database)?,
        from: row.try_get(5)?,
        to: row.try_get(6)?,
    };
    Ok((row.try_get::<_, i64>(0)?.cast_unsigned(), gap))
}
