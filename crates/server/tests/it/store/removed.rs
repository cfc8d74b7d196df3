//! What is removed from a SQLite file is not in its bytes any more, nor in those of its write-ahead log.

use std::fs;

use group_dispatch_server::{
    ApiKey,
    event::{Provenance, StatusEvent},
    store::{
        Admin, DeletedCallbacks, Gap, KeyAccess, KeyAddition, KeyName, KeyRemoval, Look, MirroredFacts, Retention,
        Store, TenantKey, VendorCallback,
    },
};
use group_dispatch_types::{Source, UtcOffset};

use super::{fixture::*, place::Place};

/// The number of events. It splits pages of the file, and frees them.
const EVENTS: u64 = 3_000;
const FIRST_ACCOUNT: u64 = 861_821_733_000_000;
/// Events that a mirror observed, and gaps.
const MIRRORED: u64 = 500;
/// Callbacks of the vendor.
const CALLBACKS: u64 = 50;
const TEXTS: [&str; 8] = [
    "remember-id",
    "remember-agent",
    "remember-user",
    "remember-name",
    "remember-country",
    "remember-observed",
    "remember-gap",
    "remember-callback",
];

/// An event with texts and numbers that occur nowhere else.
fn event(mark: &str, number: u64, at: i64) -> StatusEvent {
    StatusEvent {
        event_id: Some(format!("{mark}-id-{number}")),
        agent_account: format!("{mark}-agent-{}", number % 7),
        user_name: Some(format!("{mark}-user-{}", number % 7)),
        whatsapp: account(FIRST_ACCOUNT + number % 500),
        name: Some(format!("{mark}-name-{number}")),
        country_code: format!("{mark}-country"),
        ..online((number % 7) as u32 + 1, at + number as i64)
    }
}

/// Returns which of these bytes are in the files of the store.
fn remains(place: &Place, wanted: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(place.0.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_in = |wanted: &&Vec<u8>| bytes.windows(wanted.len()).any(|window| window == **wanted);
        found.extend(wanted.iter().filter(is_in).map(|wanted| {
            format!("{} in {}", String::from_utf8_lossy(wanted), path.file_name().unwrap().to_str().unwrap())
        }));
    }
    found
}

/// The texts of the tenant to be removed, and some of its numbers: as a column has them, and as a chunk of a snapshot has
/// them.
fn wanted() -> Vec<Vec<u8>> {
    let mut wanted: Vec<Vec<u8>> = TEXTS.map(|text| text.as_bytes().to_vec()).into();
    wanted.push(b"a-key-to-remove".to_vec());
    for number in [FIRST_ACCOUNT + 3, FIRST_ACCOUNT + 499] {
        wanted.push(number.to_be_bytes()[1..].to_vec());
        let mut rest = number;
        let mut varint = Vec::new();
        while rest >= 0x80 {
            varint.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        varint.push(rest as u8);
        wanted.push(varint);
    }
    wanted
}

async fn fed(place: &Place) -> Store {
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(1), ApiKey::new("a-key-to-remove")).await.unwrap();
    store.add_tenant(tenant(2), ApiKey::new("a-key-to-keep")).await.unwrap();
    for batch in 0..EVENTS / 100 {
        let numbers = batch * 100..(batch + 1) * 100;
        let kept =
            numbers.clone().map(|number| StatusEvent { whatsapp: account(number + 1), ..event("keep", number, 0) });
        store.append(tenant(1), numbers.map(|number| event("remember", number, 0)).collect()).await.unwrap();
        store.append(tenant(2), kept.collect()).await.unwrap();
    }
    let observed = |number| StatusEvent {
        name: Some(format!("remember-observed-{number}")),
        provenance: Provenance::Observed { not_before: Some(0) },
        ..event("remember", number, EVENTS as i64)
    };
    let gap = |number| Gap {
        source: Source::Pc,
        user_id: user(1),
        agent_account: format!("remember-gap-{number}"),
        whatsapp: Some(account(FIRST_ACCOUNT + number)),
        from: None,
        to: 10,
    };
    let look = Look {
        source: Source::Pc,
        at: 20,
        after: None,
        continues: false,
        is_partial: false,
        mirror: 1,
        log_read: None,
        clock_offset: 0,
        uncertainty: 0,
        requests_per_minute: None,
        interval: None,
    };
    let facts = MirroredFacts {
        looks: vec![look],
        events: (0..MIRRORED).map(observed).collect(),
        gaps: (0..MIRRORED).map(gap).collect(),
    };
    store.append_mirrored(tenant(1), facts).await.unwrap();
    store
}

/// Keeps callbacks that arrived at a time.
async fn keep_callbacks(store: &Store, received: i64) {
    for number in 0..CALLBACKS {
        // Some are larger than a page.
        let padding = " ".repeat(if number % 10 == 0 { 10_000 } else { 0 });
        let body = format!(r#"{{{padding}"unknown":"remember-callback-{number}"}}"#).into_bytes();
        store.keep_callback(tenant(1), VendorCallback { received, timestamp: 25, body }).await.unwrap();
    }
}

/// Adds a webhook whose address has a secret, and a message. Returns its secret.
async fn add_webhook(admin: &Admin, host: &str) -> String {
    let url = format!("https://{host}.example/remember-webhook");
    let added = admin.add_webhook(tenant(1), &url, &["account-banned".to_owned()], false).await.unwrap();
    admin.test_webhook(added.number).await.unwrap();
    added.secret
}

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_tenant_is_not_in_the_file_any_more() {
    for is_served in [true, false] {
        let place = Place::new().await;
        let store = fed(&place).await;
        keep_callbacks(&store, now()).await;
        let admin = Admin::open(&place.database()).await.unwrap();
        let secret = add_webhook(&admin, "a").await;
        admin.close().await.unwrap();
        store.save_snapshot().await.unwrap();
        if !is_served {
            store.close().await.unwrap();
        }
        let mut wanted = wanted();
        wanted.extend([b"remember-webhook".to_vec(), secret.into_bytes(), b"webhook.test".to_vec()]);
        let before = remains(&place, &wanted);
        assert!(
            wanted.iter().all(|wanted| before.iter().any(|found| found.starts_with(&*String::from_utf8_lossy(wanted))))
        );
        let admin = Admin::open(&place.database()).await.unwrap();
        admin.remove_tenant(tenant(1), true).await.unwrap();
        assert_eq!(remains(&place, &wanted), Vec::<String>::new(), "served: {is_served}");
        admin.close().await.unwrap();
        assert_eq!(remains(&place, &wanted), Vec::<String>::new(), "closed, served: {is_served}");
        assert_ne!(remains(&place, &[b"keep-name".to_vec()]), Vec::<String>::new());
        let again = place.open(UtcOffset::VENDOR).await;
        assert_eq!(key(&again, 1), None);
        assert_eq!(again.status_log(tenant(2), Source::Pc, &ALL, None).len(), 7);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_key_is_not_in_the_file_any_more() {
    let place = Place::new().await;
    let store = place.open(UtcOffset::VENDOR).await;
    store.add_tenant(tenant(1), ApiKey::new("a-key-to-remove")).await.unwrap();
    assert_ne!(remains(&place, &[b"a-key-to-remove".to_vec()]), Vec::<String>::new());
    store.replace_key(tenant(1), ApiKey::new("another")).await.unwrap();
    assert_eq!(remains(&place, &[b"a-key-to-remove".to_vec()]), Vec::<String>::new());
}

/// The upgrade moves the keys of an older version to another table.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_key_is_not_in_the_file_any_more() {
    let place = Place::new().await;
    place.load(super::place::older!("contract-2.0.0-all")).await;
    let store = place.open(UtcOffset::VENDOR).await;
    let (id, wanted) = (tenant(500_766), [b"key of 500766".to_vec()]);
    assert_ne!(remains(&place, &wanted), Vec::<String>::new());
    let key = TenantKey { name: "new".parse().unwrap(), key: ApiKey::new("another"), access: KeyAccess::AskAndFeed };
    assert_eq!(store.add_key(id, key).await.unwrap(), KeyAddition::Added);
    assert_eq!(store.remove_key(id, KeyName::first()).await.unwrap(), KeyRemoval::Removed);
    assert_eq!(remains(&place, &wanted), Vec::<String>::new());
}

/// What follows from expired events stays: where the accounts are, and who the agents are.
#[tokio::test(flavor = "multi_thread")]
async fn expired_events_are_not_in_the_file_any_more() {
    let place = Place::new().await;
    let store = fed(&place).await;
    // The same accounts and agents have other names today.
    let latest = (0..500).map(|number| event("today", number, now() - 1_000_000)).collect();
    store.append(tenant(1), latest).await.unwrap();
    keep_callbacks(&store, 30).await;
    store.save_snapshot().await.unwrap();
    store.close().await.unwrap();
    let store = place.open_keeping(Some(Retention { days: 30 })).await;
    soon(|| store.events_deleted() == 2 * EVENTS + MIRRORED).await;
    let texts = TEXTS.map(|text| text.as_bytes().to_vec());
    soon(|| remains(&place, &texts).is_empty()).await;
    assert_ne!(remains(&place, &[b"today-name".to_vec()]), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_webhook_and_secrets_that_were_replaced_twice_are_not_in_the_file_any_more() {
    let place = Place::new().await;
    let store = fed(&place).await;
    let admin = Admin::open(&place.database()).await.unwrap();
    let first = add_webhook(&admin, "a").await.into_bytes();
    let second = admin.rotate_webhook_secret(1).await.unwrap().secret.into_bytes();
    let third = admin.rotate_webhook_secret(1).await.unwrap().secret.into_bytes();
    assert_eq!(remains(&place, &[first]), Vec::<String>::new());
    let wanted = [b"remember-webhook".to_vec(), second, third, b"webhook.test".to_vec()];
    assert_ne!(remains(&place, &wanted), Vec::<String>::new());
    admin.remove_webhook(1).await.unwrap();
    assert_eq!(remains(&place, &wanted), Vec::<String>::new());
    admin.close().await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_that_an_operator_deletes_are_not_in_the_file_any_more() {
    let place = Place::new().await;
    let store = fed(&place).await;
    let wanted = [b"remember-callback".to_vec()];
    keep_callbacks(&store, now()).await;
    assert_ne!(remains(&place, &wanted), Vec::<String>::new());
    let admin = Admin::open(&place.database()).await.unwrap();
    let deleted = admin.delete_callbacks(tenant(1)).await.unwrap();
    assert_eq!(deleted, DeletedCallbacks { number: CALLBACKS, is_purged: true });
    assert_eq!(remains(&place, &wanted), Vec::<String>::new());
    admin.close().await.unwrap();
    store.close().await.unwrap();
}
