//! A proxy, and what an error of a request through it means.

use std::{error::Error as StdError, fmt, sync::Arc};

use reqwest::Url;

/// The port of a SOCKS proxy that names none.
const DEFAULT_SOCKS_PORT: u16 = 1080;

/// The proxy that the environment names for an address, and the variable that names it.
///
/// `HTTP_PROXY` is for http addresses and `HTTPS_PROXY` for https addresses; `ALL_PROXY` is for both if the other variable
/// is not set. Each may be written in lower case; if both are set, upper case wins. An empty variable counts as not set.
/// The value is `http://HOST:PORT`, or a host and port alone; the other schemes are `https`, `socks4`, `socks4a`, `socks5`
/// and `socks5h`.
///
/// **No proxy** is used for addresses of this machine, for hosts that `NO_PROXY` lists, and in a CGI program (where
/// `REQUEST_METHOD` is set). Addresses of this machine are `localhost` and names below it, loopback addresses (127.0.0.0/8,
/// `::1`), 0.0.0.0 and `::`, the IP addresses of its network interfaces when the client is built, and its own name if that
/// resolves to them. The name is known on Linux, on Windows, and if `HOSTNAME` is set. Other names are not resolved: a name
/// for this machine in `/etc/hosts`, for example, must be listed in `NO_PROXY`. `NO_PROXY` is a comma-separated list of
/// host names, which include the names below them, IP addresses and networks such as `10.0.0.0/8`, each with an optional
/// `:PORT`; `*` stands for every host.
///
/// In a browser there is no setting: the browser chooses its proxy itself.
///
/// `Display` and `Debug` show neither the proxy's user nor its password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxySetting(Arc<Setting>);

#[derive(PartialEq, Eq)]
struct Setting {
    variable: &'static str,
    /// With user and password, if the variable has them.
    proxy: Url,
    /// Whether the service's address is an https one, to which the proxy only opens a tunnel.
    is_tunnel: bool,
}

impl ProxySetting {
    pub(super) fn new(variable: &'static str, proxy: Url, is_tunnel: bool) -> Self {
        Self(Arc::new(Setting { variable, proxy, is_tunnel }))
    }

    /// Returns the environment variable that names the proxy, as it is spelled there.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.0.variable
    }

    /// Returns the proxy's address, such as `http://proxy.example:3128`, without user and password.
    #[must_use]
    pub fn address(&self) -> String {
        let proxy = &self.0.proxy;
        let port = self.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", proxy.scheme(), proxy.host_str().unwrap_or_default())
    }

    /// Returns the proxy's host name or IP address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.proxy.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    /// Returns the proxy's port: that of the variable, or else the default of the scheme.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let proxy = &self.0.proxy;
        proxy.port_or_known_default().or_else(|| proxy.scheme().starts_with("socks").then_some(DEFAULT_SOCKS_PORT))
    }

    /// Returns whether the connection to the proxy is encrypted, so that it needs certificates of authorities.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.proxy.scheme() == "https"
    }

    /// Returns the proxy for a reqwest client. Turn off that client's own choice with
    /// [`no_proxy`](reqwest::ClientBuilder::no_proxy).
    ///
    /// # Errors
    /// The error of reqwest.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.0.proxy.clone())
    }

    /// Returns which part of the way through this proxy failed, as far as the causes show it, such as
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

/// Returns whether a proxy answered the request for a tunnel with HTTP status 407. There is no response to look at then.
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

/// Returns the texts of an error and its causes. The error types of hyper-util can't be reached through reqwest.
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
