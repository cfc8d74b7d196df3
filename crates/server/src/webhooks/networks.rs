//! Which addresses webhooks may reach: those of the Internet, and what the operator allows.
//!
//! Whoever creates a webhook chooses its address. Without this rule, the server would send requests into its own network for
//! them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::address_range::AddressRange;

/// A kind of network that is not the Internet, or is a way into another network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecialNetwork {
    /// `0.0.0.0/8` and `::`: this machine, on most systems.
    #[error("unspecified ones")]
    Unspecified,
    /// `127.0.0.0/8` and `::1`.
    #[error("loopback ones")]
    Loopback,
    /// RFC 1918, and the site-local addresses of IPv6 before RFC 4193.
    #[error("private ones")]
    Private,
    /// `100.64.0.0/10`, the addresses behind a carrier's NAT; some clouds have services there.
    #[error("shared ones (100.64.0.0/10)")]
    Shared,
    /// `169.254.0.0/16`, where clouds have their metadata, and `fe80::/10`.
    #[error("link-local ones")]
    LinkLocal,
    /// `fc00::/7`.
    #[error("unique local ones")]
    UniqueLocal,
    /// `224.0.0.0/4` and `ff00::/8`.
    #[error("multicast ones")]
    Multicast,
    /// Addresses of examples, such as `192.0.2.0/24`.
    #[error("documentation ones")]
    Documentation,
    /// IPv6 addresses that lead to an IPv4 address: NAT64, 6to4, Teredo and IPv4-compatible ones.
    #[error("translated ones (NAT64, 6to4, Teredo)")]
    Translated,
    /// Anything else that IANA has not given to the Internet.
    #[error("reserved ones")]
    Reserved,
}

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix)
}

/// IANA's registry of special-purpose addresses (RFC 6890).
const SPECIAL_V4: [(Ipv4Net, SpecialNetwork); 15] = [
    (v4(0, 0, 0, 8), SpecialNetwork::Unspecified),
    (v4(10, 0, 0, 8), SpecialNetwork::Private),
    (v4(100, 64, 0, 10), SpecialNetwork::Shared),
    (v4(127, 0, 0, 8), SpecialNetwork::Loopback),
    (v4(169, 254, 0, 16), SpecialNetwork::LinkLocal),
    (v4(172, 16, 0, 12), SpecialNetwork::Private),
    // IETF protocol assignments.
    (v4(192, 0, 0, 24), SpecialNetwork::Reserved),
    (v4(192, 0, 2, 24), SpecialNetwork::Documentation),
    // The relays of 6to4.
    (v4(192, 88, 99, 24), SpecialNetwork::Translated),
    (v4(192, 168, 0, 16), SpecialNetwork::Private),
    // Benchmarks.
    (v4(198, 18, 0, 15), SpecialNetwork::Reserved),
    (v4(198, 51, 100, 24), SpecialNetwork::Documentation),
    (v4(203, 0, 113, 24), SpecialNetwork::Documentation),
    (v4(224, 0, 0, 4), SpecialNetwork::Multicast),
    (v4(240, 0, 0, 4), SpecialNetwork::Reserved),
];

/// What IANA has given to the Internet, of IPv6.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);
/// The networks of IPv6 with a name of their own, and what is not of the Internet within [`GLOBAL_V6`].
const SPECIAL_V6: [(Ipv6Net, SpecialNetwork); 15] = [
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), SpecialNetwork::Unspecified),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), SpecialNetwork::Loopback),
    // IPv4-compatible; `::ffff:0:0/96` is classified as its IPv4 address.
    (v6(0, 0, 0, 96), SpecialNetwork::Translated),
    // NAT64, of all and of one network.
    (Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96), SpecialNetwork::Translated),
    (v6(0x64, 0xff9b, 1, 48), SpecialNetwork::Translated),
    // Teredo, and the other protocol assignments of the IETF.
    (v6(0x2001, 0, 0, 32), SpecialNetwork::Translated),
    (v6(0x2001, 0xdb8, 0, 32), SpecialNetwork::Documentation),
    (v6(0x2001, 0, 0, 23), SpecialNetwork::Reserved),
    (v6(0x2002, 0, 0, 16), SpecialNetwork::Translated),
    (v6(0x3fff, 0, 0, 20), SpecialNetwork::Documentation),
    // What was the 6bone.
    (v6(0x3ffe, 0, 0, 16), SpecialNetwork::Reserved),
    (v6(0xfc00, 0, 0, 7), SpecialNetwork::UniqueLocal),
    (v6(0xfe80, 0, 0, 10), SpecialNetwork::LinkLocal),
    (v6(0xfec0, 0, 0, 10), SpecialNetwork::Private),
    (v6(0xff00, 0, 0, 8), SpecialNetwork::Multicast),
];

/// Returns the network of an address that is not of the Internet.
pub fn special_network(address: IpAddr) -> Option<SpecialNetwork> {
    match address.to_canonical() {
        IpAddr::V4(address) => SPECIAL_V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind),
        IpAddr::V6(address) => {
            let special = SPECIAL_V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind);
            special.or_else(|| (!GLOBAL_V6.contains(&address)).then_some(SpecialNetwork::Reserved))
        }
    }
}

/// The networks that the operator allows in addition to the Internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedNetworks(Vec<AddressRange>);

impl AllowedNetworks {
    /// Returns an error with the kind of its network if webhooks may not reach an address.
    ///
    /// # Errors
    /// If the address is neither of the Internet nor allowed.
    pub fn check(&self, address: IpAddr) -> Result<(), SpecialNetwork> {
        match special_network(address) {
            Some(kind) if !self.0.iter().any(|allowed| allowed.contains(address)) => Err(kind),
            _ => Ok(()),
        }
    }
}

impl From<Vec<AddressRange>> for AllowedNetworks {
    fn from(networks: Vec<AddressRange>) -> Self {
        Self(networks)
    }
}
