//! Addresses of this machine, which no proxy is used for: a proxy can't reach them, and must not see what is sent there.

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs, UdpSocket},
};

/// Linux has its name here; other systems have no place that is read without a dependency.
const NAME_FILE: &str = "/proc/sys/kernel/hostname";
/// Windows sets the first everywhere; shells and containers set the second.
const NAME_VARIABLES: [&str; 2] = ["COMPUTERNAME", "HOSTNAME"];
/// Discard; nothing is sent to it.
const ANY_PORT: u16 = 9;

/// Whether a host, in lower case, is this machine: `localhost` and names below it, loopback addresses, addresses of its
/// network interfaces, and its own name. No other name is looked up, for behind a proxy that may take long.
pub fn is_this_machine(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => is_own_address(address),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || is_own_name(host, own_names()),
    }
}

/// The kernel reaches an address of its own from that same address, and every other one from another. Connecting a UDP
/// socket asks for the way and sends nothing. To bind one to the address would not do: Linux allows any address with
/// `ip_nonlocal_bind`, which machines with floating addresses set.
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
        socket.connect((address, ANY_PORT))?;
        socket.local_addr()
    });
    reached_from.is_ok_and(|own| own.ip().to_canonical() == address)
}

fn own_names() -> impl Iterator<Item = String> {
    let of_file = fs::read_to_string(NAME_FILE).ok();
    NAME_VARIABLES.iter().filter_map(|name| env::var(name).ok()).chain(of_file)
}

/// Whether a host has the first label of one of this machine's names, and leads to this machine alone. Another machine may
/// have the same first label in another domain.
fn is_own_name(host: &str, mut names: impl Iterator<Item = String>) -> bool {
    let first_label = |name: &str| name.trim().split('.').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = first_label(host);
    if wanted.is_empty() || !names.any(|name| first_label(&name) == wanted) {
        return false;
    }
    let addresses = (host, ANY_PORT).to_socket_addrs().map(Vec::from_iter).unwrap_or_default();
    !addresses.is_empty() && addresses.iter().all(|address| is_own_address(address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_interfaces_are_this_machines_and_others_are_not() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1"] {
            assert!(is_this_machine(address), "{address}");
        }
        // Reserved for documentation, multicast, broadcast, and neighbors that no way leads to.
        for address in ["203.0.113.77", "2001:db8::77", "224.0.0.1", "255.255.255.255", "fe80::77", "8.8.8.8"] {
            assert!(!is_this_machine(address), "{address}");
        }
    }

    #[test]
    fn a_name_of_this_machine_has_to_lead_to_it() {
        let names = || ["LOCALHOST.example.com\n".to_owned(), "unknown".to_owned(), String::new()].into_iter();
        // It is resolved by every machine, and to this one.
        assert!(is_own_name("localhost", names()));
        for host in ["unknown", "unknown.invalid", "localhost.invalid", "localhos", ""] {
            assert!(!is_own_name(host, names()), "{host}");
        }
        assert!(!is_own_name("localhost", ["other".to_owned()].into_iter()));
    }
}
