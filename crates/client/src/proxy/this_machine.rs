//! Addresses of this machine. No proxy is used for them: a proxy can't reach them, and must not see what is sent there.

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs, UdpSocket},
};

/// The file with this machine's name on Linux. Other systems have none that can be read without a dependency.
const HOST_NAME_FILE: &str = "/proc/sys/kernel/hostname";
/// Variables with this machine's name: Windows sets the first, shells and containers the second.
const HOST_NAME_VARIABLES: [&str; 2] = ["COMPUTERNAME", "HOSTNAME"];
/// The discard port. Nothing is sent to it.
const DISCARD_PORT: u16 = 9;

/// Returns whether a host, in lower case, is this machine: `localhost` and names below it, loopback addresses, addresses of
/// its network interfaces, and its own name. Other names are not resolved: in a network behind a proxy that may take long.
pub fn is_this_machine(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => is_own_address(address),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || is_own_name(host, own_names()),
    }
}

/// Returns whether an address belongs to a network interface of this machine. The kernel reaches its own addresses from the
/// same address, and all others from a different one; connecting a UDP socket finds the route and sends nothing. Binding a
/// socket to the address is no proof: with `ip_nonlocal_bind`, set on machines with floating addresses, Linux binds to any.
fn is_own_address(address: IpAddr) -> bool {
    let address = address.to_canonical();
    if address.is_loopback() || address.is_unspecified() {
        return true;
    }
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let reached_from = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((address, DISCARD_PORT))?;
        socket.local_addr()
    });
    reached_from.is_ok_and(|own| own.ip().to_canonical() == address)
}

fn own_names() -> impl Iterator<Item = String> {
    let from_file = fs::read_to_string(HOST_NAME_FILE).ok();
    HOST_NAME_VARIABLES.iter().filter_map(|name| env::var(name).ok()).chain(from_file)
}

/// Returns whether a host has the first label of one of this machine's names and resolves to this machine only. Another
/// machine may have the same first label in another domain.
fn is_own_name(host: &str, mut names: impl Iterator<Item = String>) -> bool {
    let first_label = |name: &str| name.trim().split('.').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = first_label(host);
    if wanted.is_empty() || !names.any(|name| first_label(&name) == wanted) {
        return false;
    }
    let addresses = (host, DISCARD_PORT).to_socket_addrs().map(Vec::from_iter).unwrap_or_default();
    !addresses.is_empty() && addresses.iter().all(|address| is_own_address(address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_interfaces_are_this_machine() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1"] {
            assert!(is_this_machine(address), "{address}");
        }
        // Reserved for documentation, multicast, broadcast, unreachable neighbors, and a public address.
        for address in ["203.0.113.77", "2001:db8::77", "224.0.0.1", "255.255.255.255", "fe80::77", "8.8.8.8"] {
            assert!(!is_this_machine(address), "{address}");
        }
    }

    #[test]
    fn a_name_of_this_machine_must_resolve_to_it() {
        let names = || ["LOCALHOST.example.com\n".to_owned(), "unknown".to_owned(), String::new()].into_iter();
        // Every machine resolves this name to itself.
        assert!(is_own_name("localhost", names()));
        for host in ["unknown", "unknown.invalid", "localhost.invalid", "localhos", ""] {
            assert!(!is_own_name(host, names()), "{host}");
        }
        assert!(!is_own_name("localhost", ["other".to_owned()].into_iter()));
    }
}
