//! Finds the proxy that the environment names for an address.
//!
//! Used by [`ClientBuilder`](crate::ClientBuilder) and by the command, so that both agree on which proxy a request takes
//! and can name it when it fails. reqwest has rules of its own, but does not report which variable they chose, sends
//! addresses of this machine to a proxy, and applies `NO_PROXY=*` to names alone.

mod bypass;
mod this_machine;

use std::{env, error::Error as StdError, fmt, sync::Arc};

use reqwest::Url;

use self::{
    bypass::{host, is_excluded},
    this_machine::is_this_machine,
};
use crate::Error;

const EXPECTED: &str =
    "http://, https://, socks4://, socks4a://, socks5:// or socks5h:// and the proxy's host and port";

/// The proxy that the environment names for an address, and the variable that names it.
///
/// `HTTP_PROXY` holds for http addresses and `HTTPS_PROXY` for https addresses; `ALL_PROXY` holds for both where the other
/// is not set. Each may be written in lower case; where both are set, upper case wins. An empty variable counts as not
/// set. The value is `http://HOST:PORT`, or a host and port alone; the other schemes are `https`, `socks4`, `socks4a`,
/// `socks5` and `socks5h`.
///
/// **No proxy** is used for addresses of this machine, for hosts that `NO_PROXY` lists, and in a CGI program (where
/// `REQUEST_METHOD` is set). Addresses of this machine are `localhost` and names below it, loopback addresses (127.0.0.0/8,
/// `::1`), 0.0.0.0 and `::`, the IP addresses of its network interfaces when the client is built, and its own name if that
/// leads to them. The name is known on Linux, on Windows, and where `HOSTNAME` is set. Other names are not looked up: one
/// that leads to this machine, such as an entry in `/etc/hosts`, has to be in `NO_PROXY`. `NO_PROXY` is a list with
/// commas: host names, which hold for the names below them too, IP addresses, networks such as `10.0.0.0/8`, each with an
/// optional `:PORT`, and `*` for every host.
///
/// In a browser there is none: the browser chooses its proxy itself.
///
/// `Display` and `Debug` show neither the proxy's user nor its password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxySetting(Arc<Setting>);

#[derive(PartialEq, Eq)]
struct Setting {
    variable: &'static str,
    /// With user and password, if the variable has them.
    proxy: Url,
    /// Whether the address that is asked for is an https one, to which the proxy only makes a tunnel.
    is_tunnel: bool,
}

impl ProxySetting {
    /// Returns the proxy for requests to `url`, if there is one.
    ///
    /// # Errors
    /// [`Error::Configuration`] if the variable that applies does not hold a proxy's address, or names a scheme that is not
    /// supported. The error names the variable and never shows its value.
    pub fn for_url(url: &Url) -> Result<Option<Self>, Error> {
        if cfg!(target_arch = "wasm32") {
            return Ok(None);
        }
        Self::choose(url, |name| env::var(name).ok())
    }

    fn choose(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Error> {
        let names = match url.scheme() {
            "http" => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
            "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            _ => return Ok(None),
        };
        let set = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let Some((name, value)) = names.into_iter().find_map(|name| Some((name, set(name)?))) else {
            return Ok(None);
        };
        if set("REQUEST_METHOD").is_some()
            || ["NO_PROXY", "no_proxy"].into_iter().find_map(set).is_some_and(|list| is_excluded(url, &list))
            || is_this_machine(&host(url))
        {
            return Ok(None);
        }
        let setting = Setting { variable: name, proxy: parsed(name, &value)?, is_tunnel: url.scheme() == "https" };
        Ok(Some(Self(Arc::new(setting))))
    }

    /// The environment variable that names the proxy, as it is spelled there.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.0.variable
    }

    /// The proxy's address, such as `http://proxy.example:3128`, without user and password.
    #[must_use]
    pub fn address(&self) -> String {
        let proxy = &self.0.proxy;
        let port = self.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", proxy.scheme(), proxy.host_str().unwrap_or_default())
    }

    /// The proxy's host name or IP address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.proxy.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    /// The proxy's port: the one in the variable, else that of the scheme.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let proxy = &self.0.proxy;
        proxy.port_or_known_default().or_else(|| proxy.scheme().starts_with("socks").then_some(1080))
    }

    /// The same for a reqwest client, whose own choice has to be turned off by
    /// [`no_proxy`](reqwest::ClientBuilder::no_proxy).
    ///
    /// # Errors
    /// That of reqwest.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.0.proxy.clone())
    }

    /// Returns which part of the way through this proxy failed, as far as the causes show, such as
    /// `can't connect to the proxy http://proxy.example:3128 (HTTP_PROXY)`.
    #[must_use]
    pub fn explain(&self, failure: &(dyn StdError + 'static)) -> String {
        let causes = causes(failure);
        if causes.contains("tunnel error: failed to create") || causes.contains("socks error: failed to create") {
            return format!("can't connect to {self}");
        }
        if causes.contains("tunnel error: io error") || causes.contains("tunnel error: unexpected end") {
            return format!("{self} broke the connection");
        }
        if causes.contains("tunnel error") || causes.contains("socks error") {
            return format!("{self} refused to connect to the service, which it forbids or can't reach");
        }
        let is_connection_to_proxy = !self.0.is_tunnel && !self.0.proxy.scheme().starts_with("socks");
        let failed_to_connect = failure.downcast_ref::<reqwest::Error>().is_some_and(is_connect);
        match (failed_to_connect, is_connection_to_proxy) {
            (true, true) => format!("can't connect to {self}"),
            (true, false) => format!("can't connect to the service through {self}"),
            (false, _) => format!("the connection through {self} broke"),
        }
    }
}

/// Whether a proxy that makes a tunnel answered with HTTP status 407. It has no answer that could be looked at.
pub fn is_unauthorized(failure: &(dyn StdError + 'static)) -> bool {
    causes(failure).contains("proxy authorization required")
}

#[cfg(not(target_arch = "wasm32"))]
fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

#[cfg(target_arch = "wasm32")]
const fn is_connect(_: &reqwest::Error) -> bool {
    false
}

/// The texts of an error and of its causes. The types of hyper-util are not reachable through reqwest.
fn causes(failure: &(dyn StdError + 'static)) -> String {
    let mut texts = String::new();
    let mut next = Some(failure);
    while let Some(error) = next {
        texts.push_str(&error.to_string());
        texts.push('\n');
        next = error.source();
    }
    texts.to_ascii_lowercase()
}

/// The proxy's address in a variable's value.
fn parsed(name: &str, value: &str) -> Result<Url, Error> {
    let invalid = || Error::Configuration(format!("{name} does not hold a proxy's address; expected {EXPECTED}"));
    let has_scheme = value.contains("://");
    let url = if has_scheme { Url::parse(value) } else { Url::parse(&format!("http://{value}")) };
    let url = url.map_err(|_| invalid())?;
    match url.scheme() {
        "http" | "socks4" | "socks4a" | "socks5" | "socks5h" => {}
        "https" if cfg!(any(feature = "rustls", feature = "native-tls")) => {}
        "https" => {
            return Err(Error::Configuration(format!(
                "{name} names an https proxy, which needs TLS: turn on the feature `rustls` or `native-tls` of \
                 group-dispatch-client"
            )));
        }
        // It is known to be a scheme's name: letters, digits and three signs.
        scheme => {
            return Err(Error::Configuration(format!(
                "{name} names a proxy of the scheme `{scheme}`, which is not supported; expected {EXPECTED}"
            )));
        }
    }
    if url.host_str().is_none_or(str::is_empty) { Err(invalid()) } else { Ok(url) }
}

impl fmt::Display for ProxySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} ({})", self.address(), self.variable())
    }
}

impl fmt::Debug for ProxySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxySetting({} from {})", self.address(), self.variable())
    }
}

#[cfg(test)]
mod tests;
