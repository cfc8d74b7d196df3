//! Appends that share a transaction.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{
    error::StoreError,
    event_log::{
        EventLog, LoggedBatch,
        tests::{fixture::*, server::Database},
    },
    tenant::TenantSummary,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_append_does_not_fail_others_of_its_transaction() {
    let Some(database) = Database::new().await else { return };
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    add(&*log, 2).await;
    let raw = database.raw().await;
    raw.batch_execute("ALTER TABLE status_event ADD CONSTRAINT odd CHECK (user_id <> 75)").await.unwrap();
    let mut tasks = JoinSet::new();
    for turn in 0..50 {
        let log = Arc::clone(&log);
        let whose = if turn == 20 { 3 } else { 1 + u64::from(turn % 2) };
        tasks.spawn(async move { (turn, log.append(tenant(whose), events(turn * 10..turn * 10 + 10)).await) });
    }
    for (turn, outcome) in tasks.join_all().await {
        match (turn, outcome) {
            (7, outcome) => assert!(matches!(outcome, Err(StoreError::Database(_)))),
            (20, outcome) => assert!(matches!(outcome, Err(StoreError::UnknownTenant(id)) if id == tenant(3))),
            (_, outcome) => {
                let LoggedBatch { stored, repeated, .. } = outcome.unwrap();
                let numbers = stored.iter().map(|logged| logged.event.user_id.get());
                assert!(numbers.eq(u64::from(turn) * 10..u64::from(turn) * 10 + 10), "in the order in which they came");
                assert!(stored.is_sorted_by_key(|logged| logged.seq) && repeated == 0);
            }
        }
    }
    let summary = |id, events| TenantSummary { id: tenant(id), events };
    assert_eq!(log.tenants().await.unwrap(), [summary(1, 240), summary(2, 240)]);
    assert_eq!(all(&*log).await.len(), 480);
}
