//! [`PublicUrl`]: the address that clients use, behind a reverse proxy for example.

use std::{fmt, str::FromStr};

use axum::http::Uri;

/// An `http` or `https` address, with a path where a reverse proxy serves the server below one, and no slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// What is wrong with an address. It never repeats the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPublicUrl {
    /// It is not an `http` or `https` address, or has a query, a fragment or invalid characters.
    #[error("expected http:// or https://, a host, and a path where there is one, such as https://example.com/scrm")]
    Malformed,
    /// It has a user name or a password.
    #[error("expected an address without user name and password, which every reader of the contract would see")]
    Credentials,
    /// It is the address of the docs, which are below the server's address.
    #[error("expected the server's address without /docs, which the server adds, such as https://example.com/scrm")]
    Docs,
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(url: &str) -> Result<Self, InvalidPublicUrl> {
        let url = url.trim();
        // Before anything else, so that the error names the password and not what is malformed beside it.
        if url.contains('@') {
            return Err(InvalidPublicUrl::Credentials);
        }
        let uri: Uri = url.parse().map_err(|_| InvalidPublicUrl::Malformed)?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidPublicUrl::Malformed);
        };
        // `Uri` accepts paths that browsers don't, drops fragments, and accepts anything as a port.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:/".contains(&byte);
        let has_valid_port = authority == authority.host() || authority.port_u16().is_some_and(|port| port > 0);
        let is_valid = !url.contains(['#', '?'])
            && !authority.host().is_empty()
            && has_valid_port
            && uri.path().bytes().all(is_plain)
            && uri.path().split('/').all(|part| part != "." && part != "..")
            && !uri.path().contains("//");
        if !is_valid {
            return Err(InvalidPublicUrl::Malformed);
        }
        let path = uri.path().trim_end_matches('/');
        if path.ends_with("/docs") {
            return Err(InvalidPublicUrl::Docs);
        }
        Ok(Self(format!("{scheme}://{authority}{path}")))
    }
}

impl PublicUrl {
    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_the_slash_at_its_end() {
        for (url, kept) in [
            ("https://example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            (" http://example.com:8080/scrm/ \n", "http://example.com:8080/scrm"),
            ("HTTP://[::1]:8080/a/b", "http://[::1]:8080/a/b"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
            ("https://xn--fsq.example/a%20b", "https://xn--fsq.example/a%20b"),
        ] {
            assert_eq!(url.parse::<PublicUrl>().unwrap().as_str(), kept, "{url:?}");
        }
    }

    #[test]
    fn an_invalid_address_is_rejected_without_repeating_it() {
        use InvalidPublicUrl::{Credentials, Docs, Malformed};
        for (url, error) in [
            ("", Malformed),
            ("example.com", Malformed),
            ("example.com:8080", Malformed),
            ("/scrm", Malformed),
            ("ftp://example.com", Malformed),
            ("https://", Malformed),
            ("https:///scrm", Malformed),
            ("https://:8080", Malformed),
            ("https://example.com:", Malformed),
            ("https://example.com:0", Malformed),
            ("https://example.com:99999", Malformed),
            ("https://example.com?key=secret", Malformed),
            ("https://example.com/?", Malformed),
            ("https://example.com/#top", Malformed),
            ("https://example.com/../a", Malformed),
            ("https://example.com//a", Malformed),
            ("https://example.com/\"<script>", Malformed),
            ("https://exa mple.com", Malformed),
            ("https://user:secret@example.com", Credentials),
            ("ftp://user:secret@example.com", Credentials),
            ("https://example.com/docs", Docs),
            ("https://example.com/scrm/docs/", Docs),
        ] {
            assert_eq!(url.parse::<PublicUrl>(), Err(error), "{url:?}");
        }
        for error in [Malformed, Credentials, Docs] {
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}
