//! [`WebhookUrl`]: where a webhook is sent. Whether its host may be reached is decided by `networks` at each attempt, by the
//! addresses that the host then has.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Range,
};

/// The longest address, in bytes.
const MAX_LENGTH: usize = 2048;
/// The longest host name and label, by RFC 1035.
const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;

/// Whether webhooks may have an `http` address. Without TLS, everybody on the way can read their bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// Only `https`.
    #[default]
    Refused,
    /// `http` as well.
    Allowed,
}

/// The host of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name, in lower case.
    Name(String),
    /// An address.
    Address(IpAddr),
}

/// The address of a webhook, without user name and fragment. Its path and its query may have a secret, so that `Debug` and
/// `Display` show only where it is.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    is_https: bool,
    /// The host and the port as they are written.
    authority: Range<usize>,
    host: Host,
    port: u16,
}

/// What is wrong with an address. It never repeats the address, which may have a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It is not an address of HTTP.
    #[error("expected https://, a host, and a path where there is one, such as https://example.com/hooks")]
    Malformed,
    /// It is an `http` address.
    #[error("expected https://: a webhook has personal data, and http does not encrypt it")]
    PlainHttp,
    /// It has a user name or a password.
    #[error("expected an address without user name and password: receivers check the signature instead")]
    Credentials,
    /// It has a fragment.
    #[error("expected an address without a fragment: HTTP does not send what follows #")]
    Fragment,
    /// Its host is invalid.
    #[error(
        "expected a host name of ASCII letters, digits, - and _ (with xn-- for others), or an IP address in its usual form, \
         such as 192.0.2.1 or [2001:db8::1]"
    )]
    Host,
    /// Its port is invalid.
    #[error("expected a port from 1 to 65535 behind the colon")]
    Port,
    /// Its path or its query has a character that has to be encoded.
    #[error("expected a path and a query of ASCII characters, with others percent-encoded")]
    Path,
    /// It is too long.
    #[error("expected an address of at most 2048 characters")]
    TooLong,
}

impl WebhookUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// If it is not the address of a webhook.
    pub fn parse(text: &str, plain_http: PlainHttp) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(InvalidUrl::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidUrl::Malformed)?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" if plain_http == PlainHttp::Allowed => false,
            "http" => return Err(InvalidUrl::PlainHttp),
            _ => return Err(InvalidUrl::Malformed),
        };
        // Some parsers end the host at a backslash, others don't: no address of a webhook has one.
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(InvalidUrl::Credentials);
        }
        if path.contains('#') {
            return Err(InvalidUrl::Fragment);
        }
        if !path.bytes().all(is_in_path) {
            return Err(InvalidUrl::Path);
        }
        let (host, port) = split_port(authority)?;
        let host = parse_host(host)?;
        let port = match port {
            Some(port) => parse_port(port)?,
            None if is_https => 443,
            None => 80,
        };
        let scheme = if is_https { "https://" } else { "http://" };
        let slash = if path.starts_with('/') { "" } else { "/" };
        let text = format!("{scheme}{}{slash}{path}", authority.to_ascii_lowercase());
        let authority = scheme.len()..scheme.len() + authority.len();
        Ok(Self { text, is_https, authority, host, port })
    }

    /// Returns the whole address, for the database. Keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns whether the address is an `https` one.
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the host and the port as they are written, for the header `Host`.
    pub fn authority(&self) -> &str {
        &self.text[self.authority.clone()]
    }

    /// Returns path and query, for the request line.
    pub fn path(&self) -> &str {
        &self.text[self.authority.end..]
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path() == "/" { "/" } else { "/***" };
        write!(f, "{}{path}", &self.text[..self.authority.end])
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({self})")
    }
}

/// What RFC 3986 allows in a path and a query.
const fn is_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'/'
                | b'?'
        )
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), InvalidUrl> {
    if authority.starts_with('[') {
        let end = authority.find(']').ok_or(InvalidUrl::Host)? + 1;
        let (host, rest) = authority.split_at(end);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(InvalidUrl::Host),
        };
    }
    Ok(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))))
}

fn parse_port(text: &str) -> Result<u16, InvalidUrl> {
    // `parse` would also accept a sign.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| is_number && *port > 0).ok_or(InvalidUrl::Port)
}

fn parse_host(text: &str) -> Result<Host, InvalidUrl> {
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let address = address.parse::<Ipv6Addr>().map_err(|_| InvalidUrl::Host)?;
        return Ok(Host::Address(address.into()));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let mut labels = text.split('.');
    // Resolvers take a name whose last part is a number for an IPv4 address: 127.1, 0x7f000001 or 2130706433.
    let is_number = |label: &str| {
        let digits = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        digits.map_or_else(
            || !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()),
            |digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        )
    };
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = text.len() <= MAX_HOST
        && labels.clone().all(is_label)
        && labels.next_back().is_some_and(|label| !is_number(label));
    if is_name { Ok(Host::Name(text.to_ascii_lowercase())) } else { Err(InvalidUrl::Host) }
}
