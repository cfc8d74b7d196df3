//! Addresses of the service, as in the contract's `servers`.

/// The vendor's service.
pub const VENDOR: &str = "https://api.socialepoch.com";
/// The vendor's service in Indonesia, with its own tenants and keys. It has no TLS: responses can be read on the network.
pub const VENDOR_INDONESIA: &str = "http://id.wascrm.socialepoch.com";
/// A group-dispatch-server on this machine, at its default address.
pub const LOCAL: &str = "http://127.0.0.1:8080";
