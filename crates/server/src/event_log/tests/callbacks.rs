//! The quarantine of the vendor's callbacks: what arrived is kept as it arrived, within limits, for its tenant alone.

use super::{TestDatabase, fixture::*};
use crate::{
    error::StoreError,
    event_log::{
        EventLog,
        callback::{MAX_CALLBACK_BYTES, MAX_CALLBACKS, VendorCallback},
    },
};

fn callback(received: i64, bytes: usize) -> VendorCallback {
    // Bodies are bytes, not text.
    VendorCallback { received, timestamp: received - 7, body: vec![0xff; bytes] }
}

async fn received(log: &dyn EventLog, id: u64) -> Vec<i64> {
    log.callbacks(tenant(id)).await.unwrap().iter().map(|callback| callback.received).collect()
}

#[tokio::test]
async fn callbacks_are_kept_as_they_arrived_within_the_limits_of_their_tenant() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        add(&*log, 1).await;
        add(&*log, 2).await;
        assert_eq!(log.keep_callback(tenant(2), callback(DAY, 3)).await.unwrap(), 1);
        let again = VendorCallback { received: DAY + 1, ..callback(DAY, 3) };
        assert_eq!(log.keep_callback(tenant(2), again).await.unwrap(), 1, "a repeated one changes nothing");
        for place in 0..MAX_CALLBACKS + 2 {
            log.keep_callback(tenant(1), callback(place, 1)).await.unwrap();
        }
        let kept: Vec<_> = (2..MAX_CALLBACKS + 2).collect();
        assert_eq!(received(&*log, 1).await, kept, "the latest, oldest first");
        assert_eq!(log.callbacks(tenant(1)).await.unwrap()[0], callback(2, 1));
        let half = usize::try_from(MAX_CALLBACK_BYTES / 2).unwrap();
        for place in [50, 51] {
            log.keep_callback(tenant(1), callback(place, half)).await.unwrap();
        }
        assert_eq!(received(&*log, 1).await, [50, 51], "two fill the space");
        assert_eq!(log.callbacks(tenant(2)).await.unwrap(), [callback(DAY, 3)], "another tenant's are not touched");
        let unknown = log.keep_callback(tenant(3), callback(0, 1)).await;
        assert!(matches!(unknown, Err(StoreError::UnknownTenant(id)) if id == tenant(3)));
        assert!(matches!(log.callbacks(tenant(3)).await, Err(StoreError::UnknownTenant(_))));
        assert!(matches!(log.delete_callbacks(tenant(3)).await, Err(StoreError::UnknownTenant(_))));
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn callbacks_end_by_age_by_hand_and_with_their_tenant() {
    for database in TestDatabase::each().await {
        let log = database.log().await;
        for id in [1, 2] {
            add(&*log, id).await;
            for received in [10, 20, 30] {
                log.keep_callback(tenant(id), callback(received, 1)).await.unwrap();
            }
        }
        assert_eq!(log.expire_callbacks(20).await.unwrap(), 2, "one of each tenant");
        assert_eq!(received(&*log, 1).await, [20, 30]);
        assert_eq!(log.delete_callbacks(tenant(1)).await.unwrap(), 2);
        assert_eq!(received(&*log, 1).await, [0; 0]);
        assert_eq!(received(&*log, 2).await, [20, 30]);
        log.remove_tenant(tenant(2), false).await.unwrap();
        assert_eq!(log.expire_callbacks(i64::MAX).await.unwrap(), 0, "they went with the tenant");
        log.close().await.unwrap();
    }
}

#[test]
fn a_body_is_not_in_what_debug_prints() {
    let callback = VendorCallback { received: 1, timestamp: 2, body: b"8618217331411".to_vec() };
    assert_eq!(format!("{callback:?}"), "VendorCallback { received: 1, timestamp: 2, body: 13 bytes }");
}
