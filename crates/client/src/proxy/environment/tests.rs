//! Which variable applies to which address, and which values are rejected.

use super::*;

/// Returns the proxy's address and variable for `url` if these variables are set.
fn chosen(url: &str, variables: &[(&str, &str)]) -> Result<Option<(String, &'static str)>, Error> {
    let url: Url = url.parse().unwrap();
    let value = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    let setting = choose(&url, value)?;
    Ok(setting.map(|setting| (setting.address(), setting.variable())))
}

#[test]
fn each_variable_applies_to_its_scheme() {
    let all = [("ALL_PROXY", "http://a:1"), ("HTTP_PROXY", "http://h:2"), ("https_proxy", "http://s:3")];
    for (url, variables, expected) in [
        ("http://example.com", &all[..], Some(("http://h:2", "HTTP_PROXY"))),
        ("https://example.com", &all, Some(("http://s:3", "https_proxy"))),
        ("https://example.com", &all[..2], Some(("http://a:1", "ALL_PROXY"))),
        ("http://example.com", &[("http_proxy", "h:8"), ("HTTP_PROXY", "")], Some(("http://h:8", "http_proxy"))),
        ("http://example.com", &[("http_proxy", "h:8"), ("HTTP_PROXY", "g:7")], Some(("http://g:7", "HTTP_PROXY"))),
        ("http://example.com", &[("all_proxy", "socks5h://s")], Some(("socks5h://s:1080", "all_proxy"))),
        ("http://example.com", &[("http_proxy", "http://[::1]:9/path")], Some(("http://[::1]:9", "http_proxy"))),
        ("http://example.com", &[("http_proxy", "localhost:3128")], Some(("http://localhost:3128", "http_proxy"))),
        ("http://example.com", &[("HTTPS_PROXY", "http://s:3")], None),
        ("http://example.com", &[("HTTP_PROXY", "http://h:2"), ("REQUEST_METHOD", "GET")], None),
        ("http://example.com", &[], None),
    ] {
        let found = chosen(url, variables).unwrap();
        assert_eq!(found, expected.map(|(address, name)| (address.to_owned(), name)), "{url} {variables:?}");
    }
}

#[test]
fn addresses_of_this_machine_use_no_proxy() {
    let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9"));
    for host in [
        "localhost",
        "LOCALHOST:8080",
        "localhost.",
        "api.localhost",
        "127.0.0.1",
        "127.255.3.4:80",
        "127.1",
        "0x7f000001",
        "[::1]",
        "[::1]:8080",
        "[::ffff:127.0.0.1]",
        "[::]",
        "0.0.0.0",
    ] {
        for scheme in ["http", "https"] {
            assert_eq!(chosen(&format!("{scheme}://{host}"), &variables).unwrap(), None, "{scheme}://{host}");
        }
    }
    for host in ["example.com", "localhost.example.com", "notlocalhost", "128.0.0.1", "10.0.0.1", "[fe80::1]"] {
        assert!(chosen(&format!("http://{host}"), &variables).unwrap().is_some(), "{host}");
    }
}

#[test]
fn hosts_listed_in_no_proxy_use_no_proxy() {
    for (host, list, is_excluded) in [
        ("example.com", "*", true),
        ("10.1.2.3", "*", true),
        ("[2001:db8::1]", "other, *", true),
        ("example.com", "example.com", true),
        ("API.example.com", "example.COM", true),
        ("api.example.com", ".example.com", true),
        ("example.com", ".example.com", true),
        ("api.example.com", "*.example.com", true),
        ("badexample.com", "example.com", false),
        ("example.com", "api.example.com", false),
        ("example.com:8080", "example.com:8080", true),
        ("example.com:8081", "example.com:8080", false),
        ("example.com", "example.com:80", true),
        ("10.1.2.3", "10.0.0.0/8", true),
        ("11.1.2.3", "10.0.0.0/8", false),
        ("10.1.2.3", "0.0.0.0/0", true),
        ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.3:80", true),
        ("10.1.2.3", "2.3", false),
        ("[2001:db8::1]", "2001:db8::/32", true),
        ("[2001:db8::1]", "[2001:db8::1]:80", true),
        ("[2001:db9::1]", "2001:db8::/32", false),
        ("example.com", "other.com example.com", true),
        ("example.com", ", ,", false),
        ("10.1.2.3", "10.0.0.0/x", false),
    ] {
        for name in ["NO_PROXY", "no_proxy"] {
            let found = chosen(&format!("http://{host}"), &[("http_proxy", "p:1"), (name, list)]).unwrap();
            assert_eq!(found.is_none(), is_excluded, "{host} with {name}={list}");
        }
    }
}

#[test]
fn an_invalid_proxy_is_rejected_without_showing_its_value() {
    for (value, expected) in [
        ("socks://user:secret@s:1", "the scheme `socks`"),
        ("ftp://user:secret@s:1", "the scheme `ftp`"),
        ("http://user:secret@", "does not hold a proxy's address"),
        ("http://user:secret@h:99999", "does not hold a proxy's address"),
        ("user:secret@h:port", "does not hold a proxy's address"),
    ] {
        let error = chosen("https://example.com", &[("https_proxy", value)]).unwrap_err().to_string();
        assert!(error.contains("https_proxy") && error.contains(expected), "{error}");
        assert!(!error.contains("secret") && !error.contains("user"), "{error}");
        // The variable is not read if it does not apply.
        assert_eq!(chosen("https://localhost", &[("https_proxy", value)]).unwrap(), None);
    }
}

#[test]
fn the_password_is_never_shown() {
    let url = "http://example.com".parse().unwrap();
    let setting = choose(&url, |name| (name == "http_proxy").then(|| "http://me:secret@h:1".to_owned()));
    let setting = setting.unwrap().unwrap();
    assert_eq!(setting.to_string(), "the proxy http://h:1 (http_proxy)");
    assert_eq!(format!("{setting:?}"), "ProxySetting(http://h:1 from http_proxy)");
}
