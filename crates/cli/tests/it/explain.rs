//! `explain` prints the docs on each error, and each error of a query names it.

use std::collections::BTreeSet;

use crate::common::{command, run};
use group_dispatch_docs::error_texts;
use group_dispatch_httpmock::{AnyOperation, MockResponse, RespondExt, httpmock::MockServer};

#[test]
fn each_error_is_explained_by_code_or_name() {
    let listed = run(command().arg("explain"));
    assert_eq!((listed.status, listed.err.as_str()), (0, ""));
    let names: BTreeSet<_> = listed.out.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    let texts = error_texts().unwrap();
    assert_eq!(names, texts.iter().map(|text| text.name.clone()).collect());
    for (given, title) in [
        ("522", "522 TokenWrong"),
        ("error-522", "522 TokenWrong"),
        ("error-522.html", "522 TokenWrong"),
        ("tokenwrong", "522 TokenWrong"),
        ("timeout", "Timeout"),
        ("response-too-large", "ResponseTooLarge"),
        ("ResponseTooLarge", "ResponseTooLarge"),
        ("599", "A code that is not listed"),
    ] {
        let result = run(command().args(["explain", given]));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{given}");
        assert!(result.out.starts_with(&format!("# {title}\n")), "{given}: {}", result.out);
    }
}

#[test]
fn an_unknown_error_is_rejected_with_the_names_and_without_the_argument() {
    for given in ["s3cret", "", "8618217331411"] {
        let result = run(command().args(["explain", given]));
        assert_eq!((result.status, result.out.as_str()), (2, ""), "{given}");
        assert!(result.err.starts_with("error: unknown error; expected one of 0, 200, 400,"), "{}", result.err);
        assert!(result.err.contains(" timeout,") && (given.is_empty() || !result.err.contains(given)));
    }
}

#[test]
fn each_failed_query_names_an_explanation_that_exists() {
    let mut names = BTreeSet::new();
    let mut ask = |url: &str| {
        let service = ["--url", url, "--tenant-id", "1", "--api-key", "k", "--timeout", "1"];
        let result = run(command().args(["online", "--source", "pc"]).args(service));
        assert_eq!(result.status, 1, "{}", result.err);
        let (_, rest) = result.err.split_once("; see `group-dispatch ").unwrap_or_else(|| panic!("{}", result.err));
        let words: Vec<_> = rest.split('`').next().unwrap().split(' ').collect();
        assert!(!result.err.contains(" in the docs"), "{}", result.err);
        let explained = run(command().args(&words));
        assert_eq!((explained.status, explained.err.as_str()), (0, ""), "{words:?}");
        names.insert(words[1].to_owned());
    };
    let json = |body: &str| MockResponse::raw(200, "application/json", body);
    for answer in [
        json(r#"{"code": 522, "message": "m", "data": null}"#),
        json(r#"{"code": 599, "message": "m", "data": null}"#),
        json("[]"),
        MockResponse::raw(404, "text/plain", "no"),
        MockResponse::never(),
    ] {
        let server = MockServer::start();
        server.respond_to(AnyOperation, answer);
        ask(&server.base_url());
    }
    // A bound socket that does not listen: no other process can take the port.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    ask(&format!("http://{closed}"));
    let expected = ["522", "connection", "decode", "http", "timeout", "unknown"];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
