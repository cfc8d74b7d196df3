//! What a mirror of the vendor stores: events, looks and gaps.

use std::time::{SystemTime, UNIX_EPOCH};

use group_dispatch_client::types::{AccountStatus, Source, StatusDetail, UtcOffset};
use group_dispatch_server::{
    event::{Provenance, StatusEvent},
    store::{Database, Gap, Look, Mirrored, MirroredFacts, Store, StoreOptions},
};
use serde_json::json;

use super::TestStore;

/// 2024-07-08T11:25:31Z, in Unix epoch milliseconds.
pub const START: i64 = 1_720_437_931_000;

impl TestStore {
    /// Stores facts of tenant 7, while no server runs.
    pub fn mirror(&self, facts: MirroredFacts) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let database = Database::Sqlite(self.path());
            let store = Store::open(&database, StoreOptions::default()).await.unwrap();
            let outcome = store.append_mirrored(7.into(), facts).await.unwrap();
            assert!(matches!(outcome, Mirrored::Stored { .. }), "{outcome:?}");
            store.close().await.unwrap();
        });
    }
}

/// Returns the present time in Unix epoch milliseconds.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// A record of the vendor's log: account 8618217331411 of agent 12 came online at PC, this many milliseconds after the start.
pub fn logged(after: i64) -> StatusEvent {
    let event = json!({
        "userId": 12, "agentAccount": "u12", "userName": "Uma", "whatsApp": "8618217331411", "name": "jack", "source": 1,
        "countryCode": "中国", "detailStatus": 12, "createTime": START + after,
    });
    let event = StatusEvent::from_json(event.to_string().as_bytes(), UtcOffset::VENDOR).unwrap();
    StatusEvent { provenance: Provenance::Logged { ordinal: 0 }, ..event }
}

/// An observation of the same account: it was online or gone at this many milliseconds after the start, and not before.
pub fn observed(status: AccountStatus, not_before: Option<i64>, after: i64) -> StatusEvent {
    let provenance = Provenance::Observed { not_before: not_before.map(|before| START + before) };
    StatusEvent { provenance, status, detail_status: StatusDetail::Unknown(0), ..logged(after) }
}

/// A gap of all accounts of an agent at PC that ends at this time.
pub fn gap(user_id: u32, from: Option<i64>, to: i64) -> Gap {
    let agent_account = format!("u{user_id}");
    Gap { source: Source::Pc, user_id: user_id.into(), agent_account, whatsapp: None, from, to }
}

/// The first looks at a source: one an hour before, and one at this time, without an interruption.
pub fn looks(source: Source, at: i64) -> Vec<Look> {
    let before = at - 3_600_000;
    let first = Look {
        source,
        at: before,
        after: None,
        continues: false,
        is_partial: false,
        mirror: 5,
        log_read: Some(before),
        clock_offset: -250,
        uncertainty: 500,
        requests_per_minute: Some(60),
        interval: Some(60_000),
    };
    vec![first.clone(), Look { at, after: Some(before), continues: true, ..first }]
}
