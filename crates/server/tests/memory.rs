//! How much memory it takes to know an account.
#![allow(clippy::unwrap_used, missing_docs)]

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{Admin, Database, Store, StoreOptions},
};
use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Just more than an index of accounts has room for before it doubles, at each of two sources: it is never emptier.
const ACCOUNTS: u64 = 2 * 29_000;
const ACCOUNTS_PER_AGENT: u64 = 100;
const MOST: usize = 130;

/// An account's only event: every other one comes online.
fn event(account: u64) -> StatusEvent {
    let agent = account / ACCOUNTS_PER_AGENT;
    let (status, detail_status) = if account.is_multiple_of(2) {
        (AccountStatus::Online, StatusDetail::PcOnline)
    } else {
        (AccountStatus::Offline, StatusDetail::PcClientClosed)
    };
    StatusEvent {
        event_id: None,
        user_id: UserId::new(100_000 + agent).unwrap(),
        agent_account: format!("agent{agent:07}"),
        user_name: Some(format!("Agent {agent:07}")),
        whatsapp: WhatsAppNumber::new(8_613_000_000_000 + account).unwrap(),
        name: Some(format!("name{account:07}")),
        status,
        source: if (account / 2).is_multiple_of(2) { Source::Pc } else { Source::Mobile },
        country_code: "Colombia".into(),
        detail_status,
        at: 1_767_225_600_000 + i64::try_from(account).unwrap(),
        provenance: Provenance::Fed,
    }
}

#[tokio::test]
async fn an_account_takes_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("store.db"));
    let admin = Admin::open_or_create(&database).await.unwrap();
    admin.add_tenant(1.into(), ApiKey::new("key")).await.unwrap();
    for first in (0..ACCOUNTS).step_by(10_000) {
        let events = (first..ACCOUNTS.min(first + 10_000)).map(event).collect();
        admin.append(1.into(), events).await.unwrap();
    }
    let others = MEMORY.current_usage();
    let each = |what: &str| {
        let each = (MEMORY.current_usage() - others) / usize::try_from(ACCOUNTS).unwrap();
        assert!(each <= MOST, "{each} bytes an account, {what}");
        assert!(each > 64, "{each} bytes an account, {what}: that can't be all");
    };
    let store = Store::open(&database, StoreOptions::default()).await.unwrap();
    each("read from the log");
    store.save_snapshot().await.unwrap();
    each("when it is saved");
    drop(store);
    let _store = Store::open(&database, StoreOptions::default()).await.unwrap();
    each("loaded");
}
