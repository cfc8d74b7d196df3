//! What becomes known about a request while it is handled: the middleware logs and counts it.

use std::{
    net::IpAddr,
    sync::{OnceLock, atomic::AtomicBool},
};

use group_dispatch_types::signing::TenantId;

use super::endpoint::Endpoint;
use crate::store::KeyName;

/// How many status events of a call were stored, were stored already, and were refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestCounts {
    pub stored: usize,
    pub repeated: usize,
    pub refused: usize,
}

/// How a call that feeds events is signed.
#[derive(Clone, Copy, Debug)]
pub enum FeedSignature {
    Hmac,
    Token,
}

impl FeedSignature {
    /// Returns the name that logs and metrics have for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hmac => "hmac",
            Self::Token => "token",
        }
    }
}

/// A request that is being handled.
pub struct RequestContext {
    pub endpoint: Endpoint,
    /// The address that the connection comes from, if it is known: behind a proxy, that of the proxy.
    pub client: Option<IpAddr>,
    /// The tenant, once the signature was found valid.
    pub tenant: OnceLock<TenantId>,
    /// The name of the key that signed it, once the signature was found valid.
    pub key: OnceLock<KeyName>,
    /// The tenant that it claims to be of, if there is such a tenant and the signature was found invalid.
    pub claimed_tenant: OnceLock<TenantId>,
    /// Whether the whole body was received: from then on the request waits for the server, not for the client.
    pub has_arrived: AtomicBool,
    pub ingest_counts: OnceLock<IngestCounts>,
    /// How a call that feeds is signed, once the signature was found valid.
    pub feed_signature: OnceLock<FeedSignature>,
}

impl RequestContext {
    pub fn new(endpoint: Endpoint, client: Option<IpAddr>) -> Self {
        Self {
            endpoint,
            client,
            tenant: OnceLock::new(),
            key: OnceLock::new(),
            claimed_tenant: OnceLock::new(),
            has_arrived: AtomicBool::new(false),
            ingest_counts: OnceLock::new(),
            feed_signature: OnceLock::new(),
        }
    }
}
