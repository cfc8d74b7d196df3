//! The candidates, and the tables that each adds to those of the log.

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{self, Admin},
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail};
use tokio_postgres::Client;

use crate::server::{Database, Server};

pub const TENANT: u64 = 1;
/// 2024-07-08.
pub const DAY: i64 = 1_720_396_800_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// Appends as they are. Each reader has an order of its own.
    None,
    /// An append takes an advisory lock before its number, and holds it until its commit has ended.
    Lock,
    /// A reader gets only the transactions before the oldest one that runs.
    Xmin,
    /// Servers insert steps: what had ended at one snapshot, and not at the snapshot of the step before.
    Steps,
    /// An append inserts a row without a position, and a sequencer updates it.
    Flag,
}

impl Candidate {
    pub const ALL: [Self; 5] = [Self::None, Self::Lock, Self::Xmin, Self::Steps, Self::Flag];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lock => "lock",
            Self::Xmin => "xmin",
            Self::Steps => "steps",
            Self::Flag => "flag",
        }
    }

    pub fn has_sequencer(self) -> bool {
        matches!(self, Self::Steps | Self::Flag)
    }

    pub fn tables(self) -> &'static str {
        match self {
            Self::None | Self::Lock | Self::Xmin => "",
            Self::Steps => {
                "CREATE TABLE stream_step (
                    number bigint PRIMARY KEY,
                    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    next bigint NOT NULL,
                    running bigint[] NOT NULL
                );
                INSERT INTO stream_step (number, next, running)
                SELECT 0, pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base,
                    ARRAY(SELECT xact::text::bigint + base FROM pg_snapshot_xip(pg_current_snapshot()) AS xact)
                FROM origin;"
            }
            Self::Flag => {
                "CREATE TABLE outbox (xact bigint PRIMARY KEY, position bigint);
                CREATE INDEX outbox_pending ON outbox (xact) WHERE position IS NULL;
                CREATE UNIQUE INDEX outbox_by_position ON outbox (position) WHERE position IS NOT NULL;"
            }
        }
    }

    /// Creates a database with the partition of the events, and the tables of this candidate.
    pub async fn database(self, server: &Server) -> Database {
        let (database, admin) = new_log(server).await;
        admin.append(TENANT.into(), vec![event(-1)]).await.unwrap();
        database.raw().await.batch_execute(self.tables()).await.unwrap();
        database
    }
}

/// Creates a database with the tables of the log and a tenant.
pub async fn new_log(server: &Server) -> (Database, Admin) {
    let database = server.database().await;
    let admin = Admin::open_or_create(&store::Database::Postgres(database.url.clone())).await.unwrap();
    assert!(admin.add_tenant(TENANT.into(), ApiKey::new("key")).await.unwrap());
    (database, admin)
}

/// Opens a connection with the settings of those of the log, which reads by indexes alone.
pub async fn connect(database: &Database) -> Client {
    let client = database.raw().await;
    client.batch_execute("SET jit TO off; SET enable_seqscan TO off; SET enable_bitmapscan TO off").await.unwrap();
    client
}

pub fn event(number: i64) -> StatusEvent {
    StatusEvent {
        event_id: None,
        user_id: u32::try_from(number.rem_euclid(1_000)).unwrap().into(),
        agent_account: "agent".into(),
        user_name: None,
        whatsapp: 573_125_704_139_u64.try_into().unwrap(),
        name: Some("jack".into()),
        status: AccountStatus::Online,
        source: Source::Pc,
        country_code: "Colombia".into(),
        detail_status: StatusDetail::PcOnline,
        at: DAY + number,
        provenance: Provenance::Fed,
    }
}
