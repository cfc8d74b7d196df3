//! Errors of connections, timeouts and settings.

use std::{net::TcpListener, time::Duration};

use crate::common::{KEY, client, credentials, raw, refusing};
use group_dispatch_client::{Client, ClientBuilder, Error, RetryPolicy};

#[tokio::test]
async fn refused_and_broken_connections_are_connection_errors() {
    let (_socket, refused) = refusing();
    let silent = raw(b"", true);
    let cut = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"code\": 200, \"message\": \"jack", true);
    for address in [refused, silent, cut] {
        let error = client(address).all_online().await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
        assert_eq!((error.code(), error.request_id()), (None, None));
        let text = format!("{error} {error:?}");
        assert!(!text.contains("jack") && !text.contains("queryAllOlWhatsAppInfo"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_never_responds_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let never = format!("http://{}", listener.local_addr().unwrap());
    let half = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"code\": 200, ", false);
    for address in [never, half] {
        let builder = Client::builder().base_url(address).credentials(credentials()).retry(RetryPolicy::never());
        let client = builder.attempt_timeout(Duration::from_millis(200)).build().unwrap();
        let error = client.all_online().await.unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
        assert!(error.is_timeout() && error.is_retryable() && error.attempts() == 1);
    }
}

#[test]
fn configuration_errors_name_the_remedy() {
    let with = |address: &str| Client::builder().credentials(credentials()).base_url(address);
    let no_address = "the service's address must be a valid URL that begins with http:// or https://";
    let no_secrets = "the service's address must not contain a user, password, query or fragment";
    let cases: [(ClientBuilder, &str); 13] = [
        (Client::builder().credentials(credentials()), "the base_url is missing; set it with ClientBuilder::base_url"),
        (
            Client::builder().base_url("http://127.0.0.1:8080"),
            "the credentials are missing; set them with ClientBuilder::credentials",
        ),
        (with(""), no_address),
        (with("127.0.0.1:8080"), no_address),
        (with("api.example.com"), no_address),
        (with("localhost:8080"), no_address),
        (with("ftp://127.0.0.1"), no_address),
        (with("ftp://jack:secret@127.0.0.1"), no_address),
        (with("http://jack:secret@127.0.0.1"), no_secrets),
        (with("http://:secret@127.0.0.1"), no_secrets),
        (with("http://127.0.0.1/?key=secret"), no_secrets),
        (with("http://127.0.0.1/#secret"), no_secrets),
        (with("http://jack:secret@127.0.0.1:port"), no_address),
    ];
    for (builder, expected) in cases {
        let before = format!("{builder:?}");
        let error = builder.build().unwrap_err();
        let Error::Configuration(reason) = &error else { panic!("{error:?}") };
        assert!(reason.contains(expected), "{reason:?} instead of {expected:?}");
        assert!(error.to_string().ends_with(reason));
        let text = format!("{before} {error:?} {error}");
        for secret in ["jack", "secret", KEY] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
