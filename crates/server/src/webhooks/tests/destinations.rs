//! Addresses of webhooks.

use crate::webhooks::destination::{Host, InvalidUrl, PlainHttp, WebhookUrl};

fn parse(text: &str) -> Result<WebhookUrl, InvalidUrl> {
    WebhookUrl::parse(text, PlainHttp::Refused)
}

#[test]
fn an_address_is_divided_into_its_parts() {
    for (text, whole, authority, port, path) in [
        ("https://example.com", "https://example.com/", "example.com", 443, "/"),
        (
            "https://Example.COM:8443/Hooks?a=B",
            "https://example.com:8443/Hooks?a=B",
            "example.com:8443",
            8443,
            "/Hooks?a=B",
        ),
        (" HTTPS://example.com?a=/@ ", "https://example.com/?a=/@", "example.com", 443, "/?a=/@"),
        ("https://192.0.2.1//a/../b", "https://192.0.2.1//a/../b", "192.0.2.1", 443, "//a/../b"),
        ("https://[2001:DB8::1]:1/", "https://[2001:db8::1]:1/", "[2001:db8::1]:1", 1, "/"),
        ("https://a_b.xn--fsq.example/%E4", "https://a_b.xn--fsq.example/%E4", "a_b.xn--fsq.example", 443, "/%E4"),
    ] {
        let url = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((url.expose(), url.authority(), url.port(), url.path()), (whole, authority, port, path));
        assert!(url.is_https());
        assert_eq!(parse(url.expose()), Ok(url));
    }
    let plain = WebhookUrl::parse("http://example.com/a", PlainHttp::Allowed).unwrap();
    assert_eq!((plain.is_https(), plain.port()), (false, 80));
    let address = |text: &str| Host::Address(text.parse().unwrap());
    assert_eq!(*parse("https://[::ffff:10.0.0.1]/").unwrap().host(), address("::ffff:10.0.0.1"));
    assert_eq!(*parse("https://10.0.0.1/").unwrap().host(), address("10.0.0.1"));
    assert_eq!(*parse("https://LocalHost/").unwrap().host(), Host::Name("localhost".to_owned()));
}

#[test]
fn another_text_is_rejected_without_repeating_it() {
    use InvalidUrl::{Credentials, Fragment, Malformed, Path, PlainHttp, Port, TooLong};
    for (text, error) in [
        ("", Malformed),
        ("example.com/secret", Malformed),
        ("ftp://example.com/secret", Malformed),
        ("http://example.com/secret", PlainHttp),
        ("https://", InvalidUrl::Host),
        ("https:///secret", InvalidUrl::Host),
        ("https://user:secret@example.com", Credentials),
        ("https://secret@example.com", Credentials),
        ("https://example.com/#secret", Fragment),
        ("https://example.com#secret", Fragment),
        ("https://example.com\\@secret/", Path),
        ("https://example.com/sec ret", Path),
        ("https://example.com/secret\r\nhost: a", Path),
        ("https://example.com/秘密", Path),
        ("https://秘密.example/", InvalidUrl::Host),
        ("https://example.com./", InvalidUrl::Host),
        ("https://exa mple.com/", InvalidUrl::Host),
        ("https://-a.example/", InvalidUrl::Host),
        ("https://a..example/", InvalidUrl::Host),
        ("https://%31%32%37.0.0.1/", InvalidUrl::Host),
        // Forms of 127.0.0.1 that resolvers accept.
        ("https://127.1/", InvalidUrl::Host),
        ("https://2130706433/", InvalidUrl::Host),
        ("https://0x7f000001/", InvalidUrl::Host),
        ("https://0x7f.0.0.0x1/", InvalidUrl::Host),
        ("https://0177.0.0.1/", InvalidUrl::Host),
        ("https://127.0.0.0x/", InvalidUrl::Host),
        ("https://[::1/", InvalidUrl::Host),
        ("https://[fe80::1%25eth0]/", InvalidUrl::Host),
        ("https://[::1]secret/", InvalidUrl::Host),
        ("https://::1/", InvalidUrl::Host),
        ("https://example.com:/", Port),
        ("https://example.com:0/", Port),
        ("https://example.com:+1/", Port),
        ("https://example.com:65536/", Port),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
        assert!(!error.to_string().contains("secret"));
    }
    let long = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
    assert!(parse(&long(2048)).is_ok());
    assert_eq!(parse(&long(2049)), Err(TooLong));
    let label = |length: usize| format!("https://{}.example/", "a".repeat(length));
    assert!(parse(&label(63)).is_ok());
    assert_eq!(parse(&label(64)), Err(InvalidUrl::Host));
}

#[test]
fn path_and_query_are_shown_by_expose_alone() {
    let url = parse("https://example.com:8443/secret?key=secret").unwrap();
    for shown in [url.to_string(), format!("{url:?}")] {
        assert!(shown.contains("https://example.com:8443/***") && !shown.contains("secret"), "{shown}");
    }
    assert_eq!(parse("https://example.com").unwrap().to_string(), "https://example.com/");
}
