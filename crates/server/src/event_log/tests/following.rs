//! Several processes on one log.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{TestDatabase, fixture::*};
use crate::{
    ApiKey,
    event_log::{EventLog, ReadCursor},
    tenant::{KeyAccess, KeyAddition, TenantKey, TenantSummary},
};

#[tokio::test(flavor = "multi_thread")]
async fn each_process_reads_the_appends_of_all() {
    for database in TestDatabase::each().await {
        let logs = [database.log().await, database.log().await, database.log().await];
        add(&*logs[0], 1).await;
        let mut tasks = JoinSet::new();
        for (log, first) in logs.iter().zip((0..).step_by(200)) {
            let (writer, reader) = (Arc::clone(log), Arc::clone(log));
            tasks.spawn(async move {
                for number in (first..first + 200).step_by(10) {
                    assert_eq!(append(&*writer, events(number..number + 10)).await, (10, 0));
                }
            });
            tasks.spawn(async move { Reader::default().follow(&*reader, 600).await });
        }
        tasks.join_all().await;
        for log in &logs {
            assert_eq!(all(&**log).await, (0..600).collect::<Vec<_>>());
            assert_eq!(log.tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 600 }]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_appends_of_one_event_store_it_once() {
    for database in TestDatabase::each().await {
        let logs = [database.log().await, database.log().await];
        add(&*logs[0], 1).await;
        let mut tasks = JoinSet::new();
        for turn in 0..12 {
            let log = Arc::clone(&logs[turn % 2]);
            // Each begins elsewhere, and has every event twice.
            let mut batch = [events(0..300), events(0..300)].concat();
            batch.rotate_left(turn * 37);
            tasks.spawn(async move { append(&*log, batch).await });
        }
        let counts = tasks.join_all().await;
        assert_eq!(counts.iter().map(|(stored, _)| stored).sum::<usize>(), 300);
        assert_eq!(counts.iter().map(|(_, repeated)| repeated).sum::<usize>(), 12 * 600 - 300);
        assert_eq!(all(&*logs[0]).await.len(), 300);
        assert_eq!(logs[1].tenants().await.unwrap(), [TenantSummary { id: tenant(1), events: 300 }]);
    }
}

#[tokio::test]
async fn changed_tenants_are_read_with_the_events() {
    for database in TestDatabase::each().await {
        let (one, other) = (database.log().await, database.log().await);
        let mut cursor = ReadCursor::default();
        let mut tenants = async |log: &dyn EventLog| {
            let changes = log.read(cursor, 10).await.unwrap();
            cursor = changes.cursor;
            changes.tenants.map(|tenants| {
                let keys = tenants.iter().flat_map(|tenant| tenant.keys.iter().map(|key| (tenant.id, key)));
                keys.map(|(id, key)| (id, key.key.expose().to_owned())).collect::<Vec<_>>()
            })
        };
        assert_eq!(tenants(&*one).await, Some(vec![]));
        add(&*other, u64::MAX).await;
        let expected = |key: &str| Some(vec![(tenant(u64::MAX), key.to_owned())]);
        assert_eq!(tenants(&*one).await, expected("key"));
        assert_eq!(tenants(&*one).await, None);
        assert!(!other.add_tenant(tenant(u64::MAX), ApiKey::new("b")).await.unwrap());
        assert_eq!(tenants(&*one).await, None, "nothing has changed");
        assert!(other.replace_key(tenant(u64::MAX), ApiKey::new("b\0")).await.unwrap());
        assert_eq!(tenants(&*one).await, expected("b\0"));
        let key =
            |name: &str, key: &str, access| TenantKey { name: name.parse().unwrap(), key: ApiKey::new(key), access };
        let added = other.add_key(tenant(u64::MAX), key("a", "c", KeyAccess::Ask)).await.unwrap();
        assert_eq!(added, KeyAddition::Added);
        let both = vec![(tenant(u64::MAX), "c".to_owned()), (tenant(u64::MAX), "b\0".to_owned())];
        assert_eq!(tenants(&*one).await, Some(both));
        let repeated = other.add_key(tenant(u64::MAX), key("a", "d", KeyAccess::Ask)).await.unwrap();
        assert_eq!(repeated, KeyAddition::NameTaken);
        assert_eq!(tenants(&*one).await, None, "nothing has changed");
        other.remove_key(tenant(u64::MAX), "a".parse().unwrap()).await.unwrap();
        assert_eq!(tenants(&*one).await, expected("b\0"));
        assert!(!other.replace_key(tenant(1), ApiKey::new("b")).await.unwrap());
    }
}
