//! The baseline of the history: a SQLite table of events with an index by tenant, account and time.
//!
//! A page is a query of it for each request, in a server ([`TableServer`]) that renders the same bytes as the history does. A report
//! is one SQL statement that computes the same sums.

use std::{
    cell::RefCell,
    net::SocketAddr,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::Args;
use group_dispatch_types::{
    AccountStatus, BusinessCode, Source,
    history::{EventTime, HistoryEvent, HistoryEventsRequest, HistoryEventsResponse, HistoryPage, Provenance},
};
use rusqlite::{Connection, OpenFlags, Row, params};

use crate::{
    dataset::{Dataset, Event, TENANT},
    limit, table_file,
};

const TABLE: &str = "
    CREATE TABLE status_event (
        seq INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, user_id INTEGER NOT NULL, agent_account TEXT NOT NULL,
        user_name TEXT, whatsapp INTEGER NOT NULL, name TEXT, source INTEGER NOT NULL, country_code TEXT NOT NULL,
        status INTEGER NOT NULL, detail_status INTEGER NOT NULL, at INTEGER NOT NULL
    )";
const INDEX: &str = "CREATE INDEX by_account ON status_event (tenant, whatsapp, at); ANALYZE";
const INSERT: &str = "INSERT INTO status_event VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'Colombia', ?8, ?9, ?10)";
const PAGE: &str = "
    SELECT user_id, agent_account, user_name, whatsapp, name, source, country_code, status, detail_status, at
    FROM status_event WHERE tenant = ?1 AND whatsapp = ?2 ORDER BY at, seq LIMIT ?3";

/// The sums of each agent from ?2 to ?3. A time online begins or ends with the event that changes it, as the history has it, and
/// a session begins again if that is at most a minute after the last one ended, so what happened in the minute before counts as well.
const REPORT: &str = "
    WITH RECURSIVE account (whatsapp) AS (
        SELECT min(whatsapp) FROM status_event WHERE tenant = ?1
        UNION ALL
        SELECT (SELECT min(whatsapp) FROM status_event WHERE tenant = ?1 AND whatsapp > account.whatsapp)
        FROM account WHERE whatsapp IS NOT NULL
    ), fact AS MATERIALIZED (
        SELECT seq, user_id, source, event.whatsapp, status, at FROM account
        JOIN status_event AS event ON event.seq = (
            SELECT seq FROM status_event
            WHERE tenant = ?1 AND whatsapp = account.whatsapp AND at < ?2 - 60000 ORDER BY at DESC, seq DESC LIMIT 1)
        UNION ALL
        SELECT seq, user_id, source, event.whatsapp, status, at FROM account
        CROSS JOIN status_event AS event INDEXED BY by_account
            ON tenant = ?1 AND event.whatsapp = account.whatsapp AND at >= ?2 - 60000 AND at < ?3
    ), turn AS (
        SELECT *, (status = 10) - lag(status = 10, 1, 0) OVER one AS change FROM fact
        WINDOW one AS (PARTITION BY whatsapp, source ORDER BY at, seq)
    ), edge AS (
        SELECT *, lag(at) OVER one AS last_edge FROM turn WHERE change <> 0
        WINDOW one AS (PARTITION BY whatsapp, source ORDER BY at, seq)
    ), level AS (
        SELECT user_id, max(at, ?2) AS since, sum(change) OVER agent AS online,
            lead(max(at, ?2), 1, ?3) OVER agent AS until
        FROM edge WINDOW agent AS (PARTITION BY user_id ORDER BY at, seq)
    ), stretch AS (
        -- Times online that follow each other without a break are one, and so are times without: both begin where this changes.
        SELECT *, sum(is_new) OVER (PARTITION BY user_id ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS number FROM (
            SELECT *, (online > 0) IS NOT lag(online > 0) OVER (PARTITION BY user_id ORDER BY since, until) AS is_new
            FROM level WHERE until > since
        )
    ), absence AS (
        SELECT user_id, max(length) AS longest FROM (
            SELECT user_id, max(until) - min(since) AS length FROM stretch WHERE online = 0 GROUP BY user_id, number
        ) GROUP BY user_id
    ), time AS (
        SELECT user_id, sum(iif(online > 0, until - since, 0)) AS online, min(since) AS first
        FROM level GROUP BY user_id
    ), session AS (
        SELECT user_id, sum(change = 1 AND at > ?2) AS begun,
            sum(change = 1 AND at >= ?2 AND last_edge >= at - 60000) AS flaps, sum(iif(at <= ?2, change, 0)) AS lasting
        FROM edge GROUP BY user_id
    ), event AS (
        SELECT user_id, sum(status = 20) AS disconnects, sum(status = 40) AS bans FROM fact WHERE at >= ?2 GROUP BY user_id
    )
    SELECT time.user_id, time.online, max(ifnull(absence.longest, 0), time.first - ?2), session.begun + session.lasting,
        ifnull(event.disconnects, 0), ifnull(event.bans, 0), session.flaps
    FROM time JOIN session USING (user_id) LEFT JOIN absence USING (user_id) LEFT JOIN event USING (user_id)
    ORDER BY time.user_id";

/// The sums of an agent: its id, milliseconds online and of the longest absence, sessions, disconnects, bans, flaps.
pub type Sums = [i64; 7];

/// Creates a table with the events of a dataset, unless an earlier run did.
///
/// # Errors
/// If SQLite fails.
pub fn make(folder: &Path, dataset: Dataset) -> Result<PathBuf> {
    let name = format!("events-by-account-{}-accounts-{}-events.db", dataset.accounts, dataset.events);
    let insert_all = |all: &Connection| dataset.events().try_for_each(|event| insert(all, &event));
    table_file::create(folder, &name, TABLE, INDEX, insert_all)
}

fn insert(connection: &Connection, event: &Event) -> Result<()> {
    let (user_id, whatsapp, source, detail, at) = event.columns();
    let account = event.account();
    connection.prepare_cached(INSERT)?.execute(params![
        TENANT.cast_signed(),
        user_id.cast_signed(),
        account.agent_account(),
        account.agent_name(),
        whatsapp.cast_signed(),
        account.name(),
        source.cast_signed(),
        detail / 10 * 10,
        detail,
        at.cast_signed(),
    ])?;
    Ok(())
}

/// Opens a table to be read.
///
/// # Errors
/// If SQLite fails.
pub fn open(path: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Returns the sums of all agents over a time.
///
/// # Errors
/// If SQLite fails.
pub fn report(table: &Connection, times: &Range<i64>) -> Result<Vec<Sums>> {
    let mut rows = table.prepare_cached(REPORT)?;
    let rows = rows.query_map(params![TENANT.cast_signed(), times.start, times.end], |row| {
        let mut sums = Sums::default();
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum = row.get(place)?;
        }
        Ok(sums)
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Respond with pages of a table; started by `group-dispatch-bench` itself.
#[derive(Args)]
pub struct TableServer {
    listen: SocketAddr,
    table: PathBuf,
}

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

impl TableServer {
    /// Serves until the process is killed.
    ///
    /// # Errors
    /// If the address can't be bound.
    pub fn run(&self) -> Result<()> {
        let table = self.table.clone();
        let handler = async move |Json(request): Json<HistoryEventsRequest>| match respond(&table, &request) {
            Ok(response) => response,
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
        };
        let router = Router::new().route(PATH, post(handler)).route("/readyz", get(async || "ready"));
        limit::serve(self.listen, router)
    }
}

/// The path of the operation.
pub const PATH: &str = "/history/v1/events";

/// Each thread has a connection of its own, so that none waits for another.
fn respond(table: &Path, request: &HistoryEventsRequest) -> Result<Response> {
    CONNECTION.with_borrow_mut(|connection| {
        let connection = match connection {
            Some(connection) => connection,
            None => connection.insert(open(table)?),
        };
        let account = request.whats_app.context("no account")?;
        let limit = request.limit.map_or(100, |limit| limit.get());
        let mut rows = connection.prepare_cached(PAGE)?;
        let events = rows.query_map(params![TENANT.cast_signed(), account.get().cast_signed(), limit], event)?;
        let data = HistoryPage { events: events.collect::<rusqlite::Result<_>>()?, next: None };
        let response = HistoryEventsResponse { code: BusinessCode::Success, message: "success".to_owned(), data };
        Ok(([(CONTENT_TYPE, "application/json")], serde_json::to_vec(&response)?).into_response())
    })
}

fn event(row: &Row<'_>) -> rusqlite::Result<HistoryEvent> {
    let invalid = |column, error: group_dispatch_types::ParseError| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Integer, error.into())
    };
    Ok(HistoryEvent {
        provenance: Provenance::Fed,
        user_id: row.get::<_, i64>(0)?.try_into().map_err(|error| invalid(0, error))?,
        agent_account: row.get(1)?,
        user_name: row.get(2)?,
        whats_app: group_dispatch_types::WhatsAppNumber::new(row.get::<_, i64>(3)?.cast_unsigned())
            .map_err(|error| invalid(3, error))?,
        name: row.get(4)?,
        source: Source::from(row.get::<_, i32>(5)?),
        country_code: row.get(6)?,
        status: Some(AccountStatus::from(row.get::<_, i32>(7)?)),
        detail_status: Some(row.get::<_, i32>(8)?.into()),
        create_time: Some(EventTime::Instant(row.get(9)?)),
        change: None,
        not_after: None,
        not_before: None,
        event_id: None,
    })
}
