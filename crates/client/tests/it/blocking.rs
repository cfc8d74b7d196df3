//! Blocking calls from programs that are not async.
#![cfg(feature = "blocking")]

use std::{sync::Barrier, thread, time::Duration};

use crate::common::{builder, user_status};
use group_dispatch_client::{Error, types::*};
use group_dispatch_httpmock::{httpmock::MockServer, *};

#[test]
fn a_thread_without_a_runtime_waits_for_data_or_response() {
    let server = MockServer::start();
    let agents = [online_agent(12, "u1", ["8618217331411"])];
    let calls = server.respond_to(QueryUserStatus, [MockResponse::proxy_page(503), MockResponse::ok(agents.clone())]);
    let client = builder(server.base_url()).build().unwrap();
    assert_eq!(client.query(user_status()).wait().unwrap(), agents);
    let answer = client.query(user_status()).wait_with_response().unwrap();
    assert_eq!((&answer.data[..], answer.response.attempts()), (&agents[..], 1));
    assert_eq!(calls.count(), 3);
}

#[test]
fn errors_are_the_same_as_of_async_calls() {
    let server = MockServer::start();
    server.respond_to(QueryUserStatus, [MockResponse::business(BusinessCode::TokenWrong), MockResponse::never()]);
    let client = builder(server.base_url()).build().unwrap();
    assert_eq!(client.query(user_status()).wait().unwrap_err().code(), Some(BusinessCode::TokenWrong));
    let error = client.query(user_status()).timeout(Duration::from_millis(200)).wait().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    let error = client.account_location("jack").wait().unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
}

#[test]
fn many_threads_wait_at_the_same_time() {
    const THREADS: usize = 16;
    let server = MockServer::start();
    let calls = server.respond_to(QueryUserStatus, MockResponse::empty().after(Duration::from_millis(20)));
    let client = builder(server.base_url()).build().unwrap();
    let all_there = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                all_there.wait();
                for _ in 0..3 {
                    assert_eq!(client.query(user_status()).wait().unwrap(), []);
                }
            });
        }
    });
    assert_eq!(calls.count(), 3 * THREADS);
}

/// A thread that waits for a response that never arrives does not block others.
#[test]
fn a_waiting_thread_does_not_block_others() {
    let server = MockServer::start();
    let slow = server.respond_to(QueryUserStatus, MockResponse::never());
    server.respond_to(QueryAllOlWhatsAppInfo, MockResponse::empty());
    let client = builder(server.base_url()).build().unwrap();
    let waiting = {
        let client = client.clone();
        thread::spawn(move || client.query(user_status()).timeout(Duration::from_secs(5)).wait())
    };
    while slow.count() == 0 && !waiting.is_finished() {
        thread::yield_now();
    }
    assert_eq!(client.all_online().wait().unwrap(), []);
    assert!(waiting.join().unwrap().unwrap_err().is_timeout());
}

#[test]
fn a_client_can_be_used_from_async_code_and_threads_in_turn() {
    let server = MockServer::start();
    server.respond_to(AnyOperation, MockResponse::ok(NoData));
    let client = builder(server.base_url()).build().unwrap();
    for _ in 0..2 {
        client.all_online().wait().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.all_online().into_future()).unwrap();
    }
}

#[tokio::test]
async fn waiting_in_async_code_is_an_error_and_sends_nothing() {
    let server = MockServer::start_async().await;
    let calls = server.respond_to(AnyOperation, MockResponse::ok(NoData));
    let client = builder(server.base_url()).build().unwrap();
    let (plain, whole) = (client.all_online().wait(), client.all_online().wait_with_response().map(|it| it.data));
    for outcome in [plain, whole] {
        let Err(Error::Configuration(reason)) = outcome else { panic!("{outcome:?}") };
        assert!(reason.contains("await the query instead"), "{reason}");
    }
    assert_eq!(calls.count(), 0);
    client.all_online().await.unwrap();
}
