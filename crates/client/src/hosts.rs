//! Addresses of the service, as the contract's `servers` have them.

/// The vendor's service.
pub const VENDOR: &str = "https://api.socialepoch.com";
/// The vendor's service in Indonesia, with tenants and keys of its own. It is spoken to without TLS: whoever is on the
/// way can read the answers.
pub const VENDOR_INDONESIA: &str = "http://id.wascrm.socialepoch.com";
/// A group-dispatch-server on this machine, where it listens unless told otherwise.
pub const LOCAL: &str = "http://127.0.0.1:8080";
