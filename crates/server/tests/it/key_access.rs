//! What the keys of a tenant may do, and replacing one while a server runs.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use crate::common::{TestServer, credentials, feed_order::event, http, start, start_with};
use group_dispatch_client::{Client, Credentials, Error, FeedSigning, Source};
use group_dispatch_server::{
    ApiKey, Config, Limits,
    store::{KeyAccess, KeyAddition, KeyName, KeyRemoval, TenantKey},
};
use group_dispatch_types::BusinessCode;
use serde_json::json;

async fn add_key(server: &TestServer, name: &str, key: &str, access: KeyAccess) {
    let key = TenantKey { name: name.parse().unwrap(), key: ApiKey::new(key), access };
    assert_eq!(server.store.add_key(1.into(), key).await.unwrap(), KeyAddition::Added);
}

fn client(server: &TestServer, key: &str, signing: FeedSigning) -> Client {
    let builder = Client::builder().base_url(&server.url).credentials(Credentials::new(1, key));
    builder.feed_signing(signing).http_client(http()).build().unwrap()
}

async fn feed(client: &Client, second: u32) -> Result<u64, Error> {
    let receipt = client.feed(serde_json::from_value(json!([event(second)])).unwrap()).await?;
    Ok(receipt.stored.get() as u64)
}

#[tokio::test]
async fn a_key_that_may_only_ask_can_t_feed() {
    let server = start().await;
    add_key(&server, "dashboard", "dashboard-key", KeyAccess::Ask).await;
    for signing in [FeedSigning::Hmac, FeedSigning::Token] {
        let dashboard = client(&server, "dashboard-key", signing);
        assert!(dashboard.online_agents(Source::Pc).await.is_ok());
        let error = feed(&dashboard, 1).await.unwrap_err();
        let Error::Business { code, message, status, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*code, *status), (BusinessCode::NotAllowed, 403));
        assert_eq!(message, "this key may query, not feed; use another key of the tenant");
    }
    assert_eq!(server.store.tenants().await.unwrap()[0].events, 0);
    let feeder = client(&server, credentials(1).api_key().expose(), FeedSigning::Hmac);
    assert_eq!(feed(&feeder, 1).await.unwrap(), 1);
}

/// A dashboard that is configured wrongly does not keep the feeder away.
#[tokio::test]
async fn refused_keys_do_not_use_up_the_rate_of_the_feeder() {
    let limits = Limits { requests_per_second: 1, ..Limits::default() };
    let server = start_with(Config { limits, ..Config::default() }).await;
    add_key(&server, "dashboard", "dashboard-key", KeyAccess::Ask).await;
    let dashboard = client(&server, "dashboard-key", FeedSigning::Hmac);
    for _ in 0..5 {
        assert_eq!(feed(&dashboard, 1).await.unwrap_err().code(), Some(BusinessCode::NotAllowed));
    }
    let feeder = client(&server, credentials(1).api_key().expose(), FeedSigning::Hmac);
    assert_eq!(feed(&feeder, 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_key_is_replaced_while_the_server_runs() {
    let server = start().await;
    let old = client(&server, credentials(1).api_key().expose(), FeedSigning::Hmac);
    let new = client(&server, "new-key", FeedSigning::Hmac);
    assert_eq!(feed(&new, 1).await.unwrap_err().code(), Some(BusinessCode::TokenWrong));
    add_key(&server, "key-2", "new-key", KeyAccess::AskAndFeed).await;
    for client in [&old, &new] {
        assert!(client.online_agents(Source::Pc).await.is_ok());
        feed(client, 1).await.unwrap();
    }
    assert_eq!(server.store.remove_key(1.into(), KeyName::first()).await.unwrap(), KeyRemoval::Removed);
    assert_eq!(old.online_agents(Source::Pc).await.unwrap_err().code(), Some(BusinessCode::TokenWrong));
    assert_eq!(feed(&old, 2).await.unwrap_err().code(), Some(BusinessCode::TokenWrong));
    assert!(new.online_agents(Source::Pc).await.is_ok());
    assert_eq!(feed(&new, 2).await.unwrap(), 1);
}
