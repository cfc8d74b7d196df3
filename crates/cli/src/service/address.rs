//! Validates the address of a service before a request is sent to it. Used by all commands that query a service and by
//! `login`.

use group_dispatch_client::reqwest::Url;
use group_dispatch_docs::contract;
use group_dispatch_types::Operation;

/// The first segment of the paths of the queries.
const API: &str = "group-dispatch-api";
/// Paths of pages of a server, which are not its address. Those of operations and contracts are not listed.
const PAGES: [&str; 4] = ["/docs", "/healthz", "/readyz", "/metrics"];

/// Returns the address without surrounding spaces.
///
/// A path is accepted: a reverse proxy may serve several services under one host. It is rejected if it ends in the path
/// of an operation or of a page of the server, because then it was copied from there.
///
/// # Errors
/// What is wrong, as the rest of a sentence that begins with "the address", and a suggestion. Neither contains a user,
/// a password, a query or a fragment, which may be secret.
pub fn validate(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty; expected one such as http://127.0.0.1:8080".to_owned());
    }
    let url = match text.split_once("://") {
        Some((scheme, _)) if is_http(scheme) => Url::parse(text)
            .map_err(|reason| format!("is not a valid URL ({reason}); expected one such as http://127.0.0.1:8080"))?,
        Some((scheme, _)) if scheme.chars().all(char::is_alphanumeric) => {
            return Err(format!("begins with {scheme}://; expected http:// or https://"));
        }
        _ => return Err(format!("must begin with http:// or https://{}", suggest_scheme(text))),
    };
    let (path, page) = split_path(url.path());
    let problem = if !url.username().is_empty() || url.password().is_some() {
        "must not contain a user or a password: requests are signed with the tenant's API key instead".to_owned()
    } else if let Some(page) = page {
        format!("ends in {page}, which is not part of the server's address")
    } else if url.query().is_some() || url.fragment().is_some() {
        "must not contain a query (?) or a fragment (#)".to_owned()
    } else {
        return Ok(text.to_owned());
    };
    Err(format!("{problem}; did you mean {}{path}?", url.origin().ascii_serialization()))
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Returns the suggestion for an address without a scheme: http for IP addresses and localhost, https for names.
fn suggest_scheme(text: &str) -> String {
    let (given, text) = match text.split_once(':') {
        // One or both slashes are missing.
        Some((scheme, rest)) if is_http(scheme) => (Some(scheme.to_ascii_lowercase()), rest.trim_start_matches('/')),
        _ => (None, text),
    };
    let scheme = if let Some(given) = &given {
        given
    } else if text.starts_with("localhost") || text.starts_with(|c: char| c.is_ascii_digit() || c == '[') {
        "http"
    } else {
        "https"
    };
    // A single word may be a key, which is not repeated.
    let is_word = !text.contains(['.', ':', '[']) && text != "localhost";
    match validate(&format!("{scheme}://{text}")) {
        _ if is_word => String::new(),
        Ok(address) => format!("; did you mean {address}?"),
        Err(_) => String::new(),
    }
}

/// Splits a path into the part that may belong to the server's address, and the path of an operation or a page.
fn split_path(path: &str) -> (String, Option<String>) {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let joined = |segments: &[&str]| segments.iter().map(|segment| format!("/{segment}")).collect::<String>();
    for at in 0..segments.len() {
        let rest = &segments[at..];
        let is_operation = matches!(rest, [API] | [API, "user"] | [API, "user", _]);
        let is_page_of_docs = rest.first() == Some(&"docs") && rest.last().is_some_and(|last| last.ends_with(".html"));
        let rest = joined(rest);
        if is_operation || is_page_of_docs || is_page(&rest) {
            return (joined(&segments[..at]), Some(rest));
        }
    }
    (joined(&segments), None)
}

/// Returns whether a path is that of an operation, a page, a contract, or the folder of a contract.
fn is_page(path: &str) -> bool {
    let is_contract = |known: &str| known == path || known.rsplit_once('/').is_some_and(|(folder, _)| folder == path);
    PAGES.contains(&path)
        || Operation::from_path(path).is_some()
        || contract::ALL.iter().flat_map(|contract| contract.paths).any(is_contract)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_proxy_is_accepted() {
        for url in [
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "https://example.com/whatsapp",
            "https://example.com/docs/whatsapp/",
            "https://example.com/metrics/gd",
            "https://example.com/my-docs",
            "HTTPS://example.com/user",
            "http://[::1]:8080",
        ] {
            assert_eq!(validate(&format!(" {url}\n")).unwrap(), url);
        }
    }

    #[test]
    fn the_path_of_an_operation_or_page_is_rejected_with_a_suggestion() {
        for (url, suggestion) in [
            ("http://host:8080/group-dispatch-api/user/queryUserStatus", "http://host:8080?"),
            ("http://host:8080/group-dispatch-api/user/queryUserStatusLog/", "http://host:8080?"),
            ("https://host/proxy/group-dispatch-api/user/", "https://host/proxy?"),
            ("https://host/group-dispatch-api", "https://host?"),
            ("http://host:8080/docs", "http://host:8080?"),
            ("http://host:8080/docs/#signing", "http://host:8080?"),
            ("http://host:8080/gd/docs/operations/queryUserStatus.html", "http://host:8080/gd?"),
            ("http://host:8080/ingest/v1/status-events?x=1", "http://host:8080?"),
            ("http://host:8080/openapi.yaml", "http://host:8080?"),
            ("http://host:8080/metrics", "http://host:8080?"),
        ] {
            let problem = validate(url).unwrap_err();
            assert!(problem.starts_with("ends in /"), "{url}: {problem}");
            assert!(problem.ends_with(&format!("; did you mean {suggestion}")), "{url}: {problem}");
        }
    }

    #[test]
    fn an_invalid_address_is_rejected_without_its_secrets() {
        for (url, expected) in [
            ("", "is empty; expected one such as http://127.0.0.1:8080"),
            ("host", "must begin with http:// or https://"),
            ("host.example", "must begin with http:// or https://; did you mean https://host.example?"),
            ("localhost", "must begin with http:// or https://; did you mean http://localhost?"),
            ("http:/127.0.0.1:4601", "must begin with http:// or https://; did you mean http://127.0.0.1:4601?"),
            ("HTTPS:host.example/gd", "must begin with http:// or https://; did you mean https://host.example/gd?"),
            ("http:/user:secret@host", "must begin with http:// or https://"),
            ("localhost:8080", "must begin with http:// or https://; did you mean http://localhost:8080?"),
            ("127.0.0.1:8080", "must begin with http:// or https://; did you mean http://127.0.0.1:8080?"),
            ("user:secret@host", "must begin with http:// or https://"),
            ("ftp://host", "begins with ftp://; expected http:// or https://"),
            ("http://", "is not a valid URL (empty host); expected one such as http://127.0.0.1:8080"),
            ("http://host:x", "is not a valid URL (invalid port number); expected one such as http://127.0.0.1:8080"),
            (
                "https://user:secret@host/docs?key=secret",
                "must not contain a user or a password: requests are signed with the tenant's API key instead; did you \
                 mean https://host?",
            ),
            ("https://host/?key=secret", "must not contain a query (?) or a fragment (#); did you mean https://host?"),
            ("https://host/gd#secret", "must not contain a query (?) or a fragment (#); did you mean https://host/gd?"),
        ] {
            assert_eq!(validate(url).unwrap_err(), expected, "{url}");
        }
    }
}
