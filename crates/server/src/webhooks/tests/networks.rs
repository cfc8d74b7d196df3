//! The networks that webhooks may reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use crate::webhooks::networks::{AllowedNetworks, SpecialNetwork, special_network};

fn allowed(networks: &[&str]) -> AllowedNetworks {
    networks.iter().map(|network| network.parse().unwrap()).collect::<Vec<_>>().into()
}

#[test]
fn addresses_are_classified() {
    use SpecialNetwork::{
        Documentation, LinkLocal, Loopback, Multicast, Private, Reserved, Shared, Translated, UniqueLocal, Unspecified,
    };
    for (addresses, network) in [
        (&["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"][..], Some(Unspecified)),
        (&["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"], Some(Loopback)),
        (
            &[
                "10.0.0.0",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "::ffff:192.168.1.1",
                "fec0::1",
            ],
            Some(Private),
        ),
        (&["100.64.0.0", "100.127.255.255", "100.100.100.200"], Some(Shared)),
        (&["169.254.0.1", "169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "febf::1"], Some(LinkLocal)),
        (&["fc00::1", "fd00:ec2::254", "fdff::1"], Some(UniqueLocal)),
        (&["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"], Some(Multicast)),
        (&["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"], Some(Documentation)),
        (
            &[
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::7f00:1",
                "64:ff9b::808:808",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "2002:808:808::1",
                "2001::1",
                "192.88.99.1",
            ],
            Some(Translated),
        ),
        (
            &[
                "192.0.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "2001:2::1",
                "2001:10::1",
                "2001:1ff::1",
                "100::1",
                "5f00::1",
                "3ffe::1",
                "4000::1",
                "1::1",
                "::ffff:0:7f00:1",
            ],
            Some(Reserved),
        ),
        (
            &[
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "192.167.0.1",
                "192.169.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00::1",
                "3ffd::1",
            ],
            None,
        ),
    ] {
        for address in addresses {
            assert_eq!(special_network(address.parse().unwrap()), network, "{address}");
        }
    }
}

#[test]
fn a_network_is_reached_if_the_operator_allows_it() {
    let networks = allowed(&["10.1.0.0/16", "127.0.0.1", "fd00::/8"]);
    for address in
        ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", "::ffff:127.0.0.1", "fd12::1", "8.8.8.8", "2606:4700::1111"]
    {
        assert_eq!(networks.check(address.parse().unwrap()), Ok(()), "{address}");
    }
    for (address, network) in [
        ("10.2.0.1", SpecialNetwork::Private),
        ("127.0.0.2", SpecialNetwork::Loopback),
        ("::1", SpecialNetwork::Loopback),
        ("64:ff9b::7f00:1", SpecialNetwork::Translated),
    ] {
        assert_eq!(networks.check(address.parse().unwrap()), Err(network), "{address}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What the standard library knows of special addresses is never reached, however an IPv4 address is written.
    #[test]
    fn special_addresses_of_the_standard_library_are_refused(bits in any::<u32>(), narrow in 0..4_u32) {
        let address = Ipv4Addr::from_bits(match narrow {
            0 => bits,
            1 => bits & 0x00ff_ffff | 0x7f00_0000,
            2 => bits & 0x0000_ffff | 0xa9fe_0000,
            _ => bits & 0x000f_ffff | 0xac10_0000,
        });
        let is_special = address.is_loopback() || address.is_private() || address.is_link_local() || address.is_multicast()
            || address.is_unspecified() || address.is_documentation() || address.is_broadcast();
        let none = AllowedNetworks::default();
        let [plain, mapped] = [IpAddr::V4(address), IpAddr::V6(address.to_ipv6_mapped())].map(|address| none.check(address));
        prop_assert_eq!(plain, mapped);
        prop_assert!(plain.is_err() || !is_special, "{}", address);
        prop_assert!(none.check(IpAddr::V6(address.to_ipv6_compatible())).is_err());
    }

    #[test]
    fn ipv6_addresses_outside_of_the_internet_are_refused(bits in any::<u128>()) {
        let address = Ipv6Addr::from_bits(bits);
        let is_reached = AllowedNetworks::default().check(address.into()).is_ok();
        let is_mapped = address.to_ipv4_mapped().is_some();
        prop_assert!(!is_reached || is_mapped || bits >> 125 == 1, "{}", address);
    }
}
