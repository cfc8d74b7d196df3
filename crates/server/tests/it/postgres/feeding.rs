//! The order of the events of one second, fed to a server over PostgreSQL.

use group_dispatch_server::{Config, store};
use group_dispatch_types::UtcOffset;

use crate::{
    common::{TestServer, feed_order, start_over},
    postgres::server::Database,
};

/// Each with a database of its own.
async fn start() -> TestServer {
    let database = Database::new().await.unwrap();
    start_over(&store::Database::Postgres(database.url), UtcOffset::VENDOR, Config::default()).await
}

#[tokio::test]
async fn a_call_says_which_of_the_events_of_one_second_is_the_latest() {
    let Some(_) = Database::new().await else { return };
    feed_order::a_call_says_which_is_the_latest(start).await;
}

#[tokio::test]
async fn random_histories_are_fed_in_either_order() {
    let Some(_) = Database::new().await else { return };
    feed_order::random_histories_end_alike(start).await;
}
