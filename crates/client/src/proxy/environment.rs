//! Chooses the proxy for an address by the environment variables.

use std::env;

use reqwest::Url;

use super::{
    ProxySetting,
    bypass::{host_of, is_excluded},
    this_machine::is_this_machine,
};
use crate::Error;

const EXPECTED: &str =
    "http://, https://, socks4://, socks4a://, socks5:// or socks5h:// and the proxy's host and port";

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
        choose(url, |name| env::var(name).ok())
    }
}

fn choose(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Option<ProxySetting>, Error> {
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
        || is_this_machine(&host_of(url))
    {
        return Ok(None);
    }
    Ok(Some(ProxySetting::new(name, parse_proxy(name, &value)?, url.scheme() == "https")))
}

/// Parses a variable's value as a proxy's address.
fn parse_proxy(name: &str, value: &str) -> Result<Url, Error> {
    let invalid = || Error::Configuration(format!("{name} does not hold a proxy's address; expected {EXPECTED}"));
    let has_scheme = value.contains("://");
    let url = if has_scheme { Url::parse(value) } else { Url::parse(&format!("http://{value}")) };
    let url = url.map_err(|_| invalid())?;
    match url.scheme() {
        "http" | "socks4" | "socks4a" | "socks5" | "socks5h" => {}
        "https" if cfg!(any(feature = "rustls", feature = "native-tls")) => {}
        "https" => {
            return Err(Error::Configuration(format!(
                "{name} names an https proxy, which needs TLS: enable the feature `rustls` or `native-tls` of \
                 group-dispatch-client"
            )));
        }
        // Shown because it is known to be a scheme: letters, digits, `+`, `-` and `.`.
        scheme => {
            return Err(Error::Configuration(format!(
                "{name} names a proxy of the scheme `{scheme}`, which is not supported; expected {EXPECTED}"
            )));
        }
    }
    if url.host_str().is_none_or(str::is_empty) { Err(invalid()) } else { Ok(url) }
}

#[cfg(test)]
mod tests;
