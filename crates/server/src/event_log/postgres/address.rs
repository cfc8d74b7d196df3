//! Parses the address of a database, without connecting.
//!
//! `tokio_postgres` parses most of it. What it does not know is taken out before (`sslrootcert`, and the stricter values
//! of `sslmode`), and a parameter that neither knows is named by the error.

use std::path::PathBuf;

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use crate::event_log::open_error::AddressError;

/// The parameters that [`Config`] parses.
const PARAMETERS: [&str; 19] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslmode",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    KEEPALIVES_IDLE,
    "keepalives_interval",
    "keepalives_retries",
    TARGET_SESSION_ATTRS,
    "channel_binding",
    "load_balance_hosts",
];
const KEEPALIVES_IDLE: &str = "keepalives_idle";
const TARGET_SESSION_ATTRS: &str = "target_session_attrs";

/// Parameters of other programs. Only a name in this list is repeated: any other may be a part of a password that is not
/// percent-encoded.
const FOREIGN_PARAMETERS: [&str; 34] = [
    "pgbouncer",
    "schema",
    "search_path",
    "currentSchema",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "sslcompression",
    "ssl",
    "sslmodel",
    "sslaccept",
    "sslidentity",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "requirepeer",
    "require_auth",
    "gssencmode",
    "krbsrvname",
    "passfile",
    "service",
    "servicefile",
    "client_encoding",
    "fallback_application_name",
    "replication",
    "statement_timeout",
    "connection_limit",
    "pool_timeout",
    "pool_size",
    "socket_timeout",
    "keepalives_count",
    "statement_cache_size",
];

/// A parsed address. It has no `Debug`, because it holds the password.
#[derive(Clone)]
pub struct Address {
    pub config: Config,
    /// The file of the authorities to trust.
    pub root_certificates: Option<PathBuf>,
    /// Whether the certificate has to have the name of the host.
    pub verifies_name: bool,
    /// Whether the address says when an idle connection is checked.
    pub has_keepalives_idle: bool,
}

/// Parses an address without changing its settings.
pub fn parse(url: &str) -> Result<Address, AddressError> {
    let (main, query) = split(url)?;
    // The host is checked first: without one, the password is taken for a port, and parameters may be a part of it.
    main.parse::<Config>().map_err(|_| AddressError::Unreadable)?;
    let (mut kept, mut root_certificates, mut verifies_name) = (Vec::new(), None, true);
    let mut has_keepalives_idle = false;
    for (place, pair) in (1..).zip(query.split('&').filter(|pair| !pair.is_empty())) {
        let Some((name, value)) = pair.split_once('=') else { return Err(AddressError::UnknownParameterAt(place)) };
        match (name, value) {
            ("sslrootcert", path) => {
                root_certificates = Some(decode(path)?).filter(|path| path.as_os_str() != "system")
            }
            ("sslmode", "verify-ca") => {
                verifies_name = false;
                kept.push("sslmode=require");
            }
            // `require` checks the certificate as well, so that the strictest mode means the same.
            ("sslmode", "verify-full") => kept.push("sslmode=require"),
            _ => {
                check_parameter(name, pair, place)?;
                has_keepalives_idle |= name == KEEPALIVES_IDLE;
                kept.push(pair);
            }
        }
    }
    let config: Config = format!("{main}?{}", kept.join("&")).parse().map_err(|_| AddressError::Unreadable)?;
    let is_named = |host: &Host| !matches!(host, Host::Tcp(name) if name.is_empty());
    if config.get_hosts().is_empty() || !config.get_hosts().iter().all(is_named) {
        Err(AddressError::NoHost)
    } else if config.get_dbname().is_none() {
        Err(AddressError::NoDatabase)
    } else {
        Ok(Address { config, root_certificates, verifies_name, has_keepalives_idle })
    }
}

/// Checks an address without connecting, and returns its hosts, ports and database: the parts that are not secret.
/// Returns `...` if a part of an unescaped password may be among them.
///
/// # Errors
/// If the address is invalid. No error contains a part of it.
pub fn describe_address(url: &str) -> Result<String, AddressError> {
    let config = parse(url)?.config;
    if url.split_once('?').is_some_and(|(_, rest)| rest.contains('@')) {
        return Ok("...".to_owned());
    }
    let host_and_port = |(index, host): (usize, &Host)| {
        let host = match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]"),
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        config.get_ports().get(index).map_or(host.clone(), |port| format!("{host}:{port}"))
    };
    let hosts: Vec<_> = config.get_hosts().iter().enumerate().map(host_and_port).collect();
    Ok(format!("{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default()))
}

impl Address {
    /// Whether all hosts are on this machine.
    pub fn is_local(&self) -> bool {
        self.config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        }) && self.config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
    }

    /// Returns whether TLS is left to the default, and there is no certificate to check by.
    pub fn has_default_tls(&self) -> bool {
        self.config.get_ssl_mode() == SslMode::Prefer && self.root_certificates.is_none()
    }
}

/// Returns the address before its parameters, and the parameters.
///
/// Rejects an address that the parser would split in another place than its author means: it takes everything before
/// the first `@` as user and password. A `?` with a `=` after a `/` is more likely a parameter than a password.
fn split(url: &str) -> Result<(&str, &str), AddressError> {
    let Some((scheme, rest)) = url.split_once("://") else { return Err(AddressError::Scheme) };
    if !matches!(scheme, "postgres" | "postgresql") {
        return Err(AddressError::Scheme);
    }
    let end_of_credentials = rest.find('@');
    if let Some(end) = end_of_credentials {
        let (user_and_password, rest) = rest.split_at(end);
        let is_parameter = user_and_password
            .split_once('/')
            .and_then(|(_, path)| path.split_once('?'))
            .is_some_and(|(_, parameters)| parameters.contains('='));
        let hosts_and_database = rest[1..].split('?').next().unwrap_or_default();
        if is_parameter || hosts_and_database.contains('@') {
            return Err(AddressError::UnescapedAt);
        }
    }
    let hosts = url.len() - rest.len() + end_of_credentials.unwrap_or_default();
    let (main, query) = match url[hosts..].find('?') {
        Some(mark) => (&url[..hosts + mark], &url[hosts + mark + 1..]),
        None => (url, ""),
    };
    Ok((main, query))
}

/// Rejects a parameter that is not known, or whose value is not.
fn check_parameter(name: &str, pair: &str, place: usize) -> Result<(), AddressError> {
    if let Some(name) = PARAMETERS.iter().find(|known| **known == name) {
        let is_valid = format!("postgres://host/name?{pair}").parse::<Config>().is_ok();
        return if is_valid { Ok(()) } else { Err(AddressError::ParameterValue { name, expected: expected(name) }) };
    }
    let foreign = FOREIGN_PARAMETERS.iter().find(|known| **known == name);
    Err(foreign.map_or(AddressError::UnknownParameterAt(place), |name| AddressError::UnknownParameter(name)))
}

/// Returns the values of a parameter.
fn expected(name: &str) -> &'static str {
    match name {
        "sslmode" => "disable, prefer, require, verify-ca or verify-full",
        TARGET_SESSION_ATTRS => "any, read-write (the primary) or read-only",
        "sslnegotiation" => "postgres or direct",
        "channel_binding" => "disable, prefer or require",
        "load_balance_hosts" => "disable or random",
        "hostaddr" => "IP addresses, separated by commas",
        "user" | "password" | "dbname" | "options" | "application_name" | "host" => "percent-encoded UTF-8",
        _ => "a whole number",
    }
}

/// Decodes the path of a file.
fn decode(value: &str) -> Result<PathBuf, AddressError> {
    let invalid = AddressError::ParameterValue { name: "sslrootcert", expected: "the path of a file" };
    let decoded: Config = format!("postgres://host/name?application_name={value}").parse().map_err(|_| invalid)?;
    decoded.get_application_name().filter(|path| !path.is_empty()).map(PathBuf::from).ok_or(invalid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_address_is_rejected_without_repeating_it() {
        use AddressError::{
            NoDatabase, NoHost, ParameterValue, Scheme, UnescapedAt, UnknownParameter, UnknownParameterAt, Unreadable,
        };
        let value = |name| ParameterValue { name, expected: expected(name) };
        for (url, expected) in [
            ("", Scheme),
            ("secret", Scheme),
            ("mysql://user:secret@host/a", Scheme),
            ("postgres:user:secret@host/a", Scheme),
            ("host=here password=secret", Scheme),
            ("postgres://", NoHost),
            ("postgres:///a", NoHost),
            ("postgres://user:secret@/a", NoHost),
            ("postgres://:5432/a", NoHost),
            ("postgres://user:secret@:5432/a", NoHost),
            ("postgres://user:secret@one,:5432/a", NoHost),
            ("postgres://user:secret@?sslmode=require", NoHost),
            ("postgres://host", NoDatabase),
            ("postgres://host/", NoDatabase),
            ("postgres://user:secret@host", NoDatabase),
            ("postgres://user:secret@host?sslmode=require", NoDatabase),
            ("postgres://:secret@host:port/a", Unreadable),
            // Without a host, the password is taken for a port.
            ("postgres://user:secret", Unreadable),
            ("postgres://user:secret/a", Unreadable),
            ("postgres://user:secret/a?schema=b", Unreadable),
            ("postgres://user:secret@[::1/a", Unreadable),
            ("postgres://user:secret@host/a?secret=secret", UnknownParameterAt(1)),
            ("postgres://user:secret@host/a?sslmode=require&secret", UnknownParameterAt(2)),
            ("postgres://host/a?password=sec&secret=1", UnknownParameterAt(2)),
            ("postgres://user:secret@host/a?schema=secret", UnknownParameter("schema")),
            ("postgres://user:secret@host/a?pgbouncer=true", UnknownParameter("pgbouncer")),
            ("postgres://user:secret@host/a?sslmode=require&sslcert=secret", UnknownParameter("sslcert")),
            (
                "postgres://user:secret@host/a?sslrootcert=",
                ParameterValue { name: "sslrootcert", expected: "the path of a file" },
            ),
            ("postgres://user:secret@host/a?sslmode=secret", value("sslmode")),
            ("postgres://user:secret@host/a?sslmode=allow", value("sslmode")),
            ("postgres://user:secret@host/a?connect_timeout=secret", value("connect_timeout")),
            ("postgres://user:secret@host/a?target_session_attrs=primary", value("target_session_attrs")),
            ("postgres://user:secret@host/a?target_session_attrs=prefer-standby", value("target_session_attrs")),
            ("postgres://user:se@cret@host/a", UnescapedAt),
            ("postgres://us@er:secret@host/a", UnescapedAt),
            ("postgres://user:@secret@host/a", UnescapedAt),
            ("postgres://user:secret@@host/a", UnescapedAt),
            ("postgres://user:sec@re/t@host/a", UnescapedAt),
            ("postgres://host/a?password=sec@ret", UnescapedAt),
            ("postgres://host/a?password=sec@ret/b", UnescapedAt),
        ] {
            let error = parse(url).err();
            assert_eq!(error, Some(expected), "{url}");
            assert!(!format!("{expected} {expected:?}").contains("secret"), "{url}");
        }
        assert!(AddressError::UnescapedAt.to_string().contains("@ as %40"));
        let text = parse("postgres://host/a?target_session_attrs=primary").err().unwrap().to_string();
        assert!(text.contains("target_session_attrs") && text.contains("read-write (the primary)"), "{text}");
    }

    #[test]
    fn tls_has_parameters_that_the_parser_does_not_know() {
        let parsed = |query: &str| parse(&format!("postgres://user:pw@host/a?{query}")).unwrap();
        let full = parsed("sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20b.pem&application_name=c");
        assert_eq!(full.root_certificates, Some(PathBuf::from("/etc/ca b.pem")));
        assert_eq!((full.config.get_ssl_mode(), full.verifies_name), (SslMode::Require, true));
        assert_eq!(full.config.get_application_name(), Some("c"));
        let ca = parsed("sslrootcert=ca.pem&sslmode=verify-ca");
        assert_eq!((ca.config.get_ssl_mode(), ca.verifies_name), (SslMode::Require, false));
        assert_eq!(ca.root_certificates, Some(PathBuf::from("ca.pem")));
        assert_eq!(parsed("sslrootcert=system").root_certificates, None, "the authorities of the machine");
        assert!(parsed("sslmode=require").verifies_name);
    }

    /// Other reserved characters may be percent-encoded or not.
    #[test]
    fn a_password_may_have_reserved_characters() {
        for (url, password) in [
            ("postgres://user:a%40b%3Ac%2Fd%3Fe%23f%25g@host/a", "a@b:c/d?e#f%g"),
            ("postgres://user:a:b@host/a", "a:b"),
            ("postgres://user:a/b@host/a", "a/b"),
            ("postgres://user:a?b=@host/a", "a?b="),
            ("postgres://user:a#b@host/a", "a#b"),
            ("postgres://user:50%@host/a", "50%"),
            ("postgres://user@host/a?password=a%40b", "a@b"),
        ] {
            let config = parse(url).unwrap().config;
            assert_eq!(config.get_password(), Some(password.as_bytes()), "{url}");
            assert_eq!((config.get_dbname(), config.get_hosts()), (Some("a"), &[Host::Tcp("host".to_owned())][..]));
        }
    }
}
