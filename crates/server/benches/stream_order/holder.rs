//! Transactions that stay open beside the appends.

use tokio_postgres::Client;

use crate::{
    append::Appender,
    candidate::Candidate,
    server::{Database, Server},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Nothing,
    /// A transaction with a number, in another database of the cluster.
    Number,
    /// An old snapshot in the database of the log.
    Snapshot,
    /// An append whose server does not go on.
    Append,
}

impl Held {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Number, Self::Snapshot, Self::Append];

    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Number => "number, other database",
            Self::Snapshot => "old snapshot",
            Self::Append => "append",
        }
    }
}

/// The open transaction. It ends when this is dropped.
pub struct Holder(#[expect(dead_code, reason = "it holds the connection")] Option<Connection>);

enum Connection {
    Client(#[expect(dead_code, reason = "it holds the connection")] Client),
    Appender(#[expect(dead_code, reason = "it holds the connection")] Box<Appender>),
}

impl Holder {
    pub async fn new(server: &Server, database: &Database, candidate: Candidate, held: Held) -> Self {
        Self(match held {
            Held::Nothing => None,
            Held::Number => {
                // The database of the superuser.
                let client = server.admin().await;
                client.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
                Some(Connection::Client(client))
            }
            Held::Snapshot => {
                let client = database.raw().await;
                let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM tenant";
                client.batch_execute(sql).await.unwrap();
                Some(Connection::Client(client))
            }
            Held::Append => {
                let appender = Appender::new(database, candidate).await;
                appender.begin(10).await;
                Some(Connection::Appender(Box::new(appender)))
            }
        })
    }
}
