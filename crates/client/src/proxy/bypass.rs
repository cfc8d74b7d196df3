//! Addresses that `NO_PROXY` excludes from the proxy.

use std::net::IpAddr;

use reqwest::Url;

/// Returns whether a `NO_PROXY` list has an entry for an address.
pub fn is_excluded(url: &Url, list: &str) -> bool {
    let host = host_of(url);
    let port = url.port_or_known_default();
    let entries = list.split([',', ' ', '\t', '\n']).filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| {
        let (name, only_port) = split_port(entry);
        (only_port.is_none() || only_port == port) && matches_host(name, &host)
    })
}

/// Returns the host in lower case, without brackets and a trailing dot.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Splits an entry into host and port. An IPv6 address has a port only if it is in brackets.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if entry.parse::<IpAddr>().is_ok() {
        return (entry, None);
    }
    match entry.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?))) {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (entry, None),
    }
}

/// Returns whether an entry matches a host name or IP address.
fn matches_host(entry: &str, host: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return matches_address(entry.trim_matches(['[', ']']), address.to_canonical());
    }
    let name = entry.strip_prefix('*').unwrap_or(entry);
    let name = name.strip_prefix('.').unwrap_or(name);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    !name.is_empty() && host.strip_suffix(&name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns whether an entry is this address, or a network that contains it.
fn matches_address(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, bits.parse::<u32>().ok()),
        None => (entry, Some(u32::MAX)),
    };
    let (Ok(network), Some(bits)) = (network.parse::<IpAddr>(), bits) else {
        return false;
    };
    match (network.to_canonical(), address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let differing = u32::from(network) ^ u32::from(address);
            differing.leading_zeros() >= bits.min(32)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let differing = u128::from(network) ^ u128::from(address);
            differing.leading_zeros() >= bits.min(128)
        }
        _ => false,
    }
}
