//! The keys of a tenant.

use group_dispatch_server::{
    ApiKey,
    store::{KeyAccess, KeyAddition, KeyName, KeyRemoval, KeySummary, Store, StoreError, TenantKey},
};
use group_dispatch_types::UtcOffset;

use super::fixture::*;

fn new_key(name: &str, key: &str, access: KeyAccess) -> TenantKey {
    TenantKey { name: name.parse().unwrap(), key: ApiKey::new(key), access }
}

/// The keys that a store has in memory.
fn known(store: &Store, id: u64) -> Vec<(String, String, KeyAccess)> {
    let tenant = store.tenant(tenant(id)).unwrap();
    let keys = tenant.keys().iter();
    keys.map(|key| (key.name.to_string(), key.key.expose().to_owned(), key.access)).collect()
}

fn row(name: &str, key: &str, access: KeyAccess) -> (String, String, KeyAccess) {
    (name.to_owned(), key.to_owned(), access)
}

#[tokio::test]
async fn keys_are_added_listed_and_removed_by_name() {
    use KeyAccess::*;

    let one = with([]).await;
    let other = one.place.open(UtcOffset::VENDOR).await;
    assert_eq!(known(&one, 1), [row("key-1", "key", AskAndFeed)]);
    let add = async |key| one.add_key(tenant(1), key).await.unwrap();
    assert_eq!(add(new_key("dashboard", "b\0", Ask)).await, KeyAddition::Added);
    let both = [row("dashboard", "b\0", Ask), row("key-1", "key", AskAndFeed)];
    assert_eq!(known(&one, 1), both);
    soon(|| known(&other, 1) == both).await;
    let summary = |name: &str, access| KeySummary { name: name.parse().unwrap(), access };
    let listed = one.keys(tenant(1)).await.unwrap().unwrap();
    assert_eq!(listed, [summary("dashboard", Ask), summary("key-1", AskAndFeed)]);
    assert!(!format!("{:?}", one.tenant(tenant(1)).unwrap().keys()).contains("b\0"), "Debug shows a key");

    assert_eq!(add(new_key("dashboard", "c", Ask)).await, KeyAddition::NameTaken);
    assert_eq!(add(new_key("another", "key", Ask)).await, KeyAddition::KeyTaken, "what it may do would be ambiguous");
    let unknown = one.add_key(tenant(2), new_key("a", "a", Ask)).await.unwrap();
    assert_eq!(unknown, KeyAddition::UnknownTenant);
    assert_eq!(one.keys(tenant(2)).await.unwrap(), None);
    assert_eq!(known(&one, 1), both, "nothing has changed");

    let remove = async |name: &str| one.remove_key(tenant(1), name.parse().unwrap()).await.unwrap();
    assert_eq!(remove("another").await, KeyRemoval::UnknownKey);
    assert_eq!(remove("key-1").await, KeyRemoval::Removed);
    assert_eq!(remove("dashboard").await, KeyRemoval::LastKey);
    soon(|| known(&other, 1) == [row("dashboard", "b\0", Ask)]).await;
    assert_eq!(one.remove_key(tenant(2), KeyName::first()).await.unwrap(), KeyRemoval::UnknownTenant);
    // The rest of a tenant goes with it.
    one.remove_tenant(tenant(1), true).await.unwrap();
    one.add_tenant(tenant(1), ApiKey::new("new")).await.unwrap();
    assert_eq!(known(&one, 1), [row("key-1", "new", AskAndFeed)]);
}

#[tokio::test]
async fn the_key_of_a_tenant_with_several_is_not_replaced() {
    let store = with([]).await;
    store.add_key(tenant(1), new_key("dashboard", "b", KeyAccess::Ask)).await.unwrap();
    let refused = store.replace_key(tenant(1), ApiKey::new("c")).await;
    assert!(matches!(refused, Err(StoreError::SeveralKeys(id)) if id == tenant(1)), "{refused:?}");
    assert_eq!(known(&store, 1).len(), 2);
    store.remove_key(tenant(1), KeyName::first()).await.unwrap();
    assert!(store.replace_key(tenant(1), ApiKey::new("c")).await.unwrap());
    assert_eq!(known(&store, 1), [row("dashboard", "c", KeyAccess::Ask)], "name and rights stay");
}

#[tokio::test]
async fn a_tenant_has_at_most_sixteen_keys() {
    let store = with([]).await;
    let add = async |number: u32| {
        let key = TenantKey { name: KeyName::numbered(number), ..new_key("a", &number.to_string(), KeyAccess::Ask) };
        store.add_key(tenant(1), key).await.unwrap()
    };
    for number in 2..=16 {
        assert_eq!(add(number).await, KeyAddition::Added);
    }
    assert_eq!(add(17).await, KeyAddition::TooMany);
    assert_eq!(known(&store, 1).len(), 16);
}

/// An older version knew one key, which could do everything.
#[tokio::test]
async fn the_key_of_an_older_database_may_do_everything() {
    let store = with([online(1, 10)]).await;
    store.add_tenant(tenant(2), ApiKey::new("b")).await.unwrap();
    store.close().await.unwrap();
    store.place.become_older().await;
    let store = store.place.open(UtcOffset::VENDOR).await;
    assert_eq!(known(&store, 1), [row("key-1", "key", KeyAccess::AskAndFeed)]);
    assert_eq!(known(&store, 2), [row("key-1", "b", KeyAccess::AskAndFeed)]);
    assert_eq!(log(&store, ALL, None).len(), 1);
}

#[test]
fn names_of_keys_are_short_words() {
    for name in ["a", "key-1", "dash_board-2", &"x".repeat(24)] {
        assert_eq!(name.parse::<KeyName>().unwrap().as_str(), name);
    }
    for name in ["", "A", "a b", "ä", "a.b", &"x".repeat(25)] {
        assert!(name.parse::<KeyName>().is_err(), "{name:?}");
    }
}
